"""Workspaces: saved arrangements of the same docks. Each remembers what the user makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QDockWidget, QMainWindow

from gui.appearance.theme import current
from gui.session.preferences import Preferences

VERSION = 1


@dataclass(frozen=True, slots=True)
class Workspace:
    """What a workspace shows before the user rearranges it. ``right`` is the dock at the right,
    ``bottom`` the page of the bottom dock; ``share`` a fraction of the window's width."""

    name: str
    docks: frozenset[str]
    right: str
    bottom: str = ""
    bottom_size: str = "dock_bottom"
    share: float = 0.0


WORKSPACES = {
    space.name: space
    for space in (
        Workspace("design", frozenset({"layers", "inspector", "bottom"}), "inspector", "problems"),
        Workspace(
            "training",
            frozenset({"layers", "live", "bottom"}),
            "live",
            "training",
            "dock_bottom_training",
        ),
        Workspace("code", frozenset({"code"}), "code", share=0.44),
    )
}


class Workspaces(QObject):
    """Switches between arrangements."""

    switched = Signal(object)
    """The Workspace now shown."""

    def __init__(
        self, window: QMainWindow, docks: Mapping[str, QDockWidget], preferences: Preferences
    ) -> None:
        super().__init__(window)
        self._window = window
        self._docks = docks
        self._preferences = preferences
        self.name = ""

    def show(self, name: str) -> None:
        """Keep the present arrangement and show the one of another workspace."""
        if name == self.name:
            return
        self.keep()
        self.name = name
        space = WORKSPACES[name]
        state = self._preferences.place(name)
        if state.isEmpty() or not self._window.restoreState(state, VERSION):
            self._arrange(space)
        self.switched.emit(space)

    def keep(self) -> None:
        """Remember the present arrangement."""
        if self.name:
            self._preferences.set_place(self.name, self._window.saveState(VERSION))

    def hide(self) -> None:
        """No docks at all, as on the start page; the arrangement is kept."""
        self.keep()
        self.name = ""
        for dock in self._docks.values():
            dock.hide()

    def restore_default(self) -> None:
        """Take the present workspace back to how it came."""
        if self.name:
            self._arrange(WORKSPACES[self.name])
            self.switched.emit(WORKSPACES[self.name])

    def _arrange(self, space: Workspace) -> None:
        window, docks = self._window, self._docks
        left, right = Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea
        for name, dock in docks.items():
            dock.setFloating(False)
            area = {"layers": left, "bottom": Qt.DockWidgetArea.BottomDockWidgetArea}
            window.addDockWidget(area.get(name, right), dock)
            dock.setVisible(name in space.docks)
        # Docks just shown have no size yet that could be changed.
        QTimer.singleShot(0, self, lambda: self._resize(space))

    def _resize(self, space: Workspace) -> None:
        if space.name != self.name:
            return
        window, docks, theme = self._window, self._docks, current()
        across, down = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        wide = int(window.width() * space.share) if space.share else theme.size("dock_right")
        window.resizeDocks([docks[space.right]], [wide], across)
        if "layers" in space.docks:
            window.resizeDocks([docks["layers"]], [theme.size("dock_left")], across)
        if "bottom" in space.docks:
            window.resizeDocks([docks["bottom"]], [theme.size(space.bottom_size)], down)
