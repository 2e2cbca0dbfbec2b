"""The palette in a narrow window is a strip; in a wide one it is whole."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMainWindow

from gui.appearance.theme import current
from gui.palette.fold import FOLD_BELOW
from gui.workspaces.design import LAYERS
from gui.workspaces.docks import Docks
from gui.workspaces.panel import Desk


class NarrowPalette(QObject):
    """Folds the palette of a window."""

    def __init__(self, window: QMainWindow, desk: Desk, docks: Docks) -> None:
        super().__init__(window)
        self._window = window
        self._palette = desk[LAYERS]
        self._dock, self._head = docks[LAYERS.name], docks.head(LAYERS.name)

    def fit(self) -> None:
        """Fold or unfold, as the width of the window asks for."""
        theme = current()
        narrow = self._window.width() < theme.pixels(FOLD_BELOW)
        if narrow == self._palette.folded:
            return
        self._palette.fold(narrow)
        self._head.set_bare(narrow)
        if not narrow and self._dock.isVisible():
            width = theme.size("dock_left")
            self._window.resizeDocks([self._dock], [width], Qt.Orientation.Horizontal)
