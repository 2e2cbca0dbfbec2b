"""Locally connected layers: windows as in a convolution, but nothing is shared between positions.

LeCun, "Generalization and network design strategies", 1989, compares them with convolutions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from graph.calls.call import Call, Shape
from graph.layers.base.initialisation import UNSHARED_SCHEMES, init_field, initialised, value_field
from graph.layers.base.layer import Category, Explanation, Problem
from graph.layers.base.reach import Axis, Window
from graph.layers.base.registration import register
from graph.layers.base.sliding import (
    LETTERS,
    Pair,
    Sizes,
    Sliding,
    each,
    joined,
    short,
    sizes,
    window_problem,
    window_size,
)
from graph.values.declaration import show
from graph.values.fields import flag, integer
from graph.values.message import say

STRIDE_HELP = "Steps between neighbouring windows."
PADDING_HELP = "Cells of zeros added at each edge."


class LocallyConnected(Sliding):
    """What LocallyConnected1d and LocallyConnected2d have in common."""

    category = Category.CONVOLUTION
    search = ("local", "locally connected", "unshared", "k-local", "untied")
    short_name = "local"

    out_channels: int = integer(8, 1, 65536, "Filters at each position.", "channels")
    kernel_size: Sizes = sizes(2, 3, 1, "Size of a window.")
    stride: Sizes = sizes(2, 1, 1, STRIDE_HELP)
    padding: Sizes = sizes(2, 0, 0, PADDING_HELP)
    bias: bool = flag(True, "Add one trainable number to each output cell.")
    init: str = init_field(UNSHARED_SCHEMES)
    init_value: float = value_field()

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        if len(shape) != self.axes + 1:
            yield from self.axes_problem(shape)
            return
        padded = tuple(n + 2 * p for n, p in zip(shape[1:], each(self.padding), strict=True))
        yield from window_problem(each(self.kernel_size), (1,) * self.axes, padded)

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        windows = zip(
            inputs[0][1:],
            each(self.kernel_size),
            each(self.stride),
            each(self.padding),
            strict=True,
        )
        return ((self.out_channels, *(window_size(n, k, s, p, 1) for n, k, s, p in windows)),)

    def _taps(self, channels: int) -> int:
        return channels * prod(each(self.kernel_size))

    def parameters(self, inputs: Sequence[Shape]) -> int:
        (shape,) = self.shapes(inputs)
        return (self._taps(inputs[0][0]) + (1 if self.bias else 0)) * prod(shape)

    def macs(self, inputs: Sequence[Shape]) -> int:
        (shape,) = self.shapes(inputs)
        return self._taps(inputs[0][0]) * prod(shape)

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        windows = zip(each(self.kernel_size), each(self.stride), each(self.padding), strict=True)
        return tuple(Window(k, s, 1, p) for k, s, p in windows)

    def call(self, inputs: Sequence[Shape]) -> Call:
        extent = [inputs[0][axis + 1] for axis in range(self.axes)]
        call = Call(
            self.type_name(),
            {
                "in_channels": inputs[0][0],
                "out_channels": self.out_channels,
                "kernel_size": self.kernel_size,
                "input_size": joined(extent),
                "stride": self.stride,
                "padding": self.padding,
                "bias": self.bias,
                "init": self.init,
                "init_value": self.init_value,
            },
            positional=3,
            defaults={
                "stride": joined((1,) * self.axes),
                "padding": joined((0,) * self.axes),
                "bias": True,
            },
        )
        return initialised(call)

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        parts = [show(self.kernel_size)]
        if set(each(self.stride)) != {1}:
            parts.append(f"s{short(self.stride)}")
        if set(each(self.padding)) != {0}:
            parts.append(f"p{short(self.padding)}")
        channels = f"{inputs[0][0]}→{self.out_channels}" if inputs else f"→{self.out_channels}"
        return " ".join(parts), channels

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        ((_, *extent),) = self.shapes(inputs)
        taps = " · ".join(str(k) for k in each(self.kernel_size))
        letters = " · ".join("k" * self.axes)
        cells = " · ".join(f"{letter}_out" for letter in LETTERS[self.axes])
        positions = " · ".join(map(str, extent))
        yield Explanation(
            say("Parameters"),
            f"(C_in · {letters} + 1) · C_out · {cells}"
            if self.bias
            else f"C_in · {letters} · C_out · {cells}",
            f"({inputs[0][0]} · {taps} + {int(self.bias)}) · {self.out_channels} · {positions}",
            str(self.parameters(inputs)),
        )
        yield Explanation(
            say("Multiply-accumulates per image"),
            f"C_in · {letters} · C_out · {cells}",
            f"{inputs[0][0]} · {taps} · {self.out_channels} · {positions}",
            str(self.macs(inputs)),
        )


@register
class LocallyConnected1d(LocallyConnected):
    """Own filters at every position of a signal C×L."""

    summary = "Like a convolution of a signal, but every position has filters of its own."
    ranks = (2,)
    axes = 1

    kernel_size: int = sizes(1, 3, 1, "Length of a window.")
    stride: int = sizes(1, 1, 1, STRIDE_HELP)
    padding: int = sizes(1, 0, 0, PADDING_HELP)


@register
class LocallyConnected2d(LocallyConnected):
    """Own filters at every position of an image C×H×W."""

    summary = "Like a convolution of an image, but every position has filters of its own."
    ranks = (3,)
    axes = 2

    kernel_size: Pair = sizes(2, 3, 1, "Height and width of a window.")
    stride: Pair = sizes(2, 1, 1, STRIDE_HELP)
    padding: Pair = sizes(2, 0, 0, PADDING_HELP)
