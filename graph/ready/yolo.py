"""The parts of YOLO11: Jocher and Qiu, "Ultralytics YOLO11", 2024. Every convolution but the last
ones has no bias, and batch normalisation and SiLU behind it: the conv unit."""

from __future__ import annotations

from graph.blocks.block import Block
from graph.blocks.library import Library
from graph.blocks.parameter import Parameter
from graph.blocks.sketch import Sketch, whole
from graph.layers.merge import Add, Concat
from graph.layers.pooling.plain import MaxPool2d
from graph.layers.reshaping.slicing import Slice
from graph.ready.maker import Maker
from graph.ready.yolo_attention import C2PSA, PSA
from graph.ready.yolo_detect import DETECT, DETECT_LEVEL
from graph.ready.yolo_unit import CONV_UNIT, channels
from graph.values.message import say


def _hidden(help: str) -> Parameter:
    return whole("hidden", 32, help, required=True)


def bottleneck(library: Library) -> Block:
    """Two 3×3 convolutions and their input added."""
    draw = Sketch.of_block(
        library,
        "YOLO bottleneck",
        "Two 3x3 convolutions, and their input added to the result.",
        _hidden("Channels between the two."),
    )
    x = draw.input("input", (32, 80, 80))
    draw.use(CONV_UNIT, x, name="conv1", channels="hidden", kernel_size=3)
    draw.use(CONV_UNIT, name="conv2", channels="input_channels", kernel_size=3)
    draw.put(Add(), x, draw.last)
    draw.output()
    return draw.define()


def c3k(library: Library) -> Block:
    """A chain of bottlenecks in half of the channels, beside a 1×1 convolution."""
    draw = Sketch.of_block(
        library,
        "C3k",
        "A chain of bottlenecks beside a 1x1 convolution.",
        _hidden("Channels of the bottlenecks; half of the input's."),
        whole("n", 2, "How many bottlenecks.", most=100),
    )
    x = draw.input("input", (64, 40, 40))
    draw.use(CONV_UNIT, x, name="conv1", channels="hidden", kernel_size=1)
    main = draw.use(BOTTLENECK, name="chain", hidden="hidden", repeat="n")
    beside = draw.use(CONV_UNIT, x, name="conv2", channels="hidden", kernel_size=1)
    draw.put(Concat(), main, beside)
    draw.use(CONV_UNIT, name="conv3", channels="input_channels", kernel_size=1)
    draw.output()
    return draw.define()


def _step(library: Library, name: str, summary: str, inner: Maker) -> Block:
    """The last channels go through a block, and what comes out stands behind all the others."""
    draw = Sketch.of_block(
        library,
        name,
        summary,
        whole("channels", 32, "Channels that it takes, and adds.", required=True),
    )
    x = draw.input("input", (64, 80, 80))
    draw.put(Slice(start=-32), x, name="last", start="-channels")
    new = draw.use(inner, name="block", hidden="in_channels // 2")
    draw.put(Concat(), x, new)
    draw.output()
    return draw.define()


def step(library: Library) -> Block:
    return _step(
        library,
        "C3k2 step",
        "Adds what a bottleneck makes of the last channels.",
        BOTTLENECK,
    )


def step_c3k(library: Library) -> Block:
    return _step(library, "C3k2 step with C3k", "Adds what a C3k makes of the last channels.", C3K)


def _c3k2(library: Library, name: str, summary: str, step: Maker) -> Block:
    draw = Sketch.of_block(
        library,
        name,
        summary,
        channels(),
        whole("inner", 32, "Channels of each step: half of the output's, or less.", required=True),
        whole("n", 1, "How many steps.", most=100),
    )
    draw.input("input", (64, 80, 80))
    draw.use(CONV_UNIT, name="conv1", channels="2 * inner", kernel_size=1)
    draw.use(step, name="steps", channels="inner", repeat="n")
    draw.use(CONV_UNIT, name="conv2", channels="channels", kernel_size=1)
    draw.output()
    return draw.define()


def c3k2(library: Library) -> Block:
    """Every intermediate result is kept: all that the steps made goes into the last 1×1."""
    return _c3k2(library, "C3k2", "Steps of bottlenecks, of which every result is kept.", C3K2_STEP)


def c3k2_with_c3k(library: Library) -> Block:
    return _c3k2(
        library,
        "C3k2 with C3k",
        "Steps of C3k blocks, of which every result is kept.",
        C3K2_STEP_WITH_C3K,
    )


def sppf(library: Library) -> Block:
    """Three poolings in a chain see 5, 9 and 13 cells: a pyramid at the price of small windows."""
    draw = Sketch.of_block(
        library,
        "SPPF",
        "Joins a map with three poolings of it in a chain.",
        channels(),
        whole("kernel_size", 5, "Window of each pooling, an odd number.", most=31),
    )
    draw.input("input", (256, 20, 20))
    maps = [draw.use(CONV_UNIT, name="conv1", channels="in_channels // 2", kernel_size=1)]
    pool = MaxPool2d(kernel_size=(5, 5), stride=(1, 1), padding=(2, 2))
    for _ in range(3):
        maps.append(
            draw.put(pool, draw.last, kernel_size="kernel_size", padding="kernel_size // 2")
        )
    draw.put(Concat(), *maps)
    draw.use(CONV_UNIT, name="conv2", channels="channels", kernel_size=1)
    draw.output()
    return draw.define()


BOTTLENECK = Maker(
    "YOLO bottleneck",
    "YOLO",
    say("Two 3×3 convolutions and a shortcut"),
    bottleneck,
    ("residual", "skip"),
)
C3K = Maker("C3k", "YOLO", say("A chain of bottlenecks beside a 1×1 convolution"), c3k, ("csp",))
C3K2_STEP = Maker("C3k2 step", "YOLO", say("One step of C3k2, a bottleneck"), step, ("csp",))
C3K2_STEP_WITH_C3K = Maker(
    "C3k2 step with C3k", "YOLO", say("One step of C3k2, a C3k"), step_c3k, ("csp",)
)
C3K2 = Maker(
    "C3k2",
    "YOLO",
    say("Steps of bottlenecks, of which every result is kept"),
    c3k2,
    ("csp", "cross stage partial", "c2f"),
)
C3K2_WITH_C3K = Maker(
    "C3k2 with C3k",
    "YOLO",
    say("Steps of C3k blocks, of which every result is kept"),
    c3k2_with_c3k,
    ("csp", "cross stage partial"),
)
SPPF = Maker(
    "SPPF",
    "YOLO",
    say("A map joined with three poolings of it: sees wide at little cost"),
    sppf,
    ("spatial pyramid pooling",),
)

YOLO = (
    CONV_UNIT,
    BOTTLENECK,
    C3K,
    C3K2_STEP,
    C3K2_STEP_WITH_C3K,
    C3K2,
    C3K2_WITH_C3K,
    SPPF,
    PSA,
    C2PSA,
    DETECT_LEVEL,
    DETECT,
)
