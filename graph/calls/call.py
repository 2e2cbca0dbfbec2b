"""What torch is asked to do, as data: a module, a function, first weights.

The builder turns a call into a module through an allow-list, the exporter into a line of source.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any

Shape = tuple[int, ...]
"""Sizes of one image or stack of features without the batch: ``(channels, height, width)``."""


@dataclass(frozen=True, slots=True)
class Init:
    """One step of initialisation: ``Init("nn.init.normal_", "weight", {"std": 0.01})`` writes new
    values into a parameter of a fresh module. Names are the function's own."""

    function: str
    parameter: str
    arguments: Mapping[str, Any] = default(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """A torch module as data: ``Call("nn.Conv2d", {"in_channels": 1, ...}, positional=3)``.

    The first ``positional`` arguments are written without their names. ``defaults`` are torch's,
    so that the exporter can leave out what equals them. ``init`` runs once the module is made.
    """

    target: str
    arguments: Mapping[str, Any]
    positional: int = 0
    defaults: Mapping[str, Any] = default(default_factory=dict)
    init: tuple[Init, ...] = ()


@dataclass(frozen=True, slots=True)
class Apply:
    """A function of the inputs as data, with no weights: ``Apply("torch.cat", {"dim": 1})``."""

    target: str
    arguments: Mapping[str, Any] = default(default_factory=dict)
