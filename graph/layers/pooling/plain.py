"""Pooling: fewer positions, same channels. The rules hold for one, two and three axes alike.

Long, because nine types are declared here that share these rules; apart they would be read together
all the same.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from graph.calls.call import Call, Shape
from graph.layers.base.layer import (
    OUTPUT,
    Category,
    Explanation,
    FaultKind,
    Layer,
    Port,
    Problem,
    dims,
    needs_rank,
)
from graph.layers.base.reach import Axis, Window
from graph.layers.base.registration import register
from graph.layers.base.sliding import LETTERS, OUTPUT_TITLES, Pair, Triple, each, joined, short
from graph.values.declaration import fields_of, show
from graph.values.fields import flag, integer, optional_integer, pair, real, triple
from graph.values.message import say

Numbers = tuple[int, ...]
INDICES = Port("indices", indices=True)

_ORDER = (
    *("norm_type", "kernel_size", "stride", "padding", "dilation", "return_indices"),
    *("ceil_mode", "count_include_pad", "divisor_override"),
)
"""The arguments of all poolings as torch orders them."""

_STEPS = "Steps between windows."
_ADDED = "Cells added at each edge."
_CEIL = "Round the output size up: the last window may stick out."
_TAPS = "Steps between the cells of a window."
_OVERRIDE = "Divide by this number."
_COUNT_PAD = "Count the added cells when dividing."


def pooled_size(
    size: int, kernel: int, stride: int, padding: int, dilation: int, ceil_mode: bool
) -> int:
    """Positions of a window along an axis of ``size`` cells, below 1 where it does not fit.

    torch's pooling_output_shape (ATen/native/Pool.h): with ceil_mode the last window must start
    inside the input or the padding in front, so it never lies in the added part behind alone.
    """
    room = size + 2 * padding - dilation * (kernel - 1) - 1
    count = (room + (stride - 1 if ceil_mode else 0)) // stride + 1
    if ceil_mode and (count - 1) * stride >= size + padding:
        count -= 1
    return count


class Pooling(Layer):
    """What all poolings with a window share; the fields come with the number of axes."""

    category = Category.POOLING
    first: ClassVar[int] = 2
    """How many arguments are written without their names."""
    fits_padded: ClassVar[bool] = True
    """Whether the window may reach from the input into its padding on both sides."""

    def _each(self, name: str, default: int) -> Numbers:
        """A setting per axis; the default where the type does not have it."""
        value = self.values().get(name)
        return (default,) * (self.ranks[0] - 1) if value is None else each(value)

    def kernel(self) -> Numbers:
        """The size of the window along each axis."""
        return self._each("kernel_size", 1)

    def strides(self) -> Numbers:
        """The steps between windows along each axis: the window's size where none is given."""
        return self.kernel() if self.values()["stride"] is None else self._each("stride", 1)

    def _windows(self) -> list[tuple[int, int, int, int]]:
        """Size, stride, dilation and padding along each axis."""
        padding, dilation = self._each("padding", 0), self._each("dilation", 1)
        return list(zip(self.kernel(), self.strides(), dilation, padding, strict=True))

    def _sizes(self, shape: Shape) -> Numbers:
        ceil = bool(self.values()["ceil_mode"])
        return tuple(
            pooled_size(size, k, s, p, d, ceil)
            for size, (k, s, d, p) in zip(shape[1:], self._windows(), strict=True)
        )

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        if len(shape) not in self.ranks:
            yield from needs_rank(self, shape)
            return
        windows = self._windows()
        padding = tuple(p for *_, p in windows)
        half = tuple(k // 2 for k, *_ in windows)  # torch does not count the dilation here
        kernel = show(self.values()["kernel_size"])
        if any(p > most for p, most in zip(padding, half, strict=True)):
            yield Problem(
                FaultKind.PADDING,
                say("pooling allows at most half the window {size}", size=kernel),
                say("Use at most {value}", value=show(half)),
                field="padding",
                value=show(padding),
                changes={"padding": joined(tuple(map(min, padding, half)))},
            )
        added = padding if self.fits_padded else (0,) * len(padding)
        padded = tuple(n + 2 * p for n, p in zip(shape[1:], added, strict=True))
        small = not self.fits_padded and any(map(operator.lt, padded, self.kernel()))
        if small or any(size < 1 for size in self._sizes(shape)):
            fitting = tuple(
                max(1, min(k, (n - 1) // d + 1))
                for n, (k, _, d, _) in zip(padded, windows, strict=True)
            )
            yield Problem(
                FaultKind.WINDOW_TOO_LARGE,
                say("larger than the padded input {input}", input=dims(padded))
                if self.fits_padded
                else say("larger than the input {input}", input=dims(padded)),
                say("Use at most {size}, or pool less before", size=show(fitting)),
                field="kernel_size",
                value=kernel,
                changes={"kernel_size": joined(fitting)},
            )

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        result = (inputs[0][0], *self._sizes(inputs[0]))
        return (result,) * len(self.output_ports())

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        return tuple(Window(*window) for window in self._windows())

    def call(self, inputs: Sequence[Shape]) -> Call:
        values: dict[str, Any] = {**self.values(), "stride": joined(self.strides())}
        defaults = {name: spec.default for name, spec in fields_of(type(self)).items()}
        for name in ("kernel_size", "norm_type"):  # torch has no defaults for them
            defaults.pop(name, None)
        return Call(
            f"nn.{self.type_name()}",
            {name: values[name] for name in _ORDER if name in values},
            positional=self.first,
            defaults={**defaults, "stride": values["kernel_size"]},
        )

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        padding = self._each("padding", 0)
        parts = [show(self.values()["kernel_size"]), f"s{short(self.strides())}"]
        if any(padding):
            parts.append(f"p{short(padding)}")
        return " ".join(parts), ""

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        left, right = "⌈⌉" if self.values()["ceil_mode"] else "⌊⌋"
        letters = LETTERS[len(inputs[0]) - 1]
        result = self.shapes(inputs)[0][1:]
        for letter, size, found, (k, s, d, p) in zip(
            letters, inputs[0][1:], result, self._windows(), strict=True
        ):
            yield Explanation(
                OUTPUT_TITLES[letter],
                f"{left}({letter} + 2p − d·(k−1) − 1) / s{right} + 1",
                f"{left}({size} + 2·{p} − {d}·{k - 1} − 1) / {s}{right} + 1",
                str(found),
            )


class _Windows1d(Pooling):
    """With a window along a signal."""

    ranks = (2,)

    kernel_size: int = integer(2, 1, 1024, "Length of the window.")
    stride: int | None = optional_integer(None, 1, 1024, _STEPS, "kernel_size")


class _Windows2d(Pooling):
    """With a window over an image."""

    ranks = (3,)

    kernel_size: Pair = pair((2, 2), 1, 1024, "Height and width of the window.")
    stride: Pair | None = pair(None, 1, 1024, _STEPS, none_means="kernel_size")


class _Windows3d(Pooling):
    """With a window through a volume."""

    ranks = (4,)

    kernel_size: Triple = triple((2, 2, 2), 1, 1024, "Depth, height and width of the window.")
    stride: Triple | None = triple(None, 1, 1024, _STEPS, none_means="kernel_size")


class Pooling1d(_Windows1d):
    """Pooling of C×L whose windows may start in added cells."""

    padding: int = integer(0, 0, 512, _ADDED)
    ceil_mode: bool = flag(False, _CEIL)


class Pooling2d(_Windows2d):
    """Pooling of C×H×W whose windows may start in added cells."""

    padding: Pair = pair((0, 0), 0, 512, "Rows and columns added at each edge.")
    ceil_mode: bool = flag(False, _CEIL)


class Pooling3d(_Windows3d):
    """Pooling of C×D×H×W whose windows may start in added cells."""

    padding: Triple = triple((0, 0, 0), 0, 512, _ADDED)
    ceil_mode: bool = flag(False, _CEIL)


class MaxPooling(Pooling):
    """Keeps the largest value of each window, and its position if wanted."""

    summary = "Keeps the largest value of each window."
    search = ("max pooling", "maximum", "overlapping pooling", "subsampling")
    short_name = "maxpool"

    return_indices: bool = flag(False, "A second output with the positions of the maxima.")

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        found = tuple(super().problems(inputs))
        yield from found
        if not found and any(map(self._misses, inputs[0][1:], self._windows())):
            dilation = self._each("dilation", 1)
            # torch answers −∞ here, and its backward pass writes beyond its memory.
            yield Problem(
                FaultKind.PADDING,
                say(
                    "with dilation {dilation} a window steps over the input {input} and sees "
                    "added cells only",
                    dilation=show(dilation),
                    input=dims(inputs[0][1:]),
                ),
                say("Use less padding, or dilation 1"),
                field="padding",
                value=show(self._each("padding", 0)),
                changes={"dilation": joined((1,) * len(dilation))},
            )

    @staticmethod
    def _misses(length: int, window: tuple[int, int, int, int]) -> bool:
        """Whether a window that starts before the input has no cell in it."""
        kernel, stride, step, padding = window
        for start in range(-padding, 0, stride):
            taps = -(start // step)  # the first tap at or behind the edge
            if taps >= kernel or start + taps * step >= length:
                return True
        return False

    def output_ports(self) -> tuple[Port, ...]:
        return (OUTPUT, INDICES) if self.return_indices else (OUTPUT,)


@register
class MaxPool1d(MaxPooling, Pooling1d):
    """Maximum over windows of a sequence, C×L."""

    dilation: int = integer(1, 1, 1024, _TAPS)


@register
class MaxPool2d(MaxPooling, Pooling2d):
    """Maximum over windows of an image, C×H×W."""

    dilation: Pair = pair((1, 1), 1, 1024, _TAPS)


@register
class MaxPool3d(MaxPooling, Pooling3d):
    """Maximum over windows of a volume, C×D×H×W."""

    dilation: Triple = triple((1, 1, 1), 1, 1024, _TAPS)


class AveragePooling(Pooling):
    """Takes the mean of each window."""

    summary = "Takes the mean of each window."
    search = ("average pooling", "mean", "subsampling")
    short_name = "avgpool"

    count_include_pad: bool = flag(True, _COUNT_PAD)


@register
class AvgPool1d(AveragePooling, Pooling1d):
    """Mean over windows of a sequence, C×L."""


@register
class AvgPool2d(AveragePooling, Pooling2d):
    """Mean over windows of an image, C×H×W."""

    divisor_override: int | None = optional_integer(
        None, 1, 1_048_576, _OVERRIDE, "cells in the window"
    )


@register
class AvgPool3d(AveragePooling, Pooling3d):
    """Mean over windows of a volume, C×D×H×W."""

    fits_padded = False

    divisor_override: int | None = optional_integer(
        None, 1, 1_048_576, _OVERRIDE, "cells in the window"
    )


class PowerPooling(Pooling):
    """(Σ xᵖ)^(1/p) over each window: the sum for p = 1, close to the maximum for a large p."""

    summary = "Takes the p-norm of each window: the sum for p = 1, near the maximum for a large p."
    search = ("power average pooling", "norm", "lp", "subsampling")
    short_name = "lppool"
    first = 3

    norm_type: float = real(2.0, 0.0, 100.0, "The power p of the norm.", open_minimum=True)

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        yield Explanation(
            say("Every window"), "y = (Σ xᵖ)^(1/p)", f"p = {show(self.norm_type)}", "y"
        )
        yield from super().explain(inputs)


@register
class LPPool1d(_Windows1d, PowerPooling):
    """p-norm over windows of a sequence, C×L."""

    ceil_mode: bool = flag(False, _CEIL)


@register
class LPPool2d(_Windows2d, PowerPooling):
    """p-norm over windows of an image, C×H×W."""

    ceil_mode: bool = flag(False, _CEIL)


@register
class LPPool3d(_Windows3d, PowerPooling):
    """p-norm over windows of a volume, C×D×H×W."""

    fits_padded = False

    ceil_mode: bool = flag(False, _CEIL)
