"""Inception-v4: a stem, 4, 7 and 3 modules of three kinds, and reductions between them.

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
from graph.ready.registry import READY
from graph.templates.notes.registry import NOTES
from graph.templates.template import Template, TemplateSize
from graph.values.message import say


def inception_v4(fit: TemplateSize) -> Network:
    """The network without residual connections of the paper."""
    draw = Sketch(ready=READY)
    draw.input("input", fit.shape)
    draw.use("Inception-v4 stem", name="stem")
    draw.use("Inception-v4 A", name="inception_a", repeat=4)
    draw.use(
        "Inception reduction A",
        name="reduction_a",
        channels_3x3=384,
        reduced_double=192,
        channels_double1=224,
        channels_double2=256,
    )
    draw.use("Inception-v4 B", name="inception_b", repeat=7)
    draw.use("Inception-v4 reduction B", name="reduction_b")
    draw.use("Inception-v4 C", name="inception_c", repeat=3)
    draw.then(GlobalAvgPool2d(), Flatten(), Dropout(p=0.2))
    draw.put(Linear(out_features=fit.classes), draw.last, name="fc")
    draw.output()
    return draw.network


INCEPTION_V4 = Template(
    "inception-v4",
    "Inception-v4",
    2016,
    say("One stem, three uniform kinds of modules, and two kinds of reductions between them"),
    "inception",
    inception_v4,
    (3, 299, 299),
    1000,
    least=75,
    literature=NOTES["inception-v4"],
)
