"""Plain and residual networks of four stages, with attention and in groups.

He et al., CVPR 2016; Hu et al., "Squeeze-and-Excitation Networks", CVPR 2018; Xie et al.,
"Aggregated Residual Transformations for Deep Neural Networks", CVPR 2017.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from graph.blocks.sketch import Sketch
from graph.layers.activation.piecewise import ReLU
from graph.layers.base.layer import Layer
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
from graph.values.message import Message, say

CHANNELS = (64, 128, 256, 512)
POOL = MaxPool2d(kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))
CAFFE_POOL = MaxPool2d(kernel_size=(3, 3), stride=(2, 2), ceil_mode=True)
"""Of the SE networks' authors: no padding, the last column counts."""


def conv3(channels: int, stride: int = 1) -> Conv2d:
    return Conv2d(out_channels=channels, stride=(stride, stride), padding=(1, 1), bias=False)


STEM = (
    Conv2d(out_channels=64, kernel_size=(7, 7), stride=(2, 2), padding=(3, 3), bias=False),
    BatchNorm2d(),
    ReLU(),
)
DEEP_STEM = (
    *(conv3(64, 2), BatchNorm2d(), ReLU()),
    *(conv3(64), BatchNorm2d(), ReLU()),
    *(conv3(128), BatchNorm2d(), ReLU()),
)


def stages(
    block: str,
    depths: Sequence[int],
    stem: Sequence[Layer] = (*STEM, POOL),
    first: Sequence[dict[str, Any]] = ({}, {}, {}, {}),
    dropout: float = 0.0,
) -> Callable[[TemplateSize], Network]:
    """The network with so many blocks in each of the four stages; ``first`` has further values
    of each stage's parameters."""

    def network(fit: TemplateSize) -> Network:
        draw = Sketch(ready=READY)
        draw.input("input", fit.shape)
        if fit.small:
            small = conv3(stem[0].out_channels if isinstance(stem[0], Conv2d) else CHANNELS[0])
            draw.then(small, BatchNorm2d(), ReLU())
        else:
            draw.then(*stem)
        for number, (channels, depth) in enumerate(zip(CHANNELS, depths, strict=True), 1):
            stride = 1 if number == 1 else 2
            draw.use(
                block,
                name=f"layer{number}",
                channels=channels,
                stride=stride,
                repeat=depth,
                **first[number - 1],
            )
        draw.then(GlobalAvgPool2d(), Flatten())
        if dropout:
            draw.then(Dropout(p=dropout))
        draw.then(Linear(out_features=fit.classes))
        draw.output()
        return draw.network

    return network


def _template(
    name: str,
    title: str,
    year: int,
    category: str,
    note: Message,
    network: Callable[[TemplateSize], Network],
) -> Template:
    return Template(
        name,
        title,
        year,
        note,
        category,
        network,
        (3, 224, 224),
        1000,
        has_small=True,
        least=3 if category == "attention" else 1,  # a pooling without padding
        literature=NOTES[name],
    )


_BASIC = say("Residual blocks of two 3×3 convolutions, in four stages")
_BOTTLENECK = say("Residual blocks of 1×1, 3×3 and 1×1 convolutions, in four stages")
_PLAIN = say("The same convolutions without shortcuts: what residual networks are compared with")
_EXCITED = say("Residual blocks that weigh their channels, in four stages")

RESNETS: tuple[Template, ...] = (
    _template("plain18", "Plain-18", 2015, "residual", _PLAIN, stages("Plain pair", (2, 2, 2, 2))),
    _template("plain34", "Plain-34", 2015, "residual", _PLAIN, stages("Plain pair", (3, 4, 6, 3))),
    _template(
        "resnet18", "ResNet-18", 2015, "residual", _BASIC, stages("Basic block", (2, 2, 2, 2))
    ),
    _template(
        "resnet34", "ResNet-34", 2015, "residual", _BASIC, stages("Basic block", (3, 4, 6, 3))
    ),
    _template(
        "resnet50", "ResNet-50", 2015, "residual", _BOTTLENECK, stages("Bottleneck", (3, 4, 6, 3))
    ),
    _template(
        "resnet101",
        "ResNet-101",
        2015,
        "residual",
        _BOTTLENECK,
        stages("Bottleneck", (3, 4, 23, 3)),
    ),
    _template(
        "resnet152",
        "ResNet-152",
        2015,
        "residual",
        _BOTTLENECK,
        stages("Bottleneck", (3, 8, 36, 3)),
    ),
)
SE_RESNETS: tuple[Template, ...] = (
    _template(
        "se-resnet18",
        "SE-ResNet-18",
        2017,
        "attention",
        _EXCITED,
        stages("SE basic block", (2, 2, 2, 2), (*STEM, CAFFE_POOL)),
    ),
    _template(
        "se-resnet50",
        "SE-ResNet-50",
        2017,
        "attention",
        _EXCITED,
        stages("SE bottleneck", (3, 4, 6, 3), (*STEM, CAFFE_POOL)),
    ),
    _template(
        "se-resnet101",
        "SE-ResNet-101",
        2017,
        "attention",
        _EXCITED,
        stages("SE bottleneck", (3, 4, 23, 3), (*STEM, CAFFE_POOL)),
    ),
    _template(
        "senet154",
        "SENet-154",
        2017,
        "attention",
        say("Wide residual blocks in 64 groups that weigh their channels: ImageNet's last winner"),
        stages(
            "SENet bottleneck",
            (3, 8, 36, 3),
            (*DEEP_STEM, CAFFE_POOL),
            ({}, *({"kernel_size": 3},) * 3),
            dropout=0.2,
        ),
    ),
)
RESNEXT50 = _template(
    "resnext50-32x4d",
    "ResNeXt-50 32×4d",
    2016,
    "residual",
    say("Bottlenecks whose 3×3 convolution runs in 32 groups of 4 channels"),
    stages("ResNeXt block", (3, 4, 6, 3)),
)
