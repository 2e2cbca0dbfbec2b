"""Stacks of matrices that suit each other, and vectors of as many cells as a bitmap."""

from __future__ import annotations

import random

from graph.calls.call import Shape
from graph.layers.base.layer import FaultKind, Layer
from graph.layers.linear import Linear
from graph.layers.matrix import MatMul
from graph.layers.radial import RadialBasis

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


CASES = {MatMul: matmul, RadialBasis: radial}


def reason(layer: Layer, inputs: list[Shape], kinds: set[FaultKind]) -> str | None:
    if isinstance(layer, Linear) and kinds == {FaultKind.FLATTEN_MISSING}:
        return "Linear over the rows of an image is nearly always a forgotten Flatten"
    if isinstance(layer, MatMul) and FaultKind.WRONG_RANK in kinds:
        return "torch would take the batch for another axis"
    if isinstance(layer, RadialBasis):
        return "the bitmaps are those of ten digits of 84 cells, and the input is a vector"
    return None
