"""From numbers to colours by table: pictures hold indices 0 to 255, a palette says what they mean.

0 to 252 are values from the lower to the upper end of a range; in the diverging palette 126 is
exactly zero. 253 is the ground between tiles, 254 "not a number", 255 infinite. A change of
palette or theme replaces 256 colours and no data. Colours: the design tokens; the sequential
palette is viridis (Smith and van der Walt, matplotlib 1.5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from gui.appearance.theme import Theme, blend, make_theme

STEPS = 253
CENTRE = 126
GROUND, NOT_A_NUMBER, INFINITE = 253, 254, 255
PERCENTILE = 99.7


class Colormap(StrEnum):
    """DIVERGING around zero (weights, gradients), SEQUENTIAL from zero (feature maps), GREY."""

    DIVERGING = "diverging"
    SEQUENTIAL = "sequential"
    GREY = "grey"


@dataclass(frozen=True)
class ValueRange:
    """The values at the two ends of a palette."""

    low: float
    high: float


def colour_table(palette: Colormap, theme: Theme) -> list[int]:
    """The 256 colours of a palette, for ``QImage.setColorTable``."""
    return list(_table(palette, theme.name))


@cache
def _table(palette: Colormap, theme_name: str) -> tuple[int, ...]:
    theme = make_theme(theme_name)
    stops: Sequence[QColor] = {
        Colormap.DIVERGING: theme.diverging,
        Colormap.SEQUENTIAL: theme.sequential,
        Colormap.GREY: (QColor("black"), QColor("white")),
    }[palette]
    colours = [_at(stops, index / (STEPS - 1)) for index in range(STEPS)]
    colours += [theme.background.canvas, theme.error.background, theme.error.base]
    return tuple(colour.rgb() for colour in colours)


def _at(stops: Sequence[QColor], place: float) -> QColor:
    """The colour at 0..1 between equally spaced stops."""
    index = min(int(place * (len(stops) - 1)), len(stops) - 2)
    return blend(stops[index + 1], stops[index], place * (len(stops) - 1) - index)


def value_range(values: NDArray[np.floating], palette: Colormap) -> ValueRange:
    """The default range of some values; what is not finite has no say.

    Diverging: symmetric, the 99.7th percentile of the absolute values. Sequential: from zero (or
    the lowest value below it) to the highest. Grey: lowest to highest.
    """
    finite = np.asarray(values, dtype=np.float64)
    finite = finite[np.isfinite(finite)]
    if not finite.size:
        return ValueRange(-1.0, 1.0) if palette is Colormap.DIVERGING else ValueRange(0.0, 1.0)
    if palette is Colormap.DIVERGING:
        magnitude = np.abs(finite)
        reach = _percentile(magnitude, PERCENTILE) or float(magnitude.max()) or 1.0
        return ValueRange(-reach, reach)
    low, high = float(finite.min()), float(finite.max())
    if palette is Colormap.SEQUENTIAL:
        low = min(low, 0.0)
    return ValueRange(low, high if high > low else low + 1.0)


def _percentile(values: NDArray[np.float64], percent: float) -> float:
    """As numpy's, which for the few values of one picture is busy with other things."""
    place = percent / 100 * (values.size - 1)
    first = int(place)
    second = min(first + 1, values.size - 1)
    ranked = np.partition(values, (first, second), axis=None)
    low, high = float(ranked[first]), float(ranked[second])
    return low + (high - low) * (place - first)


def indices(values: NDArray[np.floating], limits: ValueRange) -> NDArray[np.uint8]:
    """Values to table indices, clipped to the range; not finite ones to their own two."""
    wide = np.asarray(values, dtype=np.float64)
    finite = np.isfinite(wide)
    middle = limits.low / 2 + limits.high / 2
    half = limits.high / 2 - limits.low / 2 or 1.0
    with np.errstate(over="ignore", invalid="ignore"):
        places = np.clip((np.where(finite, wide, 0.0) - middle) / half, -1.0, 1.0)
    result = np.rint(CENTRE + CENTRE * places).astype(np.uint8)
    result[np.isnan(wide)] = NOT_A_NUMBER
    result[np.isinf(wide)] = INFINITE
    return result


def clipped(values: NDArray[np.floating], limits: ValueRange) -> NDArray[np.bool_]:
    """Which finite values lie outside the range."""
    outside = (values < limits.low) | (values > limits.high)
    return np.asarray(outside & np.isfinite(values))


def indexed_image(picture: NDArray[np.uint8], palette: Colormap, theme: Theme) -> QImage:
    """An 8-bit picture (height × width) with a colour table; owns its data."""
    data = np.ascontiguousarray(picture)
    height, width = data.shape
    image = QImage(data.data, width, height, width, QImage.Format.Format_Indexed8)
    image.setColorTable(colour_table(palette, theme))
    return image.copy()


def strip_image(
    arrays: NDArray[np.floating],
    palette: Colormap,
    theme: Theme,
    cells: int = 6,
    size: int = 21,
    gap: int = 2,
) -> QImage:
    """The first pictures of a layer in a row, for a node: ``cells`` squares of ``size`` pixels.

    Args:
        arrays: N×h×w. Each picture has its own range.
    """
    shown = np.asarray(arrays)[:cells]
    width = cells * (size + gap) - gap
    strip = np.full((size, width), GROUND, dtype=np.uint8)
    for index, tile in enumerate(shown):
        start = index * (size + gap)
        part = indices(nearest(tile, size, size), value_range(tile, palette))
        strip[:, start : start + size] = part
    return indexed_image(strip, palette, theme)


def bars_image(
    values: NDArray[np.floating],
    palette: Colormap,
    theme: Theme,
    width: int = 136,
    height: int = 21,
) -> QImage:
    """A vector as one strip of upright bars, one colour each."""
    row = np.asarray(values).reshape(1, -1)
    if not row.size:
        return indexed_image(np.full((height, width), GROUND, np.uint8), palette, theme)
    part = indices(row, value_range(row, palette))
    return indexed_image(nearest(part, height, width), palette, theme)


def nearest(picture: NDArray[Any], height: int, width: int) -> NDArray[Any]:
    """A picture scaled by nearest neighbour."""
    rows = np.arange(height) * picture.shape[0] // height
    columns = np.arange(width) * picture.shape[1] // width
    scaled: NDArray[Any] = picture[rows[:, None], columns]
    return scaled
