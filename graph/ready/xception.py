"""Xception's parts: Inception taken to its end, every channel by a window of its own, then all
channels by 1×1. Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions", CVPR
2017."""

from __future__ import annotations

from graph.blocks.block import Block
from graph.blocks.library import Library
from graph.blocks.sketch import Sketch, whole
from graph.layers.activation.piecewise import ReLU
from graph.layers.convolution.plain import Conv2d
from graph.layers.convolution.shortcut import Shortcut
from graph.layers.merge import Add
from graph.layers.normalisation import BatchNorm2d
from graph.layers.pooling.plain import MaxPool2d
from graph.ready.inception import channels
from graph.ready.maker import Maker
from graph.values.message import say


def separable_unit(library: Library) -> Block:
    """A depthwise and a 1×1 convolution with nothing between them, and batch normalisation."""
    draw = Sketch.of_block(
        library,
        "Separable unit",
        "A depthwise and a 1x1 convolution, and batch normalization.",
        channels("channels", 128, "Output channels."),
        whole("kernel_size", 3, "Window of the depthwise convolution; odd.", most=31),
    )
    draw.input("input", (64, 56, 56))
    draw.put(
        Conv2d(bias=False),
        draw.last,
        name="depthwise",
        out_channels="in_channels",
        kernel_size="kernel_size",
        padding="kernel_size // 2",
        groups="in_channels",
    )
    pointwise = Conv2d(kernel_size=(1, 1), bias=False)
    draw.put(pointwise, draw.last, name="pointwise", out_channels="channels")
    draw.put(BatchNorm2d(), draw.last, name="bn")
    draw.output()
    return draw.define()


def reduction(library: Library) -> Block:
    """Half the size: two separable units and a pooling around a projected shortcut."""
    draw = Sketch.of_block(
        library,
        "Xception reduction",
        "Two separable units and a pooling, and a shortcut, with stride 2.",
        channels("channels", 128, "Output channels of the first unit."),
        channels("out_channels", 128, "Output channels of the second unit and the shortcut."),
    )
    x = draw.input("input", (64, 147, 147))
    shortcut = draw.put(Shortcut(stride=2), x, name="shortcut", out_channels="out_channels")
    draw.put(ReLU(), x, name="relu1")
    draw.use(SEPARABLE, name="separable1", channels="channels")
    draw.put(ReLU(), draw.last, name="relu2")
    draw.use(SEPARABLE, name="separable2", channels="out_channels")
    pool = MaxPool2d(kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))
    main = draw.put(pool, draw.last, name="pool")
    draw.output(draw.put(Add(), shortcut, main, name="sum"))
    return draw.define()


def middle(library: Library) -> Block:
    """Three separable units around a shortcut; channels and size stay."""
    draw = Sketch.of_block(
        library, "Xception block", "Three separable units and a shortcut; the shape stays."
    )
    x = draw.input("input", (728, 19, 19))
    for number in (1, 2, 3):
        draw.put(ReLU(), draw.last, name=f"relu{number}")
        draw.use(SEPARABLE, name=f"separable{number}", channels="in_channels")
    draw.output(draw.put(Add(), x, draw.last, name="sum"))
    return draw.define()


SEPARABLE = Maker(
    "Separable unit",
    "inception",
    say("A depthwise and a 1×1 convolution without activation between, and batch norm"),
    separable_unit,
    ("xception", "depthwise separable"),
)

XCEPTION = (
    SEPARABLE,
    Maker(
        "Xception block",
        "inception",
        say("Three separable units and a shortcut: Xception's middle"),
        middle,
        ("middle flow", "depthwise separable"),
    ),
    Maker(
        "Xception reduction",
        "inception",
        say("Two separable units and a pooling with a projected shortcut: half the size"),
        reduction,
        ("entry flow", "exit flow", "depthwise separable"),
    ),
)
