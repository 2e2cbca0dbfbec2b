"""What a training tells: frozen values, in order, from ``Preparing`` to ``Finished`` or ``Failed``.

The window reads them before torch is loaded, so nothing here imports it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from backend.data.base.source import Skipped
from graph.values.message import Message

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float32]
else:
    Array = Any


class Point(NamedTuple):
    """One training step: number (from 1), loss, share of right answers 0..1, learning rate."""

    step: int
    loss: float
    accuracy: float
    learning_rate: float


@dataclass(frozen=True, slots=True)
class Preparing:
    """Work before the first step: ``done`` of ``total`` pieces, which is 0 while nobody knows."""

    message: Message
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Started:
    """The first step is about to run. ``planned`` is the learning rate over the whole run, as
    at most 400 pairs (step, learning rate)."""

    steps_per_epoch: int
    epochs: int
    total_steps: int
    device: str
    n_train: int
    n_validation: int
    parameters: int
    classes: tuple[str, ...]
    planned: tuple[tuple[int, float], ...]
    masks: bool = False
    """Whether accuracies are shares of pixels."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Some steps were made; ``points`` are the new ones. ``epoch`` counts from 1; ``elapsed`` and
    ``remaining`` are seconds of training, pauses left out."""

    step: int
    epoch: int
    points: tuple[Point, ...]
    images_per_second: float
    elapsed: float
    remaining: float


@dataclass(frozen=True, slots=True)
class EpochDone:
    """An epoch and its validation are over. Accuracies are shares 0..1; the training figures are
    means over the epoch, made while the weights changed. ``best`` says whether no epoch so far
    has a higher validation accuracy. ``validation_iou`` is the mean over the classes, 0..1, where
    the data has masks."""

    epoch: int
    step: int
    train_loss: float
    train_accuracy: float
    validation_loss: float
    validation_accuracy: float
    best: bool
    seconds: float
    validation_iou: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Probed:
    """A look inside with validation image ``image``, for the number ``asked``, which may have been
    beyond the last one.

    ``filters`` float32 out×in×kh×kw and ``maps`` float32 N×H×W (a vector is 1×1×F), by the key
    they were asked for: a node's id, or a dotted path of step names. ``cut`` has the true number of
    channels where ``maps`` or ``filters`` were cut. ``probabilities`` has one value per class;
    ``pixels`` is the image, uint8 H×W×C. Where the data has masks, ``mask`` is the true class of
    each pixel, or VOID, and ``predicted`` the likeliest one, uint8 H×W.
    """

    step: int
    asked: int
    image: int
    filters: Mapping[str, Array]
    maps: Mapping[str, Array]
    probabilities: Array
    label: int
    classes: tuple[str, ...]
    pixels: NDArray[np.uint8]
    cut: Mapping[str, int]
    mask: NDArray[np.uint8] | None = None
    predicted: NDArray[np.uint8] | None = None


@dataclass(frozen=True, slots=True)
class Paused:
    """Waiting after this step."""

    step: int


@dataclass(frozen=True, slots=True)
class Resumed:
    """Going on after this step."""

    step: int


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the user should know; the training goes on. ``skipped`` are all files that were
    left out, where it tells of them."""

    message: Message
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class Failed:
    """The end: a sentence, the id of the node it came from if known, and the trace."""

    message: Message
    node: str | None = None
    trace: str = ""


@dataclass(frozen=True, slots=True)
class Finished:
    """The end: all epochs done, or stopped by the user. ``epochs`` and ``best_epoch`` count whole
    epochs (0: none); accuracies are of validation, None before the first. Paths are None where
    nothing was written; ``unsaved`` then says why, if it was meant to be."""

    reason: Literal["completed", "stopped"]
    epochs: int
    best_epoch: int
    best_accuracy: float | None
    accuracy: float | None
    seconds: float
    best_weights: str | None = None
    last_weights: str | None = None
    unsaved: Message | None = None


Event = (
    Preparing
    | Started
    | Progress
    | EpochDone
    | Probed
    | Paused
    | Resumed
    | Notice
    | Failed
    | Finished
)
