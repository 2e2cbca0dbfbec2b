"""Networks of joined channels: DenseNet-121 and SqueezeNet 1.0.

Huang et al., CVPR 2017; Iandola et al., 2016.
"""

from __future__ import annotations

from graph.blocks.sketch import Sketch
from graph.layers.activation.piecewise import ReLU
from graph.layers.convolution.plain import Conv2d
from graph.layers.linear import Linear
from graph.layers.normalisation import BatchNorm2d
from graph.layers.pooling.adaptive import GlobalAvgPool2d
from graph.layers.pooling.plain import MaxPool2d
from graph.layers.regularisation import Dropout
from graph.layers.reshaping.flatten import Flatten
from graph.network.network import Network
from graph.ready.registry import READY
from graph.templates.notes.registry import NOTES
from graph.templates.template import Template, TemplateSize
from graph.values.message import say

DEPTHS = (6, 12, 24, 16)
GROWTH = 32
FIRES = ((16, 64), (16, 64), (32, 128), (32, 128), (48, 192), (48, 192), (64, 256), (64, 256))
"""Channels of squeeze and expand in fire2 to fire9."""
POOLED = (4, 8)
"""The fires that a pooling comes behind."""


def densenet121(fit: TemplateSize) -> Network:
    """Dense blocks of 6, 12, 24 and 16 layers that add 32 channels each: 7,978,856 parameters."""
    draw = Sketch(ready=READY)
    draw.input("input", fit.shape)
    size, stride, edge = (3, 1, 1) if fit.small else (7, 2, 3)
    stem = Conv2d(
        out_channels=2 * GROWTH,
        kernel_size=(size, size),
        stride=(stride, stride),
        padding=(edge, edge),
        bias=False,
    )
    draw.put(stem, draw.last, name="conv1")
    draw.then(BatchNorm2d(), ReLU())
    if not fit.small:
        draw.then(MaxPool2d(kernel_size=(3, 3), stride=(2, 2), padding=(1, 1)))
    for number, depth in enumerate(DEPTHS, 1):
        if number > 1:
            draw.use("Transition", name=f"transition{number - 1}")
        draw.use("Dense layer", name=f"denseblock{number}", growth_rate=GROWTH, repeat=depth)
    draw.then(BatchNorm2d(), ReLU(), GlobalAvgPool2d(), Flatten())
    draw.then(Linear(out_features=fit.classes))
    draw.output()
    return draw.network


def squeezenet(fit: TemplateSize) -> Network:
    """Eight fire modules between two convolutions: 1,248,424 parameters."""
    draw = Sketch(ready=READY)
    draw.input("input", fit.shape)
    pool = MaxPool2d(kernel_size=(3, 3), stride=(2, 2), ceil_mode=True)
    if fit.small:
        draw.put(Conv2d(out_channels=96, padding=(1, 1)), draw.last, name="conv1")
        draw.then(ReLU())
    else:
        stem = Conv2d(out_channels=96, kernel_size=(7, 7), stride=(2, 2))
        draw.put(stem, draw.last, name="conv1")
        draw.then(ReLU(), pool)
    for number, (squeeze, expand) in enumerate(FIRES, 2):
        draw.use("Fire", name=f"fire{number}", squeeze=squeeze, expand=expand)
        if number in POOLED:
            draw.then(pool)
    draw.then(Dropout())
    last = Conv2d(out_channels=fit.classes, kernel_size=(1, 1))
    draw.put(last, draw.last, name="conv10")
    draw.then(ReLU(), GlobalAvgPool2d(), Flatten())
    draw.output()
    return draw.network


DENSENET121 = Template(
    "densenet121",
    "DenseNet-121",
    2016,
    say("Every layer of a block sees all layers before it, joined channel behind channel"),
    "dense",
    densenet121,
    (3, 224, 224),
    1000,
    has_small=True,
    least=29,
    literature=NOTES["densenet121"],
)
SQUEEZENET = Template(
    "squeezenet1-0",
    "SqueezeNet 1.0",
    2016,
    say("As good as AlexNet with a fiftieth of its weights: squeeze, then expand"),
    "efficient",
    squeezenet,
    (3, 224, 224),
    1000,
    has_small=True,
    least=21,
    literature=NOTES["squeezenet1-0"],
)
