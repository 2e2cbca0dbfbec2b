"""The tree of the palette: rows are dragged as type names, folders count what they hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QByteArray, QMimeData, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QDrag, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from graph.layers.base.layer import Category
from graph.layers.registry import REGISTRY
from gui.appearance.theme import current
from gui.language.text import tr
from gui.palette.presets import KEY, preset_of

MIME = "application/x-convloom-layer"
TYPE = Qt.ItemDataRole.UserRole + 1
COUNT = Qt.ItemDataRole.UserRole + 2
PRESET = Qt.ItemDataRole.UserRole + 3


def name_of(item: QTreeWidgetItem) -> str | None:
    """The type or preset of a row; None for a folder."""
    name: str | None = item.data(0, TYPE) or item.data(0, PRESET)
    return name


def key_of(item: QTreeWidgetItem) -> str:
    """What a row is dragged as; empty for a folder."""
    preset: str | None = item.data(0, PRESET)
    return f"{KEY}{preset}" if preset else item.data(0, TYPE) or ""


def items_of(tree: QTreeWidget) -> Iterator[QTreeWidgetItem]:
    """All rows of a tree from the top, open or not."""
    waiting = [tree.topLevelItem(row) for row in range(tree.topLevelItemCount())][::-1]
    while waiting:
        item = waiting.pop()
        assert item is not None
        yield item
        waiting.extend(item.child(place) for place in reversed(range(item.childCount())))


class Tree(QTreeWidget):
    """The tree; a layer is dragged as its type name, a block or ready-made layer as its key."""

    removal_asked = Signal(str)
    """Delete was pressed on a row: its name."""
    menu_asked = Signal(str, QPoint)
    """A context menu for a row: its name, and the place on the screen."""

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
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        if event.key() == Qt.Key.Key_Delete and item is not None and item.data(0, TYPE):
            self.removal_asked.emit(item.data(0, TYPE))
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        item = self.currentItem() if by_key else self.itemAt(event.pos())
        key = key_of(item) if item is not None else ""
        if item is None or not key:
            return
        self.setCurrentItem(item)
        row = self.visualItemRect(item)
        place = self.viewport().mapToGlobal(row.center()) if by_key else event.globalPos()
        self.menu_asked.emit(item.data(0, TYPE), place)

    def mimeData(self, items: Any) -> QMimeData:
        data = QMimeData()
        keys = [key for key in map(key_of, items) if key]
        if keys:
            data.setData(MIME, QByteArray(keys[0].encode("utf-8")))
        return data

    def startDrag(self, actions: Qt.DropAction) -> None:
        item = self.currentItem()
        key = key_of(item) if item is not None else ""
        if item is None or not key:
            return
        drag = QDrag(self)
        drag.setMimeData(self.mimeData([item]))
        picture = _drag_picture(item.text(0), _category(key))
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


def _category(name: str) -> str:
    preset = preset_of(name)
    if preset is not None:
        return preset.make().category.value
    kind = REGISTRY.get(name)
    return (kind.category if kind is not None else Category.BLOCK).value


def _drag_picture(title: str, category: str) -> QPixmap:
    """The node that a drag will place, as it looks at 100 %."""
    from gui.face.bodies import BodyLook, paint_body
    from gui.face.measures import HEADER, LINE_HEIGHT, WIDTH, canvas_font
    from gui.face.writing import NAME_X

    pixmap = QPixmap(int(WIDTH), int(LINE_HEIGHT))
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint_body(painter, BodyLook(category, WIDTH, LINE_HEIGHT), 1.0)
    painter.setFont(canvas_font("name"))
    painter.setPen(current().text.primary)
    room = pixmap.rect().adjusted(int(NAME_X), 0, -6, int(HEADER - LINE_HEIGHT))
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, title)
    painter.end()
    return pixmap
