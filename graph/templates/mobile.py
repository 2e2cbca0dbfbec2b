"""MobileNet v2: Sandler et al., "MobileNetV2: Inverted Residuals and Linear Bottlenecks", CVPR
2018."""

from __future__ import annotations

from graph.blocks.sketch import Sketch
from graph.layers.activation.piecewise import ReLU6
from graph.layers.convolution.plain import Conv2d
from graph.layers.linear import Linear
from graph.layers.normalisation import BatchNorm2d
from graph.layers.pooling.adaptive import GlobalAvgPool2d
from graph.layers.regularisation import Dropout
from graph.layers.reshaping.flatten import Flatten
from graph.network.network import Network
from graph.ready.registry import READY
from graph.templates.notes.registry import NOTES
from graph.templates.template import Template, TemplateSize
from graph.values.message import say

STAGES = ((24, 2, 2), (32, 3, 2), (64, 4, 2), (96, 3, 1), (160, 3, 2), (320, 1, 1))
"""Channels, depth and stride of the stages behind the first."""


def mobilenet_v2(fit: TemplateSize) -> Network:
    """A depthwise separable start, then inverted residuals: 3,504,872 parameters.

    A stage starts with a block that changes the shape; those that keep it stand behind it.
    """
    draw = Sketch(ready=READY)
    draw.input("input", fit.shape)
    stride = 1 if fit.small else 2
    stem = Conv2d(out_channels=32, stride=(stride, stride), padding=(1, 1), bias=False)
    draw.put(stem, draw.last)
    draw.then(BatchNorm2d())
    draw.put(ReLU6(), draw.last, name="stem")
    draw.put(Conv2d(out_channels=32, padding=(1, 1), groups=32, bias=False), draw.last)
    draw.then(BatchNorm2d(), ReLU6(), Conv2d(out_channels=16, kernel_size=(1, 1), bias=False))
    draw.put(BatchNorm2d(), draw.last, name="stage1")
    for number, (channels, depth, stride) in enumerate(STAGES, 2):
        first = f"stage{number}" if depth == 1 else f"stage{number}_first"
        draw.use("Inverted bottleneck", name=first, channels=channels, stride=stride)
        if depth > 1:
            draw.use("Inverted residual", name=f"stage{number}", repeat=depth - 1)
    draw.then(Conv2d(out_channels=1280, kernel_size=(1, 1), bias=False), BatchNorm2d())
    draw.put(ReLU6(), draw.last, name="head")
    draw.then(GlobalAvgPool2d(), Flatten(), Dropout(p=0.2), Linear(out_features=fit.classes))
    draw.output()
    return draw.network


MOBILENET_V2 = Template(
    "mobilenet-v2",
    "MobileNet v2",
    2018,
    say("Depthwise convolutions between narrow ends that shortcuts join: for telephones"),
    "efficient",
    mobilenet_v2,
    (3, 224, 224),
    1000,
    has_small=True,
    literature=NOTES["mobilenet-v2"],
)
