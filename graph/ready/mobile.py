"""Convolutions taken apart: into depthwise and pointwise ones (Howard et al., "MobileNets", 2017,
and Sandler et al., "MobileNetV2", CVPR 2018), and into a column and a row (Jaderberg, Vedaldi and
Zisserman, "Speeding up Convolutional Neural Networks with Low Rank Expansions", BMVC 2014)."""

from __future__ import annotations

from graph.blocks.block import Block
from graph.blocks.library import Library
from graph.blocks.sketch import Sketch, whole
from graph.layers.activation.piecewise import ReLU, ReLU6
from graph.layers.convolution.plain import Conv2d
from graph.layers.merge import Add
from graph.layers.normalisation import BatchNorm2d
from graph.ready.maker import Maker
from graph.values.message import say

POINT = Conv2d(kernel_size=(1, 1), bias=False)
DEEP = Conv2d(padding=(1, 1), bias=False)
STRIDE = whole("stride", 1, "Stride of the first one in a chain.", most=16, first_only=True)
EXPANSION = whole("expansion", 6, "The middle has so many times the input's channels.", most=64)


def depthwise_separable(library: Library) -> Block:
    """A 3×3 filter for each channel, then a 1×1 convolution across the channels."""
    draw = Sketch.of_block(
        library,
        "Depthwise separable",
        "A depthwise 3x3 and a pointwise 1x1 convolution.",
        whole("channels", 64, "Channels of the output.", required=True),
        STRIDE,
    )
    x = draw.input("input", (32, 112, 112))
    _depthwise(draw, x, stride="stride")
    draw.then(ReLU())
    draw.put(POINT, draw.last, name="pointwise", out_channels="channels")
    draw.then(BatchNorm2d(), ReLU())
    draw.output()
    return draw.define()


def _depthwise(draw: Sketch, source: str, **formulas: str) -> None:
    """One 3×3 filter a channel, and batch normalisation."""
    draw.put(
        DEEP,
        source,
        name="depthwise",
        out_channels="in_channels",
        groups="in_channels",
        **formulas,
    )
    draw.then(BatchNorm2d())


def _expand(draw: Sketch, source: str) -> str:
    draw.put(POINT, source, name="expand", out_channels="in_channels * expansion")
    return draw.then(BatchNorm2d(), ReLU6())


def inverted_residual(library: Library) -> Block:
    """Wide in the middle, with the shortcut between the narrow ends."""
    draw = Sketch.of_block(
        library,
        "Inverted residual",
        "Widens, works depthwise, narrows; a shortcut joins the ends.",
        EXPANSION,
    )
    x = draw.input("input", (24, 56, 56))
    _depthwise(draw, _expand(draw, x))
    draw.then(ReLU6())
    draw.put(POINT, draw.last, name="project", out_channels="input_channels")
    main = draw.then(BatchNorm2d())
    draw.put(Add(), x, main)
    draw.output()
    return draw.define()


def inverted_bottleneck(library: Library) -> Block:
    """The same where stride or channels change, so that no shortcut fits."""
    draw = Sketch.of_block(
        library,
        "Inverted bottleneck",
        "Widens, works depthwise, narrows to other channels or with a stride.",
        whole("channels", 24, "Channels of the output.", required=True),
        STRIDE,
        EXPANSION,
    )
    x = draw.input("input", (16, 112, 112))
    _depthwise(draw, _expand(draw, x), stride="stride")
    draw.then(ReLU6())
    draw.put(POINT, draw.last, name="project", out_channels="channels")
    draw.then(BatchNorm2d())
    draw.output()
    return draw.define()


def separable_pair(library: Library) -> Block:
    """A k×1 and a 1×k window see as much as one of k×k, with 2k weights in place of k²."""
    draw = Sketch.of_block(
        library,
        "Spatially separable pair",
        "A kx1 and then a 1xk convolution in the place of one of kxk.",
        whole("channels", 64, "Channels of both convolutions.", required=True),
        whole("kernel_size", 3, "k, an odd number, so that the size stays.", most=31),
    )
    draw.input("input", (64, 28, 28))
    for name, window, edge in (
        ("column", "(kernel_size, 1)", "(kernel_size // 2, 0)"),
        ("row", "(1, kernel_size)", "(0, kernel_size // 2)"),
    ):
        draw.put(
            DEEP, draw.last, name=name, out_channels="channels", kernel_size=window, padding=edge
        )
        draw.then(BatchNorm2d(), ReLU())
    draw.output()
    return draw.define()


MOBILE = (
    Maker(
        "Depthwise separable",
        "mobile",
        say("One 3×3 filter a channel, then 1×1 across channels: MobileNet"),
        depthwise_separable,
        ("mobilenet", "pointwise", "depthwise"),
    ),
    Maker(
        "Inverted residual",
        "mobile",
        say("Narrow, wide, narrow, with a shortcut: MobileNetV2 where the shape stays"),
        inverted_residual,
        ("mobilenet v2", "linear bottleneck", "skip"),
    ),
    Maker(
        "Inverted bottleneck",
        "mobile",
        say("Narrow, wide, narrow: MobileNetV2 where channels or size change"),
        inverted_bottleneck,
        ("mobilenet v2", "linear bottleneck"),
    ),
    Maker(
        "Spatially separable pair",
        "mobile",
        say("k×1 and then 1×k see as much as k×k, with fewer weights"),
        separable_pair,
        ("factorised", "asymmetric", "inception v3"),
    ),
)
