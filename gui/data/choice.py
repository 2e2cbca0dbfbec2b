"""Which data the project takes, and the latest look at it, for the chooser and its notes.

The look runs in a thread, because it takes long on a large folder. The choice itself belongs to the
project.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from backend.data.base.source import DataLook, LoadCancelled, Skipped
from backend.data.catalogue import DEFAULT
from backend.data.look import look_at
from graph.values.message import Message, UserError, say
from gui.session.session import Session
from gui.widgets.background import BackgroundTask

SOURCE = "source"
"""The key of the spec in ``session.project.data``."""


class DataChoice(QObject):
    """The project's data and the latest look at it. One for each session: ``DataChoice.of``."""

    changed = Signal()
    """Read ``spec``, ``look``, ``problem`` and ``busy``."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._spec = ""
        self._cancel = threading.Event()
        self._task: BackgroundTask | None = None
        self.look: DataLook | None = None
        self.problem: Message | None = None
        session.settings_changed.connect(self._follow)
        session.destroyed.connect(self._cancel.set)
        session.closing.connect(self._end_work)
        self._follow()

    @classmethod
    def of(cls, session: Session) -> DataChoice:
        """The one choice of a session."""
        found = session.findChild(cls)
        return found if isinstance(found, cls) else cls(session)

    @property
    def spec(self) -> str:
        """The chosen source; the sample that comes with the program if none was chosen."""
        return _spec_of(self._session.project.data)

    @property
    def busy(self) -> bool:
        """Whether a look is under way."""
        return self._task is not None

    @property
    def usable(self) -> bool:
        """Whether there is something to train on, as far as one knows."""
        return self.problem is None

    def choose(self, spec: str) -> None:
        """Take a source into the project. One that cannot be used is refused with its reason, and
        the old one stays."""
        self._start(spec, lambda look: self._take(spec, look), self._session.refuse)

    def note_skipped(self, spec: str, skipped: tuple[Skipped, ...]) -> None:
        """Put what decoding found in place of what names and headers told of a source."""
        if self.look is not None and spec == self.spec and skipped != self.look.skipped:
            self.look = replace(self.look, skipped=skipped)
            self.changed.emit()

    def stop(self) -> None:
        """End a look that is under way."""
        self._cancel.set()
        if self._task is not None:
            self._task.drop()
            self._task = None

    def _end_work(self) -> None:
        task = self._task
        self.stop()
        if task is not None:
            task.wait()

    def _follow(self) -> None:
        """Look at what the project names now, if that is another source."""
        spec = self.spec
        if spec != self._spec:
            self._spec, self.look, self.problem = spec, None, None
            self._start(spec, self._show, self._show_problem)

    def _start(
        self, spec: str, done: Callable[[DataLook], None], failed: Callable[[Message], None]
    ) -> None:
        self.stop()
        cancel = self._cancel = threading.Event()
        self._session.destroyed.connect(cancel.set)
        task = BackgroundTask(lambda: look_at(spec, cancel.is_set), "look-at-data", self)

        def end(tell: Callable[[], None]) -> None:
            self._task = None
            tell()
            self.changed.emit()

        def fail(error: Exception) -> None:
            if not isinstance(error, LoadCancelled):
                end(lambda: failed(_reason(error)))

        task.done.connect(lambda look: end(lambda: done(look)))
        task.failed.connect(fail)
        self._task = task
        task.start()
        self.changed.emit()

    def _take(self, spec: str, look: DataLook) -> None:
        if look.source.missing is not None:
            self._session.refuse(look.source.missing)
            return
        self._spec = spec
        self._show(look)
        self._session.set_data({**self._session.project.data, SOURCE: spec})

    def _show(self, look: DataLook) -> None:
        self.look, self.problem = look, look.source.missing

    def _show_problem(self, problem: Message) -> None:
        self.look, self.problem = None, problem


def _spec_of(data: dict[str, object]) -> str:
    found = data.get(SOURCE)
    return found if isinstance(found, str) and found else DEFAULT


def _reason(error: Exception) -> Message:
    if isinstance(error, UserError):
        return error.message
    return say("The data cannot be looked at: {reason}.", reason=str(error) or type(error).__name__)
