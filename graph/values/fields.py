"""How the fields of a declaration are written: one function per kind of value.

``out_channels: int = integer(32, 1, 65536, "Number of filters.")`` gives default, range and help;
graph.values.declaration reads them back and refuses everything else.
"""

from __future__ import annotations

import math
from typing import Any

from pydantic import Field

from graph.values.declaration import FieldKind, Value

ANY = (-math.inf, math.inf)
"""The limits of a value that is no number."""


def _field(
    kind: FieldKind,
    default: Value,
    limits: tuple[float, float],
    help: str,
    *,
    words: tuple[str, ...] = (),
    none_means: str = "",
    **spec: Any,
) -> Any:
    spec |= {"kind": kind.value, "help": help, "minimum": limits[0], "maximum": limits[1]}
    spec |= {"words": list(words), "none_means": none_means, "optional": bool(none_means)}
    return Field(default=default, json_schema_extra=spec)


def integer(
    default: int | str,
    minimum: int,
    maximum: int,
    help: str,
    unit: str = "",
    *,
    words: tuple[str, ...] = (),
) -> Any:
    """A whole number in a closed range. ``words`` may stand instead."""
    return _field(FieldKind.INTEGER, default, (minimum, maximum), help, words=words, unit=unit)


def pair(
    default: tuple[int, int] | str | None,
    minimum: int,
    maximum: int,
    help: str,
    *,
    words: tuple[str, ...] = (),
    none_means: str = "",
) -> Any:
    """Height and width. ``words`` may stand instead; ``none_means`` names what None stands for."""
    return _field(
        FieldKind.PAIR, default, (minimum, maximum), help, words=words, none_means=none_means
    )


def triple(
    default: tuple[int, int, int] | str | None,
    minimum: int,
    maximum: int,
    help: str,
    *,
    words: tuple[str, ...] = (),
    none_means: str = "",
) -> Any:
    """Depth, height and width, otherwise as ``pair``."""
    return _field(
        FieldKind.TRIPLE, default, (minimum, maximum), help, words=words, none_means=none_means
    )


def integers(
    default: tuple[int, ...] | None,
    minimum: int,
    maximum: int,
    help: str,
    *,
    least: int = 1,
    most: int,
    none_means: str = "",
) -> Any:
    """A list of ``least`` to ``most`` whole numbers; ``none_means`` as in ``pair``."""
    return _field(
        FieldKind.INTEGERS,
        default,
        (minimum, maximum),
        help,
        none_means=none_means,
        lengths=[least, most],
    )


def reals(
    default: tuple[float, ...],
    minimum: float,
    maximum: float,
    help: str,
    *,
    least: int = 1,
    most: int,
) -> Any:
    """A list of ``least`` to ``most`` finite numbers."""
    return _field(FieldKind.REALS, default, (minimum, maximum), help, lengths=[least, most])


def extent(default: tuple[int, ...], minimum: int, maximum: int, help: str) -> Any:
    """One to four sizes, channels first."""
    return _field(FieldKind.EXTENT, default, (minimum, maximum), help)


def real(
    default: float | None,
    minimum: float,
    maximum: float,
    help: str,
    *,
    none_means: str = "",
    open_minimum: bool = False,
    open_maximum: bool = False,
    unit: str = "",
) -> Any:
    """A finite number; the range is closed unless an end is declared open."""
    return _field(
        FieldKind.REAL,
        default,
        (minimum, maximum),
        help,
        none_means=none_means,
        unit=unit,
        open_minimum=open_minimum,
        open_maximum=open_maximum,
    )


def optional_integer(
    default: int | None, minimum: int, maximum: int, help: str, none_means: str
) -> Any:
    """A whole number, or None, which stands for ``none_means``."""
    return _field(FieldKind.INTEGER, default, (minimum, maximum), help, none_means=none_means)


def flag(default: bool, help: str) -> Any:
    """On or off."""
    return _field(FieldKind.FLAG, default, ANY, help)


def choice(default: str, words: tuple[str, ...], help: str) -> Any:
    """One of a few words."""
    return _field(FieldKind.CHOICE, default, ANY, help, words=words)
