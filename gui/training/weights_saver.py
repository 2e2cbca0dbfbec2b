"""Saving the weights of a run to a place of the user's choice, without stopping anything."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from graph.values.message import message_of
from gui.language.text import tr
from gui.runs.weights import copy_weights
from gui.session.session import Session
from gui.widgets.background import BackgroundTask


class WeightsSaver(QObject):
    """Asks for a file and copies in the background."""

    told = Signal(str, str)
    """How it went: ``"success"`` or ``"error"``, and a sentence."""

    def __init__(self, session: Session, owner: QWidget) -> None:
        super().__init__(owner)
        self._session, self._owner = session, owner
        self._source = Path()
        self._dialog: QFileDialog | None = None

    def ask(self, source: Path, name: str) -> None:
        """Ask where to; ``name`` is the file's name without its ending."""
        self._source = source
        if self._dialog is None:
            self._dialog = QFileDialog(self._owner, tr("Save weights"))
            self._dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            self._dialog.setNameFilter(tr("Weights (*.safetensors)"))
            self._dialog.setDefaultSuffix("safetensors")
            self._dialog.fileSelected.connect(lambda path: self.save(self._source, Path(path)))
        self._dialog.selectFile(f"{name}.safetensors")
        self._dialog.open()

    def save(self, source: Path, target: Path) -> None:
        """Copy a weights file."""
        task = BackgroundTask(lambda: copy_weights(source, target), "save-weights", self)
        self._session.closing.connect(task.wait)
        task.done.connect(
            lambda _: self.told.emit("success", tr("The weights were saved to {p}.", p=str(target)))
        )
        task.failed.connect(self._fail)
        task.start()

    def _fail(self, error: Exception) -> None:
        self.told.emit("error", message_of(error).text())
