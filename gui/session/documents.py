"""New, open, save: the way of a project between the session and its file.

Nothing unsaved is lost without a question, and a file that cannot be read changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from graph.document.project import SUFFIX, Project
from graph.values.message import UserError
from gui.language.text import tr
from gui.session.preferences import Preferences
from gui.session.session import Session
from gui.widgets import dialogs


class Documents(QObject):
    """Verbs of the File menu."""

    told = Signal(str, str)
    """A sentence and its kind: info, warning or error."""
    opened = Signal()
    """Another document is on the canvas."""
    recent_changed = Signal()
    leaving = Signal()
    """The present document is about to be replaced."""

    def __init__(self, session: Session, preferences: Preferences, window: QWidget) -> None:
        super().__init__(window)
        self._session = session
        self._preferences = preferences
        self._window = window

    @property
    def name(self) -> str:
        """What the title shows: the file's name, or the project's where there is no file."""
        path = self._session.path
        return path.name if path else self._session.project.name

    def may_leave(self) -> bool:
        """Ask what becomes of unsaved changes; False to stay."""
        if not self._session.modified:
            return True
        answer = dialogs.ask_unsaved(self._window, self.name)
        return answer == "discard" or (answer == "save" and self.save())

    def new(self, build: Callable[[], Project] | None = None) -> bool:
        """Open an empty project, or what ``build`` makes; False if the user stays."""
        if not self.may_leave():
            return False
        self.leaving.emit()
        self._session.new(build() if build else None)
        self.opened.emit()
        return True

    def open(self, path: Path) -> bool:
        """Open a project file; a sentence is told if it cannot be read."""
        if not self.may_leave():
            return False
        try:
            self.leaving.emit()
            self._session.open(path)
        except UserError as error:
            self.told.emit(error.message.text(), "error")
            self.recent_changed.emit()
            return False
        self._preferences.add_recent(path)
        self.recent_changed.emit()
        self.told.emit(tr("{name} is open", name=path.name), "info")
        self.opened.emit()
        return True

    def ask_open(self) -> None:
        """Ask for a project file and open it."""
        path = dialogs.ask_project(self._window, self._preferences.folder)
        if path is not None:
            self.open(path)

    def save(self) -> bool:
        """Save to the project's file, or ask for one; False if nothing was written."""
        if self._session.path is None:
            return self.save_as()
        return self._write(self._session.path)

    def save_as(self) -> bool:
        """Ask for a file and save there."""
        old = self._session.path
        start = old or self._preferences.folder / f"{self._file_name()}{SUFFIX}"
        path = dialogs.ask_project_target(self._window, start)
        return path is not None and self._write(path)

    def _file_name(self) -> str:
        name = "".join(c if c.isalnum() or c in " -_" else "_" for c in self._session.project.name)
        return name.strip() or "network"

    def _write(self, path: Path) -> bool:
        try:
            self._session.save(path)
        except UserError as error:
            self.told.emit(error.message.text(), "error")
            return False
        self._preferences.add_recent(path)
        self.recent_changed.emit()
        self.told.emit(tr("{name} is saved", name=path.name), "info")
        return True
