"""What a run does now, in a few words."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from backend.channel.events import Preparing, Progress, Started
from gui.language.text import full, tr
from gui.runs.run_controller import RunController


class RunStatus(QObject):
    """Follows a controller."""

    changed = Signal(str)
    """The words; empty without a run."""

    def __init__(self, controller: RunController) -> None:
        super().__init__(controller)
        self._controller = controller
        self._words = ""
        self._epochs = 0
        controller.state_changed.connect(self._show_state)
        controller.stopping.connect(self._show_stopping)
        controller.preparing.connect(self._prepare)
        controller.started.connect(self._begin)
        controller.progressed.connect(self._advance)
        controller.paused_at.connect(self._pause)

    def _show_state(self, state: str) -> None:
        self._say(
            {
                "running": tr("Training"),
                "paused": tr("Pausing after this step"),
                "preparing": tr("Preparing"),
            }.get(state, "")
        )

    def _show_stopping(self) -> None:
        self._say(tr("Stopping after this step"))

    def _prepare(self, event: Preparing) -> None:
        self._say(event.message.text())

    def _begin(self, event: Started) -> None:
        self._epochs = event.epochs
        if self._controller.state == "running":
            self._say(tr("Training"))

    def _advance(self, event: Progress) -> None:
        if self._controller.state == "running" and not self._controller.is_stopping:
            self._say(
                tr("Training, epoch {epoch} of {epochs}", epoch=event.epoch, epochs=self._epochs)
            )

    def _pause(self, step: int) -> None:
        if self._controller.state == "paused":
            self._say(tr("Paused after step {step}", step=full(step)))

    def _say(self, words: str) -> None:
        if words != self._words:
            self._words = words
            self.changed.emit(words)
