"""Fills the cards of the start page one after another, in a thread, those in sight first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer

from graph.values.message import message_of
from gui.templates.template_card import TemplateCard, work_out
from gui.widgets.background import BackgroundTask

DELAY = 60
"""Milliseconds after which the page has been painted."""


class CardFiller(QObject):
    """Builds the templates while the page is up, and rests while it is not."""

    def __init__(
        self,
        cards: Sequence[TemplateCard],
        in_sight: Callable[[TemplateCard], bool],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._waiting = [card for card in cards if not card.filled]
        self._in_sight = in_sight
        self._task: BackgroundTask | None = None
        self._resting = True
        self._delay = QTimer(self, interval=DELAY, singleShot=True)
        self._delay.timeout.connect(self._next)

    def start(self) -> None:
        """Go on with the cards that are still empty."""
        self._resting = False
        if self._waiting and self._task is None:
            self._delay.start()

    def stop(self) -> None:
        """Begin with no further card."""
        self._resting = True
        self._delay.stop()

    def end_work(self) -> None:
        """Wait for the thread; nothing is filled any more. For the window's end."""
        self.stop()
        self._waiting = []
        if self._task is not None:
            self._task.wait()
            self._task = None

    def _next(self) -> None:
        if not self._waiting or self._task is not None:
            return
        card = next((c for c in self._waiting if self._in_sight(c)), self._waiting[0])
        self._waiting.remove(card)
        self._task = BackgroundTask(lambda: work_out(card.template), "convloom-template", self)
        self._task.done.connect(lambda portrait: self._end(card, lambda: card.fill(portrait)))
        self._task.failed.connect(
            lambda e: self._end(card, lambda: card.show_failure(message_of(e).text()))
        )
        self._task.start()

    def _end(self, card: TemplateCard, show: Callable[[], None]) -> None:
        self._task = None
        show()
        if not self._resting:
            self._next()
