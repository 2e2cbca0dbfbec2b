"""YOLO11's attention of positions: each cell of a small map looks at all the others."""

from __future__ import annotations

from graph.blocks.block import Block
from graph.blocks.library import Library
from graph.blocks.sketch import Feed, Sketch
from graph.layers.attention.dot_product import ScaledDotProductAttention
from graph.layers.convolution.plain import Conv2d
from graph.layers.merge import Add, Concat
from graph.layers.reshaping.axes import Transpose
from graph.layers.reshaping.flatten import Flatten
from graph.layers.reshaping.reshape import Reshape, Unflatten
from graph.layers.reshaping.slicing import Chunk, Split
from graph.ready.maker import Maker
from graph.ready.yolo_unit import CONV_UNIT, NORM
from graph.values.message import say

POINT = Conv2d(kernel_size=(1, 1), bias=False)
KEY, VALUE = 32, 64
HEAD = (KEY, KEY, VALUE)
"""Channels of queries, keys and values of a head."""
AROUND = Conv2d(out_channels=128, padding=(1, 1), groups=128, bias=False)


def psa(library: Library) -> Block:
    """softmax(Q·Kᵀ / √E)·V over all cells, head by head, plus a depthwise 3×3 of V that tells
    where a cell is; then two 1×1 convolutions. Each is added to what it was given.

    A head has 64 channels of values, and 32 each of queries and keys: E = 32.
    """
    draw = Sketch.of_block(
        library,
        "PSA",
        "Attention of positions and two 1x1 convolutions, with shortcuts.",
    )
    x = draw.input("input", (128, 20, 20))
    middle = draw.put(Add(), x, _attend(draw, x))
    draw.use(CONV_UNIT, name="expand", channels="2 * in_channels", kernel_size=1)
    draw.put(POINT, draw.last, name="shrink", out_channels="input_channels")
    draw.then(NORM)
    draw.put(Add(), middle, draw.last)
    draw.output()
    return draw.define()


def _attend(draw: Sketch, x: str) -> str:
    """What each position finds at all the others."""
    draw.put(POINT, x, name="qkv", out_channels="2 * in_channels")
    draw.then(NORM)
    heads = f"(input_channels // {VALUE}, {sum(HEAD)})"
    draw.put(Unflatten(unflattened_size=(2, 128)), draw.last, name="heads", unflattened_size=heads)
    draw.put(Flatten(start_dim=3), draw.last, name="cells")
    draw.put(Transpose(), draw.last, name="rows")
    parts = draw.put(Split(split_size=HEAD, dim=3), draw.last)
    found = draw.put(ScaledDotProductAttention(), (parts, 0), (parts, 1), (parts, 2), name="attend")
    far = _as_image(draw, found, "far", "back")
    _as_image(draw, (parts, 2), "near", "value")
    draw.put(AROUND, draw.last, name="position", out_channels="in_channels", groups="in_channels")
    draw.then(NORM)
    draw.put(Add(), far, draw.last)
    draw.put(POINT, draw.last, name="project", out_channels="input_channels")
    return draw.then(NORM)


def _as_image(draw: Sketch, source: Feed, name: str, columns: str) -> str:
    """From heads×cells×64 to channels×height×width."""
    draw.put(Transpose(), source, name=columns)
    image = Reshape(shape=(128, 20, 20))
    shape = "(input_channels, input_height, input_width)"
    return draw.put(image, draw.last, name=name, shape=shape)


def c2psa(library: Library) -> Block:
    """Only the second half of the channels attends."""
    draw = Sketch.of_block(
        library, "C2PSA", "Half of the channels go through attention of positions."
    )
    draw.input("input", (256, 20, 20))
    draw.use(CONV_UNIT, name="conv1", channels="in_channels", kernel_size=1)
    halves = draw.put(Chunk(), draw.last)
    attended = draw.use(PSA, (halves, 1), name="attention")
    draw.put(Concat(), (halves, 0), attended)
    draw.use(CONV_UNIT, name="conv2", channels="input_channels", kernel_size=1)
    draw.output()
    return draw.define()


PSA = Maker(
    "PSA",
    "YOLO",
    say("Attention of positions and two 1×1 convolutions, each with a shortcut"),
    psa,
    ("self-attention", "transformer"),
)
C2PSA = Maker(
    "C2PSA",
    "YOLO",
    say("Half of the channels go through attention of positions"),
    c2psa,
    ("self-attention", "transformer"),
)
