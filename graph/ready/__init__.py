"""Ready blocks: the parts that the known architectures are made of.

Each is written as code that draws it into a project, where it can be changed like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from graph.ready.maker import Maker
from graph.ready.residual import RESIDUAL

READY: Mapping[str, Maker] = MappingProxyType(
    {maker.name: maker for family in (RESIDUAL,) for maker in family}
)
"""The ready blocks by name."""

__all__ = ["READY", "Maker"]
