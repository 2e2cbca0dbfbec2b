"""This program's own modules: layers of the literature that torch does not have.

Each is one class in a file of ``resources/modules``, which may use ``torch``, ``Tensor``, ``nn``,
``F``, ``math`` and nothing else. The builder imports it; the exporter copies the text read here, so
that an exported file runs alone.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

OWN_MODULES: Mapping[str, str] = MappingProxyType(
    {
        "DropPath": "drop_path",
        "FixedKernel": "fixed_kernel",
        "LocallyConnected1d": "locally_connected1d",
        "LocallyConnected2d": "locally_connected2d",
        "RadialBasis": "radial_basis",
        "ScaledTanh": "scaled_tanh",
        "Shortcut": "shortcut",
    }
)
"""Class name -> name of its file, without the suffix."""

NAMES = frozenset({"torch", "Tensor", "nn", "F", "math", "ops"})
"""What the source of an own module may take from outside itself."""

_FOLDER = Path(__file__).resolve().parents[1] / "resources" / "modules"


@dataclass(frozen=True, slots=True)
class OwnModule:
    """The source of a class, line by line, and which of ``NAMES`` it uses."""

    lines: tuple[str, ...]
    names: frozenset[str]


@cache
def own_module(name: str) -> OwnModule:
    """Read the class called ``name``. Raises KeyError where there is none."""
    text = (_FOLDER / f"{OWN_MODULES[name]}.py").read_text(encoding="utf-8")
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            assert node.end_lineno is not None
            lines = text.splitlines()[node.lineno - 1 : node.end_lineno]
            used = {found.id for found in ast.walk(node) if isinstance(found, ast.Name)}
            return OwnModule(tuple(lines), NAMES & used)
    raise KeyError(name)
