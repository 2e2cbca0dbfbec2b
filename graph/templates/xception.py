"""Xception: Inception taken to its end, by depthwise separable convolutions with shortcuts.

Chollet, "Xception: Deep Learning with Depthwise Separable Convolutions", CVPR 2017.
"""

from __future__ import annotations

from graph.blocks.sketch import Sketch
from graph.layers.activation.piecewise import ReLU
from graph.layers.convolution.plain import Conv2d
from graph.layers.linear import Linear
from graph.layers.normalisation import BatchNorm2d
from graph.layers.pooling.adaptive import GlobalAvgPool2d
from graph.layers.reshaping.flatten import Flatten
from graph.network.network import Network
from graph.ready.registry import READY
from graph.ready.xception import SEPARABLE
from graph.templates.notes.registry import NOTES
from graph.templates.template import Template, TemplateSize
from graph.values.message import say


def xception(fit: TemplateSize) -> Network:
    """Entry, middle and exit: 36 convolutions, 34 of them separable."""
    draw = Sketch(ready=READY)
    draw.input("input", fit.shape)
    _entry(draw, small=fit.small)
    draw.use("Xception block", name="middle", repeat=8)
    draw.use("Xception reduction", name="reduction4", channels=728, out_channels=1024)
    for number, channels in enumerate((1536, 2048), 1):
        draw.use(SEPARABLE, name=f"exit{number}", channels=channels)
        draw.then(ReLU())
    draw.then(GlobalAvgPool2d(), Flatten())
    draw.put(Linear(out_features=fit.classes), draw.last, name="fc")
    draw.output()
    return draw.network


def _entry(draw: Sketch, *, small: bool) -> None:
    """Two convolutions and three reductions. The first reduction's own first ReLU changes nothing:
    one stands before it already."""
    for number, channels in enumerate((32, 64), 1):
        stride = 2 if number == 1 and not small else 1
        padding = 1 if small else 0
        convolution = Conv2d(
            out_channels=channels,
            stride=(stride, stride),
            padding=(padding, padding),
            bias=False,
        )
        draw.put(convolution, draw.last, name=f"conv{number}")
        draw.then(BatchNorm2d(), ReLU())
    for number, channels in enumerate((128, 256, 728), 1):
        draw.use(
            "Xception reduction",
            name=f"reduction{number}",
            channels=channels,
            out_channels=channels,
        )


XCEPTION = Template(
    "xception",
    "Xception",
    2016,
    say("Depthwise separable convolutions, with shortcuts around all modules but two"),
    "inception",
    xception,
    (3, 299, 299),
    1000,
    has_small=True,
    least=7,
    literature=NOTES["xception"],
)
