"""What went wrong in a training, as a sentence: where, why, and what to do about it."""

from __future__ import annotations

import math
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import Tensor, fx

from backend.channel.events import Failed
from backend.inside.probe import evaluating
from backend.model.build import BuildError
from backend.model.walk import find_step, first_failing, first_not_finite
from backend.training.settings import TrainingSettings
from graph.calls.plan import Plan
from graph.values.message import Message, UserError, say, say_count, verbatim

FailureKind = Literal["user", "memory", "not finite", "other"]


SINGLE = say(
    "a batch of one image gives it one value per channel, which has no variance: set "
    "batch_size to 2 or more"
)
LONE = say(
    "there is one training image, which gives it one value per channel, and that has no variance: "
    "add images, or take a smaller validation_fraction"
)


class LossNotFinite(Exception):
    """The loss of a step is infinite or not a number."""

    def __init__(self, step: int, value: float) -> None:
        super().__init__(f"the loss of step {step} is {value}")
        self.step = step
        self.value = value


@dataclass(frozen=True, slots=True)
class Cause:
    """An exception without its traceback, which would keep every tensor of the step alive."""

    kind: FailureKind
    message: Message
    node: str | None
    trace: str
    step: int | None = None

    @classmethod
    def of(cls, error: BaseException) -> Cause:
        """Read an exception."""
        node = step = None
        if isinstance(error, UserError):
            kind: FailureKind = "user"
            message = error.message
            node = error.node if isinstance(error, BuildError) else None
        elif isinstance(error, LossNotFinite):
            kind, message, step = "not finite", _number(error), error.step
        else:
            kind = "memory" if is_out_of_memory(error) else "other"
            message = _told(error)
        return cls(kind, message, node, "".join(traceback.format_exception(error)), step)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out. The CPU's allocator has no exception of its own."""
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    text = str(error)
    return isinstance(error, RuntimeError) and (
        "can't allocate memory" in text or "out of memory" in text.lower()
    )


def failed(
    cause: Cause,
    plan: Plan,
    settings: TrainingSettings,
    step: int,
    module: fx.GraphModule | None = None,
    x: Tensor | None = None,
) -> Failed:
    """The event for a cause. With the module and its last batch ``x``, N×C×H×W, the node is
    looked for by running it again.

    ``step`` counts, from 1, where the cause does not say itself.
    """
    step = cause.step if cause.step is not None else step
    if cause.kind == "user":
        return Failed(cause.message, cause.node, cause.trace)
    if cause.kind == "memory":
        return Failed(_memory(settings, step), None, cause.trace)
    if cause.message == SINGLE and settings.batch_size > 1:
        cause = replace(cause, message=LONE)
    place = None
    if module is not None and x is not None:
        find = _where_not_finite if cause.kind == "not finite" else _where_failing
        place = _safely(find, module, x)
    if place is None and cause.kind == "not finite":
        place = (plan.outputs[0][0], "size")
    node_step = find_step(plan, place[0]) if place else None
    node = node_step.node if node_step else None
    title = (node_step.title or node_step.name) if node_step else (place[0] if place else "")
    what = place[1] if place else ""
    if cause.kind == "not finite":
        return Failed(_not_finite(cause, title, what, settings, step), node, cause.trace)
    if not title:
        message = say("Training stopped at step {step}: {why}.", step=step, why=cause.message)
    else:
        message = say(
            "Training stopped at step {step}: {node} failed: {why}.",
            step=step,
            node=title,
            why=cause.message,
        )
    return Failed(message, node, cause.trace)


_Where = tuple[str, str] | None


def _where_not_finite(module: fx.GraphModule, x: Tensor) -> _Where:
    found = first_not_finite(module, x)
    if found is None:
        # Normalisation with its running statistics may overflow where that of a batch does not.
        with evaluating(module):
            found = first_not_finite(module, x)
    return found


def _where_failing(module: fx.GraphModule, x: Tensor) -> _Where:
    path = first_failing(module, x)
    return (path, "") if path else None


def _safely(
    find: Callable[[fx.GraphModule, Tensor], _Where], module: fx.GraphModule, x: Tensor
) -> _Where:
    """Where it went wrong; a search that fails itself must not hide the failure."""
    try:
        return find(module, x)
    except Exception:
        return None


def _not_finite(
    cause: Cause, node: str, what: str, settings: TrainingSettings, step: int
) -> Message:
    mend = say(
        "Lower the learning rate (it is {rate}) or check the data.",
        rate=f"{settings.learning_rate:g}",
    )
    first = {
        "output": say("{node} is the first node with a non-finite output", node=node),
        "parameter": say("{node} is the first node with a non-finite parameter", node=node),
        "size": say("the values of {node} are too large", node=node),
    }[what]
    return say(
        "Training stopped at step {step}: {why}; {first}. {mend}",
        step=step,
        why=cause.message,
        first=first,
        mend=mend,
    )


def _number(error: LossNotFinite) -> Message:
    if math.isnan(error.value):
        return say("the loss is not a number")
    return say("the loss is infinite")


def _memory(settings: TrainingSettings, step: int) -> Message:
    size = settings.batch_size
    if size == 1:
        return say(
            "Out of memory at step {step} with single images; make the network smaller.", step=step
        )
    return say_count(
        "Out of memory at step {step} with batches of {n} image; set batch_size to {smaller}.",
        "Out of memory at step {step} with batches of {n} images; set batch_size to {smaller}.",
        size,
        step=step,
        smaller=size // 2,
    )


def _told(error: BaseException) -> Message:
    reason = _reason(error)
    if reason.startswith("Expected more than 1 value per channel when training"):
        return SINGLE
    return verbatim(reason)


def _reason(error: BaseException) -> str:
    """The first line of an exception, or its type's name."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(error).__name__
