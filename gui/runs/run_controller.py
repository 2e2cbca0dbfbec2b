"""One training as the window knows it: its state, and its events turned into signals.

The worker trains in a thread of its own; here a timer fetches what it tells while it lives. No
widget, no torch, and no Qt object that another thread would touch.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from PySide6.QtCore import QElapsedTimer, QEventLoop, QObject, QTimer, Signal

from backend.channel.events import (
    EpochDone,
    Event,
    Failed,
    Finished,
    Notice,
    Paused,
    Preparing,
    Probed,
    Progress,
    Resumed,
    Started,
)
from backend.training.settings import TrainingSettings
from backend.training.worker import DataRequest, Worker
from backend.weights.start import Start
from graph.calls.plan import Plan

State = Literal["idle", "preparing", "running", "paused"]

PERIOD = 40
"""Milliseconds between two looks at the worker's events."""

LOOK_PERIOD = 66
"""Milliseconds between two pictures of the inside: 15 a second at most."""

CLOSING = 10.0
"""Seconds a run may take to end when the window closes."""


@dataclass(frozen=True, eq=False)
class Trained:
    """The module (torch) and the data (backend.data.base.prepare.Prepared) of a run that has ended,
    after ``step`` steps. They are touched in a background thread only."""

    plan: Plan
    module: Any
    data: Any
    step: int


class RunController(QObject):
    """Starts, pauses and ends a training. Requests show at once, before the worker obeys."""

    state_changed = Signal(str)
    """``"idle"``, ``"preparing"``, ``"running"`` or ``"paused"``."""
    stopping = Signal()
    """The end was asked for; it comes after the present step."""
    preparing = Signal(object)
    """Carries an event Preparing; the signals below carry the event they are named for."""
    started = Signal(object)
    progressed = Signal(object)
    epoch_done = Signal(object)
    paused_at = Signal(int)
    """The worker waits after this step."""
    probed = Signal(object)
    noticed = Signal(object)
    failed = Signal(object)
    finished = Signal(object)
    ticked = Signal()
    """New events have been told; told once more at the end."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._worker: Worker | None = None
        self._state: State = "idle"
        self._is_stopping = False
        self._begun = False
        self._trained: Trained | None = None
        self._step = 0
        self._wants_pause = False
        self._last: Finished | Failed | None = None
        self._look: Probed | None = None
        self._look_clock = QElapsedTimer()
        self._watched: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}
        self._image = 0
        self._timer = QTimer(self)
        self._timer.setInterval(PERIOD)
        self._timer.timeout.connect(self._tick)

    # State

    @property
    def state(self) -> State:
        return self._state

    @property
    def trained(self) -> Trained | None:
        """What the last run left in memory; None before the first, and while one is alive."""
        return self._trained

    def forget(self) -> None:
        """Let go of what the last run left in memory."""
        self._trained = None

    @property
    def is_running(self) -> bool:
        """Whether there is a run, paused or not."""
        return self._worker is not None

    @property
    def is_stopping(self) -> bool:
        """Whether the end was asked for and has not come yet."""
        return self._is_stopping

    # Requests

    def start(
        self,
        plan: Plan,
        settings: TrainingSettings,
        data: DataRequest,
        out: Path | None = None,
        *,
        start: Start | None = None,
        single_step: bool = False,
    ) -> None:
        """Begin a run from ``start``; with ``single_step`` it waits after its first step."""
        if self._worker is not None:
            raise RuntimeError("a run is alive already")
        self._worker = Worker(plan, settings, data, out, start=start)
        self.destroyed.connect(self._worker.stop)  # a run never outlives its controller
        self._is_stopping, self._last, self._look = False, None, None
        self._trained, self._step = None, 0
        self._begun, self._wants_pause = False, single_step
        self._look_clock.invalidate()
        self._send_watch()
        self._worker.start()
        if single_step:
            self._worker.step_once()
        self._timer.start()
        self._set_state("preparing")

    def pause(self) -> None:
        """Wait after the present step."""
        if self._worker is not None and not self._is_stopping:
            self._worker.pause()
            self._wants_pause = True
            self._set_state("paused")

    def resume(self) -> None:
        """Go on."""
        if self._worker is not None and not self._is_stopping:
            self._worker.resume()
            self._wants_pause = False
            self._set_state("running" if self._begun else "preparing")

    def single_step(self) -> None:
        """Make one step, then wait."""
        if self._worker is not None and not self._is_stopping:
            self._worker.step_once()
            self._wants_pause = True
            self._set_state("paused")

    def stop(self) -> None:
        """End soon."""
        if self._worker is not None and not self._is_stopping:
            self._is_stopping = True
            self._worker.stop()
            self.stopping.emit()

    def set_learning_rate(self, value: float | None) -> None:
        """Hold the learning rate from the next step on; None: follow the schedule."""
        if self._worker is not None:
            self._worker.set_learning_rate(value)

    def close(self, seconds: float = CLOSING) -> bool:
        """End the run while the event loop goes on; False if it did not end in time."""
        if self._worker is None:
            return True
        self.stop()
        loop = QEventLoop()
        self.state_changed.connect(loop.quit)
        QTimer.singleShot(round(seconds * 1000), loop, loop.quit)
        loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        self.state_changed.disconnect(loop.quit)
        return self._worker is None

    # Looking inside

    def watch(self, viewer: str, filters: Iterable[str] = (), maps: Iterable[str] = ()) -> None:
        """What one viewer wants to see of the run, by node ids; several viewers add up. Without
        nodes the image and its probabilities are still told."""
        wanted = (tuple(filters), tuple(maps))
        if self._watched.get(viewer) != wanted:
            self._watched[viewer] = wanted
            self._send_watch()

    def unwatch(self, viewer: str) -> None:
        """A viewer looks away. When all do, looking costs nothing."""
        if self._watched.pop(viewer, None) is not None:
            self._send_watch()

    def set_image(self, image: int) -> None:
        """Which validation image the maps are of."""
        if image != self._image:
            self._image = image
            self._send_watch()

    @property
    def image(self) -> int:
        return self._image

    def _send_watch(self) -> None:
        if self._worker is None:
            return
        if not self._watched:
            self._worker.unwatch()
        else:
            filters = dict.fromkeys(key for want, _ in self._watched.values() for key in want)
            maps = dict.fromkeys(key for _, want in self._watched.values() for key in want)
            self._worker.watch(filters, maps, self._image)

    # Events

    def _tick(self) -> None:
        worker = self._worker
        if worker is None:
            return
        alive = worker.alive  # asked before the buffer is emptied, so that nothing stays in it
        for event in worker.drain():
            self._tell(event)
        self._tell_look(now=not alive)
        if not alive:
            self._end()
        self.ticked.emit()

    def _tell(self, event: Event) -> None:
        match event:
            case Preparing():
                self.preparing.emit(event)
            case Started():
                self._begun = True
                self._set_state("paused" if self._wants_pause else "running")
                self.started.emit(event)
            case Progress():
                self._step = event.step
                self.progressed.emit(event)
            case EpochDone():
                self.epoch_done.emit(event)
            case Probed():
                self._look = event
            case Notice():
                self.noticed.emit(event)
            case Paused():
                self.paused_at.emit(event.step)
            case Resumed():
                pass  # the request has shown already
            case Finished() | Failed():
                self._last = event

    def _tell_look(self, now: bool) -> None:
        """The newest picture of the inside, unless one was told just before."""
        clock = self._look_clock
        if self._look is None or (not now and clock.isValid() and clock.elapsed() < LOOK_PERIOD):
            return
        look, self._look = self._look, None
        clock.start()
        self.probed.emit(look)

    def _end(self) -> None:
        self._timer.stop()
        worker, self._worker = self._worker, None
        if worker is not None and worker.module is not None and worker.data is not None:
            self._trained = Trained(worker.plan, worker.module, worker.data, self._step)
        self._is_stopping = False
        if isinstance(self._last, Failed):
            self.failed.emit(self._last)
        elif self._last is not None:
            self.finished.emit(self._last)
        self._set_state("idle")

    def _set_state(self, state: State) -> None:
        if state != self._state:
            self._state = state
            self.state_changed.emit(state)
