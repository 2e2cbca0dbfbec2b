"""The layer types, one family per file, and the registry that names them."""

from __future__ import annotations

from graph.layers.activation.along_axis import GLU, LogSoftmax, Softmax, Softmax2d, Softmin
from graph.layers.activation.piecewise import (
    CELU,
    ELU,
    SELU,
    Hardshrink,
    Hardsigmoid,
    Hardswish,
    Hardtanh,
    LeakyReLU,
    PReLU,
    ReLU,
    ReLU6,
    RReLU,
    Softshrink,
    Threshold,
)
from graph.layers.activation.smooth import (
    GELU,
    LogSigmoid,
    Mish,
    ScaledTanh,
    Sigmoid,
    SiLU,
    Softplus,
    Softsign,
    Tanh,
    Tanhshrink,
)
from graph.layers.attention.efficient import EfficientChannelAttention
from graph.layers.attention.maps import CBAM, ChannelAttention, SpatialAttention
from graph.layers.attention.squeeze import SqueezeExcitation
from graph.layers.base.layer import Category, Layer
from graph.layers.convolution.deformable import DeformConv2d
from graph.layers.convolution.fixed_kernel import FixedKernel
from graph.layers.convolution.local import LocallyConnected1d, LocallyConnected2d
from graph.layers.convolution.plain import Conv1d, Conv2d, Conv3d
from graph.layers.convolution.shortcut import Shortcut
from graph.layers.convolution.table import TableConv2d
from graph.layers.convolution.transposed import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from graph.layers.expectation import Expectation
from graph.layers.io import Input, Output
from graph.layers.linear import Linear
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
from graph.layers.normalisation import (
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
from graph.layers.pooling.adaptive import (
    AdaptiveAvgPool1d,
    AdaptiveAvgPool2d,
    AdaptiveAvgPool3d,
    AdaptiveMaxPool1d,
    AdaptiveMaxPool2d,
    AdaptiveMaxPool3d,
    GlobalAvgPool2d,
    GlobalMaxPool2d,
)
from graph.layers.pooling.plain import (
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
from graph.layers.pooling.unpooling import MaxUnpool1d, MaxUnpool2d, MaxUnpool3d
from graph.layers.pooling.weighted import WeightedAvgPool2d
from graph.layers.radial import (
    RadialBasis,
)
from graph.layers.regularisation import (
    AlphaDropout,
    Dropout,
    Dropout1d,
    Dropout2d,
    Dropout3d,
    DropPath,
    FeatureAlphaDropout,
)
from graph.layers.reshaping.axes import MeanOver, Permute, Transpose
from graph.layers.reshaping.padding import Pad1d, Pad2d, Pad3d
from graph.layers.reshaping.reshape import Flatten, Identity, Reshape, Squeeze, Unflatten, Unsqueeze
from graph.layers.reshaping.slicing import Chunk, Slice, Split
from graph.layers.reshaping.upsampling import PixelShuffle, PixelUnshuffle, Upsample

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
    TableConv2d,
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
    ReLU6,
    LeakyReLU,
    PReLU,
    RReLU,
    ELU,
    CELU,
    SELU,
    Threshold,
    Hardtanh,
    Hardsigmoid,
    Hardswish,
    Hardshrink,
    Softshrink,
    SiLU,
    GELU,
    Mish,
    Sigmoid,
    LogSigmoid,
    Tanh,
    ScaledTanh,
    Tanhshrink,
    Softsign,
    Softplus,
    Softmax,
    LogSoftmax,
    Softmin,
    Softmax2d,
    GLU,
    Linear,
    RadialBasis,
    Expectation,
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
    Dropout1d,
    Dropout3d,
    AlphaDropout,
    FeatureAlphaDropout,
    DropPath,
)

REGISTRY: dict[str, type[Layer]] = {layer.type_name(): layer for layer in LAYERS}
RENAMED: dict[str, str] = {old: layer.type_name() for layer in LAYERS for old in layer.renamed}


def by_category() -> dict[Category, list[type[Layer]]]:
    """The layer types in palette order."""
    found: dict[Category, list[type[Layer]]] = {category: [] for category in Category}
    for layer in LAYERS:
        found[layer.category].append(layer)
    return {category: layers for category, layers in found.items() if layers}
