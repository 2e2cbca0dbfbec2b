"""Taking the network away as a picture of the whole canvas."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from gui.canvas.view import CanvasView
from gui.code.code import CodePanel
from gui.language.text import tr
from gui.scene.overview import picture_of
from gui.session.preferences import Preferences
from gui.widgets import dialogs


class PictureSaver(QObject):
    """Asks for a file and writes the picture, under the name that the source would have."""

    told = Signal(str, str)
    """A sentence and its kind: info or error."""

    def __init__(
        self, canvas: CanvasView, code: CodePanel, preferences: Preferences, window: QWidget
    ) -> None:
        super().__init__(window)
        self._canvas, self._code = canvas, code
        self._preferences, self._window = preferences, window

    def ask(self) -> None:
        """Ask for a file and write a picture of the canvas to it."""
        start = self._preferences.folder / f"{self._code.file_name()}.png"
        path = dialogs.ask_picture_target(self._window, start)
        if path is None:
            return
        if picture_of(self._canvas.scene()).save(str(path)):
            self.told.emit(tr("{name} is saved", name=path.name), "info")
        else:
            self.told.emit(tr("{path} could not be written.", path=str(path)), "error")
