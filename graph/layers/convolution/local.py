"""Locally connected layers: windows as in a convolution, but nothing is shared between positions.

LeCun, "Generalization and network design strategies", 1989, compares them with convolutions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from graph.calls.call import Call, Shape
from graph.layers.base.initialisation import UNSHARED_SCHEMES, init_field, initialised, value_field
from graph.layers.base.layer import Category, Explanation, Problem, macs_line, parameters_line
from graph.layers.base.reach import Axis
from graph.layers.base.registration import register
from graph.layers.base.sliding import (
    LETTERS,
    Pair,
    Sizes,
    Sliding,
    channels_text,
    each,
    joined,
    settings_text,
    sizes,
    window_problem,
    window_sizes,
    windows,
)
from graph.values.fields import flag, integer

STRIDE_HELP = "Steps between neighbouring windows."
PADDING_HELP = "Cells of zeros added at each edge."


class LocallyConnected(Sliding):
    """What LocallyConnected1d and LocallyConnected2d have in common."""

    category = Category.CONVOLUTION
    search = ("local", "locally connected", "unshared", "k-local", "untied")
    short_name = "local"

    out_channels: int = integer(8, 1, 65536, "Filters at each position.", "channels")
    kernel_size: Sizes
    stride: Sizes
    padding: Sizes
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
        extent, once = inputs[0][1:], (1,) * self.axes
        sizes = window_sizes(extent, self.kernel_size, self.stride, self.padding, once)
        return ((self.out_channels, *sizes),)

    def _taps(self, channels: int) -> int:
        return channels * prod(each(self.kernel_size))

    def parameters(self, inputs: Sequence[Shape]) -> int:
        (shape,) = self.shapes(inputs)
        return (self._taps(inputs[0][0]) + (1 if self.bias else 0)) * prod(shape)

    def macs(self, inputs: Sequence[Shape]) -> int:
        (shape,) = self.shapes(inputs)
        return self._taps(inputs[0][0]) * prod(shape)

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        once = (1,) * self.axes
        return windows(each(self.kernel_size), each(self.stride), once, each(self.padding))

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
        others = ("s", self.stride, 1), ("p", self.padding, 0)
        return settings_text(self.kernel_size, *others), channels_text(inputs, self.out_channels)

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        ((_, *extent),) = self.shapes(inputs)
        taps = " · ".join(str(k) for k in each(self.kernel_size))
        letters = " · ".join("k" * self.axes)
        cells = " · ".join(f"{letter}_out" for letter in LETTERS[self.axes])
        positions = " · ".join(map(str, extent))
        yield parameters_line(
            self,
            inputs,
            f"(C_in · {letters} + 1) · C_out · {cells}"
            if self.bias
            else f"C_in · {letters} · C_out · {cells}",
            f"({inputs[0][0]} · {taps} + {int(self.bias)}) · {self.out_channels} · {positions}",
        )
        yield macs_line(
            self,
            inputs,
            f"C_in · {letters} · C_out · {cells}",
            f"{inputs[0][0]} · {taps} · {self.out_channels} · {positions}",
        )


@register
class LocallyConnected1d(LocallyConnected):
    """Own filters at every position of a signal C×L."""

    summary = "Like a convolution of a signal, but every position has filters of its own."
    ranks = (2,)

    kernel_size: int = sizes(1, 3, 1, "Length of a window.")
    stride: int = sizes(1, 1, 1, STRIDE_HELP)
    padding: int = sizes(1, 0, 0, PADDING_HELP)


@register
class LocallyConnected2d(LocallyConnected):
    """Own filters at every position of an image C×H×W."""

    summary = "Like a convolution of an image, but every position has filters of its own."
    ranks = (3,)

    kernel_size: Pair = sizes(2, 3, 1, "Height and width of a window.")
    stride: Pair = sizes(2, 1, 1, STRIDE_HELP)
    padding: Pair = sizes(2, 0, 0, PADDING_HELP)
