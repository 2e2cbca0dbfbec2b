"""LeNet-5 as it was: LeCun, Bottou, Bengio, Haffner, "Gradient-Based Learning Applied to Document
Recognition", Proceedings of the IEEE 1998."""

from __future__ import annotations

from graph.blocks.sketch import Sketch
from graph.layers.activation.smooth import ScaledTanh
from graph.layers.base.layer import Layer
from graph.layers.convolution.plain import Conv2d
from graph.layers.convolution.table import TableConv2d
from graph.layers.linear import Linear
from graph.layers.pooling.weighted import WeightedAvgPool2d
from graph.layers.radial import RadialBasis
from graph.layers.reshaping.flatten import Flatten
from graph.network.network import Network
from graph.templates.notes.registry import NOTES
from graph.templates.template import Template, TemplateSize
from graph.values.message import say

WINDOW = (5, 5)
BITMAPS = 10
"""There are drawings of the ten digits only; the patterns of more classes are trained."""


def lenet5_1998(fit: TemplateSize) -> Network:
    """Trained averages, C3's table, and distances from drawn digits: 60,000 trained numbers.

    The outputs are distances with a minus sign, so that the largest one wins, as the loss expects.
    """
    draw = Sketch()
    draw.input("input", fit.shape)

    def squashed(layer: Layer, name: str) -> None:
        draw.put(layer, draw.last, name=name)
        draw.then(ScaledTanh())

    squashed(Conv2d(out_channels=6, kernel_size=WINDOW), "c1")
    squashed(WeightedAvgPool2d(), "s2")
    squashed(TableConv2d(), "c3")
    squashed(WeightedAvgPool2d(), "s4")
    squashed(Conv2d(out_channels=120, kernel_size=WINDOW), "c5")
    draw.then(Flatten())
    squashed(Linear(out_features=84), "f6")
    patterns = "bitmaps" if fit.classes <= BITMAPS else "trainable"
    digits = RadialBasis(out_features=fit.classes, weights=patterns, negative=True)
    draw.put(digits, draw.last, name="digits")
    draw.output()
    return draw.network


LENET5_1998 = Template(
    "lenet5-1998",
    "LeNet-5 (1998)",
    1998,
    say("As it was: trained averages, maps that see some maps only, and digits drawn in 7×12"),
    "classic",
    lenet5_1998,
    (1, 32, 32),
    10,
    least=32,
    literature=NOTES["lenet5-1998"],
)
