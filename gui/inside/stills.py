"""Looks inside a network that is not being trained: its starting weights, or what a run left.

Module and data are made in a background thread and kept there until the network or the data
change. Of several questions only the newest is answered.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from backend.channel.looking import View
from backend.data.base.source import LoadCancelled
from backend.training.settings import TrainingSettings
from backend.training.worker import DataRequest
from graph.calls.plan import Plan
from graph.values.message import Message, UserError, say
from gui.runs.run_controller import Trained
from gui.widgets.background import BackgroundTask


@dataclass(frozen=True)
class Still:
    """What to look at: the run that has ended, or a plan with its starting weights."""

    view: View
    plan: Plan
    settings: TrainingSettings
    data: DataRequest
    trained: Trained | None = None


class Stills(QObject):
    """Answers one question after another."""

    looked = Signal(object)
    """Carries backend.channel.events.Probed; step 0 stands for starting weights."""
    failed = Signal(object)
    """Carries the Message that says why there is nothing to see."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bench = _Bench()
        self._task: BackgroundTask | None = None
        self._next: Still | None = None
        self._wanted = False

    @property
    def busy(self) -> bool:
        """Whether an answer is to come."""
        return self._task is not None and self._wanted

    def ask(self, still: Still) -> None:
        """Look at this as soon as possible."""
        self._wanted = True
        if self._task is not None:
            self._next = still
            return
        if self._bench.cancel.is_set():
            self._bench = _Bench()
        bench = self._bench
        self._task = BackgroundTask(lambda: bench.look(still), "look-inside", self)
        self._task.done.connect(self._tell)
        self._task.failed.connect(self._tell_failure)
        self._task.start()

    def drop(self) -> None:
        """No answer is wanted any more; the data may go."""
        self._wanted, self._next = False, None
        if self._task is None:
            self._bench.clear()

    def close(self) -> None:
        """End what is under way; for the window's end."""
        self.drop()
        self._bench.cancel.set()
        if self._task is not None:
            self._task.wait()
            self._task = None

    def _tell(self, probed: object) -> None:
        if self._go_on():
            self.looked.emit(probed)

    def _tell_failure(self, error: Exception) -> None:
        if self._go_on() and not isinstance(error, LoadCancelled):
            self.failed.emit(_reason(error))

    def _go_on(self) -> bool:
        """Take the next question; whether the answer at hand is still wanted."""
        self._task = None
        wanted, newer = self._wanted, self._next
        self._next = None
        if newer is not None:
            self.ask(newer)
            return False
        self._wanted = False
        if not wanted:
            self._bench.clear()
        return wanted


class _Bench:
    """Module and data between two looks. Used by one thread at a time."""

    def __init__(self) -> None:
        self.cancel = threading.Event()
        self.clear()

    def clear(self) -> None:
        self._plan: Plan | None = None
        self._seed = 0
        self._module: Any = None
        self._request: object = None
        self._data: Any = None

    def look(self, still: Still) -> Any:
        """Probed. Raises UserError, and LoadCancelled once ``cancel`` is set."""
        from backend.inside.probe import Probe

        if still.trained is not None:
            self.clear()
            trained = still.trained
            return Probe(trained.module, trained.plan).look(trained.data, still.view, trained.step)
        self._ready_module(still)
        self._ready_data(still)
        return Probe(self._module, still.plan).look(self._data, still.view)

    def _ready_module(self, still: Still) -> None:
        from backend.model.build import build

        settings = still.settings
        plan = settings.started(still.plan)
        if self._plan != plan or self._seed != settings.seed:
            self._module = build(plan, seed=settings.seed)
            self._plan, self._seed = plan, settings.seed

    def _ready_data(self, still: Still) -> None:
        from backend.data.base.prepare import prepare
        from backend.data.catalogue import open_data

        settings, data = still.settings, still.data
        _, shape = still.plan.inputs[0]
        request = (data, shape, settings.seed, settings.validation_fraction)
        if request == self._request:
            return
        if len(shape) != 3:
            raise UserError(
                say(
                    "The input is {shape}; pictures need channels, height and width.",
                    shape="×".join(map(str, shape)),
                )
            )
        channels, height, width = (int(size) for size in shape)
        self._data = self._request = None
        dataset = open_data(
            data.spec,
            size=(height, width),
            fit="pad" if data.fit == "pad" else "resize",
            threshold=data.threshold,
            cancelled=self.cancel.is_set,
        )
        self._data = prepare(
            dataset,
            (channels, height, width),
            seed=settings.seed,
            validation_fraction=settings.validation_fraction,
            fit=data.fit,
            cancelled=self.cancel.is_set,
        )
        self._request = request


def _reason(error: Exception) -> Message:
    if isinstance(error, UserError):
        return error.message
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return say("The inside cannot be shown: {reason}.", reason=reason.rstrip("."))
