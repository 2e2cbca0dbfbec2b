"""Which input cells one output cell sees, axis by axis.

A layer states its reach: for every input and every spatial axis, how output positions map to
input positions. Two readers use it: the receptive field of a node (size, jump, offset; Araujo,
Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019), and
the exact set of input cells behind one chosen cell, borders and dilation holes included.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd
from typing import Protocol

from graph.values.message import Message, say


@dataclass(frozen=True, slots=True)
class Window:
    """A sliding window: output o sees inputs o*stride - before + j*dilation for j < size.

    ``mode`` says what the cells beyond the edge hold; of all but zeros, they are inputs again.
    """

    size: int = 1
    stride: int = 1
    dilation: int = 1
    before: int = 0
    mode: str = "zeros"

    def sources(self, outputs: int, length: int) -> int:
        """The set of inputs (a bit mask) that the set of outputs sees."""
        found = 0  # bit i is position i - before
        inside = (1 << length) - 1
        taps = 0
        for j in range(self.size):
            taps |= 1 << (j * self.dilation)
        while outputs:
            low = outputs & -outputs
            found |= taps << (low.bit_length() - 1) * self.stride
            outputs ^= low
        seen = found >> self.before & inside
        if self.mode != "zeros":
            for i in (*range(self.before), *range(self.before + length, found.bit_length())):
                if found >> i & 1:
                    seen |= 1 << self._folded(i - self.before, length)
        return seen

    def _folded(self, position: int, length: int) -> int:
        """The input that a cell beyond the edge repeats."""
        if self.mode == "circular":
            return position % length
        if self.mode == "reflect":
            return -position if position < 0 else 2 * (length - 1) - position
        return 0 if position < 0 else length - 1

    def forward(self, strand: Strand, length: int) -> Strand:
        """The strand of the outputs, from that of the inputs."""
        if self is SAME:
            return strand
        return Strand(
            strand.start - self.before * strand.jump,
            strand.size + (self.size - 1) * self.dilation * strand.jump,
            strand.jump * self.stride,
        )


@dataclass(frozen=True, slots=True)
class Transposed:
    """A transposed window: output o sees every input i with o = i*stride - before + j*dilation
    for a j < size. ``count`` outputs."""

    size: int
    stride: int
    dilation: int
    before: int
    count: int

    def sources(self, outputs: int, length: int) -> int:
        found = 0
        for i in range(length):
            for j in range(self.size):
                o = i * self.stride - self.before + j * self.dilation
                if 0 <= o < self.count and outputs >> o & 1:
                    found |= 1 << i
                    break
        return found

    def forward(self, strand: Strand, length: int) -> Strand:
        """A step of the output is 1/stride of an input; the field is that of an output cell which
        sees the most inputs, around the mean position."""
        jump = Fraction(strand.jump)
        every = self.stride // gcd(self.stride, self.dilation)  # taps that meet an input
        wide = (self.size - 1) // every * every * self.dilation // self.stride
        middle = (self.before - Fraction((self.size - 1) * self.dilation, 2)) / self.stride
        return Strand(
            strand.start + (middle - Fraction(wide, 2)) * jump,
            strand.size + wide * jump,
            jump / self.stride,
        )


@dataclass(frozen=True, slots=True)
class Bins:
    """Adaptive pooling: output o of ``count`` sees floor(o*n/count) .. ceil((o+1)*n/count) - 1."""

    count: int

    def sources(self, outputs: int, length: int) -> int:
        found = 0
        for o in range(self.count):
            if outputs >> o & 1:
                first, last = o * length // self.count, -(-(o + 1) * length // self.count)
                found |= (1 << last) - (1 << first)
        return found

    def forward(self, strand: Strand, length: int) -> Strand:
        widest = max(
            -(-(o + 1) * length // self.count) - o * length // self.count for o in range(self.count)
        )
        even = length % self.count == 0
        step = length // self.count if even else Fraction(length, self.count)
        jump = strand.jump * step
        return Strand(strand.start, strand.size + (widest - 1) * strand.jump, jump)


@dataclass(frozen=True, slots=True)
class Whole:
    """Every output sees every input of the axis."""

    def sources(self, outputs: int, length: int) -> int:
        return (1 << length) - 1 if outputs else 0

    def forward(self, strand: Strand, length: int) -> Strand:
        return Strand(strand.start, strand.size + (length - 1) * strand.jump, 0)


@dataclass(frozen=True, slots=True)
class Picked:
    """Output o is input start + o*step: a slice."""

    start: int = 0
    step: int = 1

    def sources(self, outputs: int, length: int) -> int:
        found = 0
        for o in range(outputs.bit_length()):
            if outputs >> o & 1:
                found |= 1 << self.start + o * self.step
        return found & (1 << length) - 1

    def forward(self, strand: Strand, length: int) -> Strand:
        return Strand(strand.start + self.start * strand.jump, strand.size, strand.jump * self.step)


class Axis(Protocol):
    """How the positions of an output map to those of an input, along one axis."""

    def sources(self, outputs: int, length: int) -> int:
        """The set of inputs (a bit mask of ``length`` cells) that the set of outputs sees."""

    def forward(self, strand: Strand, length: int) -> Strand:
        """The strand of the outputs, from that of the inputs, of which there are ``length``."""


Number = int | Fraction  # a fraction only behind a transposed window or an uneven adaptive pooling

SAME = Window()
WHOLE = Whole()


@dataclass(frozen=True, slots=True)
class Strand:
    """Output cell i sees the image cells from start + i*jump on, ``size`` of them."""

    start: Number
    size: Number
    jump: Number


FIRST = Strand(0, 1, 1)
Strands = tuple[Strand, ...]


def unite(strands: Strands) -> Strands:
    """Strands of equal jump become the one that covers them: parallel branches. The smallest jump
    comes first."""
    if len(strands) == 1:
        return strands
    by_jump: dict[Number, Strand] = {}
    for strand in strands:
        other = by_jump.get(strand.jump)
        if other is not None:
            start = min(strand.start, other.start)
            end = max(strand.start + strand.size, other.start + other.size)
            strand = Strand(start, end - start, strand.jump)
        by_jump[strand.jump] = strand
    return tuple(by_jump[jump] for jump in sorted(by_jump))


@dataclass(frozen=True, slots=True)
class AxisField:
    """The receptive field along one axis.

    ``size``: image cells that the middle output cell sees, the image's edge not counted.
    ``jump``: image cells from one output cell's field to the next's; 0 where all see the same.
    ``offset``: image position of the centre of the first cell's field.
    ``windows``: only sliding windows made it, so that the size is the same on a larger image.
    """

    size: float
    jump: float
    offset: float
    windows: bool = True


def axis_field(strands: Strands, length: int) -> AxisField:
    """Sum up the strands of one axis, one or more, at the middle one of ``length`` output cells."""
    if len(strands) == 1:
        (strand,) = strands
        offset = _half(2 * strand.start + strand.size - 1)
        return AxisField(_number(strand.size), _number(strand.jump), offset, strand.jump != 0)
    middle = length // 2
    start = min(s.start + middle * s.jump for s in strands)
    end = max(s.start + middle * s.jump + s.size for s in strands)
    jump = max(s.jump for s in strands)
    offset = _half(start + end - 1 - 2 * middle * jump)
    return AxisField(_number(end - start), _number(jump), offset, all(s.jump for s in strands))


def reaches_all(fields: Sequence[AxisField], image: Sequence[int]) -> bool:
    """Whether a receptive field is as large as the image, or larger, along every axis."""
    return 0 < len(fields) == len(image) and all(
        field.size >= length for field, length in zip(fields, image, strict=True)
    )


def field_words(fields: Sequence[AxisField], image: Sequence[int], size: str) -> Message:
    """What a person reads of a receptive field: its ``size``, or that it is the whole image, with
    the size where that does not come from the image."""
    if not reaches_all(fields, image):
        return say("{size}", size=size)
    if all(field.windows for field in fields):
        return say("whole image ({size})", size=size)
    return say("whole image")


def _half(value: Number) -> float:
    if isinstance(value, int):
        return value / 2 if value % 2 else value // 2
    return _number(value / 2)


def _number(value: Number) -> float:
    return int(value) if value.denominator == 1 else float(value)


def carried(
    axes: Sequence[Axis], shape: Sequence[int], image: tuple[Strands, ...]
) -> tuple[Strands, ...] | None:
    """The strands of a layer's output, from those of an input with ``shape``; one entry per axis of
    the image. ``axes`` are the layer's rules for the input's axes but the first. None if the input
    has another number of axes than the image, which is a fault already."""
    on_map = len(shape) == len(image) + 1
    if on_map and len(image) > len(axes):
        return None
    if not on_map or all(axis is SAME for axis in axes):
        return image
    return tuple(
        tuple(axes[axis].forward(strand, shape[axis + 1]) for strand in own)
        for axis, own in enumerate(image)
    )


def seen(axes: Sequence[Axis], shape: Sequence[int], outputs: Sequence[int]) -> tuple[int, ...]:
    """The sets of input rows, columns ... that sets of output rows, columns ... see; bit masks, one
    for each axis of ``shape``, the input's, but the first.

    A vector has no axes: whatever made it saw the whole map.
    """
    return tuple(
        axes[axis].sources(outputs[axis] if axis < len(outputs) else 1, length)
        for axis, length in enumerate(shape[1:])
    )
