"""What a plan may call, by name: torch modules, functions, and this program's own modules.

A name that stands in none of these tables is refused, whatever torch may have under it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from graph.calls.own_modules import OWN_MODULES
from resources.modules.init_classic import init_classic_

_MODULES = """
Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose2d ConvTranspose3d Fold Unfold
MaxPool1d MaxPool2d MaxPool3d AvgPool1d AvgPool2d AvgPool3d LPPool1d LPPool2d LPPool3d
AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d
AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d
FractionalMaxPool2d FractionalMaxPool3d MaxUnpool1d MaxUnpool2d MaxUnpool3d
Upsample UpsamplingBilinear2d UpsamplingNearest2d PixelShuffle PixelUnshuffle ChannelShuffle
BatchNorm1d BatchNorm2d BatchNorm3d InstanceNorm1d InstanceNorm2d InstanceNorm3d
LayerNorm GroupNorm RMSNorm LocalResponseNorm
ReLU ReLU6 LeakyReLU PReLU RReLU ELU CELU SELU GELU SiLU Mish GLU
Sigmoid LogSigmoid Tanh Softplus Softsign Tanhshrink Softshrink Hardshrink Threshold
Hardswish Hardsigmoid Hardtanh Softmax Softmax2d Softmin LogSoftmax
Dropout Dropout1d Dropout2d Dropout3d AlphaDropout FeatureAlphaDropout
Flatten Unflatten Identity Linear Bilinear Embedding MultiheadAttention CosineSimilarity
ZeroPad1d ZeroPad2d ZeroPad3d ConstantPad1d ConstantPad2d ConstantPad3d
ReflectionPad1d ReflectionPad2d ReflectionPad3d
ReplicationPad1d ReplicationPad2d ReplicationPad3d CircularPad1d CircularPad2d CircularPad3d
"""

MODULES: Mapping[str, Callable[..., nn.Module]] = MappingProxyType(
    {f"nn.{name}": getattr(nn, name) for name in _MODULES.split()}
)
"""Every module of torch a plan may call."""

VISION_MODULES = frozenset({"ops.DeformConv2d", "ops.FrozenBatchNorm2d", "ops.StochasticDepth"})
"""Modules of torchvision.ops, which is imported only where one is used."""

CHAINED: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "operator.add": operator.add,
        "operator.mul": operator.mul,
        "operator.sub": operator.sub,
        "torch.maximum": torch.maximum,
        "torch.minimum": torch.minimum,
    }
)
"""Functions of two values, applied from left to right."""

LISTED: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {"torch.cat": torch.cat, "torch.stack": torch.stack}
)
"""Functions of one list of values."""

FUNCTIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "torch.amax": torch.amax,
        "torch.chunk": torch.chunk,
        "torch.flatten": torch.flatten,
        "torch.flip": torch.flip,
        "torch.matmul": torch.matmul,
        "torch.mean": torch.mean,
        "torch.nan_to_num": torch.nan_to_num,
        "torch.narrow": torch.narrow,
        "torch.permute": torch.permute,
        "torch.reshape": torch.reshape,
        "torch.roll": torch.roll,
        "torch.split": torch.split,
        "torch.squeeze": torch.squeeze,
        "torch.sum": torch.sum,
        "torch.transpose": torch.transpose,
        "torch.unsqueeze": torch.unsqueeze,
        "F.channel_shuffle": F.channel_shuffle,
        "F.interpolate": F.interpolate,
        "F.max_unpool1d": F.max_unpool1d,
        "F.max_unpool2d": F.max_unpool2d,
        "F.max_unpool3d": F.max_unpool3d,
        "F.normalize": F.normalize,
        "F.pad": F.pad,
        "F.scaled_dot_product_attention": F.scaled_dot_product_attention,
    }
)
"""Functions called with the values one by one, then with their arguments."""

_INITIALISERS = """
constant_ dirac_ kaiming_normal_ kaiming_uniform_ normal_ ones_ orthogonal_ trunc_normal_ uniform_
xavier_normal_ xavier_uniform_ zeros_
"""

INITIALISERS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        **{f"nn.init.{name}": getattr(nn.init, name) for name in _INITIALISERS.split()},
        "init_classic_": init_classic_,
    }
)
"""Functions that write the first values of a parameter."""


def module_type(target: str) -> Callable[..., nn.Module]:
    """The class behind a call's target. Raises ValueError where it is not allowed."""
    if target in MODULES:
        return MODULES[target]
    found: Callable[..., nn.Module]
    if target in VISION_MODULES:
        found = getattr(import_module("torchvision.ops"), target.removeprefix("ops."))
        return found
    if target in OWN_MODULES:
        found = getattr(import_module(f"resources.modules.{OWN_MODULES[target]}"), target)
        return found
    raise ValueError(f"{target} is not a layer of this program")
