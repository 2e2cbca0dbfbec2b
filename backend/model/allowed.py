"""What a plan may call, by name: torch modules, functions, and this program's own modules.

A name that stands in none of these tables is refused, whatever torch may have under it. The modules
are those that the layer types declare, so that a new type need not be listed here.
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
from graph.layers.registry import LAYERS
from resources.modules.init_classic import init_classic_

DECLARED = frozenset(name for kind in LAYERS for name in (f"nn.{kind.type_name()}", *kind.modules))
"""What the layer types declare: by their names, and in ``Layer.modules``."""

MODULES: Mapping[str, Callable[..., nn.Module]] = MappingProxyType(
    {
        target: found
        for target in sorted(DECLARED)
        if target.startswith("nn.") and (found := getattr(nn, target.removeprefix("nn."), None))
    }
)
"""Every module of torch a plan may call: what is declared, where torch has it."""

VISION_MODULES = frozenset(target for target in DECLARED if target.startswith("ops."))
"""Modules of torchvision.ops, which is imported only where one is used."""

CHAINED: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "operator.add": operator.add,
        "operator.mul": operator.mul,
        "operator.sub": operator.sub,
        "torch.maximum": torch.maximum,
    }
)
"""Functions of two values, applied from left to right."""

LISTED: Mapping[str, Callable[..., Any]] = MappingProxyType({"torch.cat": torch.cat})
"""Functions of one list of values."""

FUNCTIONS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "torch.amax": torch.amax,
        "torch.chunk": torch.chunk,
        "torch.matmul": torch.matmul,
        "torch.mean": torch.mean,
        "torch.nan_to_num": torch.nan_to_num,
        "torch.permute": torch.permute,
        "torch.reshape": torch.reshape,
        "torch.split": torch.split,
        "torch.squeeze": torch.squeeze,
        "torch.sum": torch.sum,
        "torch.transpose": torch.transpose,
        "torch.unsqueeze": torch.unsqueeze,
        "F.max_unpool1d": F.max_unpool1d,
        "F.max_unpool2d": F.max_unpool2d,
        "F.max_unpool3d": F.max_unpool3d,
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
