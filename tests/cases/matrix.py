"""Stacks of matrices that suit each other."""

from __future__ import annotations

import random

from graph.calls.call import Shape
from graph.layers.attention.dot_product import ScaledDotProductAttention
from graph.layers.base.layer import Layer
from graph.layers.matrix import MatMul

SIZES = (1, 2, 3, 4, 5, 8)


def sizes(source: random.Random, count: int) -> tuple[int, ...]:
    return tuple(source.choice(SIZES) for _ in range(count))


def matmul(source: random.Random) -> tuple[Layer, list[Shape]]:
    stack = sizes(source, source.randint(0, 2))
    rows, inner, columns = sizes(source, 3)
    swapped = source.random() < 0.5
    other = [1 if source.random() < 0.2 else size for size in stack]
    matrix = (columns, inner) if swapped else (inner, columns)
    return MatMul(transpose_other=swapped), [(*stack, rows, inner), (*other, *matrix)]


def attention(source: random.Random) -> tuple[Layer, list[Shape]]:
    stack = sizes(source, source.randint(0, 2))
    queries, keys, width, values = sizes(source, 4)
    layer = ScaledDotProductAttention(
        is_causal=source.random() < 0.3, scale=source.choice((None, 0.5, 1.0))
    )
    return layer, [(*stack, queries, width), (*stack, keys, width), (*stack, keys, values)]


CASES = {MatMul: matmul, ScaledDotProductAttention: attention}
