"""The five modules of Inception-v3 as its authors released them, and its auxiliary head.

Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", CVPR 2016: large
windows are factorised into small ones, n×n into 1×n and n×1, and images shrink by convolution
and pooling side by side.
"""

from __future__ import annotations

from graph.blocks.block import Block
from graph.blocks.library import Library
from graph.blocks.sketch import Sketch, whole
from graph.layers.linear import Linear
from graph.layers.merge import Concat
from graph.layers.pooling.adaptive import GlobalAvgPool2d
from graph.layers.pooling.plain import AvgPool2d, MaxPool2d
from graph.layers.reshaping.flatten import Flatten
from graph.ready.inception import channels, unit
from graph.ready.maker import Maker
from graph.values.message import say

MEAN = AvgPool2d(kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
SHRINK = MaxPool2d(kernel_size=(3, 3), stride=(2, 2))


def pooled(draw: Sketch, source: str, count: int | str, pool: AvgPool2d = MEAN) -> str:
    """A mean over 3×3 and a 1×1 convolution."""
    draw.put(pool, source, name="pool")
    return unit(draw, draw.last, "branch_pool", count)


def twins(draw: Sketch, source: str, name: str, count: int) -> tuple[str, str]:
    """1×3 and 3×1 side by side."""
    return (
        unit(draw, source, f"{name}_1x3", count, 1, 3),
        unit(draw, source, f"{name}_3x1", count, 3, 1),
    )


def join(draw: Sketch, *branches: str) -> None:
    """Put the branches' channels one behind the other: the output."""
    draw.output(draw.put(Concat(), *branches, name="join"))


def module_a(library: Library) -> Block:
    """1×1, 5×5, two 3×3, and a pooling."""
    draw = Sketch.of_block(
        library,
        "Inception-v3 A",
        "1x1, 5x5 and two 3x3 windows and a pooling side by side.",
        channels("channels_pool", 64, "Channels of the 1x1 behind the pooling."),
    )
    x = draw.input("input", (192, 35, 35))
    small = unit(draw, x, "branch_1x1", 64)
    unit(draw, x, "reduce_5x5", 48)
    large = unit(draw, draw.last, "branch_5x5", 64, 5)
    unit(draw, x, "reduce_double", 64)
    unit(draw, draw.last, "double1", 96, 3)
    double = unit(draw, draw.last, "double2", 96, 3)
    join(draw, small, large, double, pooled(draw, x, "channels_pool"))
    return draw.define()


def module_b(library: Library) -> Block:
    """Half the size: 3×3, two 3×3, and a pooling, all with stride 2."""
    draw = Sketch.of_block(
        library, "Inception-v3 B", "3x3 and two 3x3 windows and a pooling, with stride 2."
    )
    x = draw.input("input", (288, 35, 35))
    single = unit(draw, x, "branch_3x3", 384, 3, stride=2, padded=False)
    unit(draw, x, "reduce_double", 64)
    unit(draw, draw.last, "double1", 96, 3)
    double = unit(draw, draw.last, "double2", 96, 3, stride=2, padded=False)
    join(draw, single, double, draw.put(SHRINK, x, name="pool"))
    return draw.define()


def module_c(library: Library) -> Block:
    """n×n as 1×n and n×1, once and twice."""
    draw = Sketch.of_block(
        library,
        "Inception-v3 C",
        "Large windows factorised into 1xn and nx1, once and twice.",
        channels("channels", 128, "Channels inside of the factorised branches."),
        whole("n", 7, "Length of the factorised windows; odd.", most=31),
    )
    x = draw.input("input", (768, 17, 17))
    small = unit(draw, x, "branch_1x1", 192)
    unit(draw, x, "reduce_single", "channels")
    unit(draw, draw.last, "single1", "channels", 1, "n")
    single = unit(draw, draw.last, "single2", 192, "n", 1)
    unit(draw, x, "reduce_double", "channels")
    unit(draw, draw.last, "double1", "channels", "n", 1)
    unit(draw, draw.last, "double2", "channels", 1, "n")
    unit(draw, draw.last, "double3", "channels", "n", 1)
    double = unit(draw, draw.last, "double4", 192, 1, "n")
    join(draw, small, single, double, pooled(draw, x, 192))
    return draw.define()


def module_d(library: Library) -> Block:
    """Half the size: 3×3, a factorised 7×7 with 3×3, and a pooling."""
    draw = Sketch.of_block(
        library, "Inception-v3 D", "3x3 and factorised 7x7 windows and a pooling, with stride 2."
    )
    x = draw.input("input", (768, 17, 17))
    unit(draw, x, "reduce_3x3", 192)
    single = unit(draw, draw.last, "branch_3x3", 320, 3, stride=2, padded=False)
    unit(draw, x, "reduce_7x7", 192)
    unit(draw, draw.last, "branch_1x7", 192, 1, 7)
    unit(draw, draw.last, "branch_7x1", 192, 7, 1)
    factorised = unit(draw, draw.last, "branch_7x7", 192, 3, stride=2, padded=False)
    join(draw, single, factorised, draw.put(SHRINK, x, name="pool"))
    return draw.define()


def module_e(library: Library) -> Block:
    """Wide: branches end in 1×3 and 3×1 side by side."""
    draw = Sketch.of_block(
        library, "Inception-v3 E", "Branches that end in 1x3 and 3x1 windows side by side."
    )
    x = draw.input("input", (1280, 8, 8))
    small = unit(draw, x, "branch_1x1", 320)
    unit(draw, x, "reduce_single", 384)
    single = twins(draw, draw.last, "single", 384)
    unit(draw, x, "reduce_double", 448)
    unit(draw, draw.last, "double1", 384, 3)
    double = twins(draw, draw.last, "double2", 384)
    join(draw, small, *single, *double, pooled(draw, x, 192))
    return draw.define()


def auxiliary_head(library: Library) -> Block:
    """A classifier for the maps of 17×17."""
    draw = Sketch.of_block(
        library,
        "Inception-v3 auxiliary head",
        "A classifier for the middle of the network.",
        whole("classes", 1000, "Outputs.", required=True),
    )
    draw.input("input", (768, 17, 17))
    draw.put(AvgPool2d(kernel_size=(5, 5), stride=(3, 3)), draw.last, name="pool")
    unit(draw, draw.last, "conv1", 128)
    unit(draw, draw.last, "conv2", 768, 5, padded=False)
    draw.then(GlobalAvgPool2d(), Flatten())
    draw.put(Linear(), draw.last, name="fc", out_features="classes")
    draw.output()
    return draw.define()


INCEPTION_V3 = (
    Maker(
        "Inception-v3 A",
        "inception",
        say("1×1, 5×5, two 3×3 and a pooling side by side"),
        module_a,
        ("mixed5", "figure 5"),
    ),
    Maker(
        "Inception-v3 B",
        "inception",
        say("Reduction: 3×3, two 3×3 and a pooling with stride 2"),
        module_b,
        ("mixed6a", "grid size reduction"),
    ),
    Maker(
        "Inception-v3 C",
        "inception",
        say("n×n factorised into 1×n and n×1"),
        module_c,
        ("mixed6", "factorised", "asymmetric"),
    ),
    Maker(
        "Inception-v3 D",
        "inception",
        say("Reduction: 3×3, a factorised 7×7 and a pooling with stride 2"),
        module_d,
        ("mixed7a", "grid size reduction"),
    ),
    Maker(
        "Inception-v3 E",
        "inception",
        say("Branches that end in 1×3 and 3×1 side by side"),
        module_e,
        ("mixed7", "expanded filter bank"),
    ),
    Maker(
        "Inception-v3 auxiliary head",
        "inception",
        say("A classifier for the middle of Inception-v3, which only helps to train"),
        auxiliary_head,
        ("auxiliary", "deep supervision"),
    ),
)
