"""Channels, reductions and odd windows that suit each other."""

from __future__ import annotations

import random
from typing import Any

from graph.calls.call import Shape
from graph.layers.attention.efficient import EfficientChannelAttention
from graph.layers.attention.maps import CBAM, ChannelAttention, SpatialAttention
from graph.layers.base.layer import Layer
from graph.layers.convolution.shortcut import Shortcut
from graph.layers.radial import RadialBasis

CHANNELS = (1, 2, 4, 8, 12, 20, 64, 130)


def image(source: random.Random) -> Shape:
    return (source.choice(CHANNELS), source.choice((1, 2, 5, 8, 9)), source.choice((1, 3, 7, 12)))


def odd(source: random.Random) -> int:
    return source.choice((1, 1, 3, 3, 5, 7, 7, 2))


def attention(kind: type[Layer]) -> Any:
    def draw(source: random.Random) -> tuple[Layer, list[Shape]]:
        settings: dict[str, Any] = {}
        fields = kind.model_fields
        if "reduction" in fields:
            settings["reduction"] = source.choice((1, 2, 4, 16))
        if "kernel_size" in fields and source.random() < 0.7:
            settings["kernel_size"] = odd(source)
        if "bias" in fields:
            settings["bias"] = source.random() < 0.5
        return kind.make(settings), [image(source)]

    return draw


def shortcut(source: random.Random) -> tuple[Layer, list[Shape]]:
    shape = image(source)
    layer = Shortcut(
        out_channels=source.choice((shape[0], shape[0], 2 * shape[0], source.choice(CHANNELS))),
        stride=source.choice((1, 1, 2, 2, 3)),
        option=source.choice("ABC"),
        kernel_size=source.choice((1, 1, 3, 5)),
        norm=source.random() < 0.7,
    )
    return layer, [shape]


def radial(source: random.Random) -> tuple[Layer, list[Shape]]:
    if source.random() < 0.5:
        layer = RadialBasis(out_features=source.randint(1, 10), negative=source.random() < 0.5)
        return layer, [(84,)]
    layer = RadialBasis(
        out_features=source.randint(1, 12),
        weights="trainable",
        negative=source.random() < 0.5,
    )
    return layer, [(source.choice((1, 3, 8, 84)),)]


CASES = {
    CBAM: attention(CBAM),
    ChannelAttention: attention(ChannelAttention),
    EfficientChannelAttention: attention(EfficientChannelAttention),
    RadialBasis: radial,
    Shortcut: shortcut,
    SpatialAttention: attention(SpatialAttention),
}
