"""Values that remember how they were computed.

The ordinary shape rules run on them unchanged; a class of the exported file then says
``nn.Conv2d(channels, channels // reduction, 1)`` and not the numbers of one use. ``names`` are the
arguments that an expression needs.
"""

from __future__ import annotations

import re
from typing import Any

ATOM, UNARY, PRODUCT, SUM, COMPARISON, NOT, AND, OR, CHOICE = range(9, 0, -1)
"""How tightly an expression binds, as in Python's grammar."""


class Dim(int):
    """An integer with the expression it came from: ``Dim(64, "channels") // 4``."""

    expression: str
    level: int
    names: frozenset[str]

    def __new__(
        cls,
        value: int,
        expression: str,
        level: int = ATOM,
        names: frozenset[str] | None = None,
    ) -> Dim:
        self = super().__new__(cls, value)
        self.expression = expression
        self.level = level
        self.names = frozenset({expression}) if names is None else names
        return self

    def _join(self, value: int, left: object, sign: str, right: object, level: int) -> Dim:
        # A sum behind + needs no brackets; behind other signs the order of the signs counts.
        first = _text(left, level)
        second = _text(right, level if sign == "+" else level + 1)
        names = names_of(left) | names_of(right)
        return Dim(value, f"{first} {sign} {second}", level, names)

    def __add__(self, other: int) -> Dim:
        if not isinstance(other, int):
            return NotImplemented
        if _is(other, 0):
            return self
        (count, what), (more, same) = counted(self), counted(other)
        if what == same:
            return times(count + more, int(self) // count, what, self.names)
        return self._join(int(self) + int(other), self, "+", other, SUM)

    def __radd__(self, other: int) -> Dim:
        if not isinstance(other, int):
            return NotImplemented
        if _is(other, 0):
            return self
        return self._join(int(other) + int(self), other, "+", self, SUM)

    def __sub__(self, other: int) -> Dim:
        if not isinstance(other, int):
            return NotImplemented
        if _is(other, 0):
            return self
        return self._join(int(self) - int(other), self, "-", other, SUM)

    def __rsub__(self, other: int) -> Dim:
        if not isinstance(other, int):
            return NotImplemented
        return self._join(int(other) - int(self), other, "-", self, SUM)

    def __mul__(self, other: int) -> Dim:
        if not isinstance(other, int):
            return NotImplemented
        if _is(other, 1):
            return self
        return self._join(int(self) * int(other), self, "*", other, PRODUCT)

    def __rmul__(self, other: int) -> Dim:
        if not isinstance(other, int):
            return NotImplemented
        if _is(other, 1):
            return self
        return self._join(int(other) * int(self), other, "*", self, PRODUCT)

    def __floordiv__(self, other: int) -> Dim:
        if not isinstance(other, int):
            return NotImplemented
        if _is(other, 1):
            return self
        return self._join(int(self) // int(other), self, "//", other, PRODUCT)

    def __rfloordiv__(self, other: int) -> Dim:
        if not isinstance(other, int):
            return NotImplemented
        return self._join(int(other) // int(self), other, "//", self, PRODUCT)

    def __rmod__(self, other: int) -> Dim:
        if not isinstance(other, int):
            return NotImplemented
        return self._join(int(other) % int(self), other, "%", self, PRODUCT)

    def __neg__(self) -> Dim:
        if self.level == UNARY and self.expression.startswith("-"):
            return Dim(-int(self), self.expression[1:], ATOM, self.names)
        return Dim(-int(self), f"-{_text(self, UNARY)}", UNARY, self.names)

    def __mod__(self, other: int) -> Dim:
        if not isinstance(other, int):
            return NotImplemented
        return self._join(int(self) % int(other), self, "%", other, PRODUCT)


_COUNTED = re.compile(r"(\d+) \* (\w+(?:\([^()]*\))?|\([^()]*\))", re.ASCII)
_ATOM = re.compile(r"\w+(?:\([^()]*\))?", re.ASCII)


def counted(value: int) -> tuple[int, str]:
    """How often, and what: ``2 * channels`` is twice ``channels``."""
    if not isinstance(value, Dim):
        return 1, repr(value)
    found = _COUNTED.fullmatch(value.expression)
    if found is None or not int(found[1]):
        return 1, value.expression
    what = found[2]
    return int(found[1]), what[1:-1] if what.startswith("(") else what


def times(count: int, value: int, what: str, names: frozenset[str]) -> Dim:
    """``count`` times the expression ``what`` of the given value; ``count`` may be traced."""
    term = Dim(value, what, ATOM if _ATOM.fullmatch(what) else SUM, names)
    if not isinstance(count, Dim):
        return count * term
    return Dim.__mul__(count, term)


class Named:
    """A value other than an integer that a class takes as an argument: ``Named(True, "bias")``."""

    __slots__ = ("expression", "level", "names", "value")

    def __init__(
        self,
        value: Any,
        expression: str,
        level: int = ATOM,
        names: frozenset[str] | None = None,
    ) -> None:
        self.value = value
        self.expression = expression
        self.level = level
        self.names = frozenset({expression}) if names is None else names


def joined_named(values: tuple[Any, ...]) -> Named:
    """A tuple with traced items as one traced value; one of a single item is that item."""
    if len(values) == 1 and isinstance(values[0], Named):
        return values[0]
    items = ", ".join(_text(value, 0) for value in values)
    return Named(
        tuple(plain(value) for value in values),
        f"({items}{',' if len(values) == 1 else ''})",
        names=names_of(values),
    )


def _is(value: object, number: int) -> bool:
    return not isinstance(value, Dim) and value == number


def _text(value: object, level: int) -> str:
    if isinstance(value, (Dim, Named)):
        return value.expression if value.level >= level else f"({value.expression})"
    return repr(value)


def names_of(value: object) -> frozenset[str]:
    """The arguments that a value needs; empty for plain ones."""
    if isinstance(value, (Dim, Named)):
        return value.names
    if isinstance(value, tuple):
        return frozenset().union(*(names_of(item) for item in value))
    return frozenset()


def is_traced(value: object) -> bool:
    """Whether a value, or an item of it, has an expression."""
    if isinstance(value, tuple):
        return any(is_traced(item) for item in value)
    return isinstance(value, (Dim, Named))


def plain(value: Any) -> Any:
    """The value without its expression, for torch."""
    if isinstance(value, Named):
        return value.value
    if isinstance(value, Dim):
        return int(value)
    if isinstance(value, tuple):
        return tuple(plain(v) for v in value)
    return value
