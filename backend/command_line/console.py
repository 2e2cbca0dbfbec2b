"""A training on the command line: a progress bar, then a table of epochs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TextIO

from tqdm import tqdm

from backend.channel.events import (
    EpochDone,
    Event,
    Failed,
    Finished,
    Notice,
    Preparing,
    Progress,
    Started,
)
from backend.command_line.terminal import print_table
from backend.training.settings import TrainingSettings
from backend.training.worker import DataRequest, Worker
from backend.weights.start import Start
from graph.calls.plan import Plan
from graph.values.message import UserError

tqdm.monitor_interval = 0  # its watching thread would outlive the bar


def train_in_console(
    plan: Plan,
    settings: TrainingSettings,
    data: str,
    out: Path | None = None,
    start: Start | None = None,
) -> int:
    """Train, showing progress on stderr and the result on stdout. Ctrl+C stops and keeps what
    was learned. Returns 0; raises UserError with the sentence if the training fails."""
    worker = Worker(plan, settings, DataRequest(data), out, start=start, leave_cores=0)
    view = _View(sys.stderr)
    worker.start()
    try:
        while view.end is None:
            try:
                worker.wait_event(0.5)
            except KeyboardInterrupt:
                view.say("Stopping after this step.")
                worker.stop()
            for event in worker.drain():
                view.show(event)
    finally:
        worker.stop()
        worker.join(10)
        view.close()
    if isinstance(view.end, Failed):
        raise UserError(view.end.message)
    view.print_table()
    return 0


class _View:
    """Draws events as text."""

    def __init__(self, stream: TextIO) -> None:
        self.end: Failed | Finished | None = None
        self._stream = stream
        self._bar: tqdm[object] | None = None
        self._started: Started | None = None
        self._epochs: list[EpochDone] = []
        self._said = ""

    def show(self, event: Event) -> None:
        match event:
            case Preparing():
                self._prepare(str(event.message))
            case Started():
                self._start(event)
            case Progress():
                self._advance(event)
            case EpochDone():
                self._epochs.append(event)
            case Notice():
                self.say(str(event.message))
            case Failed() | Finished():
                self.end = event

    def _prepare(self, text: str) -> None:
        """Say what takes time, for a person who waits; a log needs it not."""
        if text != self._said and self._stream.isatty():
            self._said = text
            self.say(text)

    def _start(self, event: Started) -> None:
        self._started = event
        self.say(
            f"{event.parameters:,} parameters on {event.device}; {event.n_train:,} images to "
            f"train, {event.n_validation:,} to validate, {len(event.classes)} classes"
        )
        self._bar = tqdm(
            total=event.total_steps, file=self._stream, unit="step", dynamic_ncols=True, leave=True
        )

    def _advance(self, event: Progress) -> None:
        if self._bar is None or self._started is None:
            return
        self._bar.set_description(f"epoch {event.epoch}/{self._started.epochs}", refresh=False)
        figures = f"loss {event.points[-1].loss:.3f}, {event.images_per_second:,.0f} images/s"
        if self._epochs:
            figures += f", val {self._epochs[-1].validation_accuracy:.2%}"
        self._bar.set_postfix_str(figures, refresh=False)
        self._bar.update(event.step - self._bar.n)

    @property
    def _masks(self) -> bool:
        """Whether accuracies are shares of pixels."""
        return self._started is not None and self._started.masks

    def say(self, text: str) -> None:
        """A line that does not disturb the bar."""
        tqdm.write(text, file=self._stream)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()

    def print_table(self) -> None:
        """Epochs, the best one, and where the weights are."""
        assert isinstance(self.end, Finished)
        overlap = ["val mean IoU"] if self._masks else []
        head = ("epoch", "train loss", "train acc", "val loss", "val acc", *overlap, "seconds")
        rows = [
            (
                f"{e.epoch}{'*' if e.epoch == self.end.best_epoch else ''}",
                f"{e.train_loss:.4f}",
                f"{e.train_accuracy:.2%}",
                f"{e.validation_loss:.4f}",
                f"{e.validation_accuracy:.2%}",
                *([] if e.validation_iou is None else [f"{e.validation_iou:.4f}"]),
                f"{e.seconds:.1f}",
            )
            for e in self._epochs
        ]
        print_table([head, *rows], right=range(len(head)), ruled=False)
        if self.end.best_accuracy is not None:
            kind = "pixel accuracy" if self._masks else "accuracy"
            print(
                f"\n{self.end.reason}: best validation {kind} {self.end.best_accuracy:.2%} "
                f"in epoch {self.end.best_epoch}, {self.end.seconds:.1f} s in all"
            )
        for title, path in (("best", self.end.best_weights), ("last", self.end.last_weights)):
            if path is not None:
                print(f"{title} weights: {path}")
        if self.end.unsaved is not None:
            print(f"not saved: {self.end.unsaved}")
