"""Chains: LeNet-5 and a small network in the manner of VGG."""

from __future__ import annotations

from graph.layers import (
    AvgPool2d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    Linear,
    MaxPool2d,
    ReLU,
    Tanh,
)
from graph.message import say
from graph.network import Network
from graph.templates.notes import NOTES
from graph.templates.template import Builder, Fit, Template


def lenet5(fit: Fit) -> Network:
    """LeCun et al. 1998 with today's parts: 61,706 parameters, 416,520 MACs, input 1×32×32."""
    net = Builder(fit.shape)
    for channels in (6, 16):
        net.then(
            Conv2d(out_channels=channels, kernel_size=(5, 5)),
            Tanh(),
            AvgPool2d(kernel_size=(2, 2)),
        )
    net.then(Conv2d(out_channels=120, kernel_size=(5, 5)), Tanh(), Flatten())
    net.then(Linear(out_features=84), Tanh(), Linear(out_features=fit.classes))
    return net.finish()


def vgg_small(fit: Fit) -> Network:
    """3×3 convolutions in pairs, as in Simonyan and Zisserman 2014, for 28×28 images."""
    net = Builder(fit.shape)
    for channels in (32, 64, 128):
        for _ in range(2):
            net.then(
                Conv2d(out_channels=channels, padding=(1, 1), bias=False), BatchNorm2d(), ReLU()
            )
        net.then(MaxPool2d())
    net.then(
        Flatten(), Linear(out_features=256), ReLU(), Dropout(), Linear(out_features=fit.classes)
    )
    return net.finish()


LENET5 = Template(
    "lenet5",
    "LeNet-5",
    1998,
    say("First digits: convolutions, averages and three linear layers"),
    "classic",
    lenet5,
    (1, 32, 32),
    10,
    least=32,
    literature=NOTES["lenet5"],
)
VGG_SMALL = Template(
    "vgg-small",
    "Small VGG",
    2014,
    say("Only 3×3 convolutions, in pairs, with batch norm"),
    "classic",
    vgg_small,
    (1, 28, 28),
    10,
    least=8,
)
