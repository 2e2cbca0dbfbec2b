"""Inception-v3, as its authors released it and torchvision has it.

Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", CVPR 2016.
"""

from __future__ import annotations

from typing import Any

from graph.blocks.sketch import Sketch
from graph.layers.linear import Linear
from graph.layers.pooling.adaptive import GlobalAvgPool2d
from graph.layers.pooling.plain import MaxPool2d
from graph.layers.regularisation import Dropout
from graph.layers.reshaping.flatten import Flatten
from graph.network.network import Network
from graph.ready.inception import unit
from graph.ready.registry import READY
from graph.templates.notes.registry import NOTES
from graph.templates.template import Template, TemplateSize
from graph.values.message import say

POOL = MaxPool2d(kernel_size=(3, 3), stride=(2, 2))
MODULES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("mixed5b", "A", {"channels_pool": 32}),
    ("mixed5c", "A", {"channels_pool": 64}),
    ("mixed5d", "A", {"channels_pool": 64}),
    ("mixed6a", "B", {}),
    ("mixed6b", "C", {"channels": 128}),
    ("mixed6c", "C", {"channels": 160}),
    ("mixed6d", "C", {"channels": 160}),
    ("mixed6e", "C", {"channels": 192}),
    ("mixed7a", "D", {}),
    ("mixed7b", "E", {}),
    ("mixed7c", "E", {}),
)
HEAD_WEIGHT = 0.4
LEAST_WITH_HEAD = 299
"""Height and width that leave the auxiliary head a map as large as its windows."""


def stem(draw: Sketch) -> None:
    """From 3×299×299 to 192×35×35; Inception-ResNet-v2 begins with it, too."""
    unit(draw, draw.last, "conv1a", 32, 3, stride=2, padded=False)
    unit(draw, draw.last, "conv2a", 32, 3, padded=False)
    unit(draw, draw.last, "conv2b", 64, 3)
    draw.put(POOL, draw.last, name="maxpool1")
    unit(draw, draw.last, "conv3b", 80)
    unit(draw, draw.last, "conv4a", 192, 3, padded=False)
    draw.put(POOL, draw.last, name="maxpool2")


def inception_v3(fit: TemplateSize) -> Network:
    """Eleven modules of five kinds, and an auxiliary head where the images are large enough."""
    draw = Sketch(ready=READY)
    draw.input("input", fit.shape)
    stem(draw)
    modules = {
        name: draw.use(f"Inception-v3 {kind}", name=name, **values)
        for name, kind, values in MODULES
    }
    draw.then(GlobalAvgPool2d(), Flatten(), Dropout(p=0.5))
    draw.put(Linear(out_features=fit.classes), draw.last, name="fc")
    draw.output()
    if min(fit.shape[1:]) >= LEAST_WITH_HEAD:
        middle = modules["mixed6e"]
        draw.use("Inception-v3 auxiliary head", middle, name="aux", classes=fit.classes)
        draw.output(name="aux_output", loss_weight=HEAD_WEIGHT, auxiliary=True)
    return draw.network


INCEPTION_V3 = Template(
    "inception-v3",
    "Inception-v3",
    2015,
    say("Large windows factorised into small ones: 5×5 into 3×3, n×n into 1×n and n×1"),
    "inception",
    inception_v3,
    (3, 299, 299),
    1000,
    least=75,
    literature=NOTES["inception-v3"],
)
