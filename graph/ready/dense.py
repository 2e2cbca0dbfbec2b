"""Blocks whose parts are joined channel behind channel: the dense layers of Huang et al., "Densely
Connected Convolutional Networks", CVPR 2017, and the fire module of Iandola et al., "SqueezeNet",
2016. A dense block is a dense layer repeated: each adds channels to what it was given."""

from __future__ import annotations

from graph.blocks.block import Block
from graph.blocks.library import Library
from graph.blocks.sketch import Sketch, whole
from graph.layers.activation.piecewise import ReLU
from graph.layers.convolution.plain import Conv2d
from graph.layers.merge import Concat
from graph.layers.normalisation import BatchNorm2d
from graph.layers.pooling.plain import AvgPool2d
from graph.ready.maker import Maker
from graph.values.message import say

NARROW = Conv2d(kernel_size=(1, 1), bias=False)
WIDE = Conv2d(padding=(1, 1), bias=False)


def dense_layer(library: Library) -> Block:
    """Normalisation first; what it adds stands behind what it was given."""
    draw = Sketch.of_block(
        library,
        "Dense layer",
        "Adds a few channels, seen from all that came before, to its input.",
        whole("growth_rate", 32, "Channels that it adds."),
        whole("bn_size", 4, "The 1x1 convolution has so many times the growth rate.", most=64),
    )
    x = draw.input("input", (64, 56, 56))
    draw.then(BatchNorm2d(), ReLU())
    draw.put(NARROW, draw.last, name="conv1", out_channels="bn_size * growth_rate")
    draw.then(BatchNorm2d(), ReLU())
    new = draw.put(WIDE, draw.last, name="conv2", out_channels="growth_rate")
    draw.put(Concat(), x, new)
    draw.output()
    return draw.define()


def transition(library: Library) -> Block:
    """Half the channels and half the side, between two dense blocks."""
    draw = Sketch.of_block(
        library,
        "Transition",
        "Divides channels, height and width by two.",
        whole("reduction", 2, "Channels are divided by this.", most=64),
    )
    draw.input("input", (256, 56, 56))
    draw.then(BatchNorm2d(), ReLU())
    draw.put(NARROW, draw.last, name="conv", out_channels="in_channels // reduction")
    draw.then(AvgPool2d())
    draw.output()
    return draw.define()


def fire(library: Library) -> Block:
    """A narrow 1×1, then 1×1 and 3×3 side by side."""
    draw = Sketch.of_block(
        library,
        "Fire",
        "Squeezes with 1x1, then expands with 1x1 and 3x3 side by side.",
        whole("squeeze", 16, "Channels of the narrow 1x1.", required=True),
        whole("expand", 64, "Channels of each of the two wide ones.", required=True),
    )
    draw.input("input", (96, 55, 55))
    draw.put(Conv2d(kernel_size=(1, 1)), draw.last, name="squeeze", out_channels="squeeze")
    x = draw.then(ReLU())
    draw.put(Conv2d(kernel_size=(1, 1)), x, name="expand1x1", out_channels="expand")
    left = draw.then(ReLU())
    draw.put(Conv2d(padding=(1, 1)), x, name="expand3x3", out_channels="expand")
    right = draw.then(ReLU())
    draw.put(Concat(), left, right)
    draw.output()
    return draw.define()


DENSE = (
    Maker(
        "Dense layer",
        "dense",
        say("Adds a few channels to its input; repeated it is DenseNet's dense block"),
        dense_layer,
        ("densenet", "growth rate", "concat"),
    ),
    Maker(
        "Transition",
        "dense",
        say("Halves channels, height and width between dense blocks"),
        transition,
        ("densenet", "compression"),
    ),
    Maker(
        "Fire",
        "dense",
        say("Few 1×1 filters squeeze, 1×1 and 3×3 filters expand: SqueezeNet"),
        fire,
        ("squeezenet", "squeeze", "expand"),
    ),
)
