"""This program's own modules: layers of the literature that torch does not have.

Each is one class, or one function that writes first weights, in a file of ``resources/modules``,
which may use ``NAMES`` and nothing else. The builder imports it; the exporter copies the text read
here, so that an exported file runs alone.
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
        "Expectation": "expectation",
        "FixedKernel": "fixed_kernel",
        "LocallyConnected1d": "locally_connected1d",
        "LocallyConnected2d": "locally_connected2d",
        "RadialBasis": "radial_basis",
        "ScaledTanh": "scaled_tanh",
        "Shortcut": "shortcut",
        "TableConv2d": "table_conv2d",
    }
)
"""Class name -> name of its file, without the suffix."""

OWN_FUNCTIONS: Mapping[str, str] = MappingProxyType({"init_classic_": "init_classic"})
"""The same for functions of ``nn.init``'s kind."""

OWN_NAMES = OWN_MODULES.keys() | OWN_FUNCTIONS.keys()
"""All that ``own_module`` reads."""

NAMES = frozenset({"torch", "Tensor", "nn", "F", "math", "ops"})
"""What the source of an own module may take from outside itself."""

_FOLDER = Path(__file__).resolve().parents[2] / "resources" / "modules"


@dataclass(frozen=True, slots=True)
class OwnModule:
    """The source of a class or function, line by line, and which of ``NAMES`` it uses."""

    lines: tuple[str, ...]
    names: frozenset[str]


@cache
def own_module(name: str) -> OwnModule:
    """Read the class or function called ``name``. Raises KeyError where there is none."""
    file = OWN_FUNCTIONS[name] if name in OWN_FUNCTIONS else OWN_MODULES[name]
    text = (_FOLDER / f"{file}.py").read_text(encoding="utf-8")
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name == name:
            assert node.end_lineno is not None
            lines = text.splitlines()[node.lineno - 1 : node.end_lineno]
            used = {found.id for found in ast.walk(node) if isinstance(found, ast.Name)}
            return OwnModule(tuple(lines), NAMES & used)
    raise KeyError(name)
