"""The parts of the window and where they stand; what they do together is ``window.py``'s."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QVBoxLayout, QWidget

from gui.appearance.glyphs import application_icon
from gui.appearance.theme import current
from gui.bars.actions import Actions
from gui.bars.bottom import BottomPages, Pages
from gui.bars.breadcrumb import Breadcrumb
from gui.bars.command_palette import CommandPalette, KeySheet
from gui.bars.look_menu import LookMenus
from gui.bars.menu_strip import MenuStrip
from gui.bars.output import OutputList
from gui.bars.statusbar import StatusBar
from gui.bars.toolbar import ToolBar
from gui.canvas.view import CanvasView
from gui.code.code import CodePanel
from gui.inside.live import LivePanel
from gui.inspector.inspector import Inspector
from gui.language.text import tr
from gui.palette.block_shelf import BlockShelf
from gui.palette.fold import FoldingPalette
from gui.palette.palette import LayerPalette
from gui.problems.problems import Problems
from gui.session.preferences import Preferences
from gui.session.session import Session
from gui.templates.literature import LiteraturePage
from gui.templates.start import StartPage
from gui.training.panel import TrainingPanel
from gui.widgets.notice import NoticeBar
from gui.widgets.parts import PanelTitle

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
        self.canvas = CanvasView(session)
        self.shelf = BlockShelf(session, self)
        self.canvas.editing.adding.make = self.shelf.layer
        search = self.canvas.editing.adding.search
        search.more, search.offers = self.shelf.usable, self.shelf.elsewhere
        search.make = self.shelf.layer
        self.palette_panel = LayerPalette(session, self.shelf)
        self.inspector = Inspector(session)
        self.problems = Problems(session)
        self.training = TrainingPanel(session)
        self.live = LivePanel(session, self.training)
        self.output = OutputList()
        self.literature = LiteraturePage(session)
        self.code = CodePanel(session)
        self.notice = NoticeBar()
        self.start = StartPage(self.preferences)
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
        self._make_docks()

    def _make_docks(self) -> None:
        self.bottom = BottomPages()
        self.bottom.add(self.problems, tr("Problems"))
        self.bottom.add(self.training, tr("Training"))
        self.bottom.add(self.output, tr("Output"))
        self.bottom.add(self.literature, tr("Literature"))
        live_head = PanelTitle(tr("Live"))
        live_head.title.hide()
        live_head.row.insertWidget(0, self.live.head, 1)
        self.folding = FoldingPalette(self.palette_panel, self.shelf)
        self.docks: dict[str, QDockWidget] = {}
        self.heads: dict[str, PanelTitle] = {}
        for name, title, panel, head in (
            ("layers", tr("Layers"), self.folding, None),
            ("inspector", tr("Inspector"), self.inspector, self.inspector.head),
            ("live", tr("Live"), self.live, live_head),
            ("code", tr("Code"), self.code, self.code.head),
            ("bottom", tr("Bottom panel"), self.bottom, self.bottom.head),
        ):
            dock = QDockWidget(title, self)
            dock.setObjectName(name)
            title_bar: PanelTitle = head or PanelTitle(title)
            self.heads[name] = title_bar
            title_bar.closed.connect(dock.hide)
            dock.setTitleBarWidget(title_bar)
            dock.setWidget(panel)
            self.docks[name] = dock
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea)

    def make_bars(self, actions: Actions) -> None:
        """Menus, tool bar, status bar, and the pages over the window."""
        self.actions_table = actions
        self.strip = MenuStrip(self)
        actions.fill(self.strip.bar)
        self.setMenuWidget(self.strip)
        self.strip.add_workspaces([actions[name] for name in ("design", "training", "code")])
        self.look_menus = LookMenus(
            actions.menus["View"], self.preferences, self.docks, self.canvas.set_reduce_motion
        )
        self.recent_menu = actions.menus["File"].addMenu(tr("Open recent"))
        actions.menus["File"].insertMenu(actions["save"], self.recent_menu)
        self.tools = ToolBar(self.session, actions, self)
        self.addToolBar(self.tools)
        self.status = StatusBar(self.session)
        self.setStatusBar(self.status)
        self.commands = CommandPalette(self, actions.rows)
        self.keys = KeySheet(self, actions.rows)

    def place(self) -> None:
        """Where it was last time, or a size that suits most screens."""
        theme = current()
        self.setMinimumSize(*MINIMUM)
        if not self.restoreGeometry(self.preferences.place("window")):
            self.resize(QSize(*map(theme.pixels, USUAL)))
