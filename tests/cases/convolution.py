"""Convolutions whose channels, groups and windows suit the input more often than by luck."""

from __future__ import annotations

import random
from typing import Any

from graph.calls.call import Shape
from graph.layers.base.layer import FaultKind, Layer
from graph.layers.base.sliding import Sliding, joined
from graph.layers.convolution.deformable import DeformConv2d
from graph.layers.convolution.fixed_kernel import KERNELS, FixedKernel
from graph.layers.convolution.local import LocallyConnected1d, LocallyConnected2d
from graph.layers.convolution.plain import Conv1d, Conv3d
from graph.layers.convolution.shortcut import Shortcut
from graph.layers.convolution.table import TableConv2d
from graph.layers.convolution.transposed import (
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
    TransposedConvolution,
)

SIZES = (1, 1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 16)
WIDE = (1, 2, 4, 8, 12, 20, 64, 130)
SMALL = (1, 2, 3, 4, 5, 6, 8)


def axes_of(kind: type[Sliding]) -> int:
    """How many axes stand behind the channels."""
    return kind.ranks[0] - 1


def numbers(source: random.Random, kind: type[Sliding], low: int, high: int) -> Any:
    """One number for each axis, equal ones more often than not."""
    first = source.randint(low, high)
    others = [first if source.random() < 0.5 else source.randint(low, high) for _ in "12"]
    return joined([first, *others][: axes_of(kind)])


def channels(source: random.Random) -> tuple[int, int, int]:
    """Input and output channels, and groups that divide both; depthwise is frequent."""
    groups = source.choice((1, 1, 2, 3, 4))
    return groups * source.choice((1, 1, 2)), groups * source.choice((1, 2, 3)), groups


def extent(source: random.Random, kind: type[Sliding]) -> tuple[int, ...]:
    choices = SIZES if axes_of(kind) < 3 else SMALL
    return tuple(source.choice(choices) for _ in range(axes_of(kind)))


def _convolution(kind: type[Sliding]) -> Any:
    def draw(source: random.Random) -> tuple[Layer, list[Shape]]:
        inputs, outputs, groups = channels(source)
        padding = source.choice(("same", "valid", "full", *[numbers(source, kind, 0, 3)] * 4))
        stride = numbers(source, kind, 1, 4)
        if padding == "same" and source.random() < 0.9:
            stride = joined((1,) * axes_of(kind))
        layer = kind.make(
            {
                "out_channels": outputs,
                "kernel_size": numbers(source, kind, 1, 5),
                "stride": stride,
                "padding": padding,
                "dilation": numbers(source, kind, 1, 3),
                "groups": groups,
                "bias": source.random() < 0.5,
                "padding_mode": source.choice(
                    ("zeros", "zeros", "reflect", "replicate", "circular")
                ),
            }
        )
        return layer, [(inputs, *extent(source, kind))]

    return draw


def _transposed(kind: type[Sliding]) -> Any:
    def draw(source: random.Random) -> tuple[Layer, list[Shape]]:
        inputs, outputs, groups = channels(source)
        layer = kind.make(
            {
                "out_channels": outputs,
                "kernel_size": numbers(source, kind, 1, 5),
                "stride": numbers(source, kind, 1, 4),
                "padding": numbers(source, kind, 0, 2),
                "output_padding": numbers(source, kind, 0, source.choice((0, 0, 1, 2))),
                "dilation": numbers(source, kind, 1, 3),
                "groups": groups,
                "bias": source.random() < 0.5,
            }
        )
        return layer, [(inputs, *extent(source, kind))]

    return draw


def _local(kind: type[Sliding]) -> Any:
    def draw(source: random.Random) -> tuple[Layer, list[Shape]]:
        layer = kind.make(
            {
                "out_channels": source.randint(1, 4),
                "kernel_size": numbers(source, kind, 1, 5),
                "stride": numbers(source, kind, 1, 4),
                "padding": numbers(source, kind, 0, 3),
                "bias": source.random() < 0.5,
            }
        )
        return layer, [(source.choice((1, 1, 2, 3, 4)), *extent(source, kind))]

    return draw


def _deformable(source: random.Random) -> tuple[Layer, list[Shape]]:
    inputs, outputs, groups = channels(source)

    def numbers_of(low: int, high: int) -> tuple[int, int]:
        return source.randint(low, high), source.randint(low, high)

    layer = DeformConv2d(
        out_channels=outputs,
        kernel_size=numbers_of(1, 3),
        stride=numbers_of(1, 3),
        padding=numbers_of(0, 2),
        dilation=numbers_of(1, 2),
        groups=groups,
        bias=source.random() < 0.5,
        offset_groups=source.choice((1, 1, groups, inputs)),
        modulation=source.random() < 0.5,
    )
    return layer, [(inputs, source.choice(SIZES), source.choice(SIZES))]


def _fixed(source: random.Random) -> tuple[Layer, list[Shape]]:
    side = source.choice((3, 3, 5, 7, 9, 11))
    layer = FixedKernel(
        kernel=source.choice(KERNELS),
        size=source.choice((3, 3, 4, 5, 8)),
        sigma=source.uniform(0.1, 3),
        wavelength=source.uniform(0.5, 9),
        orientation=source.uniform(0, 360),
        cells=tuple(source.uniform(-2, 2) for _ in range(side * side)),
        trainable=source.random() < 0.5,
        padding=source.choice(("same", "valid")),
        padding_mode=source.choice(("zeros", "reflect", "replicate", "circular")),
    )
    return layer, [(source.randint(1, 4), source.choice(SIZES), source.choice(SIZES))]


def _table(source: random.Random) -> tuple[Layer, list[Shape]]:
    maps = source.randint(1, 6)
    known = "123456"[: maps + (source.random() < 0.1)]
    rows = ["".join(source.sample(known, source.randint(1, len(known)))) for _ in range(maps + 1)]
    if source.random() < 0.1:
        rows.append(source.choice(("11", "10", "9")))
    layer = TableConv2d(
        table=tuple(map(int, rows)),
        kernel_size=(source.randint(1, 4), source.randint(1, 4)),
        stride=(source.randint(1, 3), source.randint(1, 3)),
        padding=(source.randint(0, 2), source.randint(0, 2)),
        bias=source.random() < 0.5,
    )
    return layer, [(maps, source.choice(SIZES), source.choice(SIZES))]


def _shortcut(source: random.Random) -> tuple[Layer, list[Shape]]:
    shape = (source.choice(WIDE), source.choice((1, 2, 5, 8, 9)), source.choice((1, 3, 7, 12)))
    layer = Shortcut(
        out_channels=source.choice((shape[0], shape[0], 2 * shape[0], source.choice(WIDE))),
        stride=source.choice((1, 1, 2, 2, 3)),
        option=source.choice("ABC"),
        kernel_size=source.choice((1, 1, 3, 5)),
        norm=source.random() < 0.7,
    )
    return layer, [shape]


CASES = {
    Shortcut: _shortcut,
    TableConv2d: _table,
    DeformConv2d: _deformable,
    FixedKernel: _fixed,
    **{kind: _convolution(kind) for kind in (Conv1d, Conv3d)},
    **{kind: _transposed(kind) for kind in (ConvTranspose1d, ConvTranspose2d, ConvTranspose3d)},
    **{kind: _local(kind) for kind in (LocallyConnected1d, LocallyConnected2d)},
}


def reason(layer: Layer, inputs: list[Shape], kinds: set[FaultKind]) -> str | None:
    if isinstance(layer, TransposedConvolution) and 0 in layer.shapes(inputs)[0]:
        return "torch answers with an empty output"
    if isinstance(layer, Shortcut) and kinds <= {FaultKind.DIMENSION, FaultKind.PADDING}:
        return "option A would cut channels off; an even window gives another size than the block"
    return None
