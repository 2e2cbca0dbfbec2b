"""What a mosaic shows: arrays, their range, their palette indices, and cells that need a mark."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gui.appearance.colormaps import (
    INFINITE,
    NOT_A_NUMBER,
    Colormap,
    ValueRange,
    clipped,
    indices,
    value_range,
)
from gui.language.text import MINUS, full, tr

CellIndices = NDArray[np.intp]


@dataclass(frozen=True)
class MosaicData:
    """``pixels`` are palette indices N×h×w, or N×h×w×3 colours; places are (tile, row, column)."""

    arrays: NDArray[np.floating]
    limits: ValueRange
    pixels: NDArray[np.uint8]
    clipped: CellIndices
    not_a_number: CellIndices
    infinite: CellIndices
    rgb: bool

    def __len__(self) -> int:
        return len(self.arrays)

    @property
    def tile_shape(self) -> tuple[int, int]:
        """Height and width of one tile in cells."""
        return self.pixels.shape[1], self.pixels.shape[2]

    def describe(self, index: int) -> str:
        """Index, exact extremes and the number of values that are not finite."""
        tile = self.arrays[index]
        finite = tile[np.isfinite(tile)]
        low, high = (finite.min(), finite.max()) if finite.size else (np.nan, np.nan)
        text = tr(
            "{index}: smallest {low}, greatest {high}",
            index=index,
            low=_exact(low),
            high=_exact(high),
        )
        missing = tile.size - finite.size
        return text + tr(", {count} not finite", count=full(missing)) if missing else text


def mosaic_data(
    arrays: NDArray[np.floating],
    palette: Colormap,
    *,
    each: bool = False,
    fixed: ValueRange | None = None,
    rgb: bool = False,
) -> MosaicData:
    """Prepare N×h×w values, or N×3×h×w with ``rgb`` (grey is zero).

    Args:
        each: every tile has a range of its own.
        fixed: the range, instead of the palette's default for these values.

    Raises:
        ValueError: another number of dimensions, or not three channels.
    """
    data = np.asarray(arrays)
    if data.ndim != (4 if rgb else 3) or (rgb and data.shape[1] != 3):
        raise ValueError(f"expected {'N×3×h×w' if rgb else 'N×h×w'}, got {data.shape}")
    limits = fixed or value_range(data, palette)
    if rgb:
        nowhere = np.empty((0, 3), np.intp)
        return MosaicData(data, limits, _colours(data, limits), nowhere, nowhere, nowhere, True)
    if each:
        own = [value_range(tile, palette) for tile in data]
        pixels = np.array(list(map(indices, data, own)), np.uint8).reshape(data.shape)
        beyond = np.array(list(map(clipped, data, own)), bool).reshape(data.shape)
    else:
        pixels, beyond = indices(data, limits), clipped(data, limits)
    return MosaicData(
        data,
        limits,
        pixels,
        np.argwhere(beyond),
        np.argwhere(pixels == NOT_A_NUMBER),
        np.argwhere(pixels == INFINITE),
        False,
    )


def _colours(data: NDArray[np.floating], limits: ValueRange) -> NDArray[np.uint8]:
    reach = max(abs(limits.low), abs(limits.high)) or 1.0
    wide = np.moveaxis(np.nan_to_num(data.astype(np.float64)), 1, -1)
    return np.clip(128 + wide / reach * 127.5, 0, 255).astype(np.uint8)


def _exact(value: float) -> str:
    """All digits of a float32."""
    return str(np.float32(value)).replace("-", MINUS)
