"""Random normalisations whose groups and axes mostly suit the input."""

from __future__ import annotations

import random

from graph.calls.call import Shape
from graph.layers.base.layer import FaultKind, Layer
from graph.layers.normalisation import (
    GroupNorm,
    InstanceNormalisation,
    LastAxesNormalisation,
    LayerNorm,
    RMSNorm,
)

SIZES = (1, 2, 3, 4, 5, 7, 12)


def _shape(source: random.Random, channels: int) -> Shape:
    return (channels, *(source.choice(SIZES) for _ in range(source.randint(0, 3))))


def group_norm(source: random.Random) -> tuple[Layer, list[Shape]]:
    groups = source.choice((1, 2, 3, 4, 8))
    channels = groups * source.choice((1, 1, 2, 4)) + source.choice((0, 0, 0, 0, 1))
    layer = GroupNorm(num_groups=groups, affine=source.random() < 0.6, eps=1e-3)
    return layer, [_shape(source, channels)]


def layer_norm(source: random.Random) -> tuple[Layer, list[Shape]]:
    layer = LayerNorm(
        normalized_axes=source.randint(1, 3),
        elementwise_affine=source.random() < 0.7,
        bias=source.random() < 0.6,
    )
    return layer, [_shape(source, source.choice(SIZES))]


def rms_norm(source: random.Random) -> tuple[Layer, list[Shape]]:
    layer = RMSNorm(
        normalized_axes=source.randint(1, 3),
        elementwise_affine=source.random() < 0.7,
        eps=source.choice((None, 1e-6)),
    )
    return layer, [_shape(source, source.choice(SIZES))]


CASES = {GroupNorm: group_norm, LayerNorm: layer_norm, RMSNorm: rms_norm}


def reason(layer: Layer, inputs: list[Shape], kinds: set[FaultKind]) -> str | None:
    if isinstance(layer, (InstanceNormalisation, GroupNorm)) and kinds == {FaultKind.DIMENSION}:
        return "torch refuses it in training, or for a batch of one"
    if isinstance(layer, LastAxesNormalisation) and layer.normalized_axes > len(inputs[0]):
        return "torch is told of the axes that there are"
    return None
