"""Random poolings of one and three axes, p-norm and trainable ones."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from graph.calls.call import Shape
from graph.layers.base.layer import FaultKind, Layer
from graph.layers.pooling.plain import (
    AvgPool1d,
    AvgPool3d,
    LPPool1d,
    LPPool2d,
    LPPool3d,
    MaxPool1d,
    MaxPool3d,
)
from graph.layers.pooling.unpooling import MaxUnpool1d, MaxUnpool2d, MaxUnpool3d, MaxUnpooling

SIZES = (1, 1, 2, 3, 4, 5, 7, 8, 12)
Draw = Callable[[random.Random], tuple[Layer, list[Shape]]]


def pooling(kind: type[Layer]) -> Draw:
    """Windows of all sizes over maps that are seldom much larger."""
    axes = kind.ranks[0] - 1
    fields = kind.model_fields

    def draw(random_source: random.Random) -> tuple[Layer, list[Shape]]:
        def each(low: int, high: int) -> Any:
            values = tuple(random_source.randint(low, high) for _ in range(axes))
            return values if axes > 1 else values[0]

        kernel = each(1, 4)
        settings: dict[str, Any] = {"kernel_size": kernel}
        settings["stride"] = random_source.choice((None, each(1, 3), each(1, 6)))
        settings["ceil_mode"] = random_source.random() < 0.5
        if "padding" in fields and random_source.random() < 0.5:
            half = tuple(k // 2 for k in (kernel if axes > 1 else (kernel,)))
            settings["padding"] = half if axes > 1 else half[0]
            if random_source.random() < 0.1:
                settings["padding"] = each(0, 2)
        if "dilation" in fields and random_source.random() < 0.4:
            settings["dilation"] = each(1, 3)
        for name in ("return_indices", "count_include_pad"):
            if name in fields:
                settings[name] = random_source.random() < 0.5
        if "divisor_override" in fields:
            settings["divisor_override"] = random_source.choice((None, 1, 5))
        if "norm_type" in fields:
            settings["norm_type"] = random_source.choice((1.0, 2.0, 3.0, 0.5))
        shape = tuple(random_source.choice(SIZES) for _ in range(axes))
        return kind.make(settings), [(random_source.choice((1, 2, 3, 8)), *shape)]

    return draw


def unpooling(kind: type[Layer]) -> Draw:
    """An input and its indices, mostly of one shape; the output size is seldom too far off."""
    axes = kind.ranks[0] - 1

    def draw(random_source: random.Random) -> tuple[Layer, list[Shape]]:
        def each(low: int, high: int) -> Any:
            values = tuple(random_source.randint(low, high) for _ in range(axes))
            return values if axes > 1 else values[0]

        settings = {"kernel_size": each(1, 4), "stride": random_source.choice((None, each(1, 3)))}
        if random_source.random() < 0.3:
            settings["padding"] = each(0, 2)
        shape = (2, *(random_source.choice(SIZES[:6]) for _ in range(axes)))
        layer = kind.make(settings)
        if random_source.random() < 0.3:
            near = [max(1, n + random_source.randint(-2, 2)) for n in layer.shapes([shape])[0][1:]]
            layer = layer.changed(output_size=tuple(near) if axes > 1 else near[0])
        other = shape if random_source.random() < 0.95 else (2, *shape[:0:-1])
        return layer, [shape, other]

    return draw


KINDS = (MaxPool1d, MaxPool3d, AvgPool1d, AvgPool3d, LPPool1d, LPPool2d, LPPool3d)
CASES: dict[type[Layer], Draw] = {kind: pooling(kind) for kind in KINDS}
CASES |= {kind: unpooling(kind) for kind in (MaxUnpool1d, MaxUnpool2d, MaxUnpool3d)}


def reason(layer: Layer, inputs: list[Shape], kinds: set[FaultKind]) -> str | None:
    if isinstance(layer, MaxUnpooling) and kinds == {FaultKind.PADDING}:
        return "torch gives a map without cells"
    return None
