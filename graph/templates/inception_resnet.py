"""Inception-ResNet-v2, with the channels of the code that its authors released.

Szegedy, Ioffe, Vanhoucke, Alemi, "Inception-v4, Inception-ResNet and the Impact of Residual
Connections on Learning", AAAI 2017.
"""

from __future__ import annotations

from graph.blocks.sketch import Sketch
from graph.layers.linear import Linear
from graph.layers.pooling.adaptive import GlobalAvgPool2d
from graph.layers.regularisation import Dropout
from graph.layers.reshaping.flatten import Flatten
from graph.network.network import Network
from graph.ready.inception import unit
from graph.ready.registry import READY
from graph.templates.inception_v3 import stem
from graph.templates.notes.registry import NOTES
from graph.templates.template import Template, TemplateSize
from graph.values.message import say


def inception_resnet_v2(fit: TemplateSize) -> Network:
    """10, 20 and 10 residual modules of three kinds; only the last adds on the full scale."""
    draw = Sketch(ready=READY)
    draw.input("input", fit.shape)
    stem(draw)
    draw.use("Inception-ResNet entry", name="entry")
    draw.use("Inception-ResNet A", name="inception_a", repeat=10, scale=0.17)
    draw.use(
        "Inception reduction A",
        name="reduction_a",
        channels_3x3=384,
        reduced_double=256,
        channels_double1=256,
        channels_double2=384,
    )
    draw.use("Inception-ResNet B", name="inception_b", repeat=20, scale=0.1)
    draw.use("Inception-ResNet reduction B", name="reduction_b")
    draw.use("Inception-ResNet C", name="inception_c", repeat=9, scale=0.2)
    draw.use("Inception-ResNet C", name="inception_c_last", scale=1.0)
    unit(draw, draw.last, "conv7b", 1536)
    draw.then(GlobalAvgPool2d(), Flatten(), Dropout(p=0.2))
    draw.put(Linear(out_features=fit.classes), draw.last, name="fc")
    draw.output()
    return draw.network


INCEPTION_RESNET_V2 = Template(
    "inception-resnet-v2",
    "Inception-ResNet-v2",
    2016,
    say("Inception modules that learn what to add to their input, scaled down"),
    "inception",
    inception_resnet_v2,
    (3, 299, 299),
    1000,
    least=75,
    literature=NOTES["inception-resnet-v2"],
)
