"""Inputs of equal shape, and now and then one that is not."""

from __future__ import annotations

import random
from typing import Any

from graph.calls.call import Shape
from graph.layers.base.layer import FaultKind, Layer
from graph.layers.merge import Add, Maximum, Mean, Multiply, Subtract

SIZES = (1, 2, 3, 4, 7, 9)


def _even(kind: type[Layer]) -> Any:
    def draw(source: random.Random) -> tuple[Layer, list[Shape]]:
        shape = tuple(source.choice(SIZES) for _ in range(source.randint(1, 4)))
        inputs = [shape] * source.choice((1, 2, 2, 3, 5))
        if source.random() < 0.1:
            odd = list(shape)
            odd[source.randrange(len(odd))] += 1
            inputs.append(tuple(odd))
        return kind(), inputs

    return draw


CASES = {kind: _even(kind) for kind in (Maximum, Mean, Subtract)}


def reason(layer: Layer, inputs: list[Shape], kinds: set[FaultKind]) -> str | None:
    if isinstance(layer, (Add, Subtract, Maximum, Mean)) and kinds == {FaultKind.MERGE_MISMATCH}:
        return "no broadcasting: repeated values are nearly always a mistake"
    if isinstance(layer, Multiply) and len({len(shape) for shape in inputs}) > 1:
        return "torch would take the batch for another axis"
    return None
