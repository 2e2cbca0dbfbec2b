"""Choosing among the blocks of another project: what each is for, and what it needs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from graph.blocks.adopting import adopt_all
from graph.blocks.block import Block
from graph.blocks.library import Library
from graph.values.language import declared
from gui.appearance.theme import current, set_property
from gui.language.text import plain, tr, tr_count
from gui.widgets.parts import Label

NAME, SUMMARY, PARAMETERS, NEEDS = range(4)


def needs(block: Block) -> list[Block]:
    """The blocks that stand in a block, at any depth, each once."""
    found: dict[Block, None] = {}
    waiting = list(block.uses())
    while waiting:
        inner = waiting.pop(0)
        if inner not in found:
            found[inner] = None
            waiting.extend(inner.uses())
    return list(found)


class BlockImport(QDialog):
    """Check boxes, one for each block. What a chosen one needs comes along."""

    chosen = Signal(list)
    """The blocks to take."""

    def __init__(
        self, library: Library, blocks: Sequence[Block], source: str, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Import blocks"))
        self._blocks = list(blocks)
        present = set(library.blocks.values())
        _, self._stand_ins = adopt_all(library, self._blocks)
        self._here = {block for block in self._blocks if self._stand_ins[block] in present}
        self.tree = QTreeWidget(self)
        self._count = Label("", "hint", self, wrap=True)
        self.take = QPushButton(tr("Import"), self)
        self.all = QPushButton(tr("All"), self)
        self.none = QPushButton(tr("None"), self)
        self._cancel = QPushButton(tr("Cancel"), self)
        self._lay_out(tr("Blocks of {name}", name=source))
        self._fill()
        self.tree.itemChanged.connect(self._follow)
        self.all.clicked.connect(lambda: self._check_all(Qt.CheckState.Checked))
        self.none.clicked.connect(lambda: self._check_all(Qt.CheckState.Unchecked))
        self.take.clicked.connect(self._take)
        self._cancel.clicked.connect(self.reject)
        self._follow()

    def _lay_out(self, title: str) -> None:
        theme = current()
        self.tree.setHeaderLabels(
            [tr("Block"), tr("What it is for"), tr("Parameters"), tr("Needs")]
        )
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setItemDelegate(_Row(self.tree))
        self.tree.setAccessibleName(title)
        head = self.tree.header()
        head.setStretchLastSection(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.setSectionResizeMode(SUMMARY, QHeaderView.ResizeMode.Stretch)
        set_property(self.take, "primary", True)
        self.take.setDefault(True)
        marks = QHBoxLayout()
        marks.addWidget(Label(title, "section_title", self), 1)
        marks.addWidget(self.all)
        marks.addWidget(self.none)
        row = QHBoxLayout()
        row.addWidget(self._count, 1)
        row.addWidget(self._cancel)
        row.addWidget(self.take)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.space("l"),) * 4)
        column.setSpacing(theme.space("m"))
        column.addLayout(marks)
        column.addWidget(self.tree, 1)
        column.addLayout(row)
        self.resize(theme.pixels(880), theme.pixels(460))

    def _fill(self) -> None:
        for block in self._blocks:
            names = ", ".join(parameter.name for parameter in block.parameters)
            inner = ", ".join(other.name for other in needs(block))
            item = QTreeWidgetItem(self.tree, [block.name, declared(block.summary), names, inner])
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            if block in self._here:
                item.setText(SUMMARY, tr("Here already"))
                item.setDisabled(True)
            else:
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
                item.setCheckState(NAME, Qt.CheckState.Checked)
                stand_in = self._stand_ins[block].name
                if stand_in != block.name:
                    item.setText(NAME, tr("{name} (as {other})", name=block.name, other=stand_in))
            for column in range(4):
                item.setToolTip(column, plain(item.text(column)))
        first = self.tree.topLevelItem(0)
        if first is not None:
            self.tree.setCurrentItem(first)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        theme = current()
        widths = {NAME: (120, 240), PARAMETERS: (90, 200), NEEDS: (60, 200)}
        for column, (least, most) in widths.items():
            self.tree.resizeColumnToContents(column)
            width = self.tree.columnWidth(column)
            room = max(theme.pixels(least), min(theme.pixels(most), width))
            self.tree.setColumnWidth(column, room)

    def _items(self) -> list[tuple[Block, QTreeWidgetItem]]:
        found = []
        for row, block in enumerate(self._blocks):
            item = self.tree.topLevelItem(row)
            assert item is not None
            found.append((block, item))
        return found

    def checked(self) -> list[Block]:
        """The blocks with a mark."""
        return [
            block
            for block, item in self._items()
            if block not in self._here and item.checkState(NAME) == Qt.CheckState.Checked
        ]

    def _check_all(self, state: Qt.CheckState) -> None:
        self.tree.blockSignals(True)
        for block, item in self._items():
            if block not in self._here:
                item.setCheckState(NAME, state)
        self.tree.blockSignals(False)
        self._follow()

    def _follow(self, _item: object = None) -> None:
        """Count what will come."""
        marked = self.checked()
        along = {inner for block in marked for inner in needs(block)}
        along -= {*marked, *self._here}
        self.take.setEnabled(bool(marked))
        self.all.setEnabled(len(marked) + len(self._here) < len(self._blocks))
        self.none.setEnabled(bool(marked))
        if len(self._here) == len(self._blocks):
            text = tr("All of them are here already")
        elif not marked:
            text = tr("No block is chosen")
        else:
            text = tr_count("{n} block is chosen", "{n} blocks are chosen", len(marked))
        if along:
            names = ", ".join(sorted(block.name for block in along))
            text = tr("{text}; {names} will come along", text=text, names=names)
        self._count.setText(text)

    def words(self) -> str:
        """What is said of the choice."""
        return self._count.text()

    def _take(self) -> None:
        self.chosen.emit(self.checked())
        self.accept()


class _Row(QStyledItemDelegate):
    """Rows as high as those of the palette."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        size = super().sizeHint(option, index)
        size.setHeight(current().size("tree_row"))
        return size
