"""What the window shows: the start page, or the canvas with the docks of a workspace around it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gui.canvas.view import CanvasView
from gui.widgets.areas import focus_next
from gui.window.centre import Centre
from gui.workspaces.design import DESIGN
from gui.workspaces.docks import Docks
from gui.workspaces.panel import Side
from gui.workspaces.switcher import WorkspaceSwitcher
from gui.workspaces.workspace import BOTTOM


class Front(QObject):
    """Leads from any of these to another."""

    changed = Signal()
    """Something else is shown."""

    def __init__(
        self, centre: Centre, canvas: CanvasView, docks: Docks, workspaces: WorkspaceSwitcher
    ) -> None:
        super().__init__(centre)
        self._centre, self._canvas = centre, canvas
        self._docks, self._workspaces = docks, workspaces
        workspaces.switched.connect(self.changed)

    @property
    def at_start(self) -> bool:
        """Whether the start page is shown."""
        return self._centre.at_start

    def show_start(self) -> None:
        """Show the start page; the document stays open behind it."""
        self._workspaces.hide()
        self._centre.start.refresh()
        self._centre.show_start()
        self.changed.emit()
        self._centre.start.focus_first()

    def show_editor(self) -> None:
        """Show the canvas; from the start page, with the docks of the design workspace."""
        fresh = self.at_start
        self._centre.show_editor()
        self.changed.emit()
        if fresh:
            self._workspaces.show(DESIGN.name)
        self._canvas.setFocus()

    def show_workspace(self, name: str) -> None:
        """Show the canvas and the docks of a workspace."""
        self._centre.show_editor()
        self.changed.emit()
        self._canvas.camera.keep_whole()
        self._workspaces.show(name)

    def show_page(self, page: QWidget) -> None:
        """Show a page of the bottom dock."""
        if self.at_start:
            self.show_editor()
        self._docks[BOTTOM].show()
        self._docks.bottom.show_page(page)

    def show_dock(self, name: str) -> None:
        """Show a dock beside what is there."""
        self._docks[name].show()

    def move_area(self, step: int) -> None:
        """Put the keyboard into the next (1) or previous (−1) part of the window."""
        if self.at_start:
            start = self._centre.start
            areas: list[QWidget] = [start.side, start.gallery]
        else:
            left, right, below = (self._docks.at(side) for side in Side)
            areas = [*left, self._canvas, *right, *below]
        focus_next(areas, step)
