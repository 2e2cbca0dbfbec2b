"""Residual blocks of He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, and of
"Identity Mappings in Deep Residual Networks", ECCV 2016, with their kin: SE (Hu et al., CVPR
2018) and ResNeXt (Xie et al., CVPR 2017). A stride is that of the first one in a chain."""

from __future__ import annotations

from graph.blocks.block import Block
from graph.blocks.library import Library
from graph.blocks.parameter import Parameter
from graph.blocks.sketch import Sketch, whole, word
from graph.layers.activation.piecewise import ReLU
from graph.layers.attention.squeeze import SqueezeExcitation
from graph.layers.convolution.plain import Conv2d
from graph.layers.convolution.shortcut import Shortcut
from graph.layers.merge import Add
from graph.layers.normalisation import BatchNorm2d
from graph.ready.maker import Maker
from graph.values.message import say

NARROW = Conv2d(kernel_size=(1, 1), bias=False)
WIDE = Conv2d(padding=(1, 1), bias=False)
STRIDE = whole("stride", 1, "Stride of the first one in a chain.", most=16, first_only=True)
OPTION = word(
    "option",
    "B",
    ("A", "B", "C"),
    "Shortcut where shapes differ: A zeros, B a projection there, C a projection always.",
)
REDUCTION = whole("reduction", 16, "Channels are divided by this in the squeeze.", most=1024)


def _channels(help: str) -> Parameter:
    return whole("channels", 64, help, required=True)


def _with_shortcut(draw: Sketch, x: str, main: str, channels: str, **formulas: str) -> Block:
    """The block, once its main path is joined with the shortcut around it."""
    shortcut = draw.put(
        Shortcut(),
        x,
        name="shortcut",
        out_channels=channels,
        stride="stride",
        option="option",
        **formulas,
    )
    draw.put(Add(), main, shortcut)
    draw.then(ReLU())
    draw.output()
    return draw.define()


def _convolve(draw: Sketch, layer: Conv2d, name: str, **formulas: str) -> str:
    """A convolution and batch normalisation behind the last node."""
    draw.put(layer, draw.last, name=name, **formulas)
    return draw.then(BatchNorm2d())


def _narrow_wide_narrow(draw: Sketch, first: dict[str, str], middle: dict[str, str]) -> str:
    """1×1, 3×3 and 1×1 convolutions behind the last node, the last with ``channels * 4``."""
    _convolve(draw, NARROW, "conv1", **first)
    draw.then(ReLU())
    _convolve(draw, WIDE, "conv2", **middle)
    draw.then(ReLU())
    return _convolve(draw, NARROW, "conv3", out_channels="channels * 4")


def basic(library: Library) -> Block:
    """Two 3×3 convolutions and a shortcut."""
    return _basic(library, "Basic block", "Two 3x3 convolutions and a shortcut.", excited=False)


def se_basic(library: Library) -> Block:
    """The basic block whose channels are weighed before the sum, behind a ReLU of their own as in
    the networks whose weights are published."""
    summary = "Two 3x3 convolutions, squeeze and excitation, and a shortcut."
    return _basic(library, "SE basic block", summary, excited=True)


def _basic(library: Library, name: str, summary: str, *, excited: bool) -> Block:
    more = (REDUCTION,) if excited else ()
    parameters = (_channels("Channels of both convolutions."), STRIDE, *more, OPTION)
    draw = Sketch.of_block(library, name, summary, *parameters)
    x = draw.input("input", (64, 56, 56))
    _convolve(draw, WIDE, "conv1", out_channels="channels", stride="stride")
    draw.then(ReLU())
    main = _convolve(draw, WIDE, "conv2", out_channels="channels")
    if excited:
        draw.then(ReLU())
        main = draw.put(SqueezeExcitation(), draw.last, reduction="reduction")
    return _with_shortcut(draw, x, main, "channels")


def plain_pair(library: Library) -> Block:
    """Two 3×3 convolutions without a shortcut: what residual blocks are compared with."""
    draw = Sketch.of_block(
        library,
        "Plain pair",
        "Two 3x3 convolutions without a shortcut.",
        _channels("Channels of both convolutions."),
        STRIDE,
    )
    draw.input("input", (64, 56, 56))
    _convolve(draw, WIDE, "conv1", out_channels="channels", stride="stride")
    draw.then(ReLU())
    _convolve(draw, WIDE, "conv2", out_channels="channels")
    draw.then(ReLU())
    draw.output()
    return draw.define()


def bottleneck(library: Library) -> Block:
    """1×1, 3×3, 1×1: the middle is a quarter as wide as the output. The stride is in the 3×3."""
    draw = Sketch.of_block(
        library,
        "Bottleneck",
        "1x1, 3x3 and 1x1 convolutions and a shortcut.",
        _channels("Channels of the middle; the output has four times as many."),
        STRIDE,
        OPTION,
    )
    x = draw.input("input", (64, 56, 56))
    main = _narrow_wide_narrow(
        draw, {"out_channels": "channels"}, {"out_channels": "channels", "stride": "stride"}
    )
    return _with_shortcut(draw, x, main, "channels * 4")


def se_bottleneck(library: Library) -> Block:
    """The bottleneck of the SE paper's authors: stride in the first 1×1, channels weighed."""
    draw = Sketch.of_block(
        library,
        "SE bottleneck",
        "A bottleneck with squeeze and excitation, stride in the first 1x1.",
        _channels("Channels of the middle; the output has four times as many."),
        STRIDE,
        REDUCTION,
        OPTION,
    )
    x = draw.input("input", (64, 56, 56))
    main = _narrow_wide_narrow(
        draw, {"out_channels": "channels", "stride": "stride"}, {"out_channels": "channels"}
    )
    main = draw.put(SqueezeExcitation(), main, reduction="reduction")
    return _with_shortcut(draw, x, main, "channels * 4")


def senet_bottleneck(library: Library) -> Block:
    """SENet-154's: the first 1×1 twice, the grouped 3×3 four times as wide as ``channels``."""
    draw = Sketch.of_block(
        library,
        "SENet bottleneck",
        "The bottleneck of SENet-154: wide, in groups, with squeeze and excitation.",
        _channels("A quarter of the output's channels."),
        whole("groups", 64, "Groups of the 3x3 convolution."),
        whole("kernel_size", 1, "Window of the shortcut's projection.", most=7),
        STRIDE,
        REDUCTION,
        OPTION,
    )
    x = draw.input("input", (64, 56, 56))
    main = _narrow_wide_narrow(
        draw,
        {"out_channels": "channels * 2"},
        {"out_channels": "channels * 4", "groups": "groups", "stride": "stride"},
    )
    main = draw.put(SqueezeExcitation(), main, reduction="reduction")
    return _with_shortcut(draw, x, main, "channels * 4", kernel_size="kernel_size")


def resnext(library: Library) -> Block:
    """A bottleneck whose 3×3 convolution runs in groups."""
    draw = Sketch.of_block(
        library,
        "ResNeXt block",
        "A bottleneck whose 3x3 convolution runs in groups.",
        _channels("A quarter of the output's channels."),
        whole("groups", 32, "Groups of the 3x3 convolution, the paper's cardinality."),
        whole("width", 4, "Channels of each group where channels is 64."),
        STRIDE,
        OPTION,
    )
    x = draw.input("input", (64, 56, 56))
    middle = "channels * width // 64 * groups"
    main = _narrow_wide_narrow(
        draw,
        {"out_channels": middle},
        {"out_channels": middle, "groups": "groups", "stride": "stride"},
    )
    return _with_shortcut(draw, x, main, "channels * 4")


def preactivation(library: Library) -> Block:
    """Batch normalisation and ReLU before each convolution; nothing stands behind the sum."""
    draw = Sketch.of_block(
        library,
        "Pre-activation block",
        "Normalization and ReLU before each of two 3x3 convolutions.",
        _channels("Channels of both convolutions."),
        STRIDE,
        OPTION,
    )
    x = draw.input("input", (64, 56, 56))
    draw.then(BatchNorm2d(), ReLU())
    draw.put(WIDE, draw.last, name="conv1", out_channels="channels", stride="stride")
    draw.then(BatchNorm2d(), ReLU())
    main = draw.put(WIDE, draw.last, name="conv2", out_channels="channels")
    _add_bare_shortcut(draw, x, main, "channels")
    return draw.define()


def preactivation_bottleneck(library: Library) -> Block:
    """The bottleneck with batch normalisation and ReLU before each convolution."""
    draw = Sketch.of_block(
        library,
        "Pre-activation bottleneck",
        "Normalization and ReLU before 1x1, 3x3 and 1x1 convolutions.",
        _channels("Channels of the middle; the output has four times as many."),
        STRIDE,
        OPTION,
    )
    x = draw.input("input", (64, 56, 56))
    draw.then(BatchNorm2d(), ReLU())
    draw.put(NARROW, draw.last, name="conv1", out_channels="channels")
    draw.then(BatchNorm2d(), ReLU())
    draw.put(WIDE, draw.last, name="conv2", out_channels="channels", stride="stride")
    draw.then(BatchNorm2d(), ReLU())
    main = draw.put(NARROW, draw.last, name="conv3", out_channels="channels * 4")
    _add_bare_shortcut(draw, x, main, "channels * 4")
    return draw.define()


def _add_bare_shortcut(draw: Sketch, x: str, main: str, channels: str) -> None:
    shortcut = draw.put(
        Shortcut(norm=False),
        x,
        name="shortcut",
        out_channels=channels,
        stride="stride",
        option="option",
    )
    draw.output(draw.put(Add(), main, shortcut))


RESIDUAL = (
    Maker(
        "Basic block",
        "residual",
        say("Two 3×3 convolutions and a shortcut: ResNet-18 and 34"),
        basic,
        ("resnet", "skip"),
    ),
    Maker(
        "Bottleneck",
        "residual",
        say("1×1, 3×3, 1×1 and a shortcut: ResNet-50, 101 and 152"),
        bottleneck,
        ("resnet", "skip"),
    ),
    Maker(
        "Pre-activation block",
        "residual",
        say("Normalisation and ReLU before each convolution: the second ResNet paper"),
        preactivation,
        ("resnet", "identity mappings", "v2"),
    ),
    Maker(
        "Pre-activation bottleneck",
        "residual",
        say("The bottleneck of the second ResNet paper"),
        preactivation_bottleneck,
        ("resnet", "identity mappings", "v2"),
    ),
    Maker(
        "Plain pair",
        "residual",
        say("Two 3×3 convolutions without a shortcut, to compare with"),
        plain_pair,
        ("vgg", "degradation"),
    ),
    Maker(
        "SE basic block",
        "residual",
        say("A basic block that weighs its channels: SE-ResNet-18"),
        se_basic,
        ("squeeze and excitation", "attention"),
    ),
    Maker(
        "SE bottleneck",
        "residual",
        say("A bottleneck that weighs its channels: SE-ResNet-50 and 101"),
        se_bottleneck,
        ("squeeze and excitation", "attention"),
    ),
    Maker(
        "SENet bottleneck",
        "residual",
        say("A wide bottleneck in groups that weighs its channels: SENet-154"),
        senet_bottleneck,
        ("squeeze and excitation", "attention"),
    ),
    Maker(
        "ResNeXt block",
        "residual",
        say("A bottleneck whose 3×3 convolution runs in groups"),
        resnext,
        ("cardinality", "grouped"),
    ),
)
