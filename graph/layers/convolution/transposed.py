"""Transposed convolutions: each input cell paints a filter into the larger output.

The gradient of a convolution with the same settings, and so a way back to a larger map. Dumoulin
and Visin, "A guide to convolution arithmetic for deep learning", 2016, chapter 4.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from graph.calls.call import Call, Shape
from graph.layers.base.initialisation import init_field, initialised, value_field
from graph.layers.base.layer import (
    Category,
    Explanation,
    FaultKind,
    Problem,
    dims,
    macs_line,
    parameters_line,
)
from graph.layers.base.reach import Axis, Transposed
from graph.layers.base.registration import register
from graph.layers.base.sliding import (
    LETTERS,
    OUTPUT_TITLES,
    Pair,
    Sizes,
    Sliding,
    Triple,
    bias_field,
    channels_text,
    each,
    filters_field,
    group_problem,
    groups_field,
    joined,
    settings_text,
    sizes,
)
from graph.values.declaration import show
from graph.values.message import say

STRIDE_HELP = "Output cells between the filters that neighbouring input cells paint."
PADDING_HELP = "Cells taken away at each edge of the output."
OUTPUT_PADDING_HELP = "Cells added at one edge of the output, to choose among the possible sizes."
DILATION_HELP = "Steps between the taps of a filter."


class TransposedConvolution(Sliding):
    """What ConvTranspose1d, ConvTranspose2d and ConvTranspose3d have in common."""

    category = Category.CONVOLUTION
    search = ("transposed", "deconvolution", "upsampling", "fractionally strided", "decoder")
    short_name = "upconv"

    out_channels: int = filters_field()
    kernel_size: Sizes
    stride: Sizes
    padding: Sizes
    output_padding: Sizes
    groups: int = groups_field()
    bias: bool = bias_field()
    init: str = init_field()
    init_value: float = value_field()
    dilation: Sizes

    def _size(self, shape: Shape, axis: int) -> int:
        k, s, p, o, d = self._along(axis)
        return (shape[axis + 1] - 1) * s - 2 * p + d * (k - 1) + o + 1

    def _along(self, axis: int) -> tuple[int, int, int, int, int]:
        """Kernel, stride, padding, output padding and dilation along one axis."""
        fields = (self.kernel_size, self.stride, self.padding, self.output_padding, self.dilation)
        k, s, p, o, d = (each(value)[axis] for value in fields)
        return k, s, p, o, d

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        if len(shape) != self.axes + 1:
            yield from self.axes_problem(shape)
            return
        yield from group_problem(shape[0], self.out_channels, self.groups)
        most = [max(s, d) - 1 for s, d in zip(each(self.stride), each(self.dilation), strict=True)]
        extra = each(self.output_padding)
        if any(o > m for o, m in zip(extra, most, strict=True)):
            fitting = joined([min(o, m) for o, m in zip(extra, most, strict=True)])
            yield Problem(
                FaultKind.PADDING,
                say("must be smaller than stride or dilation"),
                say("Use at most {size}, or a larger stride", size=show(joined(most))),
                field="output_padding",
                value=show(self.output_padding),
                changes={"output_padding": fitting},
            )
        found = [self._size(shape, axis) for axis in range(self.axes)]
        if min(found) < 1:
            fitting = joined(
                [
                    p if n >= 1 else max(0, p - (2 - n) // 2)
                    for p, n in zip(each(self.padding), found, strict=True)
                ]
            )
            yield Problem(
                FaultKind.PADDING,
                say("takes away all of the output, which would be {size}", size=dims(found)),
                say("Use at most {size}, or a larger kernel", size=show(fitting)),
                field="padding",
                value=show(self.padding),
                changes={"padding": fitting},
            )

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        return ((self.out_channels, *(self._size(inputs[0], a) for a in range(self.axes))),)

    def _weights(self, channels: int) -> int:
        return channels * (self.out_channels // self.groups) * prod(each(self.kernel_size))

    def parameters(self, inputs: Sequence[Shape]) -> int:
        return self._weights(inputs[0][0]) + (self.out_channels if self.bias else 0)

    def macs(self, inputs: Sequence[Shape]) -> int:
        return self._weights(inputs[0][0]) * prod(inputs[0][1:])

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        found = []
        for axis in range(self.axes):
            k, s, p, _, d = self._along(axis)
            found.append(Transposed(k, s, d, p, self._size(inputs[0], axis)))
        return tuple(found)

    def call(self, inputs: Sequence[Shape]) -> Call:
        call = Call(
            f"nn.{self.type_name()}",
            {"in_channels": inputs[0][0], **self.values()},
            positional=4,
            defaults={
                "stride": joined((1,) * self.axes),
                "padding": joined((0,) * self.axes),
                "output_padding": joined((0,) * self.axes),
                "groups": 1,
                "bias": True,
                "dilation": joined((1,) * self.axes),
            },
        )
        return initialised(call)

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        settings = settings_text(
            self.kernel_size,
            ("s", self.stride, 1),
            ("p", self.padding, 0),
            ("op", self.output_padding, 0),
            ("d", self.dilation, 1),
            ("g", self.groups, 1),
        )
        return settings, channels_text(inputs, self.out_channels)

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        shape = inputs[0]
        for axis, letter in enumerate(LETTERS[self.axes]):
            k, s, p, o, d = self._along(axis)
            yield Explanation(
                OUTPUT_TITLES[letter],
                f"({letter} − 1)·s − 2p + d·(k−1) + output_padding + 1",
                f"({shape[axis + 1]} − 1)·{s} − 2·{p} + {d}·{k - 1} + {o} + 1",
                str(self._size(shape, axis)),
            )
        taps = " · ".join(str(k) for k in each(self.kernel_size))
        letters = " · ".join("k" * self.axes)
        weights = f"{shape[0]} · {self.out_channels // self.groups} · {taps}"
        yield parameters_line(
            self,
            inputs,
            f"C_in · C_out/g · {letters} + bias",
            f"{weights} + {self.out_channels if self.bias else 0}",
        )
        yield macs_line(
            self,
            inputs,
            f"C_in · C_out/g · {letters} · " + " · ".join(LETTERS[self.axes]),
            f"{weights} · {' · '.join(map(str, shape[1:]))}",
        )


@register
class ConvTranspose1d(TransposedConvolution):
    """Enlarges a signal C×L with learned filters."""

    summary = "Enlarges a signal: each input cell paints a learned filter into the output."
    ranks = (2,)

    kernel_size: int = sizes(1, 2, 1, "Length of a filter.")
    stride: int = sizes(1, 2, 1, STRIDE_HELP)
    padding: int = sizes(1, 0, 0, PADDING_HELP)
    output_padding: int = sizes(1, 0, 0, OUTPUT_PADDING_HELP)
    dilation: int = sizes(1, 1, 1, DILATION_HELP)


@register
class ConvTranspose2d(TransposedConvolution):
    """Enlarges an image C×H×W with learned filters."""

    summary = "Enlarges an image: each input cell paints a learned filter into the output."
    ranks = (3,)

    kernel_size: Pair = sizes(2, 2, 1, "Height and width of a filter.")
    stride: Pair = sizes(2, 2, 1, STRIDE_HELP)
    padding: Pair = sizes(2, 0, 0, PADDING_HELP)
    output_padding: Pair = sizes(2, 0, 0, OUTPUT_PADDING_HELP)
    dilation: Pair = sizes(2, 1, 1, DILATION_HELP)


@register
class ConvTranspose3d(TransposedConvolution):
    """Enlarges a volume C×D×H×W with learned filters."""

    summary = "Enlarges a volume: each input cell paints a learned filter into the output."
    ranks = (4,)

    kernel_size: Triple = sizes(3, 2, 1, "Depth, height and width of a filter.")
    stride: Triple = sizes(3, 2, 1, STRIDE_HELP)
    padding: Triple = sizes(3, 0, 0, PADDING_HELP)
    output_padding: Triple = sizes(3, 0, 0, OUTPUT_PADDING_HELP)
    dilation: Triple = sizes(3, 1, 1, DILATION_HELP)
