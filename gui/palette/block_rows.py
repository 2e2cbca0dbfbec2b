"""The palette's sections of blocks: those of the project, the ready ones, the person's own."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem

from graph.ready.registry import FAMILY_TITLES
from gui.appearance.glyphs import glyph_icon
from gui.appearance.theme import current
from gui.language.described import with_signs
from gui.language.text import tr
from gui.palette.block_shelf import HERE, BlockShelf
from gui.palette.palette_tree import TYPE
from gui.palette.stock import Offer

FOLDER = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class BlockRows:
    """Rows of a tree; the sections stay, also while they are empty and hidden."""

    def __init__(self, tree: QTreeWidget, shelf: BlockShelf) -> None:
        self._shelf = shelf
        self._here = self._folder(tr("Blocks of this project"))
        tree.insertTopLevelItem(0, self._here)
        ready = self._folder(tr("Ready blocks"))
        tree.addTopLevelItem(ready)
        for family, offers in shelf.ready().items():
            part = QTreeWidgetItem(ready, [FAMILY_TITLES[family].text()])
            part.setFlags(FOLDER)
            self._add(part, offers)
        self._own = self._folder(tr("My library"))
        tree.addTopLevelItem(self._own)
        for folder in (self._here, ready, self._own):
            folder.setFont(0, current().font("name"))
        self._here.setExpanded(True)
        self.renew()

    def _folder(self, title: str) -> QTreeWidgetItem:
        folder = QTreeWidgetItem([title])
        folder.setFlags(FOLDER)
        folder.setIcon(0, glyph_icon("block"))
        return folder

    def _add(self, folder: QTreeWidgetItem, offers: Iterable[Offer]) -> None:
        for offer in offers:
            row = QTreeWidgetItem(folder, [offer.title])
            row.setData(0, TYPE, offer.key)
            row.setToolTip(0, with_signs(offer.summary) or offer.title)
            row.setFlags(FOLDER | Qt.ItemFlag.ItemIsDragEnabled)
            if offer.key.startswith(HERE):
                row.setFlags(row.flags() | Qt.ItemFlag.ItemIsEditable)  # its name

    def renew(self) -> None:
        """Show the blocks that there are now."""
        for folder, offers in ((self._here, self._shelf.here()), (self._own, self._shelf.own())):
            folder.takeChildren()
            self._add(folder, offers)
