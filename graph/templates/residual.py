"""Small residual networks for 32×32 images, after He et al. 2015 and Hu et al. 2018."""

from __future__ import annotations

from graph.layers.activation.piecewise import ReLU
from graph.layers.attention.squeeze import SqueezeExcitation
from graph.layers.convolution.plain import Conv2d
from graph.layers.linear import Linear
from graph.layers.merge import Add
from graph.layers.normalisation import BatchNorm2d
from graph.layers.pooling.adaptive import GlobalAvgPool2d
from graph.layers.reshaping.flatten import Flatten
from graph.network.network import Network
from graph.templates.template import Builder, Template, TemplateSize
from graph.values.message import say


def _basic_block(net: Builder, channels: int, stride: int, reduction: int | None) -> None:
    """Two 3×3 convolutions and a shortcut, projected where the shape changes."""
    start = net.last
    net.then(
        Conv2d(out_channels=channels, stride=(stride, stride), padding=(1, 1), bias=False),
        BatchNorm2d(),
        ReLU(),
        Conv2d(out_channels=channels, padding=(1, 1), bias=False),
        BatchNorm2d(),
    )
    if reduction is not None:
        net.then(SqueezeExcitation(reduction=reduction))
    main = net.last
    shortcut = start
    if stride != 1:
        projection = Conv2d(
            out_channels=channels, kernel_size=(1, 1), stride=(stride, stride), bias=False
        )
        shortcut = net.put(BatchNorm2d(), net.put(projection, start))
    net.put(Add(), main, shortcut)
    net.then(ReLU())


def _residual(fit: TemplateSize, reduction: int | None) -> Network:
    net = Builder(fit.shape)
    net.then(Conv2d(out_channels=16, padding=(1, 1), bias=False), BatchNorm2d(), ReLU())
    for channels, stride in ((16, 1), (32, 2), (64, 2)):
        _basic_block(net, channels, stride, reduction)
    net.then(GlobalAvgPool2d(), Flatten(), Linear(out_features=fit.classes))
    return net.finish()


def resnet_small(fit: TemplateSize) -> Network:
    """Eight layers with weights on the main line: ResNet-8."""
    return _residual(fit, None)


def se_resnet_small(fit: TemplateSize) -> Network:
    """ResNet-8 with squeeze-and-excitation, reduction 8."""
    return _residual(fit, 8)


RESNET_SMALL = Template(
    "resnet-small",
    "Small ResNet",
    2015,
    say("Three residual blocks: sums carry the input past two convolutions"),
    "residual",
    resnet_small,
    (1, 32, 32),
    10,
)
SE_RESNET_SMALL = Template(
    "se-resnet-small",
    "Small SE-ResNet",
    2018,
    say("Three residual blocks that weigh their channels"),
    "attention",
    se_resnet_small,
    (1, 32, 32),
    10,
)
