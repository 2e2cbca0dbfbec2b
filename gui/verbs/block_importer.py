"""Taking blocks over from another project: which file, then which of its blocks."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from graph.blocks.block import Block
from gui.palette.block_shelf import BlockShelf
from gui.session.preferences import Preferences
from gui.session.session import Session
from gui.verbs.block_import import BlockImport
from gui.widgets import dialogs


class BlockImporter(QObject):
    """Has the shelf look into a project and offers what it finds there."""

    def __init__(
        self, session: Session, shelf: BlockShelf, preferences: Preferences, window: QWidget
    ) -> None:
        super().__init__(window)
        self._session, self._shelf = session, shelf
        self._preferences, self._window = preferences, window
        shelf.found.connect(self._choose)

    def ask(self) -> None:
        """Ask for a project and take its blocks into this one."""
        path = dialogs.ask_project(self._window, self._preferences.folder)
        if path is not None:
            self._shelf.look_into(path)

    def _choose(self, blocks: list[Block], source: str) -> None:
        library = self._session.project.library
        dialog = BlockImport(library, blocks, source, self._window)
        dialog.chosen.connect(self._shelf.take)
        dialog.open()
