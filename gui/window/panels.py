"""The parts of the window and where they stand; what they do together is ``window.py``'s."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QMainWindow, QVBoxLayout, QWidget

from gui.actions.action import Action
from gui.actions.menus import PANELS
from gui.appearance.glyphs import application_icon
from gui.appearance.theme import current
from gui.bars.actions import Actions
from gui.bars.bottom import Pages
from gui.bars.breadcrumb import Breadcrumb
from gui.bars.command_palette import CommandPalette, KeySheet, page_actions
from gui.bars.look import Look
from gui.bars.menu_strip import MenuStrip
from gui.bars.statusbar import StatusBar
from gui.bars.toolbar import ToolBar
from gui.canvas.actions import mouse_rows
from gui.canvas.view import CanvasView
from gui.palette.block_shelf import BlockShelf
from gui.runs.project_run import ProjectRun
from gui.session.preferences import Preferences
from gui.session.session import Session
from gui.templates.start import StartPage
from gui.widgets.notice import NoticeBar
from gui.workspaces.code import SOURCE
from gui.workspaces.design import INSPECTOR, LAYERS, PROBLEMS
from gui.workspaces.docks import Docks
from gui.workspaces.panel import Desk
from gui.workspaces.registry import LITERATURE, OUTPUT, WORKSPACES, panels
from gui.workspaces.training import LIVE, TRAINING

MINIMUM = (1180, 720)
USUAL = (1440, 900)


class PanelWindow(QMainWindow):
    """Start page or canvas in the centre, docks around it, bars above and below."""

    first_painted = Signal()
    """The window and all in it was painted for the first time."""

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self._painted = False
        self.preferences = preferences
        self.session = Session(self)
        self.setWindowIcon(application_icon())
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            # A window is painted before its parts; the timer fires when they are, too.
            QTimer.singleShot(0, self, self.first_painted.emit)

    def make_panels(self) -> None:
        """All panels, in the centre and in docks."""
        session = self.session
        self.shelf = BlockShelf(session, self)
        self.canvas = CanvasView(session, self.shelf)
        self.run = ProjectRun(session)
        self.desk = Desk(session, self.shelf, self.run)
        self.docks = Docks(self, self.desk, panels())
        self.bottom = self.docks.bottom
        self.folding, self.inspector = self.desk[LAYERS], self.desk[INSPECTOR]
        self.problems, self.output = self.desk[PROBLEMS], self.desk[OUTPUT]
        self.training, self.live = self.desk[TRAINING], self.desk[LIVE]
        self.code, self.literature = self.desk[SOURCE], self.desk[LITERATURE]
        self.notice = NoticeBar()
        self.start = StartPage(session, self.preferences)
        editor = QWidget()
        column = QVBoxLayout(editor)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.breadcrumb = Breadcrumb(session)
        column.addWidget(self.breadcrumb)
        column.addWidget(self.canvas, 1)
        self.editor = editor
        self.centre = Pages()
        self.centre.addWidget(self.start)
        self.centre.addWidget(editor)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notice)
        column.addWidget(self.centre, 1)
        self.setCentralWidget(middle)

    @property
    def at_start(self) -> bool:
        """Whether the start page is shown."""
        return self.centre.currentWidget() is self.start

    def make_bars(self, offered: Iterable[Action]) -> None:
        """Menus, tool bar, status bar, and the pages over the window, with what panels offer."""
        self.commands = CommandPalette(self, lambda: self.actions_table.command_rows())
        self.keys = KeySheet(self, lambda: self.actions_table.key_rows(), mouse_rows())
        pages = page_actions(self.commands, self.keys)
        look = Look(self.preferences, self.canvas.scene())
        self.actions_table = actions = Actions(
            self, self.canvas, (*offered, *pages, *look.offered()), lambda: not self.at_start
        )
        self.strip = MenuStrip(self)
        actions.fill(self.strip.bar)
        self.setMenuWidget(self.strip)
        self.strip.add_workspaces([actions[space.name] for space in WORKSPACES])
        for dock in self.docks.values():
            actions.menus[PANELS].addAction(dock.toggleViewAction())
        self.tools = ToolBar(self.session, actions, self)
        self.addToolBar(self.tools)
        self.status = StatusBar(self.session)
        self.setStatusBar(self.status)

    def place(self) -> None:
        """Where it was last time, or a size that suits most screens."""
        theme = current()
        self.setMinimumSize(*MINIMUM)
        if not self.restoreGeometry(self.preferences.place("window")):
            self.resize(QSize(*map(theme.pixels, USUAL)))
