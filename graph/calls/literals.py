"""Values as Python source."""

from __future__ import annotations

from typing import Any

from graph.values.dims import Dim, Named


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
