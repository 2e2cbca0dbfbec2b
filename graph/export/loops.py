"""Writes a chain of like parts as a person would: with a loop where they are alike."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from graph.export.layout import Bracketed, Expression, Unpacked
from graph.values.dims import SUM, Dim

_NUMBER = re.compile(r"(\w+=)?(\d+)", re.ASCII)
_FEWEST = 3
"""How many parts make a loop over a growing number worth reading."""

Part = tuple[str, list[str]]
"""The class of a part and its arguments as written."""


def in_loops(parts: Sequence[Part], count: int) -> tuple[Expression, ...]:
    """The parts as items of a call; ``count`` is their number, as an expression where traced."""
    if isinstance(count, Dim):
        if all(part == parts[0] for part in parts):
            return (_loop(parts[0], "_", count.expression),)
        if len(parts) > 1 and all(part == parts[1] for part in parts[1:]):
            fewer = count.expression if count.level >= SUM else f"({count.expression})"
            return (_call(parts[0]), _loop(parts[1], "_", f"{fewer} - 1"))
    found: list[Expression] = []
    rest_parts = list(parts)
    while rest_parts:
        grown, length = _growing(rest_parts)
        if grown is not None:
            found.append(_loop(grown, "i", str(length)))
            rest_parts = rest_parts[length:]
            continue
        _, same = next(groupby(rest_parts))
        length = len(list(same))
        first = rest_parts[0]
        found.append(_call(first) if length == 1 else _loop(first, "_", str(length)))
        rest_parts = rest_parts[length:]
    return tuple(found)


def _call(part: Part) -> Bracketed:
    return Bracketed(part[0], tuple(part[1]))


def _loop(part: Part, variable: str, count: str) -> Unpacked:
    return Unpacked(_call(part), f"for {variable} in range({count})")


def _growing(parts: Sequence[Part]) -> tuple[Part | None, int]:
    """The first parts as one with ``64 + 32 * i``, and how many of them fit it."""
    if len(parts) < _FEWEST or parts[0] == parts[1]:
        return None, 0
    (name, first), (other, second) = parts[0], parts[1]
    if name != other or len(first) != len(second):
        return None, 0
    steps: list[int] = []
    for a, b in zip(first, second, strict=True):
        found, next_found = _NUMBER.fullmatch(a), _NUMBER.fullmatch(b)
        if a == b:
            steps.append(0)
        elif found and next_found and found[1] == next_found[1]:
            steps.append(int(next_found[2]) - int(found[2]))
        else:
            return None, 0
    length = 0
    for number, part in enumerate(parts):
        if part != (name, [_at(a, step, number) for a, step in zip(first, steps, strict=True)]):
            break
        length += 1
    if length < _FEWEST or min(steps, default=0) < 0:
        return None, 0
    return (name, [_spelled(a, step) for a, step in zip(first, steps, strict=True)]), length


def _at(argument: str, step: int, number: int) -> str:
    if not step:
        return argument
    found = _NUMBER.fullmatch(argument)
    assert found is not None
    return f"{found[1] or ''}{int(found[2]) + step * number}"


def _spelled(argument: str, step: int) -> str:
    return f"{argument} + {step} * i" if step else argument
