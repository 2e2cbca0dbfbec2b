"""Axes that stand still: ranges that change in steps, and 4 to 7 ticks with short labels.

A live chart that follows each point repaints its axes each time, which costs more than its
curves. Here a range changes only when the data leave it or fill less than half of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from gui.language.text import MINUS, NO_BREAK_SPACE

Tick = tuple[float, str]

LARGEST = 1e290  # beyond it, differences and steps would overflow
SMALLEST = 1e-290
_UNITS = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
_ROOM = 0.02
_TOO_EMPTY = 0.45


@dataclass
class AxisRange:
    """The visible part of an axis. ``low`` and ``high`` are limits nobody passes."""

    low: float = -LARGEST
    high: float = LARGEST
    start: float = 0.0
    end: float = 1.0
    known: bool = False

    def fit(self, low: float, high: float) -> bool:
        """Make room for low..high; True if the range has changed."""
        if not (math.isfinite(low) and math.isfinite(high)):
            return False
        low, high = (min(max(value, self.low), self.high) for value in (low, high))
        if high - low <= 1e-9 * max(abs(low), abs(high)):
            margin = max(abs(high) * 0.1, 1e-9)
            low, high = low - margin, high + margin
        start, end = self._rounded(low, high)
        inside = self.known and low >= self.start and high <= self.end
        if inside and end - start > _TOO_EMPTY * (self.end - self.start):
            return False
        changed = not self.known or (start, end) != (self.start, self.end)
        self.start, self.end, self.known = start, end, True
        return changed

    def _rounded(self, low: float, high: float) -> tuple[float, float]:
        room = (high - low) * _ROOM
        step = nice_step((high - low + 2 * room) / 5)
        start = math.floor((low - room) / step) * step
        end = math.ceil((high + room) / step) * step
        if low >= 0 > start:
            start = 0.0
        return max(start, self.low), min(end, self.high)


def nice_step(rough: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is at least ``rough``."""
    power = 10.0 ** math.floor(math.log10(max(rough, SMALLEST)))
    for factor in (1.0, 2.0, 5.0):
        if factor * power >= rough * (1 - 1e-9):
            return factor * power
    return 10.0 * power


def linear_ticks(
    start: float, end: float, label: Callable[[float, float], str], most: int = 7
) -> list[Tick]:
    """4 to 7 ticks at round values, or up to ``most``; ``label(value, step)`` writes them."""
    indices = range(0)
    for parts in (6, 8, 12) if most >= 7 else (most - 1,):
        step = nice_step((end - start) / parts)
        indices = range(math.ceil(start / step - 1e-6), math.floor(end / step + 1e-6) + 1)
        if len(indices) >= 4:
            break
    return [(index * step, label(index * step, step)) for index in indices]


def log_ticks(
    start: float, end: float, label: Callable[[float, float], str], most: int = 7
) -> list[Tick]:
    """Ticks of an axis in powers of ten: ``start`` and ``end`` and the places are log10."""
    for factors in ((1.0,), (1.0, 3.0), (1.0, 2.0, 5.0), (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)):
        exponents = range(math.floor(start), math.ceil(end) + 1)
        places = [
            exponent + math.log10(factor)
            for exponent in exponents
            for factor in factors
            if start - 1e-9 <= exponent + math.log10(factor) <= end + 1e-9
        ]
        if len(places) >= 4:
            stride = -(-len(places) // most)
            # A tenth as the step where a mark may be 1.5: "1.5" and not a second "2".
            step = 0.1 if 1.5 in factors else 1.0
            return [(place, label(10.0**place, step * 10.0**place)) for place in places[::stride]]
    values = linear_ticks(10.0**start, 10.0**end, label, most)
    return [(math.log10(value), text) for value, text in values if value > 0]


def plain_label(value: float, step: float) -> str:
    """``0.5``, ``12 k``, ``1e−3``: as short as the step allows."""
    size = abs(value)
    if size < step * 1e-6:
        return "0"
    if size >= 1e15 or step < 9.95e-4:
        digits = max(0, math.floor(math.log10(size)) - math.floor(math.log10(step) + 1e-9))
        mantissa, _, exponent = f"{value:.{min(digits, 3)}e}".partition("e")
        return f"{mantissa}e{int(exponent)}".replace("-", MINUS)
    unit, name = next((pair for pair in _UNITS if size >= pair[0]), (1.0, ""))
    decimals = max(0, -math.floor(math.log10(step / unit) + 1e-9))
    text = f"{value / unit:.{decimals}f}".replace("-", MINUS)
    return f"{text}{NO_BREAK_SPACE}{name}" if name else text


def percent_label(value: float, step: float) -> str:
    """A fraction as ``92 %``."""
    decimals = max(0, -math.floor(math.log10(step * 100) + 1e-9))
    return f"{value * 100:.{decimals}f}{NO_BREAK_SPACE}%".replace("-", MINUS)
