"""The arguments of a call as Python source, in a layout that can be broken into lines."""

from __future__ import annotations

from typing import Any

from graph.calls.call import Call
from graph.calls.literals import literal
from graph.export.layout import Bracketed, Expression
from graph.values.dims import is_traced

_EXACT = frozenset({"normalized_shape", "unflattened_size"})
"""Arguments in which torch would read 3 otherwise than (3, 3)."""


def call_arguments(call: Call) -> list[Expression]:
    """The arguments as written: without those that equal torch's defaults, 3 for (3, 3)."""
    items: list[Expression] = []
    in_place = True
    for number, (name, value) in enumerate(call.arguments.items()):
        if not is_traced(value) and name in call.defaults and value == call.defaults[name]:
            in_place = False
            continue
        in_place = in_place and number < call.positional
        items.append(_argument("" if in_place else f"{name}=", name, value))
    return items


def _argument(prefix: str, name: str, value: Any) -> Expression:
    """One argument; a table is a group of rows, so that long ones can be broken."""
    if isinstance(value, tuple) and len(value) > 1 and all(isinstance(row, tuple) for row in value):
        return Bracketed(prefix, tuple(map(_row, value)))
    text = literal(value, short=name not in _EXACT)
    if isinstance(value, tuple) and len(value) > 1 and text.startswith("("):
        return Bracketed(prefix, tuple(literal(item) for item in value))  # so that it can be broken
    return prefix + text


def _row(cells: tuple[Any, ...]) -> Expression:
    """A row of a table; a single cell keeps the comma that makes it one."""
    return Bracketed("", tuple(map(literal, cells))) if len(cells) > 1 else literal(cells)
