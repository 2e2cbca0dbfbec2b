"""The window: puts the panels together and shows what they offer to do.

In the centre stands the start page or the canvas; around it docks, which workspaces arrange. The
panels talk through the session and not to each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from graph.document.project import SUFFIX
from graph.templates.template import Template
from graph.values.message import Message
from gui.actions.action import Action
from gui.actions.menus import RECENT
from gui.appearance.theme import current
from gui.bars.canvas_menu import parts_for, show_menu
from gui.code.actions import code_actions
from gui.data.actions import data_actions
from gui.inspector.actions import inspector_actions
from gui.language.text import tr
from gui.palette.fold import FOLD_BELOW
from gui.problems.actions import problem_actions
from gui.runs.node_pictures import NodePictures
from gui.runs.status import RunStatus
from gui.session.actions import document_actions, session_actions
from gui.session.documents import Documents
from gui.session.preferences import Preferences
from gui.templates.actions import literature_actions
from gui.training.actions import training_actions
from gui.verbs.actions import block_actions, saving_actions, template_actions
from gui.verbs.block_importer import BlockImporter
from gui.verbs.block_verbs import BlockVerbs
from gui.verbs.picture_saver import PictureSaver
from gui.verbs.source_saver import SourceSaver
from gui.verbs.template_opener import TemplateOpener
from gui.widgets import dialogs
from gui.widgets.areas import focus_next
from gui.window.actions import window_actions
from gui.window.panels import PanelWindow
from gui.window.visible import VisibleNodes
from gui.workspaces.actions import workspace_actions
from gui.workspaces.panel import Side
from gui.workspaces.registry import WORKSPACES
from gui.workspaces.switcher import WorkspaceSwitcher


class MainWindow(PanelWindow):
    """The whole program in one window."""

    def __init__(self, preferences: Preferences | None = None) -> None:
        super().__init__(preferences or Preferences())
        self._errors = 0
        self._asked_folder: Path | None = None
        self.session.refused.connect(self._tell_refusal)
        self.documents = Documents(self.session, self.preferences, self)
        self.make_panels()
        self.templates = TemplateOpener(self.session, self.documents, self.canvas, self)
        self.blocks = BlockVerbs(self.session, self.canvas, self.shelf)
        self.saver = SourceSaver(self.session, self.code, self.run, self.preferences, self)
        self.picture_saver = PictureSaver(self.canvas, self.code, self.preferences, self)
        self.importer = BlockImporter(self.session, self.shelf, self.preferences, self)
        self.pictures = NodePictures(self.run)
        self.run_status = RunStatus(self.run.controller)
        self.workspaces = WorkspaceSwitcher(
            self, self.desk, self.docks, WORKSPACES, self.preferences
        )
        self.make_bars(self._offered())
        self.visible = VisibleNodes(self.canvas, self.pictures, self)
        self._connect()
        self.place()
        self.show_start()

    def _offered(self) -> Iterator[Action]:
        """What can be done in the window, as its parts offer it."""
        yield from document_actions(self.documents)
        yield from session_actions(self.session)
        yield from self.canvas.offered
        yield from inspector_actions(self.edit_field)
        yield from problem_actions(self.problems, self.walk_problems)
        yield from code_actions(self.code)
        yield from literature_actions(self.literature, lambda: self.show_page(self.literature))
        yield from data_actions(self.ask_folder)
        yield from training_actions(self.training, self.run, self.train)
        yield from block_actions(self.blocks, self.importer)
        yield from saving_actions(self.saver, self.picture_saver)
        yield from template_actions(self.templates)
        yield from workspace_actions(WORKSPACES, self.workspaces, self.show_workspace)
        yield from window_actions(self)

    def _connect(self) -> None:
        session, documents, start = self.session, self.documents, self.start
        session.modified_changed.connect(self._show_title)
        session.document_replaced.connect(self._show_title)
        # Bound methods: a lambda would still be called while the window is taken down.
        session.undo_stack.canUndoChanged.connect(self._enable)
        session.undo_stack.canRedoChanged.connect(self._enable)
        documents.told.connect(self.tell)
        self.saver.told.connect(self.tell)
        self.picture_saver.told.connect(self.tell)
        self.shelf.told.connect(self.tell)
        documents.opened.connect(self.show_editor)
        documents.recent_changed.connect(self._show_recent)
        documents.leaving.connect(self.run.close)
        start.new_wanted.connect(lambda: documents.new())
        start.open_wanted.connect(documents.ask_open)
        start.folder_wanted.connect(self.ask_folder)
        start.template_chosen.connect(self.open_template)
        start.fit_wanted.connect(self.templates.ask_fit)
        self.templates.waiting.connect(self._tell_opening)
        self.templates.finished.connect(self._untell_opening)
        start.project_chosen.connect(documents.open)
        start.forget_wanted.connect(self.forget_recent)
        self.folding.layer_chosen.connect(self.canvas.adding.add_named)
        self.folding.preset_chosen.connect(self.canvas.adding.add_preset)
        self.canvas.message.connect(self.tell)
        self.canvas.templates_requested.connect(self.show_start)
        self.canvas.menu_requested.connect(self._show_menu)
        self.canvas.fault_opened.connect(self._open_fault)
        self.problems.counted.connect(self._count_problems)
        self.literature.available.connect(self._offer_literature)
        self.status.problems_wanted.connect(lambda: self.show_page(self.problems))
        self.code.problem_wanted.connect(lambda: self.walk_problems(1))
        self.code.message.connect(self.tell)
        self.code.save_button.clicked.connect(lambda: self.saver.ask())
        self.run.controller.state_changed.connect(self._show_run)
        self.run_status.changed.connect(self.status.set_run_words)
        self.training.notice.connect(self.output.add)
        self.training.export_requested.connect(self.saver.ask)
        self.training.fit_requested.connect(self.templates.fit_to_data)
        self.pictures.thumbnails.connect(self.canvas.scene().set_thumbnails)
        self.pictures.activity.connect(self.canvas.scene().set_activity)
        self.workspaces.switched.connect(self._switched)
        self.bottom.currentChanged.connect(self._lead)
        self.docks["bottom"].visibilityChanged.connect(self._lead)
        self.run.choice.changed.connect(self._show_data)
        self._show_data()
        self._show_recent()
        self._offer_literature()
        self.problems.refresh()
        self._show_run("idle")

    # What is shown

    def show_start(self) -> None:
        """Show the start page; the document stays open behind it."""
        self.workspaces.hide()
        self.start.refresh()
        self.centre.setCurrentWidget(self.start)
        self.tools.hide()
        self._enable()
        self._show_title()
        self.start.focus_first()

    def show_editor(self) -> None:
        """Show the canvas with the docks of the design workspace."""
        fresh = self.at_start
        self.centre.setCurrentWidget(self.editor)
        self.tools.show()
        if fresh:
            self.workspaces.show("design")
        self._enable()
        self._show_title()
        self.canvas.setFocus()

    def show_workspace(self, name: str) -> None:
        """Show the canvas and the docks of a workspace."""
        self.centre.setCurrentWidget(self.editor)
        self.tools.show()
        self.canvas.camera.keep_whole()
        self.workspaces.show(name)
        self._enable()
        self._show_title()

    def _switched(self) -> None:
        self._fold()
        self._enable()

    def show_page(self, page: QWidget) -> None:
        """Show a page of the bottom dock."""
        if self.at_start:
            self.show_editor()
        self.docks["bottom"].show()
        self.bottom.show_page(page)

    def tell(self, text: str, kind: str = "info") -> None:
        """Tell a sentence: in a bar, and in Output for good."""
        self.notice.tell(text, kind)
        self.output.add(text, kind)

    def _tell_opening(self) -> None:
        text = tr("The template is being built …")
        self.notice.tell(text, "info", (tr("Cancel"), self.templates.cancel))

    def _untell_opening(self) -> None:
        if self.notice.button() is not None:
            self.notice.hide()

    def _tell_refusal(self, message: Message) -> None:
        self.tell(message.text(), "warning")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        narrow = self.width() < current().pixels(FOLD_BELOW)
        if narrow != self.folding.folded:
            self.folding.fold(narrow)
            self.docks.head("layers").set_bare(narrow)
            if not narrow and self.docks["layers"].isVisible():
                width = current().size("dock_left")
                self.resizeDocks([self.docks["layers"]], [width], Qt.Orientation.Horizontal)

    def _show_title(self, _changed: object = None) -> None:
        name = self.documents.name
        mark = "*" if self.session.modified else ""
        self.setWindowTitle(f"{mark}{name} – ConvLoom" if not self.at_start else "ConvLoom")
        self.strip.show_file(tr("Start") if self.at_start else f"{name}{' •' if mark else ''}")

    def _show_data(self) -> None:
        self.status.set_data(" ".join(self.tools.data.texts()))
        choice, path = self.run.choice, self._asked_folder
        if path is None or choice.busy:
            return
        self._asked_folder = None
        if choice.spec == str(path) and choice.problem is None:
            self.output.add(tr("Images are taken from {folder}", folder=str(path)))

    def _show_recent(self) -> None:
        self.start.refresh()
        menu, paths = self.actions_table.menus[RECENT], self.preferences.recent()
        menu.clear()
        for path in paths:
            action = menu.addAction(path.name.replace("&", "&&"))
            action.setEnabled(path.is_file())
            action.triggered.connect(lambda _=False, p=path: self.documents.open(p))
        menu.setEnabled(bool(paths))

    def forget_recent(self, path: Path | None) -> None:
        """Take a project, or all of them, off the list of recent ones."""
        if path is None:
            self.preferences.clear_recent()
        else:
            self.preferences.remove_recent(path)
        self._show_recent()

    def _count_problems(self, errors: int, warnings: int) -> None:
        self._errors = errors
        self._lead()
        count = f" {errors + warnings}" if errors + warnings else ""
        self.bottom.set_title(self.problems, f"{tr('Problems')}{count}")

    def _offer_literature(self, _changed: object = None) -> None:
        self.bottom.set_offered(self.literature, self.literature.template is not None)

    def _lead(self, _changed: object = None) -> None:
        """Only one button at a time is the main one: Train here, in the panel, or a repair."""
        page = self.bottom.currentWidget()
        self.tools.set_leading(
            not self._errors and not (page is self.training and page.isVisible())
        )

    def _show_run(self, state: str) -> None:
        self.tools.show_run(state)
        self.canvas.scene().set_running(state == "running")
        self._enable()

    def _enable(self, _changed: object = None) -> None:
        self.actions_table.refresh()

    def _show_menu(self, place: QPoint) -> None:
        show_menu(self, parts_for(self.session), self.actions_table, place)

    # Verbs

    def open_template(self, template: Template) -> None:
        """Open a template as a new document."""
        self.templates.open(template)

    def edit_field(self) -> None:
        """Put the keyboard into the inspector."""
        self.docks["inspector"].show()
        self.inspector.edit_first_field()

    def walk_problems(self, step: int) -> None:
        """Go to another problem and show it."""
        self.show_page(self.problems)
        self.problems.walk(step)

    def _open_fault(self, node: str) -> None:
        """Show where in its block the fault of a use lies."""
        fault = self.canvas.scene().fault(node)
        if fault is not None:
            self.show_page(self.problems)
            self.problems.open_inside(self.session.place, fault)

    def train(self) -> None:
        """Train, or pause a run; the training page comes up."""
        self.show_page(self.training)
        self.training.train_or_pause()

    def ask_folder(self) -> None:
        """Ask for a folder of images and take it as the data."""
        path = dialogs.ask_image_folder(self, self.preferences.folder)
        if path is not None:
            self.take_folder(path)

    def take_folder(self, path: Path) -> None:
        """Train on the images of a folder; one without is refused and the old choice stays."""
        self.show_workspace("training")
        self._asked_folder = path
        self.run.choice.choose(str(path))

    def tell_about(self) -> None:
        """Say what this program is."""
        self.tell(tr("ConvLoom: draw a convolutional network, train it, take it away as Python."))

    def move_area(self, step: int) -> None:
        """Put the keyboard into the next part of the window."""
        if self.at_start:
            areas: list[QWidget] = [self.start.side, self.start.gallery]
        else:
            left, right, below = (self.docks.at(side) for side in Side)
            areas = [*left, self.canvas, *right, *below]
        focus_next(areas, step)

    # Files from outside, and the end

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if _dropped(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = _dropped(event)
        if path is None:
            return
        event.acceptProposedAction()
        if path.is_dir():
            self.take_folder(path)
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
