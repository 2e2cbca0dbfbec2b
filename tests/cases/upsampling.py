"""Random resamplings whose mode and factors suit the input more often than by luck."""

from __future__ import annotations

import random
from typing import Any

from graph.calls.call import Shape
from graph.layers.base.layer import FaultKind, Layer
from graph.layers.reshaping.upsampling import PixelShuffle, PixelUnshuffle, Upsample

SIZES = (1, 2, 3, 4, 5, 7, 8, 12)
MODES = {2: ("linear",), 3: ("bilinear", "bicubic"), 4: ("trilinear",)}


def upsample(source: random.Random) -> tuple[Layer, list[Shape]]:
    rank = source.choice((2, 3, 3, 3, 4))
    shape = (source.choice((1, 2, 3)), *(source.choice(SIZES) for _ in range(rank - 1)))
    count = source.choice((1, rank - 1))
    settings: dict[str, Any] = {
        "mode": source.choice(("nearest", "nearest-exact", *MODES[rank] * 2))
    }
    if source.random() < 0.4:
        settings["size"] = tuple(source.randint(1, 20) for _ in range(count))
    else:
        factors = (2.0, 2.0, 3.0, 0.5, 1.0, 1.5, 1.7, 0.3, 2.5)
        settings["scale_factor"] = tuple(source.choice(factors) for _ in range(count))
        settings["recompute_scale_factor"] = source.random() < 0.2
    settings["align_corners"] = "linear" in settings["mode"] and source.random() < 0.4
    return Upsample.make(settings), [shape]


def shuffle(source: random.Random) -> tuple[Layer, list[Shape]]:
    factor = source.choice((1, 2, 2, 3, 4))
    channels = factor**2 * source.choice((1, 2, 3)) + source.choice((0, 0, 0, 1))
    shape = (channels, source.choice(SIZES), source.choice(SIZES))
    return PixelShuffle(upscale_factor=factor), [shape]


def unshuffle(source: random.Random) -> tuple[Layer, list[Shape]]:
    factor = source.choice((1, 2, 2, 3, 4))
    height, width = (factor * source.choice((1, 2, 3, 5)) for _ in "hw")
    extra = source.choice((0, 0, 0, 1))
    return PixelUnshuffle(downscale_factor=factor), [(2, height + extra, width)]


CASES = {Upsample: upsample, PixelShuffle: shuffle, PixelUnshuffle: unshuffle}


def reason(layer: Layer, inputs: list[Shape], kinds: set[FaultKind]) -> str | None:
    if isinstance(layer, Upsample) and min(layer.shapes(inputs)[0]) < 1:
        return "torch gives a map without cells"
    return None
