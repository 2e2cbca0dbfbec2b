"""GoogLeNet: windows of several sizes side by side, in torchvision's variant.

Szegedy et al., "Going Deeper with Convolutions", CVPR 2015.
"""

from __future__ import annotations

from graph.blocks.sketch import Sketch
from graph.layers.linear import Linear
from graph.layers.pooling.adaptive import GlobalAvgPool2d
from graph.layers.pooling.plain import MaxPool2d
from graph.layers.regularisation import Dropout
from graph.layers.reshaping.flatten import Flatten
from graph.network.network import Network
from graph.ready.inception import INCEPTION_PARAMETERS, unit
from graph.ready.registry import READY
from graph.templates.notes.registry import NOTES
from graph.templates.template import Template, TemplateSize
from graph.values.message import say

POOL = MaxPool2d(kernel_size=(3, 3), stride=(2, 2), ceil_mode=True)
SMALLER_POOL = MaxPool2d(kernel_size=(2, 2), stride=(2, 2), ceil_mode=True)
MODULES = (
    ("3a", 64, 96, 128, 16, 32, 32),
    ("3b", 128, 128, 192, 32, 96, 64),
    ("4a", 192, 96, 208, 16, 48, 64),
    ("4b", 160, 112, 224, 24, 64, 64),
    ("4c", 128, 128, 256, 24, 64, 64),
    ("4d", 112, 144, 288, 32, 64, 64),
    ("4e", 256, 160, 320, 32, 128, 128),
    ("5a", 256, 160, 320, 32, 128, 128),
    ("5b", 384, 192, 384, 48, 128, 128),
)
"""Channels of each module: 1×1, before and of 3×3, before and of 5×5, behind the pooling."""
POOLS = {"3b": ("maxpool3", POOL), "4e": ("maxpool4", SMALLER_POOL)}
HEADS = {"aux1": "4a", "aux2": "4d"}
HEAD_WEIGHT = 0.3


def _stem(draw: Sketch, fit: TemplateSize) -> None:
    if fit.small:
        unit(draw, draw.last, "conv1", 64, 3)
    else:
        unit(draw, draw.last, "conv1", 64, 7, stride=2)
        draw.put(POOL, draw.last, name="maxpool1")
    unit(draw, draw.last, "conv2", 64)
    unit(draw, draw.last, "conv3", 192, 3)
    draw.put(POOL, draw.last, name="maxpool2")


def googlenet(fit: TemplateSize) -> Network:
    """22 layers with weights and two auxiliary heads."""
    draw = Sketch(ready=READY)
    draw.input("input", fit.shape)
    _stem(draw, fit)
    modules: dict[str, str] = {}
    for place, *numbers in MODULES:
        values = dict(zip((p.name for p in INCEPTION_PARAMETERS), numbers, strict=False))
        modules[place] = draw.use("Inception", name=f"inception{place}", window=3, **values)
        if place in POOLS:
            name, pool = POOLS[place]
            draw.put(pool, draw.last, name=name)
    draw.then(GlobalAvgPool2d(), Flatten(), Dropout(p=0.2))
    draw.put(Linear(out_features=fit.classes), draw.last, name="fc")
    draw.output()
    for name, place in HEADS.items():
        draw.use("GoogLeNet auxiliary head", modules[place], name=name, classes=fit.classes)
        draw.output(name=f"{name}_output", loss_weight=HEAD_WEIGHT, auxiliary=True)
    return draw.network


GOOGLENET = Template(
    "googlenet",
    "GoogLeNet",
    2014,
    say("Windows of several sizes side by side, and two auxiliary heads in the middle"),
    "inception",
    googlenet,
    (3, 224, 224),
    1000,
    has_small=True,
    least=15,
    literature=NOTES["googlenet"],
)
