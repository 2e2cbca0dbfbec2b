"""Parts around a network that halves its image several times, for sizes that cannot be halved."""

from __future__ import annotations

from graph.blocks.sketch import Sketch
from graph.calls.call import Shape
from graph.layers.reshaping.padding import Pad2d
from graph.layers.reshaping.slicing import Slice


def pad_to(draw: Sketch, shape: Shape, multiple: int) -> None:
    """Add zeros to maps of ``shape`` C×H×W, rows below and columns to the right, until height and
    width are multiples of ``multiple``."""
    bottom, right = (-size % multiple for size in shape[1:])
    if bottom or right:
        draw.then(Pad2d(left=0, right=right, top=0, bottom=bottom))


def cut_to(draw: Sketch, shape: Shape, multiple: int) -> None:
    """Take away what ``pad_to`` has added to maps of ``shape`` C×H×W."""
    for dim, size in enumerate(shape[1:], 2):
        if size % multiple:
            draw.then(Slice(dim=dim, stop=size))
