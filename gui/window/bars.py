"""The bars of a window: menus above, tools, status below, and the pages of commands and keys."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QMainWindow

from gui.actions.action import Action
from gui.actions.menus import PANELS
from gui.bars.actions import Actions
from gui.bars.canvas_menu import parts_for, show_menu
from gui.bars.command_palette import CommandPalette, KeySheet, page_actions
from gui.bars.look import Look
from gui.bars.menu_strip import MenuStrip
from gui.bars.statusbar import StatusBar
from gui.bars.toolbar import ToolBar
from gui.canvas.actions import mouse_rows
from gui.canvas.view import CanvasView
from gui.runs.project_run import ProjectRun
from gui.runs.status import RunStatus
from gui.session.preferences import Preferences
from gui.window.front import Front
from gui.workspaces.docks import Docks
from gui.workspaces.registry import WORKSPACES


class Bars(QObject):
    """Made of the actions that are offered; they follow what is shown and what the run does."""

    def __init__(
        self,
        window: QMainWindow,
        preferences: Preferences,
        run: ProjectRun,
        canvas: CanvasView,
        docks: Docks,
        front: Front,
        offered: Iterable[Action],
    ) -> None:
        super().__init__(window)
        self._window, self._canvas = window, canvas
        self._front, self._run = front, run
        self.commands = CommandPalette(window, lambda: self.actions.command_rows())
        self.keys = KeySheet(window, lambda: self.actions.key_rows(), mouse_rows())
        pages = page_actions(self.commands, self.keys)
        look = Look(preferences, canvas.scene())
        self.actions = Actions(
            window, canvas, (*offered, *pages, *look.offered()), lambda: not front.at_start
        )
        self.strip = MenuStrip(window)
        self.actions.fill(self.strip.bar)
        window.setMenuWidget(self.strip)
        self.strip.add_workspaces([self.actions[space.name] for space in WORKSPACES])
        for dock in docks.values():
            self.actions.menus[PANELS].addAction(dock.toggleViewAction())
        self.tools = ToolBar(run.session, self.actions, window)
        window.addToolBar(self.tools)
        self.status = StatusBar(run.session)
        window.setStatusBar(self.status)
        self._connect()

    def _connect(self) -> None:
        # Bound methods: a lambda would still be called while the window is taken down.
        session, controller = self._run.session, self._run.controller
        for happened in (
            session.changed,
            session.level_changed,
            session.selection_changed,
            session.history_changed,
        ):
            happened.connect(self._refresh)
        self._front.changed.connect(self._show_tools)
        self._canvas.menu_requested.connect(self._show_canvas_menu)
        controller.state_changed.connect(self._show_run)
        RunStatus(controller).changed.connect(self.status.set_run_words)
        self._run.choice.changed.connect(self._show_data)
        self._show_data()
        self._show_run(controller.state)

    def _refresh(self, _changed: object = None) -> None:
        self.actions.refresh()

    def _show_tools(self) -> None:
        self.tools.setVisible(not self._front.at_start)
        self.actions.refresh()

    def _show_run(self, state: str) -> None:
        self.tools.show_run(state)
        self.actions.refresh()

    def _show_data(self) -> None:
        self.status.set_data(" ".join(self.tools.data.texts()))

    def _show_canvas_menu(self, place: QPoint) -> None:
        show_menu(self._window, parts_for(self._run.session), self.actions, place)

    # While the program begins

    def show_preparing(self, text: str) -> None:
        """Say that something is being loaded; empty text ends that."""
        self.status.set_preparing(text)

    def show_device(self, name: str) -> None:
        """Name the device that training will use."""
        self.tools.device.show_device(name)
