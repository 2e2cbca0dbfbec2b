"""A small project with blocks in blocks, for the tests of the window."""

from __future__ import annotations

from graph.draw import Drawing, whole
from graph.layers import (
    AdaptiveAvgPool2d,
    Add,
    BatchNorm2d,
    Conv2d,
    Flatten,
    Linear,
    ReLU,
)
from graph.network import Network
from graph.project import Project


def nested_project() -> Project:
    """Two residual stages of a block that itself uses a block twice."""
    network = Network()
    library = network.library
    draw = Drawing.of_block(
        library, "Conv-BN-ReLU", "A convolution with its usual followers.", whole("channels", 16)
    )
    draw.input("input", (16, 28, 28))
    draw.put(Conv2d(padding=(1, 1), bias=False), draw.last, name="conv", out_channels="channels")
    draw.then(BatchNorm2d(), ReLU())
    draw.output()
    draw.define()
    draw = Drawing.of_block(
        library, "Residual", "Two convolutions and the way around them.", whole("width", 16)
    )
    x = draw.input("input", (16, 28, 28))
    draw.use("Conv-BN-ReLU", x, name="first", channels="width")
    draw.use("Conv-BN-ReLU", name="second", channels="width")
    skip = draw.put(Conv2d(kernel_size=(1, 1)), x, name="skip", out_channels="width")
    draw.put(Add(), "n3", skip)
    draw.output()
    draw.define()
    draw = Drawing(network)
    draw.input("image", (1, 28, 28))
    draw.use("Residual", name="stage1", width=16)
    draw.use("Residual", name="stage2", width=32, repeat=2)
    draw.then(AdaptiveAvgPool2d(output_size=(1, 1)), Flatten(), Linear(out_features=10))
    draw.output()
    return Project("nested", network)
