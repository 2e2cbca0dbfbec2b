"""Switches between workspaces: arrangements of the same docks, each as the person left it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QMainWindow

from gui.appearance.theme import current
from gui.session.preferences import Preferences
from gui.workspaces.docks import Docks
from gui.workspaces.panel import Desk, Side
from gui.workspaces.workspace import Seat, Workspace, dock_of

VERSION = 1


class WorkspaceSwitcher(QObject):
    """Shows one workspace, or none."""

    switched = Signal()
    """Another workspace is shown, or the present one as it came."""

    def __init__(
        self,
        window: QMainWindow,
        desk: Desk,
        docks: Docks,
        workspaces: Iterable[Workspace],
        preferences: Preferences,
    ) -> None:
        super().__init__(window)
        self._window, self._desk, self._docks = window, desk, docks
        self._preferences = preferences
        self._workspaces = {space.name: space for space in workspaces}
        self._present: Workspace | None = None

    @property
    def name(self) -> str:
        """Of the workspace shown; empty where none is."""
        return self._present.name if self._present is not None else ""

    def show(self, name: str) -> None:
        """Keep the present arrangement and show the one of another workspace."""
        if name == self.name:
            return
        self.keep()
        space = self._present = self._workspaces[name]
        state = self._preferences.place(name)
        if state.isEmpty():
            self._arrange(space)
        else:
            # A dock that was not there when the arrangement was saved stays as declared.
            self._show_docks(space)
            if not self._window.restoreState(state, VERSION):
                self._arrange(space)
        self._tell(space)

    def keep(self) -> None:
        """Remember the present arrangement."""
        if self._present is not None:
            self._preferences.set_place(self._present.name, self._window.saveState(VERSION))

    def hide(self) -> None:
        """No docks at all, as on the start page; the arrangement is kept."""
        self.keep()
        self._present = None
        for dock in self._docks.values():
            dock.hide()

    def restore_default(self) -> None:
        """Take the present workspace back to how it came."""
        if self._present is not None:
            self._arrange(self._present)
            self._tell(self._present)

    def _tell(self, space: Workspace) -> None:
        page = space.page()
        if page is not None:
            self._docks.bottom.show_page(self._desk[page])
        self.switched.emit()

    def _show_docks(self, space: Workspace) -> None:
        for name, dock in self._docks.items():
            dock.setVisible(space.shows(name))

    def _arrange(self, space: Workspace) -> None:
        for name in self._docks:
            self._docks.place(name)
        self._show_docks(space)
        # Docks just shown have no size yet that could be changed.
        QTimer.singleShot(0, self, lambda: self._resize(space))

    def _resize(self, space: Workspace) -> None:
        if space is not self._present:
            return
        for seat in space.seats:
            below = seat.panel.side is Side.BOTTOM
            along = Qt.Orientation.Vertical if below else Qt.Orientation.Horizontal
            dock = self._docks[dock_of(seat.panel)]
            self._window.resizeDocks([dock], [self._size(seat)], along)

    def _size(self, seat: Seat) -> int:
        if seat.share:
            return int(self._window.width() * seat.share)
        return current().size(seat.size)
