"""One training in a thread of its own, watched through a bounded buffer of events.

The window starts it, drains the buffer on a timer and never waits. Nothing here imports torch
before the thread runs.
"""

from __future__ import annotations

import threading
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from backend.channel.buffer import EventBuffer
from backend.channel.control import Control
from backend.channel.events import Event, Failed, Finished, Notice, Preparing
from backend.channel.looking import Looks, View
from backend.data.base.source import LoadCancelled, Skipped
from backend.data.targets import check_trainable
from backend.training.device import cpu_threads
from backend.training.settings import TrainingSettings
from backend.weights.start import Start
from graph.calls.plan import Plan
from graph.planning.ending import ending_of
from graph.values.message import Message, UserError, say, say_count

if TYPE_CHECKING:
    import torch
    from torch import fx

    from backend.data.base.prepare import Prepared


_NAMED = 3  # files in a message


@dataclass(frozen=True, slots=True)
class DataRequest:
    """Which data: a known name or a path, how images are fitted to the network's input, and the
    grey from which on a pixel of a mask in shades is object."""

    spec: str
    fit: Literal["auto", "resize", "pad"] = "auto"
    threshold: int | None = None


class Worker:
    """Prepares the data and trains. All methods return at once and may be called at any time.

    After the end, ``drain`` has given exactly one ``Finished`` or ``Failed``, as the last event.
    ``module`` and ``data`` are then the trained network and its images, for looking inside; they
    are None before they are made, and not to be touched while ``alive``.
    """

    def __init__(
        self,
        plan: Plan,
        settings: TrainingSettings,
        data: DataRequest,
        out: Path | None = None,
        *,
        start: Start | None = None,
    ) -> None:
        """``out`` is the folder for the weights (made if missing); ``start`` the weights to start
        from."""
        self.plan = plan
        self.settings = settings
        self.module: fx.GraphModule | None = None
        self.data: Prepared | None = None
        self._request = data
        self._out = out
        self._start = start
        self._control = Control()
        self._looks = Looks()
        self._buffer = EventBuffer()
        # Not a daemon: it must end before the interpreter does, or torch dies under it.
        self._thread = threading.Thread(target=self._work, name="training")

    def start(self) -> None:
        """Begin. Once only."""
        self._thread.start()

    def drain(self) -> list[Event]:
        """The events since the last call, oldest first; neighbouring Progress events are one."""
        return self._buffer.drain()

    def wait_event(self, timeout: float | None = None) -> bool:
        """Wait until there is something to drain (not in the window's thread)."""
        return self._buffer.wait(timeout)

    def pause(self) -> None:
        """Wait after the present step."""
        self._control.pause()

    def resume(self) -> None:
        """Go on."""
        self._control.resume()

    def step_once(self) -> None:
        """Make one step, then wait."""
        self._control.step_once()

    def stop(self) -> None:
        """End soon, at the next step or batch; also while preparing or paused."""
        self._control.stop()

    def set_learning_rate(self, value: float | None) -> None:
        """Hold the learning rate at ``value`` from the next step on; None: follow the schedule."""
        self._control.set_learning_rate(value)

    def watch(self, filters: Iterable[str] = (), maps: Iterable[str] = (), image: int = 0) -> None:
        """Look at these nodes (ids) with validation image ``image``; answered by Probed before
        the next step, also while paused, and then again from time to time. Without nodes only
        the image and its probabilities come."""
        self._looks.show(View(tuple(filters), tuple(maps), image))
        self._control.wake()

    def unwatch(self) -> None:
        """Look at nothing, which costs nothing."""
        self._looks.show(None)

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the end (not in the window's thread). Returns whether it came."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    # In the thread

    def _work(self) -> None:
        last: Event | None = None
        try:
            for event in self._events():
                last = event
                self._buffer.put(event)
        except LoadCancelled:
            last = Finished("stopped", 0, 0, None, None, 0.0)
            self._buffer.put(last)
        except UserError as error:
            last = Failed(error.message, getattr(error, "node", None), traceback.format_exc())
            self._buffer.put(last)
        except BaseException as error:
            last = Failed(_unexpected(error), None, traceback.format_exc())
            self._buffer.put(last)
        if not isinstance(last, (Failed, Finished)):
            self._buffer.put(Failed(say("The training ended without a result.")))

    def _events(self) -> Iterator[Event]:
        check_trainable(self.plan)
        yield Preparing(say("Loading PyTorch"))
        import torch

        before = torch.get_num_threads()
        torch.set_num_threads(cpu_threads(self.settings.threads))
        try:
            yield from self._train()
        finally:
            torch.set_num_threads(before)

    def _train(self) -> Iterator[Event]:
        from backend.model.build import build
        from backend.training.device import choose_device
        from backend.training.trainer import train
        from backend.weights.loading import start_from

        self._check_stop()
        yield Preparing(say("Building the network"))
        device = choose_device(self.settings.device)
        plan = self.settings.started(self.plan)
        start = self._start
        fresh = start is None or not start.strict
        module = build(plan, seed=self.settings.seed, initialise=fresh)
        if start is not None:
            matching = start_from(module, start)
            tell = Preparing if matching.complete and not matching.wrapper else Notice
            yield tell(matching.sentence())
        self.data = self._prepare(device)
        self.module = module
        self._check_stop()
        yield from train(
            self.plan,
            self.settings,
            self.data,
            control=self._control,
            looks=self._looks,
            out=self._out,
            module=module,
        )

    def _prepare(self, device: torch.device) -> Prepared:
        from backend.data.base.prepare import prepare
        from backend.data.catalogue import open_data
        from backend.model.losses import check_output, spare_outputs

        channels, height, width = self._input_shape()
        request = self._request
        dataset = open_data(
            request.spec,
            size=(height, width),
            fit="pad" if request.fit == "pad" else "resize",
            threshold=request.threshold,
            progress=self._progress(say("Loading the data")),
            cancelled=self._cancelled,
        )
        for note in dataset.notes:
            self._buffer.put(Notice(note))
        if dataset.skipped:
            self._buffer.put(Notice(_left_out(dataset.skipped), dataset.skipped))
        n_classes = len(dataset.classes)
        check_output(self.plan, n_classes, masks=dataset.masks)  # before long work
        spare = spare_outputs(self.plan, n_classes)
        if spare is not None:
            self._buffer.put(Notice(spare))
        for output in self.plan.outputs:
            trouble = ending_of(self.plan, output).trouble
            if trouble is not None:
                self._buffer.put(Notice(say("{trouble}.", trouble=trouble)))
        return prepare(
            dataset,
            (channels, height, width),
            device,
            seed=self.settings.seed,
            validation_fraction=self.settings.validation_fraction,
            fit=request.fit,
            progress=self._progress(say("Preparing the data")),
            cancelled=self._cancelled,
        )

    def _input_shape(self) -> tuple[int, int, int]:
        shape = self.plan.inputs[0][1] if self.plan.inputs else ()
        if len(shape) != 3:
            raise UserError(
                say(
                    "The network's input has shape {shape}; training takes images of channels, "
                    "height and width. Change the input.",
                    shape="×".join(map(str, shape)) or "–",
                )
            )
        channels, height, width = map(int, shape)
        return channels, height, width

    def _progress(self, message: Message) -> _Report:
        return _Report(self._buffer, message)

    def _cancelled(self) -> bool:
        return self._control.stopped

    def _check_stop(self) -> None:
        if self._control.stopped:
            raise LoadCancelled


@dataclass(frozen=True, slots=True)
class _Report:
    """Tells how far the preparation is."""

    buffer: EventBuffer
    message: Message

    def __call__(self, done: int, total: int) -> None:
        self.buffer.put(Preparing(self.message, done, total))


def _left_out(skipped: tuple[Skipped, ...]) -> Message:
    """How much was left out, and why the first of it was."""
    named: Message | None = None
    for item in skipped[:_NAMED]:
        one = say("{name} ({reason})", name=item.path.name, reason=item.reason)
        named = one if named is None else say("{names}, {name}", names=named, name=one)
    assert named is not None
    more = len(skipped) - _NAMED
    if more > 0:
        named = say("{names} and {more} more", names=named, more=more)
    return say_count(
        "{n} file or folder was left out: {names}.",
        "{n} files or folders were left out: {names}.",
        len(skipped),
        names=named,
    )


def _unexpected(error: BaseException) -> Message:
    lines = str(error).strip().splitlines()
    return say(
        "The training could not begin: {reason}.",
        reason=lines[0].rstrip(".") if lines else type(error).__name__,
    )
