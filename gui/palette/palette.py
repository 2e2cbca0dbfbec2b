"""The palette: all layer types by category, to be dragged to the canvas or added by Enter."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from graph.blocks.block import Block
from graph.blocks.library_edits import RenameBlock
from graph.calls.call import Shape
from graph.layers.base.layer import Category, Layer
from graph.layers.registry import by_category
from graph.ready.presets import PRESETS, Preset
from graph.values.language import declared
from gui.appearance.glyphs import glyph_icon
from gui.appearance.theme import current, notifier, set_property
from gui.language.kinds import category_title
from gui.language.text import tr
from gui.palette.block_menu import block_menu
from gui.palette.block_rows import BlockRows
from gui.palette.block_shelf import BlockShelf
from gui.palette.finding import SearchAnswer, find, find_presets, is_form, nothing_found
from gui.palette.palette_tree import COUNT, PRESET, TYPE, Tree, items_of, name_of
from gui.palette.stock import matching
from gui.session.session import Session
from gui.widgets.parts import KeyHint

CLOSED = {
    Category.NORMALISATION,
    Category.ACTIVATION,
    Category.RESHAPE,
    Category.REGULARISATION,
}
"""Categories that begin closed, so that the others show on one screen."""


def split_by_axes(kinds: Iterable[type[Layer]]) -> tuple[list[type[Layer]], list[type[Layer]]]:
    """The types a person looks for first, and the 1-D and 3-D forms of those for images."""
    first: list[type[Layer]] = []
    forms: list[type[Layer]] = []
    for kind in kinds:
        (forms if is_form(kind) else first).append(kind)
    return first, forms


def presets_of(category: Category) -> list[Preset]:
    """The ready-made layers of a category."""
    return [preset for preset in PRESETS if preset.make().category is category]


class LayerPalette(QWidget):
    """A search field over a tree of layer types."""

    layer_chosen = Signal(str)
    """A type to add: double click, Enter, or Enter in the search field."""
    preset_chosen = Signal(object)
    """The same for a graph.ready.presets.Preset."""

    def __init__(
        self, session: Session, shelf: BlockShelf | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._shelf = shelf or BlockShelf(session, self)
        self._answer = SearchAnswer(())
        self._searching = False
        self._open: list[bool] = []
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(tr("Search"))
        self.field.setAccessibleName(tr("Search layers"))
        self.field.setClearButtonEnabled(True)
        self._hint = KeyHint(tr("Tab"), self.field)
        self._hint.setToolTip(tr("Tab on the canvas searches at the pointer"))
        self.tree = Tree(self)
        self.empty = QLabel(self)
        self.empty.setTextFormat(Qt.TextFormat.PlainText)
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        set_property(self.empty, "role", "hint")
        self._lay_out()
        self._fill()
        self._blocks = BlockRows(self.tree, self._shelf)
        self._search("")
        self.field.textChanged.connect(self._search)
        self.field.installEventFilter(self)
        self.tree.itemActivated.connect(self._activate)
        self.tree.removal_asked.connect(self._shelf.remove)
        self.tree.menu_asked.connect(self._show_menu)
        self.tree.itemChanged.connect(self._take_name)
        self._shelf.changed.connect(self._renew_blocks)
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
            presets = presets_of(category)
            if presets:
                self._add_presets(self._folder(parent, tr("Ready-made")), presets)
            if forms:
                self._add(self._folder(parent, tr("1-D and 3-D")), forms)
            parent.setExpanded(category not in CLOSED)
        self._restyle()

    def _renew_blocks(self) -> None:
        self._blocks.renew()
        self._search(self.field.text())

    def _show_menu(self, key: str, place: QPoint) -> None:
        block, item = self._shelf.block(key), self.tree.currentItem()
        if block is None or item is None:
            return
        menu = block_menu(
            self,
            self._session,
            self._shelf,
            block,
            lambda: self.layer_chosen.emit(key),
            lambda: self.tree.editItem(item),
        )
        menu.popup(place)

    def _take_name(self, item: QTreeWidgetItem) -> None:
        """A name was typed over that of a block."""
        block = self._shelf.block(item.data(0, TYPE) or "")
        if block is not None and item.text(0) != block.name:
            # Not now: the row is still being edited, and is another one afterwards.
            QTimer.singleShot(0, self, partial(self._rename, block, item.text(0).strip()))

    def _rename(self, block: Block, name: str) -> None:
        if name == block.name or self._session.do(RenameBlock(block.name, name)) is not None:
            self._renew_blocks()

    def _folder(self, parent: QTreeWidget | QTreeWidgetItem, title: str) -> QTreeWidgetItem:
        folder = QTreeWidgetItem(parent, [title])
        folder.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        return folder

    def _add(self, parent: QTreeWidgetItem, kinds: Iterable[type[Layer]]) -> None:
        for kind in kinds:
            child = QTreeWidgetItem(parent, [kind.type_name()])
            child.setData(0, TYPE, kind.type_name())
            child.setToolTip(0, declared(kind.summary))
            child.setFlags(parent.flags() | Qt.ItemFlag.ItemIsDragEnabled)

    def _add_presets(self, parent: QTreeWidgetItem, presets: Iterable[Preset]) -> None:
        for preset in presets:
            child = QTreeWidgetItem(parent, [preset.title.text()])
            child.setData(0, PRESET, preset.name)
            child.setToolTip(0, preset.summary.text())
            child.setFlags(parent.flags() | Qt.ItemFlag.ItemIsDragEnabled)

    def _folders(self) -> list[QTreeWidgetItem]:
        """Categories and the folders in them."""
        return [item for item in items_of(self.tree) if name_of(item) is None]

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
        ready = find_presets(text)
        best = self._answer.found[0].layer.type_name() if text and found else ""
        if ready and (not best or not best.lower().startswith(self._answer.words)):
            best = ready[0] if text else ""
        blocks = matching(self._shelf.offers(), text)
        if blocks and text and (not best or not best.lower().startswith(self._answer.words)):
            best = blocks[0]
        found |= {*ready, *blocks}
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
        for item in items_of(self.tree):
            name = name_of(item)
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
            first = self.tree.topLevelItem(0)
            if self.tree.currentItem() is None and first is not None:
                self.tree.setCurrentItem(first)
        elif key == Qt.Key.Key_Escape and self.field.text():
            self.field.clear()
        else:
            return False
        return True

    def _add_best(self) -> None:
        if not self.field.text().strip():
            return
        found = self._answer.found or self._answer.closest
        item = self.tree.currentItem()
        if self.tree.isVisible() and item is not None and name_of(item) and not item.isHidden():
            self._activate(item)
        elif found:
            self.layer_chosen.emit(found[0].layer.type_name())

    def _activate(self, item: QTreeWidgetItem) -> None:
        if preset := item.data(0, PRESET):
            self.preset_chosen.emit(next(p for p in PRESETS if p.name == preset))
        elif name := item.data(0, TYPE):
            self.layer_chosen.emit(name)
