"""Training as a generator of events: no thread, no window, no global state.

``train`` runs in the window's worker, at the command line and in tests, unchanged. The order of
the images and the randomness of dropout come from (seed, epoch), so that pausing, looking inside
and stepping change nothing in the result.

Long, because the loop is one job: what it asks of others (optimiser, schedule, meter, probe, saver)
stands apart already.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from time import perf_counter

import torch
from torch import Tensor, fx, nn

from backend.channel.control import Control
from backend.channel.events import (
    EpochDone,
    Event,
    Finished,
    Notice,
    Paused,
    Progress,
    Resumed,
    Started,
)
from backend.channel.looking import Looks
from backend.data.base.prepare import Minibatch, Prepared, order_seed
from backend.inside.probe import Probe, evaluating
from backend.model.build import build
from backend.model.losses import main_output, make_loss, pixel_counts, right_share
from backend.model.overlap import mean_overlap
from backend.training.device import describe_device, free_memory, mixed_type
from backend.training.failure import Cause, LossNotFinite, failed
from backend.training.meter import Meter
from backend.training.optimiser import make_optimiser
from backend.training.randomness import apart, seed_random
from backend.training.schedule import Schedule
from backend.training.settings import TrainingSettings
from backend.weights.checkpoint import Saver
from backend.weights.names import BEST, LAST
from graph.calls.plan import Plan
from graph.values.message import say

REPORT_SECONDS = 0.08
"""Between two Progress events, about."""

REPORT_STEPS = 64
"""Steps in one Progress event, at most."""

_BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
"""Layers that cannot train on one image where it has one value per channel."""


def train(
    plan: Plan,
    settings: TrainingSettings,
    data: Prepared,
    *,
    control: Control | None = None,
    looks: Looks | None = None,
    out: Path | None = None,
    module: fx.GraphModule | None = None,
) -> Iterator[Event]:
    """Train a plan on prepared data, on the data's device.

    ``module`` is ``build(plan)``, perhaps with loaded weights; without it one is made with the
    settings' seed and initialisation. It holds the trained weights afterwards, also after a stop.
    ``out`` is the folder for weights files, ``control`` the reins, ``looks`` what to look at. The
    last event is Finished or Failed; nothing is raised. Threads are the caller's affair.
    """
    run: _Run | None = None
    try:
        if module is None:
            module = build(settings.started(plan), seed=settings.seed)
        run = _Run(plan, settings, data, module, control or Control(), looks or Looks(), out)
        yield from apart(run.events(), data.device)
        return
    except Exception as error:
        cause = Cause.of(error)
    # Beyond the except block, so that the traceback no longer holds the memory of the step.
    step = run.step + 1 if run is not None else 0
    x = run.x if run is not None and cause.kind != "memory" else None
    run = None
    free_memory(data.device)
    yield failed(cause, plan, settings, step, module, x)


class _Stopped(Exception):
    """The user wants the end."""


class _Run:
    """One training at work. ``step`` counts whole steps, ``x`` is the batch at work."""

    def __init__(
        self,
        plan: Plan,
        settings: TrainingSettings,
        data: Prepared,
        module: fx.GraphModule,
        control: Control,
        looks: Looks,
        out: Path | None,
    ) -> None:
        self._settings = settings
        self._data = data
        self._control = control
        self._looks = looks
        self._loss = make_loss(
            plan,
            settings.label_smoothing,
            len(data.classes),
            masks=data.masks,
            void=data.void,
        )
        self._short = mixed_type(data.device) if settings.precision == "mixed" else None
        self._module = module.to(data.device)
        if self._short is not None:
            self._module.to(memory_format=torch.channels_last)
        self._optimiser = make_optimiser(self._module, settings)
        self._scaler = torch.amp.GradScaler(data.device.type, enabled=self._short is torch.float16)
        self._drop_single = any(isinstance(part, _BATCH_NORMS) for part in module.modules())
        self._steps_per_epoch = data.n_train_batches(
            settings.batch_size, drop_single=self._drop_single
        )
        self._schedule = Schedule(settings, self._steps_per_epoch)
        self._held = control.learning_rate
        self._reads_at_once = data.device.type == "cpu"
        self._probe = Probe(module, plan)
        self._meter = Meter()
        self._saver = Saver(out, {"settings": settings.values(), "data": data.name})
        self._paused_at: int | None = None
        self._began = self._reported = perf_counter()
        self._epochs_done = 0
        self._best: tuple[float, float] | None = None
        self._best_epoch = 0
        self._accuracy: float | None = None
        self.step = 0
        self.x: Tensor | None = None

    def events(self) -> Iterator[Event]:
        yield from self._open()
        reason = "completed"
        try:
            for epoch in range(1, self._settings.epochs + 1):
                yield from self._train(epoch)
                yield from self._validate(epoch)
        except _Stopped:
            reason = "stopped"
            yield from self._report()
        yield from self._save(LAST, self._accuracy)
        yield Finished(
            reason="completed" if reason == "completed" else "stopped",
            epochs=self._epochs_done,
            best_epoch=self._best_epoch,
            best_accuracy=self._best[0] if self._best else None,
            accuracy=self._accuracy,
            seconds=perf_counter() - self._began,
            best_weights=self._saver.path(BEST),
            last_weights=self._saver.path(LAST),
            unsaved=self._saver.problem,
        )

    def _open(self) -> Iterator[Event]:
        if self._settings.precision == "mixed" and self._short is None:
            yield Notice(say("This device has no mixed precision; float32 is used."))
        if self._optimiser is None:
            yield Notice(say("The network has no weights, so there is nothing to learn."))
        problem = self._saver.open()
        if problem is not None:
            yield Notice(problem)
        yield Started(
            steps_per_epoch=self._steps_per_epoch,
            epochs=self._settings.epochs,
            total_steps=self._schedule.total,
            device=describe_device(self._data.device),
            n_train=self._data.n_train,
            n_validation=self._data.n_validation,
            parameters=sum(parameter.numel() for parameter in self._module.parameters()),
            classes=self._data.classes,
            planned=self._schedule.planned(),
            masks=self._data.masks,
        )
        yield from self._look()
        self._began = self._reported = perf_counter()

    # One epoch

    def _train(self, epoch: int) -> Iterator[Event]:
        self._epoch_began = perf_counter()
        self._module.train()
        # Negative, so that dropout and the order of the images share no numbers.
        seed_random(self._data.device, order_seed(self._settings.seed, -epoch))
        batches = self._data.train_batches(
            self._settings.seed,
            epoch - 1,
            self._settings.batch_size,
            drop_single=self._drop_single,
        )
        control, meter = self._control, self._meter
        precision = self._precision()
        due = perf_counter() + REPORT_SECONDS
        for batch in batches:
            if control.attention:
                yield from self._obey()
                control.take_step()
            self._make_step(batch, precision)
            if perf_counter() >= due or len(meter) >= REPORT_STEPS:
                yield from self._report()
                yield from self._look()
                due = perf_counter() + REPORT_SECONDS
        # Short epochs end before anything is due.
        yield from self._report()
        yield from self._look()

    def _make_step(self, batch: Minibatch, precision: AbstractContextManager[object]) -> None:
        x, y = batch
        if self._short is not None:
            x = x.contiguous(memory_format=torch.channels_last)
        self.x = x
        held = self._held
        rate = self._schedule.rate(self.step) if held is None else held
        with precision:
            outputs = self._module(x)
        loss = self._loss(outputs, y)
        if self._reads_at_once and not math.isfinite(value := loss.item()):
            raise LossNotFinite(self.step + 1, value)
        self._update(loss, rate)
        self.step += 1
        self._meter.add(self.step, rate, loss, main_output(outputs), y)

    def _update(self, loss: Tensor, rate: float) -> None:
        optimiser = self._optimiser
        if optimiser is None:
            return
        for group in optimiser.param_groups:
            group["lr"] = rate
        optimiser.zero_grad()
        if self._short is torch.float16:
            self._scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
            self._scaler.step(optimiser)
            self._scaler.update()
        else:
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()

    def _validate(self, epoch: int) -> Iterator[Event]:
        train_loss, train_accuracy = self._meter.epoch()
        size = min(max(4 * self._settings.batch_size, 64), 1024)
        losses: list[Tensor] = []
        right: list[Tensor] = []
        pixels: list[Tensor] = []
        precision = self._precision()
        for x, y in self._data.validation_batches(size):
            if self._control.attention:
                yield from self._obey()
            self.x = x
            with evaluating(self._module), precision:
                outputs = self._module(x)
                losses.append(self._loss(outputs, y) * len(y))
                values = main_output(outputs)
                right.append(right_share(values, y).sum())
                if self._data.masks:
                    pixels.append(pixel_counts(values, y))
        count = self._data.n_validation
        loss = float(torch.stack(losses).sum()) / count
        accuracy = float(torch.stack(right).sum()) / count
        if not math.isfinite(loss):
            raise LossNotFinite(self.step, loss)
        best = self._best is None or (accuracy, -loss) > self._best
        self._epochs_done, self._accuracy = epoch, accuracy
        if best:
            self._best, self._best_epoch = (accuracy, -loss), epoch
        yield EpochDone(
            epoch=epoch,
            step=self.step,
            train_loss=train_loss,
            train_accuracy=train_accuracy,
            validation_loss=loss,
            validation_accuracy=accuracy,
            best=best,
            seconds=perf_counter() - self._epoch_began,
            validation_iou=mean_overlap(torch.stack(pixels).sum(0).cpu().numpy())
            if pixels
            else None,
        )
        if best:
            yield from self._save(BEST, accuracy)

    def _precision(self) -> AbstractContextManager[object]:
        if self._short is None:
            return nullcontext()
        return torch.autocast(self._data.device.type, self._short)

    # Between steps

    def _obey(self) -> Iterator[Event]:
        """Follow the commands and answer what is asked to be seen; comes back when the next step
        or batch may be made."""
        control = self._control
        while True:
            noticed = control.notice()
            if control.stopped:
                raise _Stopped
            self._held = control.learning_rate
            if not control.waiting:
                break
            began = perf_counter()
            yield from self._report()
            if self._paused_at != self.step:
                self._paused_at = self.step
                yield from self._look(anyway=True)
                yield Paused(self.step)
            else:
                yield from self._look()
            control.wait(noticed)
            self._leave_out(perf_counter() - began)
        if self._paused_at is not None and not control.paused:
            self._paused_at = None
            yield Resumed(self.step)
        yield from self._look()

    def _leave_out(self, seconds: float) -> None:
        """Take a pause out of all times."""
        self._began += seconds
        self._reported += seconds
        self._epoch_began += seconds

    def _report(self) -> Iterator[Event]:
        """What the steps since the last report were like."""
        before = self._meter.n_images
        points = self._meter.take()
        if not points:
            return
        now = perf_counter()
        images = self._meter.n_images - before
        elapsed = now - self._began
        left = self._schedule.total - self.step
        speed = images / max(now - self._reported, 1e-9)
        self._reported = now
        yield Progress(
            step=self.step,
            epoch=(self.step - 1) // self._steps_per_epoch + 1,
            points=points,
            images_per_second=speed,
            elapsed=elapsed,
            remaining=elapsed / self.step * left,
        )

    def _look(self, *, anyway: bool = False) -> Iterator[Event]:
        """Look inside if it is time."""
        began = perf_counter()
        view = self._looks.take(began, anyway=anyway)
        if view is None:
            return
        probed = self._probe.look(self._data, view, self.step)
        now = perf_counter()
        self._looks.spent(now, now - began)
        yield probed

    def _save(self, name: str, accuracy: float | None) -> Iterator[Event]:
        facts = {
            "epoch": self._epochs_done,
            "step": self.step,
            "validation_accuracy": accuracy,
            "classes": list(self._data.classes),
        }
        problem = self._saver.save(name, self._module, facts)
        if problem is not None:
            yield Notice(problem)
