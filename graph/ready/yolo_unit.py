"""The unit that YOLO11 is made of: every convolution but the last ones has no bias, and batch
normalisation and SiLU behind it."""

from __future__ import annotations

from graph.blocks.block import Block
from graph.blocks.library import Library
from graph.blocks.parameter import Parameter
from graph.blocks.sketch import Sketch, whole
from graph.layers.activation.smooth import SiLU
from graph.layers.convolution.plain import Conv2d
from graph.layers.normalisation import BatchNorm2d
from graph.ready.maker import Maker
from graph.values.message import say

NORM = BatchNorm2d(eps=1e-3, momentum=0.03)


def channels(help: str = "Channels of the output.") -> Parameter:
    """A number of channels that every use gives."""
    return whole("channels", 64, help, required=True)


def conv_unit(library: Library) -> Block:
    """Convolution, batch normalisation and SiLU; odd windows keep the size at stride 1."""
    draw = Sketch.of_block(
        library,
        "Conv unit",
        "Convolution without bias, batch normalization and SiLU.",
        channels(),
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


CONV_UNIT = Maker(
    "Conv unit",
    "YOLO",
    say("Convolution, batch norm and SiLU: the unit that YOLO is made of"),
    conv_unit,
    ("cbs", "conv bn silu"),
)
