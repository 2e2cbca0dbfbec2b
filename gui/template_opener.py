"""Opening a template as a new document, as it is or fitted to other images."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from graph.project import Project
from graph.templates import Template, find_template
from gui.canvas.arrange import lay_out_project
from gui.canvas.view import CanvasView
from gui.documents import Documents
from gui.fit import FitDialog
from gui.session import Session


class TemplateOpener(QObject):
    """Makes projects of templates; a project remembers which one it came from."""

    def __init__(
        self, session: Session, documents: Documents, canvas: CanvasView, window: QWidget
    ) -> None:
        super().__init__(window)
        self._session = session
        self._documents = documents
        self._canvas = canvas
        self._window = window

    @property
    def present(self) -> Template | None:
        """The template that the open project came from."""
        return find_template(self._session.template)

    def open(self, template: Template) -> None:
        """Open a template with its original sizes."""
        self._open(template, template.build)

    def ask_fit(self, template: Template) -> None:
        """Ask for images and classes, then open the template for them."""
        dialog = FitDialog(template, self._window)
        dialog.fitted.connect(lambda project: self._open(template, lambda: project))
        dialog.open()

    def fit_again(self) -> None:
        """Fit the template of the open project to other images, as a new document."""
        template = self.present
        if template is not None:
            self.ask_fit(template)

    def _open(self, template: Template, make: Callable[[], Project]) -> None:
        def build() -> Project:
            project = make()
            project.template = template.name
            lay_out_project(project)
            return project

        if self._documents.new(build):
            self._canvas.show_whole()
