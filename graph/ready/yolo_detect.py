"""YOLO11's head: for each cell of three maps the distances to a box's sides, and the classes.

A distance is the mean of 16 bins (Li et al., "Generalized Focal Loss", NeurIPS 2020), counted in
cells of its map. What comes out is not yet sorted: boxes that tell of one object are all there.
"""

from __future__ import annotations

from graph.blocks.block import Block
from graph.blocks.library import Library
from graph.blocks.parameter import Parameter
from graph.blocks.sketch import Sketch, whole
from graph.layers.convolution.plain import Conv2d
from graph.layers.expectation import Expectation
from graph.layers.merge import Concat
from graph.layers.reshaping.flatten import Flatten
from graph.layers.reshaping.slicing import Slice
from graph.network.edits import Freeze
from graph.ready.maker import Maker
from graph.ready.yolo_unit import CONV_UNIT
from graph.values.message import say

SIDES = 4
BINS = 16
LEVELS = ("fine", "middle", "coarse")


def _classes() -> Parameter:
    return whole("classes", 5, "Kinds of objects.", required=True)


def _width() -> Parameter:
    return whole("width", 64, "Channels in the branch of classes.", required=True)


def detect_level(library: Library) -> Block:
    """Two branches over one map: 4 sides of 16 bins, and the classes; cell by cell."""
    draw = Sketch.of_block(
        library,
        "Detect level",
        "Sides of boxes in bins, and classes, for each cell of a map.",
        _classes(),
        _width(),
    )
    x = draw.input("input", (64, 80, 80))
    draw.use(CONV_UNIT, x, name="box1", channels=SIDES * BINS, kernel_size=3)
    draw.use(CONV_UNIT, name="box2", channels=SIDES * BINS, kernel_size=3)
    sides = Conv2d(out_channels=SIDES * BINS, kernel_size=(1, 1))
    box = draw.put(sides, draw.last, name="sides")
    source = x
    for number in (1, 2):
        draw.use(
            CONV_UNIT,
            source,
            name=f"depthwise{number}",
            channels="in_channels",
            groups="in_channels",
            kernel_size=3,
        )
        source = draw.use(CONV_UNIT, name=f"pointwise{number}", channels="width", kernel_size=1)
    draw.put(Conv2d(kernel_size=(1, 1)), source, name="classes", out_channels="classes")
    draw.put(Concat(), box, draw.last)
    draw.then(Flatten(start_dim=2))
    draw.output()
    return draw.define()


def detect(library: Library) -> Block:
    """Three maps in, (4 + classes)×cells out: distances to left, top, right and bottom, and the
    logit of each class."""
    draw = Sketch.of_block(
        library,
        "Detect",
        "Boxes and classes of all cells of three maps.",
        _classes(),
        _width(),
    )
    inputs = [
        draw.input(name, (channels, side, side))
        for name, channels, side in zip(LEVELS, (64, 128, 256), (80, 40, 20), strict=True)
    ]
    cells = [
        draw.use(DETECT_LEVEL, level, name=f"{name}_level", classes="classes", width="width")
        for name, level in zip(LEVELS, inputs, strict=True)
    ]
    joined = draw.put(Concat(dim=2), *cells)
    bins = draw.put(Slice(stop=SIDES * BINS), joined, name="bins")
    sides = draw.put(Expectation(bins=BINS), bins, name="distances")
    draw.network.do(Freeze((sides,)))
    logits = draw.put(Slice(start=SIDES * BINS), joined, name="logits")
    draw.put(Concat(), sides, logits)
    draw.output()
    return draw.define()


DETECT_LEVEL = Maker(
    "Detect level",
    "YOLO",
    say("Boxes and classes of one size of maps"),
    detect_level,
    ("head", "detection"),
)
DETECT = Maker(
    "Detect",
    "YOLO",
    say("Boxes and classes of all objects, from maps of three sizes"),
    detect,
    ("head", "detection", "anchor free"),
)
