"""Modules of Inception-v4: one stem, three uniform kinds of modules and two of reductions.

Szegedy, Ioffe, Vanhoucke, Alemi, "Inception-v4, Inception-ResNet and the Impact of Residual
Connections on Learning", AAAI 2017.
"""

from __future__ import annotations

from graph.blocks.block import Block
from graph.blocks.library import Library
from graph.blocks.sketch import Sketch
from graph.layers.merge import Concat
from graph.layers.pooling.plain import AvgPool2d
from graph.ready.inception import channels, unit
from graph.ready.inception_v3 import SHRINK, join, pooled, twins
from graph.ready.maker import Maker
from graph.values.message import say

MEAN = AvgPool2d(kernel_size=(3, 3), stride=(1, 1), padding=(1, 1), count_include_pad=False)
"""The zeros around do not count, as in the code that the authors released."""


def stem(library: Library) -> Block:
    """From 3×299×299 to 384×35×35, by convolution and pooling side by side."""
    draw = Sketch.of_block(
        library, "Inception-v4 stem", "From the image to 384 channels, an eighth as high and wide."
    )
    x = draw.input("input", (3, 299, 299))
    unit(draw, x, "conv1", 32, 3, stride=2, padded=False)
    unit(draw, draw.last, "conv2", 32, 3, padded=False)
    x = unit(draw, draw.last, "conv3", 64, 3)
    halved = draw.put(SHRINK, x, name="pool1")
    convolved = unit(draw, x, "conv4", 96, 3, stride=2, padded=False)
    x = draw.put(Concat(), halved, convolved, name="join1")
    unit(draw, x, "reduce_3x3", 64)
    single = unit(draw, draw.last, "branch_3x3", 96, 3, padded=False)
    unit(draw, x, "reduce_7x7", 64)
    unit(draw, draw.last, "branch_1x7", 64, 1, 7)
    unit(draw, draw.last, "branch_7x1", 64, 7, 1)
    factorised = unit(draw, draw.last, "branch_7x7", 96, 3, padded=False)
    x = draw.put(Concat(), single, factorised, name="join2")
    convolved = unit(draw, x, "conv5", 192, 3, stride=2, padded=False)
    join(draw, convolved, draw.put(SHRINK, x, name="pool2"))
    return draw.define()


def module_a(library: Library) -> Block:
    """1×1, 3×3, two 3×3, and a pooling: 96 channels each."""
    draw = Sketch.of_block(
        library, "Inception-v4 A", "1x1, 3x3 and two 3x3 windows and a pooling side by side."
    )
    x = draw.input("input", (384, 35, 35))
    small = unit(draw, x, "branch_1x1", 96)
    unit(draw, x, "reduce_3x3", 64)
    single = unit(draw, draw.last, "branch_3x3", 96, 3)
    unit(draw, x, "reduce_double", 64)
    unit(draw, draw.last, "double1", 96, 3)
    double = unit(draw, draw.last, "double2", 96, 3)
    join(draw, small, single, double, pooled(draw, x, 96, MEAN))
    return draw.define()


def module_b(library: Library) -> Block:
    """7×7 as 1×7 and 7×1, once and twice."""
    draw = Sketch.of_block(
        library, "Inception-v4 B", "7x7 windows factorised into 1x7 and 7x1, once and twice."
    )
    x = draw.input("input", (1024, 17, 17))
    small = unit(draw, x, "branch_1x1", 384)
    unit(draw, x, "reduce_single", 192)
    unit(draw, draw.last, "single1", 224, 1, 7)
    single = unit(draw, draw.last, "single2", 256, 7, 1)
    unit(draw, x, "reduce_double", 192)
    unit(draw, draw.last, "double1", 192, 7, 1)
    unit(draw, draw.last, "double2", 224, 1, 7)
    unit(draw, draw.last, "double3", 224, 7, 1)
    double = unit(draw, draw.last, "double4", 256, 1, 7)
    join(draw, small, single, double, pooled(draw, x, 128, MEAN))
    return draw.define()


def module_c(library: Library) -> Block:
    """Branches that end in 1×3 and 3×1 side by side."""
    draw = Sketch.of_block(
        library, "Inception-v4 C", "Branches that end in 1x3 and 3x1 windows side by side."
    )
    x = draw.input("input", (1536, 8, 8))
    small = unit(draw, x, "branch_1x1", 256)
    unit(draw, x, "reduce_single", 384)
    single = twins(draw, draw.last, "single", 256)
    unit(draw, x, "reduce_double", 384)
    unit(draw, draw.last, "double1", 448, 3, 1)
    unit(draw, draw.last, "double2", 512, 1, 3)
    double = twins(draw, draw.last, "double3", 256)
    join(draw, small, *single, *double, pooled(draw, x, 256, MEAN))
    return draw.define()


def reduction_a(library: Library) -> Block:
    """Half the size. Its channels, the paper's n, k, l and m, differ between its networks."""
    draw = Sketch.of_block(
        library,
        "Inception reduction A",
        "Half the size by 3x3, two 3x3 and a pooling with stride 2.",
        channels("channels_3x3", 384, "Channels of the 3x3 branch."),
        channels("reduced_double", 192, "Channels of the 1x1 before the two 3x3."),
        channels("channels_double1", 224, "Channels of the first of the two 3x3."),
        channels("channels_double2", 256, "Channels of the second of the two 3x3."),
    )
    x = draw.input("input", (384, 35, 35))
    single = unit(draw, x, "branch_3x3", "channels_3x3", 3, stride=2, padded=False)
    unit(draw, x, "reduce_double", "reduced_double")
    unit(draw, draw.last, "double1", "channels_double1", 3)
    double = unit(draw, draw.last, "double2", "channels_double2", 3, stride=2, padded=False)
    join(draw, single, double, draw.put(SHRINK, x, name="pool"))
    return draw.define()


def reduction_b(library: Library) -> Block:
    """Half the size: 3×3, a factorised 7×7 with 3×3, and a pooling."""
    draw = Sketch.of_block(
        library,
        "Inception-v4 reduction B",
        "Half the size by 3x3, factorised 7x7 and a pooling with stride 2.",
    )
    x = draw.input("input", (1024, 17, 17))
    unit(draw, x, "reduce_3x3", 192)
    single = unit(draw, draw.last, "branch_3x3", 192, 3, stride=2, padded=False)
    unit(draw, x, "reduce_7x7", 256)
    unit(draw, draw.last, "branch_1x7", 256, 1, 7)
    unit(draw, draw.last, "branch_7x1", 320, 7, 1)
    factorised = unit(draw, draw.last, "branch_7x7", 320, 3, stride=2, padded=False)
    join(draw, single, factorised, draw.put(SHRINK, x, name="pool"))
    return draw.define()


INCEPTION_V4 = (
    Maker(
        "Inception-v4 stem",
        "inception",
        say("From the image to 384 channels, by convolution and pooling side by side"),
        stem,
        ("beginning",),
    ),
    Maker(
        "Inception-v4 A",
        "inception",
        say("1×1, 3×3, two 3×3 and a pooling side by side, for maps of 35×35"),
        module_a,
        ("35×35", "pooling branch"),
    ),
    Maker(
        "Inception-v4 B",
        "inception",
        say("7×7 factorised into 1×7 and 7×1, for maps of 17×17"),
        module_b,
        ("factorised", "asymmetric"),
    ),
    Maker(
        "Inception-v4 C",
        "inception",
        say("Branches that end in 1×3 and 3×1 side by side, for maps of 8×8"),
        module_c,
        ("factorised", "asymmetric", "expanded filter bank"),
    ),
    Maker(
        "Inception reduction A",
        "inception",
        say("Half the size: 3×3, two 3×3 and a pooling; Inception-v4 and Inception-ResNet"),
        reduction_a,
        ("grid size reduction", "inception v4", "mixed 6a"),
    ),
    Maker(
        "Inception-v4 reduction B",
        "inception",
        say("Half the size: 3×3, a factorised 7×7 and a pooling"),
        reduction_b,
        ("grid size reduction",),
    ),
)
