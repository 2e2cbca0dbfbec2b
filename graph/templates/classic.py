"""Chains: the linear classifier, LeNet-5, AlexNet and a small network in the manner of VGG."""

from __future__ import annotations

from graph.layers.activation.along_axis import LogSoftmax
from graph.layers.activation.piecewise import ReLU
from graph.layers.activation.smooth import Tanh
from graph.layers.convolution.plain import Conv2d
from graph.layers.linear import Linear
from graph.layers.normalisation import BatchNorm2d, LocalResponseNorm
from graph.layers.pooling.plain import AvgPool2d, MaxPool2d
from graph.layers.regularisation import Dropout
from graph.layers.reshaping.flatten import Flatten
from graph.network.network import Network
from graph.templates.notes.registry import NOTES
from graph.templates.template import Builder, Template, TemplateSize
from graph.values.message import say


def linear(fit: TemplateSize) -> Network:
    """One filter a class, as large as the image: 7,850 parameters for 28×28 and ten classes."""
    net = Builder(fit.shape)
    _, height, width = fit.shape
    net.then(Conv2d(out_channels=fit.classes, kernel_size=(height, width)), Flatten(), LogSoftmax())
    return net.finish()


def lenet5(fit: TemplateSize) -> Network:
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


def alexnet_2012(fit: TemplateSize) -> Network:
    """Krizhevsky et al. 2012: what lay on two GPUs are two groups in convolutions 2, 4 and 5."""
    net = Builder(fit.shape)
    if fit.small:
        net.then(Conv2d(out_channels=96, padding=(1, 1)), ReLU(), _response_norm())
    else:
        stem = Conv2d(out_channels=96, kernel_size=(11, 11), stride=(4, 4))
        net.then(stem, ReLU(), _response_norm(), MaxPool2d(kernel_size=(3, 3), stride=(2, 2)))
    second = Conv2d(out_channels=256, kernel_size=(5, 5), padding=(2, 2), groups=2)
    net.then(second, ReLU(), _response_norm(), MaxPool2d(kernel_size=(3, 3), stride=(2, 2)))
    for channels, groups in ((384, 1), (384, 2), (256, 2)):
        net.then(Conv2d(out_channels=channels, padding=(1, 1), groups=groups), ReLU())
    net.then(MaxPool2d(kernel_size=(3, 3), stride=(2, 2)), Flatten())
    for _ in range(2):
        net.then(Linear(out_features=4096), ReLU(), Dropout())
    net.then(Linear(out_features=fit.classes))
    return net.finish()


def _response_norm() -> LocalResponseNorm:
    """n = 5, k = 2, α = 10⁻⁴, β = 0.75; torch divides α by n, the paper does not."""
    return LocalResponseNorm(size=5, alpha=5e-4, beta=0.75, k=2.0)


def alexnet(fit: TemplateSize) -> Network:
    """Krizhevsky 2014 as torchvision has it: 64-192-384-256-256 filters in one tower."""
    net = Builder(fit.shape)
    if fit.small:
        net.then(Conv2d(out_channels=64, padding=(1, 1)), ReLU())
    else:
        stem = Conv2d(out_channels=64, kernel_size=(11, 11), stride=(4, 4), padding=(2, 2))
        net.then(stem, ReLU(), MaxPool2d(kernel_size=(3, 3), stride=(2, 2)))
    net.then(Conv2d(out_channels=192, kernel_size=(5, 5), padding=(2, 2)), ReLU())
    net.then(MaxPool2d(kernel_size=(3, 3), stride=(2, 2)))
    for channels in (384, 256, 256):
        net.then(Conv2d(out_channels=channels, padding=(1, 1)), ReLU())
    net.then(MaxPool2d(kernel_size=(3, 3), stride=(2, 2)), Flatten())
    for _ in range(2):
        net.then(Dropout(), Linear(out_features=4096), ReLU())
    net.then(Linear(out_features=fit.classes))
    return net.finish()


def vgg_small(fit: TemplateSize) -> Network:
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


LINEAR = Template(
    "linear",
    "Linear classifier",
    1998,
    say("One weighted sum of all pixels for each class, whose weights are a picture"),
    "classic",
    linear,
    (1, 28, 28),
    10,
    literature=NOTES["linear"],
)
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
ALEXNET_2012 = Template(
    "alexnet-2012",
    "AlexNet (2012)",
    2012,
    say("Won ImageNet on two GPUs: ReLU, dropout, and channels that inhibit their neighbours"),
    "classic",
    alexnet_2012,
    (3, 227, 227),
    1000,
    has_small=True,
    least=67,
    literature=NOTES["alexnet-2012"],
)
ALEXNET = Template(
    "alexnet",
    "AlexNet (one tower)",
    2014,
    say("Five convolutions and three wide linear layers with dropout, in one tower"),
    "classic",
    alexnet,
    (3, 224, 224),
    1000,
    has_small=True,
    least=63,
    literature=NOTES["alexnet"],
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
