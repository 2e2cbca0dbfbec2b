"""Which data the project takes, and the latest look at it, for the chooser and its notes.

The look runs in a thread, because it takes long on a large folder. The choice itself belongs to the
project.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from backend.data.base.format import SOURCE, THRESHOLD, is_threshold
from backend.data.base.offers import ThresholdWanted
from backend.data.base.source import DataLook, LoadCancelled, Skipped
from backend.data.catalogue import DEFAULT
from backend.data.look import look_at
from backend.training.worker import DataRequest
from graph.values.message import Message, UserError, say
from gui.session.session import Session
from gui.widgets.background import BackgroundTask


class DataChoice(QObject):
    """The project's data and the latest look at it. One for each session: ``DataChoice.of``."""

    changed = Signal()
    """Read ``spec``, ``threshold``, ``look``, ``problem``, ``offer`` and ``busy``."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self._followed: tuple[str, int | None] = ("", None)
        self._cancel = threading.Event()
        self._task: BackgroundTask | None = None
        self.look: DataLook | None = None
        self.problem: Message | None = None
        self.offer: int | None = None
        """A threshold that would make the masks of the source usable."""
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
    def threshold(self) -> int | None:
        """The grey from which on a pixel of a mask is object, if one was set."""
        found = self._session.project.data.get(THRESHOLD)
        return found if is_threshold(found) else None

    @property
    def request(self) -> DataRequest:
        """What a training is to load."""
        return DataRequest(self.spec, threshold=self.threshold)

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
        the old one stays; one that wants a threshold is taken, and asks for it."""
        self._start(
            spec, None, lambda look: self._take(spec, look), lambda error: self._refuse(spec, error)
        )

    def set_threshold(self, threshold: int) -> None:
        """Part the greys of the masks there."""
        self._session.set_data({**self._session.project.data, THRESHOLD: threshold})

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
        wanted = self.spec, self.threshold
        if wanted != self._followed:
            self._followed, self.look, self.problem, self.offer = wanted, None, None, None
            self._start(*wanted, self._show, self._show_problem)

    def _start(
        self,
        spec: str,
        threshold: int | None,
        done: Callable[[DataLook], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self.stop()
        cancel = self._cancel = threading.Event()
        self._session.destroyed.connect(cancel.set)

        def look() -> DataLook:
            return look_at(spec, cancel.is_set, threshold=threshold)

        task = BackgroundTask(look, "look-at-data", self)

        def end(tell: Callable[[], None]) -> None:
            self._task = None
            tell()
            self.changed.emit()

        def fail(error: Exception) -> None:
            if not isinstance(error, LoadCancelled):
                end(lambda: failed(error))

        task.done.connect(lambda look: end(lambda: done(look)))
        task.failed.connect(fail)
        self._task = task
        task.start()
        self.changed.emit()

    def _take(self, spec: str, look: DataLook) -> None:
        if look.source.missing is not None:
            self._session.refuse(look.source.missing)
            return
        self._followed = spec, None
        self._show(look)
        self._keep(spec)

    def _refuse(self, spec: str, error: Exception) -> None:
        if isinstance(error, ThresholdWanted):
            self._followed = spec, None
            self._show_problem(error)
            self._keep(spec)
        else:
            self._session.refuse(_reason(error))

    def _keep(self, spec: str) -> None:
        """Put a source into the project; a threshold belonged to the one before."""
        data = {**self._session.project.data, SOURCE: spec}
        data.pop(THRESHOLD, None)
        self._session.set_data(data)

    def _show(self, look: DataLook) -> None:
        self.look, self.problem, self.offer = look, look.source.missing, None

    def _show_problem(self, error: Exception) -> None:
        self.look, self.problem = None, _reason(error)
        self.offer = error.threshold if isinstance(error, ThresholdWanted) else None


def _spec_of(data: dict[str, object]) -> str:
    found = data.get(SOURCE)
    return found if isinstance(found, str) and found else DEFAULT


def _reason(error: Exception) -> Message:
    if isinstance(error, UserError):
        return error.message
    return say("The data cannot be looked at: {reason}.", reason=str(error) or type(error).__name__)
