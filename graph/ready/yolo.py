"""The parts of YOLO11: Jocher and Qiu, "Ultralytics YOLO11", 2024. Every convolution but the last
ones has no bias, and batch normalisation and SiLU behind it: the conv unit."""

from __future__ import annotations

from graph.blocks.block import Block
from graph.blocks.library import Library
from graph.blocks.parameter import Parameter
from graph.blocks.sketch import Sketch, whole
from graph.layers.activation.smooth import SiLU
from graph.layers.convolution.plain import Conv2d
from graph.layers.merge import Add, Concat
from graph.layers.normalisation import BatchNorm2d
from graph.layers.pooling.plain import MaxPool2d
from graph.layers.reshaping.slicing import Slice
from graph.ready.maker import Maker
from graph.ready.yolo_attention import c2psa, psa
from graph.ready.yolo_detect import detect, detect_level
from graph.values.message import say

NORM = BatchNorm2d(eps=1e-3, momentum=0.03)


def _channels(help: str = "Channels of the output.") -> Parameter:
    return whole("channels", 64, help, required=True)


def _hidden(help: str) -> Parameter:
    return whole("hidden", 32, help, required=True)


def conv_unit(library: Library) -> Block:
    """Convolution, batch normalisation and SiLU; odd windows keep the size at stride 1."""
    draw = Sketch.of_block(
        library,
        "Conv unit",
        "Convolution without bias, batch normalization and SiLU.",
        _channels(),
        whole("kernel_size", 1, "Side of the filters, an odd number.", most=31, required=True),
        whole("stride", 1, "Stride of the first one in a chain.", most=16, first_only=True),
        whole("groups", 1, "Groups of channels that do not see each other."),
    )
    x = draw.input("input", (16, 80, 80))
    draw.put(
        Conv2d(bias=False),
        x,
        name="conv",
        out_channels="channels",
        kernel_size="kernel_size",
        stride="stride",
        padding="kernel_size // 2",
        groups="groups",
    )
    draw.then(NORM, SiLU())
    draw.output()
    return draw.define()


def bottleneck(library: Library) -> Block:
    """Two 3×3 convolutions and their input added."""
    draw = Sketch.of_block(
        library,
        "YOLO bottleneck",
        "Two 3x3 convolutions, and their input added to the result.",
        _hidden("Channels between the two."),
    )
    x = draw.input("input", (32, 80, 80))
    draw.use("Conv unit", x, name="conv1", channels="hidden", kernel_size=3)
    draw.use("Conv unit", name="conv2", channels="input_channels", kernel_size=3)
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
    draw.use("Conv unit", x, name="conv1", channels="hidden", kernel_size=1)
    main = draw.use("YOLO bottleneck", name="chain", hidden="hidden", repeat="n")
    beside = draw.use("Conv unit", x, name="conv2", channels="hidden", kernel_size=1)
    draw.put(Concat(), main, beside)
    draw.use("Conv unit", name="conv3", channels="input_channels", kernel_size=1)
    draw.output()
    return draw.define()


def _step(library: Library, name: str, summary: str, inner: str) -> Block:
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
        "YOLO bottleneck",
    )


def step_c3k(library: Library) -> Block:
    return _step(
        library, "C3k2 step with C3k", "Adds what a C3k makes of the last channels.", "C3k"
    )


def _c3k2(library: Library, name: str, summary: str, step: str) -> Block:
    draw = Sketch.of_block(
        library,
        name,
        summary,
        _channels(),
        whole("inner", 32, "Channels of each step: half of the output's, or less.", required=True),
        whole("n", 1, "How many steps.", most=100),
    )
    draw.input("input", (64, 80, 80))
    draw.use("Conv unit", name="conv1", channels="2 * inner", kernel_size=1)
    draw.use(step, name="steps", channels="inner", repeat="n")
    draw.use("Conv unit", name="conv2", channels="channels", kernel_size=1)
    draw.output()
    return draw.define()


def c3k2(library: Library) -> Block:
    """Every intermediate result is kept: all that the steps made goes into the last 1×1."""
    return _c3k2(
        library, "C3k2", "Steps of bottlenecks, of which every result is kept.", "C3k2 step"
    )


def c3k2_with_c3k(library: Library) -> Block:
    return _c3k2(
        library,
        "C3k2 with C3k",
        "Steps of C3k blocks, of which every result is kept.",
        "C3k2 step with C3k",
    )


def sppf(library: Library) -> Block:
    """Three poolings in a chain see 5, 9 and 13 cells: a pyramid at the price of small windows."""
    draw = Sketch.of_block(
        library,
        "SPPF",
        "Joins a map with three poolings of it in a chain.",
        _channels(),
        whole("kernel_size", 5, "Window of each pooling, an odd number.", most=31),
    )
    draw.input("input", (256, 20, 20))
    maps = [draw.use("Conv unit", name="conv1", channels="in_channels // 2", kernel_size=1)]
    pool = MaxPool2d(kernel_size=(5, 5), stride=(1, 1), padding=(2, 2))
    for _ in range(3):
        maps.append(
            draw.put(pool, draw.last, kernel_size="kernel_size", padding="kernel_size // 2")
        )
    draw.put(Concat(), *maps)
    draw.use("Conv unit", name="conv2", channels="channels", kernel_size=1)
    draw.output()
    return draw.define()


YOLO = (
    Maker(
        "Conv unit",
        "YOLO",
        say("Convolution, batch norm and SiLU: the unit that YOLO is made of"),
        conv_unit,
        ("cbs", "conv bn silu"),
    ),
    Maker(
        "YOLO bottleneck",
        "YOLO",
        say("Two 3×3 convolutions and a shortcut"),
        bottleneck,
        ("residual", "skip"),
    ),
    Maker("C3k", "YOLO", say("A chain of bottlenecks beside a 1×1 convolution"), c3k, ("csp",)),
    Maker("C3k2 step", "YOLO", say("One step of C3k2, a bottleneck"), step, ("csp",)),
    Maker("C3k2 step with C3k", "YOLO", say("One step of C3k2, a C3k"), step_c3k, ("csp",)),
    Maker(
        "C3k2",
        "YOLO",
        say("Steps of bottlenecks, of which every result is kept"),
        c3k2,
        ("csp", "cross stage partial", "c2f"),
    ),
    Maker(
        "C3k2 with C3k",
        "YOLO",
        say("Steps of C3k blocks, of which every result is kept"),
        c3k2_with_c3k,
        ("csp", "cross stage partial"),
    ),
    Maker(
        "SPPF",
        "YOLO",
        say("A map joined with three poolings of it: sees wide at little cost"),
        sppf,
        ("spatial pyramid pooling",),
    ),
    Maker(
        "PSA",
        "YOLO",
        say("Attention of positions and two 1×1 convolutions, each with a shortcut"),
        psa,
        ("self-attention", "transformer"),
    ),
    Maker(
        "C2PSA",
        "YOLO",
        say("Half of the channels go through attention of positions"),
        c2psa,
        ("self-attention", "transformer"),
    ),
    Maker(
        "Detect level",
        "YOLO",
        say("Boxes and classes of one size of maps"),
        detect_level,
        ("head", "detection"),
    ),
    Maker(
        "Detect",
        "YOLO",
        say("Boxes and classes of all objects, from maps of three sizes"),
        detect,
        ("head", "detection", "anchor free"),
    ),
)
