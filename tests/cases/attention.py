"""Channels, reductions and odd windows, queries, keys and values that suit each other."""

from __future__ import annotations

import random
from typing import Any

from graph.calls.call import Shape
from graph.layers.attention.dot_product import MultiheadAttention, ScaledDotProductAttention
from graph.layers.attention.efficient import EfficientChannelAttention
from graph.layers.attention.maps import CBAM, ChannelAttention, SpatialAttention
from graph.layers.attention.squeeze import SqueezeExcitation
from graph.layers.base.layer import FaultKind, Layer

SIZES = (1, 2, 3, 4, 5, 8)
CHANNELS = (1, 2, 4, 8, 12, 20, 64, 130)


def sizes(source: random.Random, count: int) -> tuple[int, ...]:
    return tuple(source.choice(SIZES) for _ in range(count))


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


def dot_product(source: random.Random) -> tuple[Layer, list[Shape]]:
    stack = sizes(source, source.randint(0, 2))
    queries, keys, width, values = sizes(source, 4)
    layer = ScaledDotProductAttention(
        is_causal=source.random() < 0.3, scale=source.choice((None, 0.5, 1.0))
    )
    return layer, [(*stack, queries, width), (*stack, keys, width), (*stack, keys, values)]


def multihead(source: random.Random) -> tuple[Layer, list[Shape]]:
    heads = source.choice((1, 2, 2, 3, 4))
    tokens, others = source.choice((1, 2, 3, 5, 8)), source.choice((1, 2, 4, 7))
    features = heads * source.choice((1, 2, 4)) + (source.random() < 0.1)
    alone = source.random() < 0.5
    layer = MultiheadAttention(
        num_heads=heads,
        self_attention=alone,
        dropout=source.choice((0.0, 0.0, 0.3)),
        bias=source.random() < 0.7,
        add_bias_kv=source.random() < 0.3,
        add_zero_attn=source.random() < 0.3,
    )
    widths = [source.choice((features, features, 1, 3)) for _ in "kv"]
    values = others + (source.random() < 0.1)
    wired = [(tokens, features), (others, widths[0]), (values, widths[1])]
    return layer, wired[:1] if alone else wired


GATES = (
    *(SqueezeExcitation, EfficientChannelAttention),
    *(ChannelAttention, SpatialAttention, CBAM),
)
CASES = {
    CBAM: attention(CBAM),
    ChannelAttention: attention(ChannelAttention),
    EfficientChannelAttention: attention(EfficientChannelAttention),
    MultiheadAttention: multihead,
    ScaledDotProductAttention: dot_product,
    SpatialAttention: attention(SpatialAttention),
}


def reason(layer: Layer, inputs: list[Shape], kinds: set[FaultKind]) -> str | None:
    if isinstance(layer, ScaledDotProductAttention) and FaultKind.WRONG_RANK in kinds:
        return "torch would take the batch for another axis"
    if isinstance(layer, ScaledDotProductAttention) and kinds == {FaultKind.MERGE_MISMATCH}:
        return "no broadcasting: every query has keys of its own"
    if isinstance(layer, GATES) and FaultKind.PADDING in kinds:
        return "a gate of another size than its input is repeated by luck only"
    if isinstance(layer, GATES) and kinds == {FaultKind.REDUCTION}:
        return "torch builds a convolution without channels"
    return None
