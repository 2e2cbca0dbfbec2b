"""The parts of U-Net: Ronneberger, Fischer, Brox, "U-Net: Convolutional Networks for Biomedical
Image Segmentation", MICCAI 2015; with padding and batch normalisation, so that sizes stay."""

from __future__ import annotations

from graph.blocks.block import Block
from graph.blocks.library import Library
from graph.blocks.sketch import Sketch, whole
from graph.layers.activation.piecewise import ReLU
from graph.layers.convolution.plain import Conv2d
from graph.layers.convolution.transposed import ConvTranspose2d
from graph.layers.merge import Concat
from graph.layers.normalisation import BatchNorm2d
from graph.layers.pooling.plain import MaxPool2d
from graph.ready.maker import Maker
from graph.values.message import say

CHANNELS = whole("channels", 64, "Channels of the output.", required=True)
WIDE = Conv2d(padding=(1, 1), bias=False)


def _two_convolutions(draw: Sketch) -> None:
    for name in ("conv1", "conv2"):
        draw.put(WIDE, draw.last, name=name, out_channels="channels")
        draw.then(BatchNorm2d(), ReLU())


def double_convolution(library: Library) -> Block:
    """Two 3×3 convolutions: one level of the U."""
    draw = Sketch.of_block(library, "Double convolution", "Two 3x3 convolutions.", CHANNELS)
    draw.input("input", (3, 256, 256))
    _two_convolutions(draw)
    draw.output()
    return draw.define()


def down(library: Library) -> Block:
    """Half the side, then a level."""
    draw = Sketch.of_block(
        library, "U-Net down", "Halves the size by pooling, then two 3x3 convolutions.", CHANNELS
    )
    draw.input("input", (32, 256, 256))
    draw.then(MaxPool2d())
    draw.use(LEVEL, name="convolutions", channels="channels")
    draw.output()
    return draw.define()


def up(library: Library) -> Block:
    """Twice the side, joined with what the way down saw at this size, then a level."""
    draw = Sketch.of_block(
        library,
        "U-Net up",
        "Doubles the size, joins the skip, then two 3x3 convolutions.",
        CHANNELS,
    )
    x = draw.input("below", (128, 64, 64))
    skip = draw.input("skip", (64, 128, 128))
    grow = ConvTranspose2d(kernel_size=(2, 2), stride=(2, 2))
    grown = draw.put(grow, x, name="grow", out_channels="channels")
    draw.put(Concat(), skip, grown)
    draw.use(LEVEL, name="convolutions", channels="channels")
    draw.output()
    return draw.define()


LEVEL = Maker(
    "Double convolution",
    "U-Net",
    say("Two 3×3 convolutions with batch norm: one level of U-Net"),
    double_convolution,
    ("unet", "segmentation"),
)

UNET = (
    LEVEL,
    Maker(
        "U-Net down",
        "U-Net",
        say("Pooling and two 3×3 convolutions: U-Net's way down"),
        down,
        ("unet", "segmentation", "encoder"),
    ),
    Maker(
        "U-Net up",
        "U-Net",
        say("Transposed convolution, joined skip, two 3×3 convolutions: U-Net's way up"),
        up,
        ("unet", "segmentation", "decoder"),
    ),
)
