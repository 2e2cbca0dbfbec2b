"""Opening a template as a new document, as it is or fitted to other images."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from graph.document.project import Project
from graph.templates.registry import find_template
from graph.templates.template import Template
from graph.values.message import message_of
from gui.appearance.theme import current
from gui.canvas.view import CanvasView
from gui.data.choice import DataChoice
from gui.data.suiting import fit_to
from gui.language.text import tr
from gui.palette.fold import FOLD_BELOW, STRIP
from gui.scene.laying_out import lay_out_project
from gui.session.documents import Documents
from gui.session.session import Session
from gui.templates.fit import FitDialog
from gui.widgets.background import BackgroundTask

PATIENCE = 0.05
"""Seconds in which a small template opens at once."""
SLOW = 700
"""Milliseconds after which a person is told that a template takes longer."""
LEAST = 300


class TemplateOpener(QObject):
    """Makes projects of templates; a project remembers which one it came from."""

    waiting = Signal()
    """A template takes long to open; ``cancel`` stops that."""
    finished = Signal()
    """It does no more."""

    def __init__(
        self, session: Session, documents: Documents, canvas: CanvasView, window: QWidget
    ) -> None:
        super().__init__(window)
        self._session = session
        self._documents = documents
        self._canvas = canvas
        self._window = window
        self._task: BackgroundTask | None = None
        self._ending: list[BackgroundTask] = []
        self._slow = QTimer(self, singleShot=True, interval=SLOW)
        self._slow.timeout.connect(self.waiting)
        session.closing.connect(self._end_work)

    @property
    def present(self) -> Template | None:
        """The template that the open project came from."""
        return find_template(self._session.template)

    def open(self, template: Template) -> None:
        """Open a template with its original sizes."""
        self._open(template, template.build)

    def ask_fit(self, template: Template, begin_with_data: bool = False) -> None:
        """Ask for images and classes, then open the template for them."""
        data = fit_to(template, DataChoice.of(self._session).look)
        dialog = FitDialog(template, self._window, data, begin_with_data)
        old = self._session.project

        def take(project: Project) -> None:
            if begin_with_data:  # what it was fitted to is what it trains on
                project.data, project.training = dict(old.data), dict(old.training)
            self._open(template, lambda: project)

        dialog.fitted.connect(take)
        dialog.open()

    def fit_again(self) -> None:
        """Fit the template of the open project to other images, as a new document."""
        template = self.present
        if template is not None:
            self.ask_fit(template)

    def fit_to_data(self) -> None:
        """The same, beginning with the data chosen for training."""
        template = self.present
        if template is not None:
            self.ask_fit(template, begin_with_data=True)

    def _open(self, template: Template, make: Callable[[], Project]) -> None:
        """Build and arrange in a thread; the document that is open stays until that is done."""
        self.cancel()
        room = self._room()

        def build() -> Project:
            project = make()
            project.template = template.name
            lay_out_project(project, room)
            return project

        task = BackgroundTask(build, "convloom-template", self)
        task.done.connect(self._show)
        task.failed.connect(lambda error: self._fail(template, error))
        self._task = task
        self._slow.start()
        task.start()
        task.look_soon(PATIENCE)

    def cancel(self) -> None:
        """Open nothing after all."""
        self._slow.stop()
        self.finished.emit()
        if self._task is not None:
            self._task.drop()
            self._ending.append(self._task)
            self._task = None

    def _end_work(self) -> None:
        self.cancel()
        for task in self._ending:
            task.wait()

    def _end(self) -> None:
        self._task = None
        self._slow.stop()
        self.finished.emit()

    def _show(self, project: Project) -> None:
        self._end()
        if self._documents.new(lambda: project):
            self._canvas.camera.show_whole()

    def _fail(self, template: Template, error: Exception) -> None:
        self._end()
        reason = message_of(error).text()
        text = tr("{title} could not be opened: {reason}", title=template.title, reason=reason)
        self._documents.told.emit(text, "error")

    def _room(self) -> tuple[float, float]:
        """The size that the canvas has, or will have once the docks are beside it."""
        if self._canvas.isVisible():
            size = self._canvas.viewport().size()
            return float(size.width()), float(size.height())
        theme, window = current(), self._window.size()
        folded = window.width() < theme.pixels(FOLD_BELOW)
        left = theme.pixels(STRIP) if folded else theme.size("dock_left")
        wide = window.width() - left - theme.size("dock_right")
        bars = ("menu_bar", "tool_bar", "breadcrumb", "dock_bottom", "status_bar")
        high = window.height() - sum(map(theme.size, bars))
        return float(max(wide, LEAST)), float(max(high, LEAST))
