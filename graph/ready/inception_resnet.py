"""Modules of Inception-ResNet-v2: branches learn what to add to their input, scaled down.

Szegedy, Ioffe, Vanhoucke, Alemi, "Inception-v4, Inception-ResNet and the Impact of Residual
Connections on Learning", AAAI 2017. The channels are those of the code that the authors released.
"""

from __future__ import annotations

from graph.blocks.block import Block
from graph.blocks.library import Library
from graph.blocks.parameter import Parameter
from graph.blocks.sketch import Sketch, number
from graph.layers.activation.piecewise import ReLU
from graph.layers.convolution.plain import Conv2d
from graph.layers.merge import Add, Concat
from graph.ready.inception import unit
from graph.ready.inception_v3 import SHRINK, join, pooled
from graph.ready.inception_v4 import MEAN
from graph.ready.maker import Maker
from graph.values.message import say


def _scale(value: float) -> Parameter:
    return number("scale", value, -100.0, 100.0, "Factor of what the branches add.")


def _add(draw: Sketch, x: str, *branches: str) -> None:
    """Bring the branches to the channels of the input by 1×1, and add them, scaled."""
    joined = draw.put(Concat(), *branches, name="join")
    projection = Conv2d(kernel_size=(1, 1))
    main = draw.put(projection, joined, name="projection", out_channels="input_channels")
    draw.put(Add(), x, main, name="sum", scale="scale")


def entry(library: Library) -> Block:
    """The one module before the residual ones: 1×1, 5×5, two 3×3, and a pooling."""
    draw = Sketch.of_block(
        library,
        "Inception-ResNet entry",
        "1x1, 5x5 and two 3x3 windows and a pooling side by side: 320 channels.",
    )
    x = draw.input("input", (192, 35, 35))
    small = unit(draw, x, "branch_1x1", 96)
    unit(draw, x, "reduce_5x5", 48)
    large = unit(draw, draw.last, "branch_5x5", 64, 5)
    unit(draw, x, "reduce_double", 64)
    unit(draw, draw.last, "double1", 96, 3)
    double = unit(draw, draw.last, "double2", 96, 3)
    join(draw, small, large, double, pooled(draw, x, 64, MEAN))
    return draw.define()


def module_a(library: Library) -> Block:
    """1×1, 3×3 and two 3×3 around a shortcut, for maps of 35×35."""
    draw = Sketch.of_block(
        library,
        "Inception-ResNet A",
        "1x1, 3x3 and two 3x3 windows, added to the input on a small scale.",
        _scale(0.17),
    )
    x = draw.input("input", (320, 35, 35))
    small = unit(draw, x, "branch_1x1", 32)
    unit(draw, x, "reduce_3x3", 32)
    single = unit(draw, draw.last, "branch_3x3", 32, 3)
    unit(draw, x, "reduce_double", 32)
    unit(draw, draw.last, "double1", 48, 3)
    double = unit(draw, draw.last, "double2", 64, 3)
    _add(draw, x, small, single, double)
    draw.output(draw.put(ReLU(), draw.last, name="relu"))
    return draw.define()


def module_b(library: Library) -> Block:
    """1×1 and a factorised 7×7 around a shortcut, for maps of 17×17."""
    draw = Sketch.of_block(
        library,
        "Inception-ResNet B",
        "1x1 and factorised 7x7 windows, added to the input on a small scale.",
        _scale(0.1),
    )
    x = draw.input("input", (1088, 17, 17))
    small = unit(draw, x, "branch_1x1", 192)
    unit(draw, x, "reduce_7x7", 128)
    unit(draw, draw.last, "branch_1x7", 160, 1, 7)
    large = unit(draw, draw.last, "branch_7x1", 192, 7, 1)
    _add(draw, x, small, large)
    draw.output(draw.put(ReLU(), draw.last, name="relu"))
    return draw.define()


def module_c(library: Library) -> Block:
    """1×1 and a factorised 3×3 around a shortcut, for maps of 8×8. Its ReLU stands before the
    branches, not behind the sum: behind the last one of the network there is none."""
    draw = Sketch.of_block(
        library,
        "Inception-ResNet C",
        "1x1 and factorised 3x3 windows, added to the input on a small scale.",
        _scale(0.2),
    )
    draw.input("input", (2080, 8, 8))
    x = draw.put(ReLU(), draw.last, name="relu")
    small = unit(draw, x, "branch_1x1", 192)
    unit(draw, x, "reduce_3x3", 192)
    unit(draw, draw.last, "branch_1x3", 224, 1, 3)
    large = unit(draw, draw.last, "branch_3x1", 256, 3, 1)
    _add(draw, x, small, large)
    draw.output()
    return draw.define()


def reduction_b(library: Library) -> Block:
    """Half the size: 3×3 twice, two 3×3, and a pooling."""
    draw = Sketch.of_block(
        library,
        "Inception-ResNet reduction B",
        "Half the size by 3x3, two 3x3 and a pooling with stride 2.",
    )
    x = draw.input("input", (1088, 17, 17))
    unit(draw, x, "reduce_wide", 256)
    wide = unit(draw, draw.last, "wide", 384, 3, stride=2, padded=False)
    unit(draw, x, "reduce_narrow", 256)
    narrow = unit(draw, draw.last, "narrow", 288, 3, stride=2, padded=False)
    unit(draw, x, "reduce_double", 256)
    unit(draw, draw.last, "double1", 288, 3)
    double = unit(draw, draw.last, "double2", 320, 3, stride=2, padded=False)
    join(draw, wide, narrow, double, draw.put(SHRINK, x, name="pool"))
    return draw.define()


INCEPTION_RESNET = (
    Maker(
        "Inception-ResNet entry",
        "inception",
        say("1×1, 5×5, two 3×3 and a pooling side by side, before the residual modules"),
        entry,
        ("mixed 5b",),
    ),
    Maker(
        "Inception-ResNet A",
        "inception",
        say("1×1, 3×3 and two 3×3, added to the input on a small scale"),
        module_a,
        ("block35", "residual scaling"),
    ),
    Maker(
        "Inception-ResNet B",
        "inception",
        say("1×1 and a factorised 7×7, added to the input on a small scale"),
        module_b,
        ("block17", "residual scaling", "factorised"),
    ),
    Maker(
        "Inception-ResNet C",
        "inception",
        say("1×1 and a factorised 3×3, added to the input on a small scale"),
        module_c,
        ("block8", "residual scaling", "factorised"),
    ),
    Maker(
        "Inception-ResNet reduction B",
        "inception",
        say("Half the size: 3×3 twice, two 3×3 and a pooling"),
        reduction_b,
        ("mixed 7a", "grid size reduction"),
    ),
)
