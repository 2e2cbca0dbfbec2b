"""How images of one shape become images of another: plain arithmetic, no torch.

Three ways lead from one size to another. "keep": nothing to do. "resize": stretched to fill.
"pad": proportions kept; shrunk if too large, never enlarged, and centred on zeros.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from backend.data.base.source import ImageShape
from graph.values.message import Message, UserError, say, say_count

FitMode = Literal["auto", "resize", "pad"]

IMAGE_CEILING = 3 * 64_000_000
"""Values one image may have."""
SIDE_CEILING = 65_535
"""Pixels along one side. The tables for resizing grow with the larger side, not with the area."""


@dataclass(frozen=True, slots=True)
class Box:
    """Where a padded picture lies inside its frame, in pixels."""

    top: int
    left: int
    height: int
    width: int


@dataclass(frozen=True, slots=True)
class Conversion:
    """From images of shape ``source`` to images of shape ``target``, both C×H×W."""

    source: ImageShape
    target: ImageShape
    how: Literal["keep", "resize", "pad"]

    def sentences(self) -> tuple[Message, ...]:
        """What happens to the images, for the user; empty when nothing does."""
        steps: list[Message] = []
        if self.source[0] > self.target[0]:
            steps.append(say("Colour images are turned into grey ones."))
        elif self.source[0] < self.target[0]:
            steps.append(say("Grey images are repeated on 3 channels."))
        sizes = {"old": _size(self.source), "new": _size(self.target)}
        if self.how == "resize":
            steps.append(say("Images are resized from {old} to {new}.", **sizes))
        elif self.how == "pad":
            steps.append(say("Images are padded with zeros from {old} to {new}.", **sizes))
        return tuple(steps)


def plan_conversion(source: ImageShape, target: ImageShape, fit: FitMode = "auto") -> Conversion:
    """How images of shape ``source`` (C×H×W) are brought to a network's input ``target``.

    "auto" pads when the target is larger by at most 25 % in both directions, as from 28×28 to
    32×32, and resizes otherwise. Raises UserError when there is no way.
    """
    if source[0] != target[0] and {source[0], target[0]} != {1, 3}:
        raise UserError(
            say(
                "The network takes images of {expected} and the data has {found}; only "
                "1 and 3 channels convert into each other. Set the input to {wanted}.",
                expected=say_count("{n} channel", "{n} channels", target[0]),
                found=source[0],
                wanted=say_count("{n} channel", "{n} channels", source[0]),
            )
        )
    values = target[0] * target[1] * target[2]
    if min(target) < 1 or values > IMAGE_CEILING:
        raise UserError(
            say(
                "The network takes images of shape {found}; sizes must be at least 1 and an image "
                "may have at most {expected} values. Change the size of the input.",
                found="×".join(map(str, target)),
                expected=IMAGE_CEILING,
            )
        )
    check_sides(source[1:])
    check_sides(target[1:])
    return Conversion(source, target, _how(source, target, fit))


def check_sides(size: tuple[int, int]) -> None:
    """Raise UserError if a side of ``size`` (H, W) is too long to be resized from or to."""
    if max(size) > SIDE_CEILING:
        raise UserError(
            say(
                "Images of {height}×{width} pixels cannot be resized; a side may have at most "
                "{expected}.",
                height=size[0],
                width=size[1],
                expected=SIDE_CEILING,
            )
        )


def fits(source: ImageShape, target: ImageShape) -> bool:
    """Whether images of shape ``source`` can be converted to the network's input ``target``."""
    try:
        plan_conversion(source, target)
    except UserError:
        return False
    return True


def padded_box(source: tuple[int, int], target: tuple[int, int]) -> Box:
    """Where a picture of ``source`` (H, W) lies when it is padded to ``target`` (H, W)."""
    (height, width), (frame_height, frame_width) = source, target
    if height > frame_height or width > frame_width:
        # Integers, so that the tighter side comes out exact.
        if height * frame_width >= width * frame_height:
            width, height = max(1, round(width * frame_height / height)), frame_height
        else:
            height, width = max(1, round(height * frame_width / width)), frame_width
    return Box((frame_height - height) // 2, (frame_width - width) // 2, height, width)


class HasClasses(Protocol):
    """A DataSet or a DataSource."""

    @property
    def name(self) -> str: ...

    @property
    def classes(self) -> tuple[str, ...] | None: ...


def check_classes(outputs: int, data: HasClasses) -> None:
    """Raise UserError when the network has fewer outputs than ``data`` has classes."""
    if data.classes is not None and outputs < len(data.classes):
        raise UserError(
            say(
                "The network has {outputs} and {data} has {classes}; give the last layer {wanted}.",
                outputs=say_count("{n} output", "{n} outputs", outputs),
                data=data.name,
                classes=say_count("{n} class", "{n} classes", len(data.classes)),
                wanted=say_count("{n} output", "{n} outputs", len(data.classes)),
            )
        )


def _how(source: ImageShape, target: ImageShape, fit: FitMode) -> Literal["keep", "resize", "pad"]:
    sides = tuple(zip(source[1:], target[1:], strict=True))
    if all(old == new for old, new in sides):
        return "keep"
    if fit == "auto":
        return "pad" if all(old <= new and 4 * new <= 5 * old for old, new in sides) else "resize"
    return fit


def _size(shape: ImageShape) -> str:
    return f"{shape[1]}×{shape[2]}"
