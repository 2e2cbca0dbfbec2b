"""A training on the command line: a progress bar, then a table of epochs."""

from __future__ import annotations

import errno
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
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
from backend.command_line.ending import DONE
from backend.command_line.terminal import print_table
from backend.training.settings import TrainingSettings
from backend.training.worker import DataRequest, Worker
from backend.weights.names import BEST, LAST, SUFFIX
from backend.weights.start import Start
from graph.calls.plan import Plan
from graph.document.files import reason_of
from graph.values.message import Message, UserError, say, say_count

tqdm.monitor_interval = 0  # its watching thread would outlive the bar

EPOCH_TABLE = (
    (say("epoch"), False),
    (say("train loss"), False),
    (say("train acc"), False),
    (say("val loss"), False),
    (say("val acc"), False),
    (say("val mean IoU"), True),
    (say("seconds"), False),
)
"""The columns of the table, and which of them are of masks only."""
ENDS = {"completed": say("completed"), "stopped": say("stopped")}


def check_folder(folder: Path) -> None:
    """Make the folder for weights and try to write into it, before a training spends hours that
    nothing would be left of. Raises UserError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"weights")
            file.flush()
    except OSError as error:
        raise UserError(
            say(
                "--out {folder}: nothing can be written there: {reason}",
                folder=str(folder),
                reason=reason_of(error),
            )
        ) from error
    for name in (BEST, LAST):
        path = folder / f"{name}{SUFFIX}"
        if path.exists() and not path.is_file():
            raise UserError(say("--out: {path} is in the way: it is no file", path=str(path)))


def train_in_console(
    plan: Plan,
    settings: TrainingSettings,
    data: DataRequest,
    out: Path | None = None,
    start: Start | None = None,
) -> int:
    """Train, showing progress on stderr and the result on stdout. Returns the exit code: DONE, or
    128 + its number after a signal. Raises UserError with the sentence if the training fails or
    its weights could not be saved in ``out``.

    Ctrl+C, and a request to end or a lost terminal, stop after the present step and keep what was
    learned; a second one leaves at once.
    """
    worker = Worker(plan, settings, data, out, start=start)
    view = _View(_Lasting(sys.stderr))
    with _interruptible() as interruption:
        worker.start()
        try:
            while view.end is None:
                worker.wait_event(0.2)
                if interruption.news():
                    view.say(say("Stopping after this step."))
                    worker.stop()
                for event in worker.drain():
                    view.show(event)
        finally:
            worker.stop()
            worker.join()
            view.close()
    if isinstance(view.end, Failed):
        raise UserError(view.end.message)
    view.print_table()
    if view.end.unsaved is not None:
        raise UserError(view.end.unsaved)
    return DONE if interruption.number is None else 128 + interruption.number


class _Interruption:
    """The signal that asked for the end, if one did."""

    def __init__(self) -> None:
        self.number: int | None = None
        self._told = False

    def __call__(self, number: int, _: FrameType | None) -> None:
        if self.number is not None:
            os._exit(128 + number)  # files are written whole or not at all, so nothing is torn
        self.number = number

    def news(self) -> bool:
        """Whether it was asked since the last call."""
        asked, self._told = self.number is not None and not self._told, self.number is not None
        return asked


@contextmanager
def _interruptible() -> Iterator[_Interruption]:
    """Take the signals that ask for the end, and leave them to others afterwards."""
    asked = _Interruption()
    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    ignored = [number for number in numbers if signal.getsignal(number) is signal.SIG_IGN]
    before = {n: signal.signal(n, asked) for n in numbers if n not in ignored}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Lasting:
    """A stream for progress: a training outlives whoever watched it, so when the stream breaks
    nothing more is shown."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return len(text) if self._try(lambda stream: stream.write(text)) else 0

    def flush(self) -> None:
        self._try(lambda stream: stream.flush())

    def isatty(self) -> bool:
        return self._stream is not None and self._stream.isatty()

    def fileno(self) -> int:
        if self._stream is None:
            raise OSError(errno.EBADF, "nothing is shown")
        return self._stream.fileno()

    @property
    def encoding(self) -> str:
        return getattr(self._stream, "encoding", None) or "ascii"

    def _try(self, use: Callable[[TextIO], object]) -> bool:
        if self._stream is not None:
            try:
                use(self._stream)
            except OSError:
                self._stream = None
        return self._stream is not None


class _View:
    """Draws events as text."""

    def __init__(self, stream: _Lasting) -> None:
        self.end: Failed | Finished | None = None
        self._stream = stream
        self._bar: tqdm[object] | None = None
        self._started: Started | None = None
        self._epochs: list[EpochDone] = []
        self._said: Message | None = None

    def show(self, event: Event) -> None:
        match event:
            case Preparing():
                self._prepare(event)
            case Started():
                self._start(event)
            case Progress():
                self._advance(event)
            case EpochDone():
                self._epochs.append(event)
            case Notice():
                self.say(event.message)
            case Failed() | Finished():
                self.end = event

    def _prepare(self, event: Preparing) -> None:
        """Say what takes time and how far it is, for a person who waits; a log needs it not."""
        if not self._stream.isatty():
            return
        if event.message != self._said:
            self._said = event.message
            self.close()
            self.say(event.message)
        if event.done:
            if self._bar is None:
                self._bar = tqdm(file=self._stream, dynamic_ncols=True, leave=False)
            self._bar.total = event.total or None
            self._bar.n = event.done
            self._bar.refresh()

    def _start(self, event: Started) -> None:
        self.close()
        self._started = event
        self.say(
            say(
                "{parameters} on {device}; {train} to train, {validation} to validate, {classes}",
                parameters=_parameters(event.parameters),
                device=event.device,
                train=_images(event.n_train),
                validation=f"{event.n_validation:,}",
                classes=say_count("{n} class", "{n} classes", len(event.classes)),
            )
        )
        self._bar = tqdm(
            total=event.total_steps,
            file=self._stream,
            unit=say("step").text(),
            dynamic_ncols=True,
            leave=True,
        )

    def _advance(self, event: Progress) -> None:
        if self._bar is None or self._started is None:
            return
        place = say("epoch {n}/{all}", n=event.epoch, all=self._started.epochs)
        self._bar.set_description(place.text(), refresh=False)
        figures = say(
            "loss {loss}, {speed} images/s",
            loss=f"{event.points[-1].loss:.3f}",
            speed=f"{event.images_per_second:,.0f}",
        )
        if self._epochs:
            share = f"{self._epochs[-1].validation_accuracy:.2%}"
            figures = say("{figures}, val {share}", figures=figures, share=share)
        self._bar.set_postfix_str(figures.text(), refresh=False)
        self._bar.update(event.step - self._bar.n)

    @property
    def _masks(self) -> bool:
        """Whether accuracies are shares of pixels."""
        return self._started is not None and self._started.masks

    def say(self, message: Message) -> None:
        """A line that does not disturb the bar."""
        tqdm.write(message.text(), file=self._stream)

    def close(self) -> None:
        """Leave the bar as it stands, if there is one."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def print_table(self) -> None:
        """Epochs, the best one, and where the weights are."""
        assert isinstance(self.end, Finished)
        titles = [title for title, masks in EPOCH_TABLE if self._masks or not masks]
        head = [title.text() for title in titles]
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
            best = say(
                "{how}: best validation {kind} {share} in epoch {epoch}, {seconds} s in all",
                how=ENDS[self.end.reason],
                kind=say("pixel accuracy") if self._masks else say("accuracy"),
                share=f"{self.end.best_accuracy:.2%}",
                epoch=self.end.best_epoch,
                seconds=f"{self.end.seconds:.1f}",
            )
            print(f"\n{best.text()}")
        if self.end.best_weights is not None:
            print(say("best weights: {path}", path=str(self.end.best_weights)).text())
        if self.end.last_weights is not None:
            print(say("last weights: {path}", path=str(self.end.last_weights)).text())


def _parameters(count: int) -> Message:
    return say_count("{n} parameter", "{n} parameters", count, n=f"{count:,}")


def _images(count: int) -> Message:
    return say_count("{n} image", "{n} images", count, n=f"{count:,}")
