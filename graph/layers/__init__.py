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
from graph.layers.attention_maps import (
    CBAM,
    ChannelAttention,
    EfficientChannelAttention,
    SpatialAttention,
)
from graph.layers.axes import (
    MeanOver,
    Permute,
    Transpose,
)
from graph.layers.convolution import Conv1d, Conv2d, Conv3d
from graph.layers.deformable import DeformConv2d
from graph.layers.fixed_kernel import FixedKernel
from graph.layers.io import Input, Output
from graph.layers.linear import Linear
from graph.layers.local import LocallyConnected1d, LocallyConnected2d
from graph.layers.matrix import (
    MatMul,
    ScaledDotProductAttention,
)
from graph.layers.merge import (
    Add,
    Concat,
    Maximum,
    Mean,
    Multiply,
    Subtract,
)
from graph.layers.normalization import (
    BatchNorm1d,
    BatchNorm2d,
    BatchNorm3d,
    GroupNorm,
    InstanceNorm1d,
    InstanceNorm2d,
    InstanceNorm3d,
    LayerNorm,
    LocalResponseNorm,
    RMSNorm,
)
from graph.layers.padding import Pad1d, Pad2d, Pad3d
from graph.layers.pooling import (
    AvgPool1d,
    AvgPool2d,
    AvgPool3d,
    LPPool1d,
    LPPool2d,
    LPPool3d,
    MaxPool1d,
    MaxPool2d,
    MaxPool3d,
)
from graph.layers.pooling_adaptive import (
    AdaptiveAvgPool1d,
    AdaptiveAvgPool2d,
    AdaptiveAvgPool3d,
    AdaptiveMaxPool1d,
    AdaptiveMaxPool2d,
    AdaptiveMaxPool3d,
    GlobalAvgPool2d,
    GlobalMaxPool2d,
)
from graph.layers.pooling_weighted import WeightedAvgPool2d
from graph.layers.radial import (
    RadialBasis,
)
from graph.layers.regularization import Dropout, Dropout2d
from graph.layers.reshape import (
    Flatten,
    Identity,
    Reshape,
    Squeeze,
    Unflatten,
    Unsqueeze,
)
from graph.layers.shortcut import (
    Shortcut,
)
from graph.layers.slicing import (
    Chunk,
    Slice,
    Split,
)
from graph.layers.transposed import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from graph.layers.unpooling import MaxUnpool1d, MaxUnpool2d, MaxUnpool3d
from graph.layers.upsampling import PixelShuffle, PixelUnshuffle, Upsample

LAYERS: tuple[type[Layer], ...] = (
    Input,
    Output,
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
    LocallyConnected1d,
    LocallyConnected2d,
    Shortcut,
    DeformConv2d,
    FixedKernel,
    MaxPool1d,
    MaxPool2d,
    MaxPool3d,
    AvgPool1d,
    AvgPool2d,
    AvgPool3d,
    LPPool1d,
    LPPool2d,
    LPPool3d,
    AdaptiveAvgPool1d,
    AdaptiveAvgPool2d,
    AdaptiveAvgPool3d,
    AdaptiveMaxPool1d,
    AdaptiveMaxPool2d,
    AdaptiveMaxPool3d,
    GlobalAvgPool2d,
    GlobalMaxPool2d,
    WeightedAvgPool2d,
    MaxUnpool1d,
    MaxUnpool2d,
    MaxUnpool3d,
    Upsample,
    PixelShuffle,
    PixelUnshuffle,
    BatchNorm2d,
    BatchNorm1d,
    BatchNorm3d,
    LayerNorm,
    RMSNorm,
    GroupNorm,
    InstanceNorm1d,
    InstanceNorm2d,
    InstanceNorm3d,
    LocalResponseNorm,
    ReLU,
    LeakyReLU,
    ELU,
    SiLU,
    Sigmoid,
    Tanh,
    Softmax,
    LogSoftmax,
    Linear,
    RadialBasis,
    MatMul,
    Add,
    Subtract,
    Concat,
    Multiply,
    Maximum,
    Mean,
    SqueezeExcitation,
    EfficientChannelAttention,
    ChannelAttention,
    SpatialAttention,
    CBAM,
    ScaledDotProductAttention,
    Flatten,
    Pad1d,
    Pad2d,
    Pad3d,
    Unflatten,
    Reshape,
    Permute,
    Transpose,
    Squeeze,
    Unsqueeze,
    Split,
    Chunk,
    Slice,
    MeanOver,
    Identity,
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
    "CBAM",
    "ELU",
    "LAYERS",
    "REGISTRY",
    "RENAMED",
    "AdaptiveAvgPool1d",
    "AdaptiveAvgPool2d",
    "AdaptiveAvgPool3d",
    "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d",
    "AdaptiveMaxPool3d",
    "Add",
    "AvgPool1d",
    "AvgPool2d",
    "AvgPool3d",
    "BatchNorm1d",
    "BatchNorm2d",
    "BatchNorm3d",
    "ChannelAttention",
    "Chunk",
    "Concat",
    "Conv1d",
    "Conv2d",
    "Conv3d",
    "ConvTranspose1d",
    "ConvTranspose2d",
    "ConvTranspose3d",
    "DeformConv2d",
    "Dropout",
    "Dropout2d",
    "EfficientChannelAttention",
    "FixedKernel",
    "Flatten",
    "GlobalAvgPool2d",
    "GlobalMaxPool2d",
    "GroupNorm",
    "Identity",
    "Input",
    "InstanceNorm1d",
    "InstanceNorm2d",
    "InstanceNorm3d",
    "LPPool1d",
    "LPPool2d",
    "LPPool3d",
    "LayerNorm",
    "LeakyReLU",
    "Linear",
    "LocalResponseNorm",
    "LocallyConnected1d",
    "LocallyConnected2d",
    "LogSoftmax",
    "MatMul",
    "MaxPool1d",
    "MaxPool2d",
    "MaxPool3d",
    "MaxUnpool1d",
    "MaxUnpool2d",
    "MaxUnpool3d",
    "Maximum",
    "Mean",
    "MeanOver",
    "Multiply",
    "Output",
    "Pad1d",
    "Pad2d",
    "Pad3d",
    "Permute",
    "PixelShuffle",
    "PixelUnshuffle",
    "RMSNorm",
    "RadialBasis",
    "ReLU",
    "Reshape",
    "ScaledDotProductAttention",
    "Shortcut",
    "SiLU",
    "Sigmoid",
    "Slice",
    "Softmax",
    "SpatialAttention",
    "Split",
    "Squeeze",
    "SqueezeExcitation",
    "Subtract",
    "Tanh",
    "Transpose",
    "Unflatten",
    "Unsqueeze",
    "Upsample",
    "WeightedAvgPool2d",
    "by_category",
]
