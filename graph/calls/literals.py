"""Values and calls as Python source."""

from __future__ import annotations

from typing import Any

from graph.calls.call import Call
from graph.export.layout import Bracketed, Expression
from graph.values.dims import Dim, Named, is_traced

_EXACT = frozenset({"normalized_shape", "unflattened_size"})
"""Arguments in which torch would read 3 otherwise than (3, 3)."""


def quote(text: str) -> str:
    """A string literal with double quotes, in ASCII."""
    plain = ascii(text)
    if plain.startswith("'") and '"' not in plain:
        return f'"{plain[1:-1]}"'
    return plain


def literal(value: Any, *, short: bool = True) -> str:
    """A value as source: an expression where it is traced, else its ``repr``.

    Where ``short``, several equal numbers become one, as torch's windows allow.
    """
    if isinstance(value, (Dim, Named)):
        return value.expression
    if isinstance(value, tuple):
        items = [literal(item, short=short) for item in value]
        if short and len(items) > 1 and len(set(items)) == 1:
            return items[0]
        return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
    if isinstance(value, str):
        return quote(value)
    return repr(value)


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
