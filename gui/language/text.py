"""Visible text: translation of sentences, and numbers as the user reads them.

Every figure on the screen is written here, so that one number looks the same everywhere: a thin
space each three digits, three figures with k M G, KiB for memory, U+2212 for minus.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from graph.values.message import Argument, say, say_count

THIN_SPACE = "\u2009"
NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"
NOTHING = "–"


def tr(template: str, /, **arguments: Argument) -> str:
    """The sentence in the user's language, its named arguments filled in."""
    return say(template, **arguments).text()


def tr_count(one: str, many: str, count: int, /, **arguments: Argument) -> str:
    """The sentence about ``count`` things, which ``n`` in it names with all digits."""
    return say_count(one, many, count, **{"n": full(count), **arguments}).text()


def plain(text: str) -> str:
    """A tooltip that is plain text: a name from a file must not be read as rich text."""
    return text.replace("<", "\u2039")


def full(number: int) -> str:
    """Every digit, a thin space each three: ``18 432``."""
    return f"{number:,}".replace(",", THIN_SPACE).replace("-", MINUS)


def short(number: float) -> str:
    """Three figures with k, M, G, T: ``18.4 k``. Below a thousand the number itself."""
    if not math.isfinite(number):
        return _not_finite(number)
    if abs(number) < 1000 and float(number).is_integer():
        return full(int(number))
    return _scaled(number, 1000.0, ("", "k", "M", "G", "T", "P", "E"))


def memory(size: float) -> str:
    """Bytes with three figures in binary units: ``6.13 MiB``."""
    if not math.isfinite(size):
        return _not_finite(size)
    if abs(size) < 1024:
        return f"{full(round(size))}{NO_BREAK_SPACE}B"
    return _scaled(size, 1024.0, ("B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"))


def number(value: float, figures: int = 3) -> str:
    """A measured value with ``figures`` significant figures: ``0.183``, ``8.4e−4``."""
    if not math.isfinite(value):
        return _not_finite(value)
    text = f"{value:#.{figures}g}".removesuffix(".")
    mantissa, exponent_mark, exponent = text.partition("e")
    if exponent_mark:
        text = f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    return text.replace("-", MINUS)


def shape(sizes: Iterable[object]) -> str:
    """``(64, 14, 14)`` as ``64×14×14``."""
    return "×".join(str(size) for size in sizes)


def duration(seconds: float) -> str:
    """``00:57`` below an hour, ``1:02:09`` above; a dash if nobody knows."""
    if not math.isfinite(seconds) or seconds < 0:
        return NOTHING
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def percent(fraction: float, decimals: int = 1) -> str:
    """``0.389`` as ``38.9 %``."""
    if not math.isfinite(fraction):
        return _not_finite(fraction)
    return f"{fraction * 100:.{decimals}f}{NO_BREAK_SPACE}%".replace("-", MINUS)


def _scaled(value: float, base: float, units: tuple[str, ...]) -> str:
    """``value`` with three figures in the first unit that leaves it below ``base``."""
    magnitude = abs(value)
    unit = 0
    while unit < len(units) - 1 and float(f"{magnitude:.3g}") >= base:
        magnitude /= base
        unit += 1
    decimals = 2 if magnitude < 9.995 else 1 if magnitude < 99.95 else 0
    sign = MINUS if value < 0 else ""
    space = NO_BREAK_SPACE if units[unit] else ""
    return f"{sign}{magnitude:.{decimals}f}{space}{units[unit]}"


def _not_finite(value: float) -> str:
    if math.isnan(value):
        return "NaN"
    return "∞" if value > 0 else f"{MINUS}∞"
