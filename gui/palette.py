"""The palette: all layer types by category, to be dragged to the canvas or added by Enter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from PySide6.QtCore import QByteArray, QEvent, QMimeData, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QDrag, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from graph.layer import Category, Layer, Shape
from graph.layers import REGISTRY, by_category
from gui.finding import Answer, find, is_form, nothing_found
from gui.glyphs import glyph_icon
from gui.parts import KeyHint
from gui.session import Session
from gui.text import tr
from gui.theme import current, notifier, set_property

MIME = "application/x-convloom-layer"
TYPE = Qt.ItemDataRole.UserRole + 1
COUNT = Qt.ItemDataRole.UserRole + 2
CLOSED = {
    Category.NORMALISATION,
    Category.ACTIVATION,
    Category.RESHAPE,
    Category.REGULARISATION,
}
"""Categories that begin closed, so that the others show on one screen."""


def category_title(category: Category) -> str:
    """The name of a category in the user's language."""
    titles = {
        Category.INPUT_OUTPUT: tr("Input, output"),
        Category.CONVOLUTION: tr("Convolution"),
        Category.POOLING: tr("Pooling"),
        Category.NORMALISATION: tr("Normalisation"),
        Category.ACTIVATION: tr("Activation"),
        Category.LINEAR: tr("Linear"),
        Category.MERGE: tr("Merge"),
        Category.ATTENTION: tr("Attention"),
        Category.RESHAPE: tr("Reshape"),
        Category.REGULARISATION: tr("Regularisation"),
        Category.BLOCK: tr("Block"),
    }
    return titles[category]


def split_by_axes(kinds: Iterable[type[Layer]]) -> tuple[list[type[Layer]], list[type[Layer]]]:
    """The types a person looks for first, and the 1-D and 3-D forms of those for images."""
    first: list[type[Layer]] = []
    forms: list[type[Layer]] = []
    for kind in kinds:
        (forms if is_form(kind) else first).append(kind)
    return first, forms


class Palette(QWidget):
    """A search field over a tree of layer types."""

    layer_chosen = Signal(str)
    """A type to add: double click, Enter, or Enter in the search field."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._answer = Answer(())
        self._searching = False
        self._open: list[bool] = []
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(tr("Search"))
        self.field.setAccessibleName(tr("Search layers"))
        self.field.setClearButtonEnabled(True)
        self._hint = KeyHint(tr("Tab"), self.field)
        self._hint.setToolTip(tr("Tab on the canvas searches at the pointer"))
        self.tree = _Tree(self)
        self.empty = QLabel(self)
        self.empty.setTextFormat(Qt.TextFormat.PlainText)
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        set_property(self.empty, "role", "hint")
        self._lay_out()
        self._fill()
        self._search("")
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        self.tree.itemActivated.connect(self._activate)
        notifier.changed.connect(self._restyle)

    def _lay_out(self) -> None:
        inside = QHBoxLayout(self.field)
        inside.setContentsMargins(0, 0, current().space("xs"), 0)
        inside.addStretch(1)
        inside.addWidget(self._hint)
        layout = QVBoxLayout(self)
        step = current().space("s")
        layout.setContentsMargins(0, step, 0, 0)
        layout.setSpacing(step)
        field_row = QHBoxLayout()
        field_row.setContentsMargins(step, 0, step, 0)
        field_row.addWidget(self.field)
        layout.addLayout(field_row)
        layout.addWidget(self.tree, 1)
        self.empty.setContentsMargins(step + 4, 0, step, 0)
        layout.addWidget(self.empty, 1)

    def _fill(self) -> None:
        for category, kinds in by_category().items():
            parent = self._folder(self.tree, category_title(category))
            parent.setIcon(0, glyph_icon(category.value))
            first, forms = split_by_axes(kinds)
            self._add(parent, first)
            if forms:
                self._add(self._folder(parent, tr("1-D and 3-D")), forms)
            parent.setExpanded(category not in CLOSED)
        self._restyle()

    def _folder(self, parent: QTreeWidget | QTreeWidgetItem, title: str) -> QTreeWidgetItem:
        folder = QTreeWidgetItem(parent, [title])
        folder.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        return folder

    def _add(self, parent: QTreeWidgetItem, kinds: Iterable[type[Layer]]) -> None:
        for kind in kinds:
            child = QTreeWidgetItem(parent, [kind.type_name()])
            child.setData(0, TYPE, kind.type_name())
            child.setToolTip(0, tr(kind.summary))
            child.setFlags(parent.flags() | Qt.ItemFlag.ItemIsDragEnabled)

    def _folders(self) -> list[QTreeWidgetItem]:
        """Categories and the folders in them."""
        return [item for item in _items(self.tree) if item.data(0, TYPE) is None]

    def _restyle(self) -> None:
        for row in range(self.tree.topLevelItemCount()):
            item = self.tree.topLevelItem(row)
            if item is not None:
                item.setFont(0, current().font("name"))

    # Searching

    def _search(self, text: str) -> None:
        searching, self._searching = self._searching, bool(text)
        if text and not searching:
            self._open = [item.isExpanded() for item in self._folders()]
        self._answer = find(text, self._shape() if text else None)
        found = {entry.layer.type_name() for entry in self._answer.found}
        best = self._answer.found[0].layer.type_name() if text and found else ""
        first = self._show_only(found, best)
        folders = self._folders()
        if text:
            for folder in folders:
                folder.setExpanded(True)
        elif searching:
            for folder, was_open in zip(folders, self._open, strict=True):
                folder.setExpanded(was_open)
        self._hint.setVisible(not text)
        nothing = not found
        self.tree.setVisible(not nothing)
        self.empty.setVisible(nothing)
        self.empty.setText(nothing_found(self._answer) if nothing else "")
        if first is not None:
            self.tree.setCurrentItem(first)

    def _show_only(self, found: set[str], best: str) -> QTreeWidgetItem | None:
        """Hide all types but these, count what is left in each folder; the item of ``best``."""
        first: QTreeWidgetItem | None = None
        counts: dict[int, int] = {}
        for item in _items(self.tree):
            name = item.data(0, TYPE)
            if name is None:
                continue
            item.setHidden(name not in found)
            if name == best:
                first = item
            folder: QTreeWidgetItem | None = item.parent()
            while folder is not None:
                counts[id(folder)] = counts.get(id(folder), 0) + (name in found)
                folder = folder.parent()
        for folder in self._folders():
            folder.setHidden(not counts.get(id(folder)))
            folder.setData(0, COUNT, counts.get(id(folder), 0))
        return first

    def _shape(self) -> Shape | None:
        """What the chosen node gives, so that Enter takes what fits it."""
        chosen = self._session.selection
        outputs = self._session.analysis.facts(chosen[-1]).outputs if chosen else ()
        return outputs[0] if outputs else None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            watched is self.field
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and self._key(Qt.Key(event.key()))
        ):
            return True
        return super().eventFilter(watched, event)

    def _key(self, key: Qt.Key) -> bool:
        """Keys in the search field; whether it was one of ours."""
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._add_best()
        elif key == Qt.Key.Key_Down and self.tree.isVisible():
            self.tree.setFocus(Qt.FocusReason.ShortcutFocusReason)
            if self.tree.currentItem() is None:
                self.tree.setCurrentItem(self.tree.topLevelItem(0))
        elif key == Qt.Key.Key_Escape and self.field.text():
            self.field.clear()
        else:
            return False
        return True

    def _add_best(self) -> None:
        if not self.field.text().strip():
            return
        found = self._answer.found or self._answer.closest
        current_item = self.tree.currentItem()
        if self._answer.found and current_item is not None and current_item.data(0, TYPE):
            self.layer_chosen.emit(current_item.data(0, TYPE))
        elif found:
            self.layer_chosen.emit(found[0].layer.type_name())

    def _activate(self, item: QTreeWidgetItem) -> None:
        name = item.data(0, TYPE)
        if name:
            self.layer_chosen.emit(name)


def _items(tree: QTreeWidget) -> Iterator[QTreeWidgetItem]:
    """All rows of a tree from the top, open or not."""
    waiting = [tree.topLevelItem(row) for row in range(tree.topLevelItemCount())][::-1]
    while waiting:
        item = waiting.pop()
        assert item is not None
        yield item
        waiting.extend(item.child(place) for place in reversed(range(item.childCount())))


class _Tree(QTreeWidget):
    """The tree; a layer is dragged as its type name."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setHeaderHidden(True)
        self.setAccessibleName(tr("Layers"))
        self.setColumnCount(1)
        self.header().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setUniformRowHeights(True)
        self.setIndentation(current().space("l"))
        self.setItemDelegate(_CountRow(self))
        self.setExpandsOnDoubleClick(True)

    def mimeData(self, items: Any) -> QMimeData:
        data = QMimeData()
        names = [item.data(0, TYPE) for item in items if item.data(0, TYPE)]
        if names:
            data.setData(MIME, QByteArray(names[0].encode("utf-8")))
        return data

    def startDrag(self, actions: Qt.DropAction) -> None:
        item = self.currentItem()
        if item is None or not item.data(0, TYPE):
            return
        drag = QDrag(self)
        drag.setMimeData(self.mimeData([item]))
        picture = _drag_picture(item.data(0, TYPE))
        drag.setPixmap(picture)
        drag.setHotSpot(QPoint(picture.width() // 4, picture.height() // 4))
        drag.exec(Qt.DropAction.CopyAction)


class _CountRow(QStyledItemDelegate):
    """Rows of one height; a category prints its number of layers at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Any) -> Any:
        size = super().sizeHint(option, index)
        size.setHeight(current().size("tree_row"))
        return size

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Any) -> None:
        super().paint(painter, option, index)
        count = index.data(COUNT)
        if count is None:
            return
        theme = current()
        painter.save()
        painter.setFont(theme.font("small"))
        selected = option.state & QStyle.StateFlag.State_Selected
        painter.setPen(theme.text.primary if selected else theme.text.tertiary)
        rect = option.rect.adjusted(0, 0, -theme.space("m"), 0)
        painter.drawText(
            rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(count)
        )
        painter.restore()


def _drag_picture(type_name: str) -> QPixmap:
    """The node that a drag will place, as it looks at 100 %."""
    from gui.canvas.bodies import Body, paint_body
    from gui.canvas.measures import HEADER, LINE_HEIGHT, WIDTH, canvas_font
    from gui.canvas.writing import NAME_X

    kind = REGISTRY[type_name]
    pixmap = QPixmap(int(WIDTH), int(LINE_HEIGHT))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_body(painter, Body(kind.category.value, WIDTH, LINE_HEIGHT), 1.0)
    painter.setFont(canvas_font("name"))
    painter.setPen(current().text.primary)
    room = pixmap.rect().adjusted(int(NAME_X), 0, -6, int(HEADER - LINE_HEIGHT))
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, type_name)
    painter.end()
    return pixmap
