"""Random activations whose settings depend on each other or on the input."""

from __future__ import annotations

import random

from graph.calls.call import Shape
from graph.layers.activation.along_axis import GLU
from graph.layers.activation.piecewise import Hardtanh, PReLU, RReLU
from graph.layers.base.layer import FaultKind, Layer

SIZES = (1, 2, 3, 4, 6, 7)


def _shape(source: random.Random) -> Shape:
    return tuple(source.choice(SIZES) for _ in range(source.randint(1, 4)))


def glu(source: random.Random) -> tuple[Layer, list[Shape]]:
    shape = list(_shape(source))
    dim = source.randint(1, len(shape))
    if source.random() < 0.8:
        shape[dim - 1] *= 2
    return GLU(dim=dim), [tuple(shape)]


def hardtanh(source: random.Random) -> tuple[Layer, list[Shape]]:
    low = source.uniform(-2, 1)
    high = low + source.choice((1.0, 0.5, 0.0, -1.0))
    return Hardtanh(min_val=low, max_val=high, inplace=source.random() < 0.5), [_shape(source)]


def prelu(source: random.Random) -> tuple[Layer, list[Shape]]:
    shape = _shape(source)
    count = source.choice((1, "channels", shape[0], 3))
    return PReLU(num_parameters=count, init=source.uniform(0, 1)), [shape]


CASES = {GLU: glu, Hardtanh: hardtanh, PReLU: prelu}


def reason(layer: Layer, inputs: list[Shape], kinds: set[FaultKind]) -> str | None:
    if isinstance(layer, RReLU) and kinds == {FaultKind.RANGE}:
        return "torch refuses it in training"
    return None
