"""Taking a folder of images as the data that is trained on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gui.data.choice import DataChoice
from gui.language.text import tr
from gui.session.preferences import Preferences
from gui.widgets import dialogs


class FolderTaker(QObject):
    """Asks for a folder, or is given one that was dropped."""

    noted = Signal(str)
    """The images of a folder are the data now: a line for Output."""

    def __init__(
        self,
        choice: DataChoice,
        preferences: Preferences,
        window: QWidget,
        show_training: Callable[[], None],
    ) -> None:
        super().__init__(window)
        self._choice, self._preferences, self._window = choice, preferences, window
        self._show_training = show_training
        self._asked: Path | None = None
        choice.changed.connect(self._note)

    def ask(self) -> None:
        """Ask for a folder of images and take it as the data."""
        path = dialogs.ask_image_folder(self._window, self._preferences.folder)
        if path is not None:
            self.take(path)

    def take(self, path: Path) -> None:
        """Train on the images of a folder; one without is refused and the old choice stays."""
        self._show_training()
        self._asked = path
        self._choice.choose(str(path))

    def _note(self) -> None:
        path, choice = self._asked, self._choice
        if path is None or choice.busy:
            return
        self._asked = None
        if choice.spec == str(path) and choice.problem is None:
            self.noted.emit(tr("Images are taken from {folder}", folder=str(path)))
