"""Who tells sentences in a window: in the line of notices, and in Output for good."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from graph.values.message import Message
from gui.bars.output import OutputList
from gui.language.text import tr
from gui.widgets.notice import NoticeBar


class Teller(QObject):
    """Whatever has something to tell is connected to it; each sentence is told once."""

    def __init__(self, notice: NoticeBar, output: OutputList) -> None:
        super().__init__(notice)
        self._notice, self._output = notice, output

    def tell(self, text: str, kind: str = "info") -> None:
        """Tell a sentence; ``kind`` is info, warning or error."""
        self._notice.tell(text, kind)
        self._output.add(text, kind)

    def tell_refusal(self, message: Message) -> None:
        """Tell why something cannot be done."""
        self.tell(message.text(), "warning")

    def tell_wait(self, text: str, cancel: Callable[[], object]) -> None:
        """Say what takes long, with a button that ends it."""
        self._notice.tell(text, "info", (tr("Cancel"), cancel))

    def end_wait(self) -> None:
        """It takes no longer."""
        if self._notice.button() is not None:
            self._notice.hide()

    def tell_about(self) -> None:
        """Say what this program is."""
        self.tell(tr("ConvLoom: draw a convolutional network, train it, take it away as Python."))
