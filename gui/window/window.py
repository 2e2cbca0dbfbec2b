"""The window: makes its parts and lets them know of each other.

In the centre stands the start page or the canvas; around it docks, which workspaces arrange. The
panels talk through the session and not to each other; what they offer to do stands in the menus.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow

from graph.document.project import SUFFIX
from gui.actions.action import Action
from gui.actions.menus import RECENT
from gui.appearance.glyphs import application_icon
from gui.appearance.theme import current
from gui.bars.recent import RecentProjects
from gui.canvas.view import CanvasView
from gui.data.actions import data_actions
from gui.inspector.actions import inspector_actions
from gui.language.text import tr
from gui.palette.block_shelf import BlockShelf
from gui.problems.actions import problem_actions
from gui.runs.node_pictures import NodePictures
from gui.runs.project_run import ProjectRun
from gui.session.actions import document_actions, session_actions
from gui.session.documents import Documents
from gui.session.preferences import Preferences
from gui.session.session import Session
from gui.templates.actions import literature_actions
from gui.training.actions import training_actions
from gui.verbs.actions import block_actions, saving_actions, template_actions
from gui.verbs.block_importer import BlockImporter
from gui.verbs.block_verbs import BlockVerbs
from gui.verbs.folder_taker import FolderTaker
from gui.verbs.picture_saver import PictureSaver
from gui.verbs.source_saver import SourceSaver
from gui.verbs.template_opener import TemplateOpener
from gui.window.actions import window_actions
from gui.window.bars import Bars
from gui.window.centre import Centre
from gui.window.front import Front
from gui.window.leading import LeadingButton
from gui.window.narrow import NarrowPalette
from gui.window.panel_verbs import PanelVerbs
from gui.window.run_on_canvas import RunOnCanvas
from gui.window.teller import Teller
from gui.window.title import FileTitle
from gui.workspaces.actions import workspace_actions
from gui.workspaces.code import SOURCE
from gui.workspaces.design import INSPECTOR, LAYERS, PROBLEMS
from gui.workspaces.docks import Docks
from gui.workspaces.panel import Desk
from gui.workspaces.registry import LITERATURE, OUTPUT, WORKSPACES, panels
from gui.workspaces.switcher import WorkspaceSwitcher
from gui.workspaces.training import LIVE, TRAIN, TRAINING

MINIMUM = (1180, 720)
USUAL = (1440, 900)


class MainWindow(QMainWindow):
    """The whole program in one window."""

    first_painted = Signal()
    """The window and all in it was painted for the first time."""

    def __init__(self, preferences: Preferences | None = None) -> None:
        super().__init__()
        self._painted = False
        self.preferences = preferences or Preferences()
        self.session = Session(self)
        self.run = ProjectRun(self.session)
        self.documents = Documents(self.session, self.preferences, self)
        self.setWindowIcon(application_icon())
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self._make_panels()
        self._make_verbs()
        self.bars = Bars(
            self,
            self.preferences,
            self.run,
            self.canvas,
            self.docks,
            self.front,
            self._offered(),
        )
        self._connect()
        self._place()
        self.front.show_start()

    # Parts

    def _make_panels(self) -> None:
        """Canvas and panels, and who leads to them."""
        self.shelf = BlockShelf(self.session, self)
        self.canvas = CanvasView(self.session, self.shelf)
        self.desk = desk = Desk(self.session, self.shelf, self.run)
        self.docks = Docks(self, desk, panels())
        self.folding, self.inspector = desk[LAYERS], desk[INSPECTOR]
        self.problems, self.code = desk[PROBLEMS], desk[SOURCE]
        self.training, self.live = desk[TRAINING], desk[LIVE]
        self.output, self.literature = desk[OUTPUT], desk[LITERATURE]
        self.centre = Centre(self.session, self.preferences, self.canvas)
        self.setCentralWidget(self.centre)
        self.workspaces = WorkspaceSwitcher(self, desk, self.docks, WORKSPACES, self.preferences)
        self.front = Front(self.centre, self.canvas, self.docks, self.workspaces)
        self.teller = Teller(self.centre.notice, self.output)
        self.pictures = NodePictures(self.run)
        self.run_on_canvas = RunOnCanvas(self.canvas, self.run.controller, self.pictures)
        self._narrow = NarrowPalette(self, desk, self.docks)

    def _make_verbs(self) -> None:
        """What a person does that concerns several panels."""
        session, preferences = self.session, self.preferences
        self.templates = TemplateOpener(session, self.documents, self.canvas, self)
        self.blocks = BlockVerbs(session, self.canvas, self.shelf)
        self.saver = SourceSaver(session, self.code, self.run, preferences, self)
        self.picture_saver = PictureSaver(self.canvas, self.code, preferences, self)
        self.importer = BlockImporter(session, self.shelf, preferences, self)
        show_training = partial(self.front.show_workspace, TRAIN.name)
        self.folders = FolderTaker(self.run.choice, preferences, self, show_training)
        self.panel_verbs = PanelVerbs(self.desk, self.canvas, self.front)

    def _offered(self) -> Iterator[Action]:
        """What can be done in the window, as its parts offer it."""
        verbs = self.panel_verbs
        yield from document_actions(self.documents)
        yield from session_actions(self.session)
        yield from self.canvas.offered
        for panel in panels():
            yield from panel.offers(self.desk[panel])
        yield from inspector_actions(verbs.edit_field)
        yield from problem_actions(self.problems, verbs.walk_problems)
        yield from literature_actions(self.literature, verbs.show_literature)
        yield from data_actions(self.folders.ask)
        yield from training_actions(self.training, self.run, verbs.train)
        yield from block_actions(self.blocks, self.importer)
        yield from saving_actions(self.saver, self.picture_saver)
        yield from template_actions(self.templates)
        yield from workspace_actions(WORKSPACES, self.workspaces, self.front.show_workspace)
        yield from window_actions(self.front, self.teller, self.close)

    # Who hears of whom

    def _connect(self) -> None:
        # Bound methods: a lambda would still be called while the window is taken down.
        bars = self.bars
        self._title = FileTitle(self, bars.strip, self.session, self.documents, self.front)
        self.recent = RecentProjects(bars.actions.menus[RECENT], self.documents, self.preferences)
        self._leading = LeadingButton(bars.tools, self.docks, self.training)
        self.documents.opened.connect(self.front.show_editor)
        self.documents.leaving.connect(self.run.close)
        self.workspaces.switched.connect(self._narrow.fit)
        bars.status.problems_wanted.connect(self.panel_verbs.show_problems)
        self._connect_start()
        self._connect_canvas()
        self._connect_panels()
        self._connect_teller()

    def _connect_start(self) -> None:
        start = self.centre.start
        start.new_wanted.connect(self.documents.new)
        start.open_wanted.connect(self.documents.ask_open)
        start.folder_wanted.connect(self.folders.ask)
        start.template_chosen.connect(self.templates.open)
        start.fit_wanted.connect(self.templates.ask_fit)
        start.project_chosen.connect(self.documents.open)
        start.forget_wanted.connect(self.recent.forget)
        self.recent.changed.connect(start.refresh)

    def _connect_canvas(self) -> None:
        self.canvas.templates_requested.connect(self.front.show_start)
        self.canvas.fault_opened.connect(self.panel_verbs.open_fault)
        self.folding.layer_chosen.connect(self.canvas.adding.add_named)
        self.folding.preset_chosen.connect(self.canvas.adding.add_preset)

    def _connect_panels(self) -> None:
        self.problems.counted.connect(self._count_problems)
        self.problems.refresh()
        self.literature.available.connect(self._offer_literature)
        self._offer_literature(self.literature.template is not None)
        self.code.problem_wanted.connect(self.panel_verbs.next_problem)
        self.code.save_button.clicked.connect(self.saver.ask)
        self.training.export_requested.connect(self.saver.ask)
        self.training.fit_requested.connect(self.templates.fit_to_data)

    def _connect_teller(self) -> None:
        teller = self.teller
        self.session.refused.connect(teller.tell_refusal)
        for speaker in (self.documents, self.saver, self.picture_saver, self.shelf):
            speaker.told.connect(teller.tell)
        for panel in (self.canvas, self.code):
            panel.message.connect(teller.tell)
        self.training.notice.connect(self.output.add)
        self.folders.noted.connect(self.output.add)
        self.templates.waiting.connect(self._tell_opening)
        self.templates.finished.connect(teller.end_wait)

    def _count_problems(self, errors: int, warnings: int) -> None:
        self._leading.count(errors)
        self.docks.show_count(PROBLEMS, errors + warnings)

    def _offer_literature(self, offered: bool) -> None:
        self.docks.bottom.set_offered(self.literature, offered)

    def _tell_opening(self) -> None:
        self.teller.tell_wait(tr("The template is being built …"), self.templates.cancel)

    # The window itself

    def _place(self) -> None:
        """Where it was last time, or a size that suits most screens."""
        self.setMinimumSize(*MINIMUM)
        if not self.restoreGeometry(self.preferences.place("window")):
            self.resize(QSize(*map(current().pixels, USUAL)))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            # A window is painted before its parts; the timer fires when they are, too.
            QTimer.singleShot(0, self, self.first_painted.emit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._narrow.fit()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = _dropped(event)
        if path is None:
            return
        event.acceptProposedAction()
        if path.is_dir():
            self.folders.take(path)
        else:
            self.documents.open(path)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.documents.may_leave():
            event.ignore()
            return
        self.run.close()
        self.workspaces.keep()
        self.preferences.set_place("window", self.saveGeometry())
        self.preferences.flush()
        self.hide()
        # Threads end before the program does; nobody looks at the window meanwhile.
        self.session.closing.emit()
        super().closeEvent(event)


def _dropped(event: QDropEvent) -> Path | None:
    """The project file or folder that is being dropped."""
    for url in event.mimeData().urls():
        path = Path(url.toLocalFile())
        if url.isLocalFile() and (path.suffix == SUFFIX or path.is_dir()):
            return path
    return None
