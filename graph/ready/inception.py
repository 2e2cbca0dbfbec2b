"""Inception modules of Szegedy et al., "Going Deeper with Convolutions", CVPR 2015, with and
without reductions, and with squeeze and excitation (Hu et al., CVPR 2018). Every convolution is
followed by batch normalisation and ReLU, as in all later versions."""

from __future__ import annotations

from graph.blocks.block import Block
from graph.blocks.library import Library
from graph.blocks.parameter import Parameter
from graph.blocks.sketch import Sketch, number, switch, whole
from graph.layers.activation.piecewise import ReLU
from graph.layers.attention.squeeze import SqueezeExcitation
from graph.layers.convolution.plain import Conv2d
from graph.layers.linear import Linear
from graph.layers.merge import Concat
from graph.layers.normalisation import BatchNorm2d
from graph.layers.pooling.adaptive import AdaptiveAvgPool2d
from graph.layers.pooling.plain import MaxPool2d
from graph.layers.regularisation import Dropout
from graph.layers.reshaping.flatten import Flatten
from graph.ready.maker import Maker
from graph.values.message import say

POOL = MaxPool2d(kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))


def channels(name: str, value: int, help: str) -> Parameter:
    """A number of channels that every use gives."""
    return whole(name, value, help, required=True)


def unit(
    draw: Sketch,
    source: str,
    name: str,
    channels: int | str,
    height: int | str = 1,
    width: int | str | None = None,
    *,
    stride: int | str = 1,
    padded: bool = True,
) -> str:
    """A convolution unit behind a node, square unless a width is given; return its id."""
    return draw.use(
        UNIT,
        source,
        name=name,
        channels=channels,
        height=height,
        width=height if width is None else width,
        stride=stride,
        padded=padded,
    )


def convolution_unit(library: Library) -> Block:
    """Convolution without bias, batch normalisation, ReLU."""
    draw = Sketch.of_block(
        library,
        "Inception conv",
        "A convolution without bias, batch normalization and ReLU.",
        channels("channels", 64, "Output channels."),
        whole("height", 1, "Rows of the window.", most=31, required=True),
        whole("width", 1, "Columns of the window.", most=31, required=True),
        whole("stride", 1, "Step of the window.", most=16),
        switch("padded", True, "Zeros around, so that stride 1 keeps the size; odd windows."),
        number("eps", 0.001, 1e-9, 1.0, "Added to the variance."),
    )
    draw.input("input", (64, 56, 56))
    draw.put(
        Conv2d(bias=False),
        draw.last,
        name="conv",
        out_channels="channels",
        kernel_size="(height, width)",
        stride="stride",
        padding="(height // 2 * padded, width // 2 * padded)",
    )
    draw.put(BatchNorm2d(eps=0.001), draw.last, name="bn", eps="eps")
    draw.put(ReLU(), draw.last, name="relu")
    draw.output()
    return draw.define()


def naive(library: Library) -> Block:
    """Windows of 1×1, 3×3 and 5×5 and a pooling side by side. The pooled channels pass as they
    are, so that every module has more channels than the one before."""
    draw = Sketch.of_block(
        library,
        "Naive inception",
        "1x1, 3x3 and 5x5 windows and a pooling side by side.",
        channels("channels_1x1", 64, "Channels of the 1x1 branch."),
        channels("channels_3x3", 128, "Channels of the 3x3 branch."),
        channels("channels_5x5", 32, "Channels of the 5x5 branch."),
    )
    x = draw.input("input", (192, 28, 28))
    branches = (
        unit(draw, x, "branch_1x1", "channels_1x1"),
        unit(draw, x, "branch_3x3", "channels_3x3", 3),
        unit(draw, x, "branch_5x5", "channels_5x5", 5),
        draw.put(POOL, x, name="pool"),
    )
    draw.output(draw.put(Concat(), *branches, name="join"))
    return draw.define()


INCEPTION_PARAMETERS = (
    channels("channels_1x1", 64, "Channels of the 1x1 branch."),
    channels("reduced_3x3", 96, "Channels of the 1x1 before the 3x3."),
    channels("channels_3x3", 128, "Channels of the 3x3 branch."),
    channels("reduced_5x5", 16, "Channels of the 1x1 before the 5x5."),
    channels("channels_5x5", 32, "Channels of the 5x5 branch."),
    channels("channels_pool", 32, "Channels of the 1x1 behind the pooling."),
    whole("window", 5, "Window of the 5x5 branch; torchvision's GoogLeNet has 3 there.", most=31),
)


def inception(library: Library) -> Block:
    """The module of GoogLeNet: 1×1 convolutions make the channels few before the large windows."""
    draw = Sketch.of_block(
        library,
        "Inception",
        "Windows of three sizes and a pooling side by side, behind reductions.",
        *INCEPTION_PARAMETERS,
    )
    x = draw.input("input", (192, 28, 28))
    small = unit(draw, x, "branch_1x1", "channels_1x1")
    unit(draw, x, "reduce_3x3", "reduced_3x3")
    middle = unit(draw, draw.last, "branch_3x3", "channels_3x3", 3)
    unit(draw, x, "reduce_5x5", "reduced_5x5")
    large = unit(draw, draw.last, "branch_5x5", "channels_5x5", "window")
    draw.put(POOL, x, name="pool")
    pooled = unit(draw, draw.last, "branch_pool", "channels_pool")
    draw.output(draw.put(Concat(), small, middle, large, pooled, name="join"))
    return draw.define()


def se_inception(library: Library) -> Block:
    """The module of GoogLeNet whose channels are weighed."""
    draw = Sketch.of_block(
        library,
        "SE inception",
        "An inception module with squeeze and excitation.",
        *INCEPTION_PARAMETERS,
        whole("reduction", 16, "Channels are divided by this in the squeeze.", most=1024),
    )
    draw.input("input", (192, 28, 28))
    draw.use(INCEPTION_MODULE, name="inception", **{p.name: p.name for p in INCEPTION_PARAMETERS})
    draw.put(SqueezeExcitation(), draw.last, name="se", reduction="reduction")
    draw.output()
    return draw.define()


def auxiliary_head(library: Library) -> Block:
    """GoogLeNet's: a classifier in the middle, whose loss keeps gradients alive."""
    draw = Sketch.of_block(
        library,
        "GoogLeNet auxiliary head",
        "A classifier for the middle of the network.",
        whole("classes", 1000, "Outputs.", required=True),
        number("dropout", 0.7, 0.0, 1.0, "Probability of zero."),
    )
    draw.input("input", (512, 14, 14))
    draw.put(AdaptiveAvgPool2d(output_size=(4, 4)), draw.last, name="pool")
    unit(draw, draw.last, "conv", 128)
    draw.then(Flatten())
    draw.put(Linear(out_features=1024), draw.last, name="fc1")
    draw.then(ReLU())
    draw.put(Dropout(p=0.7), draw.last, p="dropout")
    draw.put(Linear(), draw.last, name="fc2", out_features="classes")
    draw.output()
    return draw.define()


UNIT = Maker(
    "Inception conv",
    "inception",
    say("Convolution of any height and width, batch norm and ReLU: the brick of Inception"),
    convolution_unit,
    ("conv bn relu", "basic conv", "factorised", "inception"),
)
INCEPTION_MODULE = Maker(
    "Inception",
    "inception",
    say("1×1, 3×3, 5×5 and a pooling side by side, behind 1×1 reductions: GoogLeNet"),
    inception,
    ("googlenet", "inception v1"),
)

INCEPTION = (
    UNIT,
    Maker(
        "Naive inception",
        "inception",
        say("1×1, 3×3, 5×5 and a pooling side by side, without reductions"),
        naive,
        ("googlenet", "inception v1"),
    ),
    INCEPTION_MODULE,
    Maker(
        "SE inception",
        "inception",
        say("GoogLeNet's module that weighs its channels"),
        se_inception,
        ("squeeze and excitation", "attention", "googlenet"),
    ),
    Maker(
        "GoogLeNet auxiliary head",
        "inception",
        say("A classifier for the middle of GoogLeNet, which only helps to train"),
        auxiliary_head,
        ("auxiliary", "deep supervision", "googlenet"),
    ),
)
