"""A function of values as Python source: ``a + 0.2 * b``, ``torch.split(x, (2, 3), dim=1)``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from graph.calls.call import Apply
from graph.calls.literals import literal
from graph.export.layout import Bracketed, Expression, JoinedOperands
from graph.values.dims import ATOM, PRODUCT, is_traced

_SIGNS = {"operator.add": "+", "operator.mul": "*", "operator.sub": "-"}
_LISTED = frozenset({"torch.cat", "torch.stack"})
_FOLDED = frozenset({"torch.maximum", "torch.minimum"})
_POSITIONAL = {
    "torch.chunk": 1,
    "torch.narrow": 3,
    "torch.permute": 1,
    "torch.reshape": 1,
    "torch.split": 1,
    "torch.squeeze": 1,
    "torch.transpose": 2,
    "torch.unsqueeze": 1,
    "F.pad": 1,
}
"""How many arguments behind the values are written without their names."""
_SIMPLE = re.compile(r"(-?\w+)?", re.ASCII)
"""A bound that stands beside its colon without a space."""


def expression(operation: Apply, values: Sequence[str]) -> Expression:
    """The function called on the named values."""
    target, arguments = operation.target, operation.arguments
    if target in _SIGNS:
        return _chain(target, arguments, values)
    if target == "operator.getitem":
        return f"{values[0]}[{_slices(arguments)}]"
    if target in _FOLDED:
        folded: Expression = values[0]
        for value in values[1:]:
            folded = Bracketed(target, (folded, value))
        return folded
    if target == "torch.matmul" and arguments.get("transposed"):
        return Bracketed(target, (values[0], f"{values[1]}.mT"))
    count = _POSITIONAL.get(target, 0)
    written = [
        _argument("" if number < count else f"{name}=", value)
        for number, (name, value) in enumerate(arguments.items())
    ]
    if target in _LISTED:
        return Bracketed(target, (Bracketed("", tuple(values), "[]"), *written))
    return Bracketed(target, (*values, *written))


def _argument(prefix: str, value: Any) -> Expression:
    """One argument; a tuple is a group, so that a long one can be broken."""
    if isinstance(value, tuple) and len(value) > 1:
        return Bracketed(prefix, tuple(literal(item, short=False) for item in value))
    return prefix + literal(value, short=False)


def _chain(target: str, arguments: Mapping[str, Any], values: Sequence[str]) -> Expression:
    first, *rest = values
    scale = arguments.get("scale", 1.0)
    if is_traced(scale) or scale != 1.0:
        factor = literal(scale)
        factor = f"({factor})" if getattr(scale, "level", ATOM) < PRODUCT else factor
        rest = [f"{factor} * {value}" for value in rest]
    divisor = arguments.get("divisor", 1)
    tail = f"/ {literal(divisor)}" if divisor != 1 else ""
    return JoinedOperands(_SIGNS[target], (first, *rest), tail) if rest else first


def _slices(arguments: Mapping[str, Any]) -> str:
    """``:, 2:-1`` for start 2 and stop −1 along dimension 1."""
    bounds = [_bound(arguments.get(name)) for name in ("start", "stop", "step")]
    if bounds[2] in ("", "1"):
        bounds.pop()
    if all(_SIMPLE.fullmatch(bound) for bound in bounds):
        text = ":".join(bounds)
    else:  # as the formatter of Python sets it
        text = " : ".join(bounds).replace(":  :", "::").strip()
    return ", ".join([":"] * int(arguments["dim"]) + [text])


def _bound(value: Any) -> str:
    return "" if value is None else literal(value)
