"""Convolutions over signals, images and volumes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import Literal

from graph.calls.call import Call, Shape
from graph.layers.base.initialisation import CLASSIC, SCHEMES, init_field, initialised, value_field
from graph.layers.base.layer import (
    Category,
    Explanation,
    FaultKind,
    Problem,
    macs_line,
    parameters_line,
)
from graph.layers.base.reach import Axis
from graph.layers.base.registration import register
from graph.layers.base.sliding import (
    LETTERS,
    OUTPUT_TITLES,
    Pair,
    Sizes,
    Sliding,
    Triple,
    bias_field,
    border_problem,
    channels_text,
    each,
    edges,
    filters_field,
    group_problem,
    groups_field,
    joined,
    settings_text,
    sizes,
    window_problem,
    window_sizes,
    windows,
)
from graph.values.declaration import show
from graph.values.fields import choice
from graph.values.message import say

PADDING_WORDS = ("same", "valid", "full")
PADDING_HELP = (
    "Cells added at each edge. same keeps the size at stride 1; valid adds none; full adds "
    "dilation·(kernel_size−1), so that every part of a window that meets the input counts."
)
STRIDE_HELP = "Steps between neighbouring windows."
DILATION_HELP = "Steps between the taps of a filter."
PADDING_MODES = ("zeros", "reflect", "replicate", "circular")


class Convolution(Sliding):
    """What Conv1d, Conv2d and Conv3d have in common."""

    category = Category.CONVOLUTION

    out_channels: int = filters_field()
    kernel_size: Sizes
    stride: Sizes
    padding: Sizes | str
    dilation: Sizes
    groups: int = groups_field()
    bias: bool = bias_field()
    padding_mode: str = choice("zeros", PADDING_MODES, "What the added cells contain.")
    init: str = init_field()
    init_value: float = value_field()

    def _edges(self, axis: int) -> tuple[int, int]:
        """Padding before and after along one axis."""
        return edges(self.padding, each(self.kernel_size), each(self.dilation), axis)

    def _padded(self, shape: Shape) -> tuple[int, ...]:
        borders = map(self._edges, range(self.axes))
        return tuple(
            n + before + after for n, (before, after) in zip(shape[1:], borders, strict=True)
        )

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        if len(shape) != self.axes + 1:
            yield from self.axes_problem(shape)
            return
        yield from group_problem(shape[0], self.out_channels, self.groups)
        if self.padding == "same" and set(each(self.stride)) != {1}:
            yield Problem(
                FaultKind.STRIDE_WITH_SAME,
                say("padding same keeps the size, which only stride 1 can do"),
                say("Use stride 1, or give padding as numbers"),
                field="stride",
                value=show(self.stride),
                changes={"stride": joined((1,) * self.axes)},
            )
        yield from window_problem(each(self.kernel_size), each(self.dilation), self._padded(shape))
        yield from border_problem(
            self.padding_mode,
            [self._edges(axis) for axis in range(self.axes)],
            shape,
            "padding",
            show(self.padding),
            say("Use less padding, or padding_mode zeros"),
        )

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        sizes = window_sizes(
            self._padded(inputs[0]), self.kernel_size, self.stride, (0,) * self.axes, self.dilation
        )
        return ((self.out_channels, *sizes),)

    def parameters(self, inputs: Sequence[Shape]) -> int:
        weights = self.out_channels * (inputs[0][0] // self.groups) * prod(each(self.kernel_size))
        return weights + (self.out_channels if self.bias else 0)

    def macs(self, inputs: Sequence[Shape]) -> int:
        (shape,) = self.shapes(inputs)
        return prod(shape) * (inputs[0][0] // self.groups) * prod(each(self.kernel_size))

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        before = tuple(self._edges(axis)[0] for axis in range(self.axes))
        sizes = each(self.kernel_size), each(self.stride), each(self.dilation)
        return windows(*sizes, before, self.padding_mode)

    def call(self, inputs: Sequence[Shape]) -> Call:
        values = {"in_channels": inputs[0][0], **self.values()}
        if self.padding == "full":
            values["padding"] = joined([self._edges(a)[0] for a in range(self.axes)])
        call = Call(
            f"nn.{self.type_name()}",
            values,
            positional=3,
            defaults={
                "stride": joined((1,) * self.axes),
                "padding": joined((0,) * self.axes),
                "dilation": joined((1,) * self.axes),
                "groups": 1,
                "bias": True,
                "padding_mode": "zeros",
            },
        )
        return initialised(call)

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        settings = settings_text(
            self.kernel_size,
            ("s", self.stride, 1),
            ("p", self.padding, 0),
            ("d", self.dilation, 1),
            ("g", self.groups, 1),
        )
        return settings, channels_text(inputs, self.out_channels)

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        ((_, *extent),) = self.shapes(inputs)
        for axis, letter in enumerate(LETTERS[self.axes]):
            k, s, d = (each(v)[axis] for v in (self.kernel_size, self.stride, self.dilation))
            before, after = self._edges(axis)
            padding = f"2·{before}" if before == after else f"{before} + {after}"
            yield Explanation(
                OUTPUT_TITLES[letter],
                f"⌊({letter} + 2p − d·(k−1) − 1) / s⌋ + 1",
                f"⌊({inputs[0][axis + 1]} + {padding} − {d}·{k - 1} − 1) / {s}⌋ + 1",
                str(extent[axis]),
            )
        taps = " · ".join(str(k) for k in each(self.kernel_size))
        letters = " · ".join("k" * self.axes)
        weights = f"{self.out_channels} · {inputs[0][0] // self.groups} · {taps}"
        yield parameters_line(
            self,
            inputs,
            f"C_out · C_in/g · {letters} + bias",
            f"{weights} + {self.out_channels if self.bias else 0}",
        )
        positions = " · ".join(f"{letter}_out" for letter in LETTERS[self.axes])
        yield macs_line(
            self,
            inputs,
            f"C_out · C_in/g · {letters} · {positions}",
            f"{weights} · {' · '.join(map(str, extent))}",
        )


@register
class Conv1d(Convolution):
    """Slides filters along a signal C×L."""

    summary = "Slides filters along a signal; each output channel is one filter's answer."
    search = ("convolution", "filter", "kernel", "signal", "sequence", "audio", "temporal")
    short_name = "conv"
    ranks = (2,)

    kernel_size: int = sizes(1, 3, 1, "Length of a filter.")
    stride: int = sizes(1, 1, 1, STRIDE_HELP)
    padding: int | Literal["same", "valid", "full"] = sizes(
        1, 0, 0, PADDING_HELP, words=PADDING_WORDS
    )
    dilation: int = sizes(1, 1, 1, DILATION_HELP)


@register
class Conv2d(Convolution):
    """Slides filters over an image: each output channel is one filter's answer everywhere."""

    summary = "Slides filters over the image; each output channel is one filter's answer."
    search = ("convolution", "filter", "kernel", "depthwise", "pointwise", "grouped", "dilated")
    short_name = "conv"
    ranks = (3,)

    kernel_size: Pair = sizes(2, 3, 1, "Height and width of a filter.")
    stride: Pair = sizes(2, 1, 1, STRIDE_HELP)
    padding: Pair | Literal["same", "valid", "full"] = sizes(
        2, 0, 0, PADDING_HELP, words=PADDING_WORDS
    )
    dilation: Pair = sizes(2, 1, 1, DILATION_HELP)
    init: str = init_field(SCHEMES)

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        yield from super().problems(inputs)
        if self.init == CLASSIC and min(self.kernel_size) < 3:
            yield Problem(
                FaultKind.DIMENSION,
                say("the classic kernels have 3×3 cells, so the weights start as by default"),
                say("Use kernel_size 3×3 or more, or another init"),
                field="init",
                value=f"{self.init} {show(self.kernel_size)}",
                changes={"init": "default"},
                warning=True,
            )


@register
class Conv3d(Convolution):
    """Slides filters through a volume C×D×H×W, such as a scan or a film."""

    summary = "Slides filters through a volume; each output channel is one filter's answer."
    search = ("convolution", "filter", "kernel", "volumetric", "video", "voxel", "depth")
    short_name = "conv"
    ranks = (4,)

    kernel_size: Triple = sizes(3, 3, 1, "Depth, height and width of a filter.")
    stride: Triple = sizes(3, 1, 1, STRIDE_HELP)
    padding: Triple | Literal["same", "valid", "full"] = sizes(
        3, 0, 0, PADDING_HELP, words=PADDING_WORDS
    )
    dilation: Triple = sizes(3, 1, 1, DILATION_HELP)
