"""Integers that remember how they were computed.

The ordinary shape rules run on them unchanged; a class of the exported file then says
``nn.Conv2d(channels, channels // reduction, 1)`` and not the numbers of one use.
"""

from __future__ import annotations

from typing import Any

_ATOM, _PRODUCT, _SUM = 3, 2, 1


class Dim(int):
    """An integer with the expression it came from: ``Dim(64, "channels") // 4``."""

    expression: str
    level: int

    def __new__(cls, value: int, expression: str, level: int = _ATOM) -> Dim:
        self = super().__new__(cls, value)
        self.expression = expression
        self.level = level
        return self

    def _join(self, value: int, left: object, sign: str, right: object, level: int) -> Dim:
        # The right operand of a non-associative sign needs brackets at its own level too.
        first = _text(left, level)
        second = _text(right, level if sign in "+*" else level + 1)
        return Dim(value, f"{first} {sign} {second}", level)

    def __add__(self, other: int) -> Dim:
        return self._join(int(self) + int(other), self, "+", other, _SUM)

    def __radd__(self, other: int) -> Dim:
        return self._join(int(other) + int(self), other, "+", self, _SUM)

    def __sub__(self, other: int) -> Dim:
        return self._join(int(self) - int(other), self, "-", other, _SUM)

    def __rsub__(self, other: int) -> Dim:
        return self._join(int(other) - int(self), other, "-", self, _SUM)

    def __mul__(self, other: int) -> Dim:
        return self._join(int(self) * int(other), self, "*", other, _PRODUCT)

    def __rmul__(self, other: int) -> Dim:
        return self._join(int(other) * int(self), other, "*", self, _PRODUCT)

    def __floordiv__(self, other: int) -> Dim:
        return self._join(int(self) // int(other), self, "//", other, _PRODUCT)

    def __mod__(self, other: int) -> Dim:
        return self._join(int(self) % int(other), self, "%", other, _PRODUCT)


class Named:
    """A value other than an integer that a class takes as an argument: ``Named(True, "bias")``."""

    __slots__ = ("expression", "value")

    def __init__(self, value: Any, expression: str) -> None:
        self.value = value
        self.expression = expression


def _text(value: object, level: int) -> str:
    if isinstance(value, Dim):
        return value.expression if value.level >= level else f"({value.expression})"
    return repr(value)


def plain(value: Any) -> Any:
    """The value without its expression, for torch."""
    if isinstance(value, Named):
        return value.value
    if isinstance(value, Dim):
        return int(value)
    if isinstance(value, tuple):
        return tuple(plain(v) for v in value)
    return value
