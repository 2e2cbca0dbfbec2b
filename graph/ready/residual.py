"""Residual blocks of He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, and of
"Identity Mappings in Deep Residual Networks", ECCV 2016."""

from __future__ import annotations

from graph.block import Block, Parameter
from graph.draw import Drawing, whole, word
from graph.layers import Add, BatchNorm2d, Conv2d, ReLU, Shortcut
from graph.library import Library
from graph.message import say
from graph.ready.maker import Maker


def _common(channels: int) -> tuple[Parameter, Parameter, Parameter]:
    return (
        whole("channels", channels, "Channels of the 3×3 convolutions.", required=True),
        whole("stride", 1, "Stride of the first one in a chain.", most=16, first_only=True),
        word(
            "option",
            "B",
            ("A", "B", "C"),
            "Shortcut where shapes differ: A zeros, B a projection there, C a projection always.",
        ),
    )


def basic(library: Library) -> Block:
    """Two 3×3 convolutions and a shortcut: ResNet-18 and 34."""
    draw = Drawing.of_block(
        library, "Basic block", "Two 3x3 convolutions and a shortcut.", *_common(64)
    )
    x = draw.input("input", (64, 56, 56))
    convolution = Conv2d(padding=(1, 1), bias=False)
    draw.put(convolution, x, name="conv1", out_channels="channels", stride="stride")
    draw.then(BatchNorm2d(), ReLU())
    draw.put(convolution, draw.last, name="conv2", out_channels="channels")
    main = draw.then(BatchNorm2d())
    shortcut = draw.put(
        Shortcut(), x, name="shortcut", out_channels="channels", stride="stride", option="option"
    )
    draw.put(Add(), main, shortcut)
    draw.then(ReLU())
    draw.output()
    return draw.define()


RESIDUAL = (
    Maker(
        "Basic block",
        "residual",
        say("Two 3×3 convolutions and a shortcut: ResNet-18 and 34"),
        basic,
        ("resnet", "skip"),
    ),
)
