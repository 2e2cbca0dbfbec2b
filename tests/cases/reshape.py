"""Shapes whose product, dimensions and parts suit the settings."""

from __future__ import annotations

import random
from math import prod

from graph.calls.call import Shape
from graph.layers.base.layer import FaultKind, Layer
from graph.layers.reshaping.axes import Permute, Squeeze, Transpose, Unsqueeze
from graph.layers.reshaping.mean_over import MeanOver
from graph.layers.reshaping.reshape import Reshape, Unflatten
from graph.layers.reshaping.slicing import Chunk, Slice, Split

SIZES = (1, 1, 2, 3, 4, 5, 6, 8, 12)


def extent(source: random.Random) -> Shape:
    return tuple(source.choice(SIZES) for _ in range(source.randint(1, 4)))


def dim_of(source: random.Random, shape: Shape) -> tuple[int, int]:
    """A place in the shape, and a way to write its dimension."""
    place = source.randrange(len(shape))
    return place, source.choice((place + 1, place - len(shape)))


def factors(source: random.Random, total: int, most: int = 4) -> list[int]:
    """Sizes with this product, one of them −1 at times."""
    found: list[int] = []
    while len(found) < most - 1 and source.random() < 0.7:
        size = source.choice([n for n in range(1, total + 1) if total % n == 0])
        found.append(size)
        total //= size
    found.append(total)
    source.shuffle(found)
    if source.random() < 0.4:
        found[source.randrange(len(found))] = -1
    return found


def reshape(source: random.Random) -> tuple[Layer, list[Shape]]:
    shape = extent(source)
    return Reshape(shape=tuple(factors(source, prod(shape)))), [shape]


def unflatten(source: random.Random) -> tuple[Layer, list[Shape]]:
    shape = extent(source)
    place, dim = dim_of(source, shape)
    return Unflatten(dim=dim, unflattened_size=tuple(factors(source, shape[place]))), [shape]


def permute(source: random.Random) -> tuple[Layer, list[Shape]]:
    shape = extent(source)
    order = source.sample(range(len(shape)), len(shape))
    minus = source.random() < 0.3
    return Permute(dims=tuple(p - len(shape) if minus else p + 1 for p in order)), [shape]


def transpose(source: random.Random) -> tuple[Layer, list[Shape]]:
    shape = extent(source)
    return Transpose(dim0=dim_of(source, shape)[1], dim1=dim_of(source, shape)[1]), [shape]


def mean_over(source: random.Random) -> tuple[Layer, list[Shape]]:
    shape = extent(source)
    places = source.sample(range(len(shape)), source.randint(1, len(shape)))
    dim = tuple(source.choice((p + 1, p - len(shape))) for p in places)
    return MeanOver(dim=dim, keepdim=source.random() < 0.5), [shape]


def squeeze(source: random.Random) -> tuple[Layer, list[Shape]]:
    shape = list(extent(source))
    place, dim = dim_of(source, tuple(shape))
    if source.random() < 0.7:
        shape[place] = 1
    return Squeeze(dim=dim), [tuple(shape)]


def unsqueeze(source: random.Random) -> tuple[Layer, list[Shape]]:
    shape = extent(source)
    place = source.randint(0, len(shape))
    return Unsqueeze(dim=source.choice((place + 1, place - len(shape) - 1))), [shape]


def split(source: random.Random) -> tuple[Layer, list[Shape]]:
    sizes = tuple(source.choice((1, 1, 2, 3, 5)) for _ in range(source.randint(2, 5)))
    shape = list(extent(source))
    place, dim = dim_of(source, tuple(shape))
    shape[place] = sum(sizes) + (source.random() < 0.1)
    return Split(split_size=sizes, dim=dim), [tuple(shape)]


def chunk(source: random.Random) -> tuple[Layer, list[Shape]]:
    shape = extent(source)
    _, dim = dim_of(source, shape)
    return Chunk(chunks=source.choice((2, 2, 3, 4, 5)), dim=dim), [shape]


def cut(source: random.Random) -> tuple[Layer, list[Shape]]:
    shape = extent(source)
    place, dim = dim_of(source, shape)
    most = shape[place] + 2
    stop = source.choice((None, source.randint(-most, most)))
    start = source.choice((0, source.randint(-most, most)))
    return Slice(dim=dim, start=start, stop=stop, step=source.choice((1, 1, 2, 3))), [shape]


CASES = {
    Chunk: chunk,
    MeanOver: mean_over,
    Permute: permute,
    Reshape: reshape,
    Slice: cut,
    Split: split,
    Squeeze: squeeze,
    Transpose: transpose,
    Unflatten: unflatten,
    Unsqueeze: unsqueeze,
}


def reason(layer: Layer, inputs: list[Shape], kinds: set[FaultKind]) -> str | None:
    if isinstance(layer, tuple(CASES)) and kinds == {FaultKind.DIMENSION}:
        return "the batch stays, and something is left of the image"
    return None
