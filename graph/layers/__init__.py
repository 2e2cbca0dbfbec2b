"""The layer types, one family per file, and the registry that names them."""

from __future__ import annotations

from graph.layer import Category, Layer
from graph.layers.activation import (
    ELU,
    LeakyReLU,
    LogSoftmax,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Tanh,
)
from graph.layers.attention import SqueezeExcitation
from graph.layers.convolution import Conv2d
from graph.layers.io import Input, Output
from graph.layers.linear import Linear
from graph.layers.merge import Add, Concat, Multiply
from graph.layers.normalization import BatchNorm2d
from graph.layers.pooling import (
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    AvgPool2d,
    GlobalAvgPool2d,
    MaxPool2d,
)
from graph.layers.regularization import Dropout, Dropout2d
from graph.layers.reshape import Flatten

LAYERS: tuple[type[Layer], ...] = (
    Input,
    Output,
    Conv2d,
    MaxPool2d,
    AvgPool2d,
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    GlobalAvgPool2d,
    BatchNorm2d,
    ReLU,
    LeakyReLU,
    ELU,
    SiLU,
    Sigmoid,
    Tanh,
    Softmax,
    LogSoftmax,
    Linear,
    Add,
    Concat,
    Multiply,
    SqueezeExcitation,
    Flatten,
    Dropout,
    Dropout2d,
)

REGISTRY: dict[str, type[Layer]] = {layer.type_name(): layer for layer in LAYERS}
RENAMED: dict[str, str] = {old: layer.type_name() for layer in LAYERS for old in layer.renamed}


def by_category() -> dict[Category, list[type[Layer]]]:
    """The layer types in palette order."""
    found: dict[Category, list[type[Layer]]] = {category: [] for category in Category}
    for layer in LAYERS:
        found[layer.category].append(layer)
    return {category: layers for category, layers in found.items() if layers}


__all__ = [
    "ELU",
    "LAYERS",
    "REGISTRY",
    "RENAMED",
    "AdaptiveAvgPool2d",
    "AdaptiveMaxPool2d",
    "Add",
    "AvgPool2d",
    "BatchNorm2d",
    "Concat",
    "Conv2d",
    "Dropout",
    "Dropout2d",
    "Flatten",
    "GlobalAvgPool2d",
    "Input",
    "LeakyReLU",
    "Linear",
    "LogSoftmax",
    "MaxPool2d",
    "Multiply",
    "Output",
    "ReLU",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "SqueezeExcitation",
    "Tanh",
    "by_category",
]
