"""VGG: 3×3 convolutions in cascades, images halved by pooling between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from graph.layers.activation.piecewise import ReLU
from graph.layers.convolution.plain import Conv2d
from graph.layers.linear import Linear
from graph.layers.normalisation import BatchNorm2d
from graph.layers.pooling.plain import MaxPool2d
from graph.layers.regularisation import Dropout
from graph.layers.reshaping.flatten import Flatten
from graph.network.network import Network
from graph.templates.notes.registry import NOTES
from graph.templates.template import Builder, Template, TemplateSize
from graph.values.message import Message, say

CHANNELS = (64, 128, 256, 512, 512)


def vgg(cascades: Sequence[int], normalised: bool = False) -> Callable[[TemplateSize], Network]:
    """The network with so many convolutions before each of the five poolings."""

    def network(fit: TemplateSize) -> Network:
        net = Builder(fit.shape)
        for channels, convolutions in zip(CHANNELS, cascades, strict=True):
            for _ in range(convolutions):
                net.then(Conv2d(out_channels=channels, padding=(1, 1), init="kaiming_normal"))
                if normalised:
                    net.then(BatchNorm2d())
                net.then(ReLU())
            net.then(MaxPool2d())
        net.then(Flatten())
        for _ in range(2):
            net.then(Linear(out_features=4096, init="normal"), ReLU(), Dropout())
        net.then(Linear(out_features=fit.classes, init="normal"))
        return net.finish()

    return network


def _template(
    name: str, title: str, note: Message, cascades: Sequence[int], normalised: bool = False
) -> Template:
    return Template(
        name,
        title,
        2014,
        note,
        "classic",
        vgg(cascades, normalised),
        (3, 224, 224),
        1000,
        least=32,
        literature=NOTES[name],
    )


VGG11 = _template(
    "vgg11", "VGG-11", say("Eight 3×3 convolutions and three linear layers"), (1, 1, 2, 2, 2)
)
VGG13 = _template(
    "vgg13", "VGG-13", say("Ten 3×3 convolutions in pairs, three linear layers"), (2, 2, 2, 2, 2)
)
VGG16 = _template(
    "vgg16",
    "VGG-16",
    say("Thirteen 3×3 convolutions in cascades, three linear layers"),
    (2, 2, 3, 3, 3),
)
VGG19 = _template(
    "vgg19",
    "VGG-19",
    say("Sixteen 3×3 convolutions in cascades, three linear layers"),
    (2, 2, 4, 4, 4),
)
VGG16_BN = _template(
    "vgg16-bn",
    "VGG-16 with batch norm",
    say("VGG-16 that trains from scratch: batch norm behind every convolution"),
    (2, 2, 3, 3, 3),
    normalised=True,
)
