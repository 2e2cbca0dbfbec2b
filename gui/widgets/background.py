"""Work that takes longer than a frame, done in a thread and collected by a timer.

The result is fetched in the window's thread, so no signal crosses threads.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

PERIOD = 15


class BackgroundTask(QObject):
    """One function running in a thread. ``done`` carries its result, ``failed`` its exception."""

    done = Signal(object)
    failed = Signal(object)

    def __init__(self, function: Callable[[], Any], name: str, parent: QObject) -> None:
        super().__init__(parent)
        self._function = function
        self._result: Any = None
        self._error: Exception | None = None
        self._dropped = False
        self._collected = False
        self._timer = QTimer(self)
        self._timer.setInterval(PERIOD)
        self._timer.timeout.connect(self._look)
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._timer.start()

    def look_soon(self, seconds: float) -> None:
        """Wait for a quick function so long, less than a frame or two, and tell at once if it is
        done: what takes no time should not flicker."""
        self._thread.join(seconds)
        self._look()

    def drop(self) -> None:
        """Forget the result: nothing is told any more."""
        self._dropped = True

    def wait(self) -> None:
        """Block until the function has ended; tell nothing any more. For the window's end."""
        self.drop()
        if self._collected:
            return  # Qt has deleted the timer, or will in this turn
        if self._thread.ident is not None:
            self._thread.join()
        self._timer.stop()

    def _work(self) -> None:
        try:
            self._result = self._function()
        except Exception as error:  # told in the window's thread
            self._error = error

    def _look(self) -> None:
        if self._thread.is_alive() or self._collected:
            return
        self._timer.stop()
        self._thread.join()
        self._collected = True
        if not self._dropped:
            if self._error is not None:
                self.failed.emit(self._error)
            else:
                self.done.emit(self._result)
        self.deleteLater()
