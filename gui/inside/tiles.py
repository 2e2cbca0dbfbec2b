"""Where the tiles of a mosaic stand, and the one picture made of them.

All lengths are device pixels. The picture is built at screen resolution by two index vectors
(which row, which column of the data each pixel shows), so gaps are exact at any scale.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QRectF


@dataclass(frozen=True)
class Tiles:
    """``count`` tiles of ``width × height`` pixels in ``columns``. ``rows_shown`` of their rows are
    in sight, from ``first_row`` on."""

    count: int
    columns: int
    rows_shown: int
    width: int
    height: int
    gap: int
    first_row: int = 0

    @property
    def rows(self) -> int:
        return -(-self.count // self.columns)

    @property
    def cut(self) -> bool:
        """Whether there are rows out of sight."""
        return self.rows_shown < self.rows

    @property
    def shown(self) -> range:
        """The tiles in sight."""
        first = self.first_row * self.columns
        return range(first, min(self.count, first + self.columns * self.rows_shown))

    def scrolled(self, first_row: int) -> Tiles:
        """The same with another row first, as far as there are rows."""
        return replace(self, first_row=min(max(0, first_row), max(0, self.rows - self.rows_shown)))

    def showing(self, index: int) -> Tiles:
        """The same, scrolled no farther than a tile needs to be in sight."""
        row = index // self.columns
        return self.scrolled(min(max(self.first_row, row - self.rows_shown + 1), row))

    def rect(self, index: int) -> QRect:
        """Where a tile stands; above or below the area if its row is not shown."""
        row, column = divmod(index, self.columns)
        left = column * (self.width + self.gap)
        top = (row - self.first_row) * (self.height + self.gap)
        return QRect(left, top, self.width, self.height)

    def cell(self, place: tuple[int, int, int], shape: tuple[int, int]) -> QRectF:
        """Where a cell is: (tile, row, column), of ``shape`` (height, width) cells in a tile."""
        (index, row, column), (height, width) = place, shape
        rect = self.rect(index)
        return QRectF(
            rect.left() + column * self.width / width,
            rect.top() + row * self.height / height,
            self.width / width,
            self.height / height,
        )

    def at(self, x: float, y: float) -> int | None:
        """The tile under a point."""
        column, row = int(x // (self.width + self.gap)), int(y // (self.height + self.gap))
        index = (row + self.first_row) * self.columns + column
        inside = 0 <= column < self.columns and 0 <= row < self.rows_shown
        return index if inside and 0 <= index < self.count else None


def arrange(
    count: int, shape: tuple[int, int], area: tuple[int, int], gap: int, least: int
) -> Tiles:
    """The arrangement with the largest tiles that fit; no side below ``least`` pixels.

    Args:
        shape: height and width of one array.
        area: height and width of the place. Tiles that do not fit are reached by scrolling.
    """
    height, width = shape
    smallest = least / max(height, width)
    best, best_columns = 0.0, 1
    for columns in range(1, count + 1):
        rows = -(-count // columns)
        scale = min(
            (area[1] - (columns - 1) * gap) / (columns * width),
            (area[0] - (rows - 1) * gap) / (rows * height),
        )
        if scale > best:
            best, best_columns = scale, columns
    scale = best
    if scale < smallest:
        scale = smallest
        best_columns = max(1, int((area[1] + gap) // (width * scale + gap)))
    if scale >= 1:
        scale = int(scale)
    tile_width, tile_height = max(1, int(width * scale)), max(1, int(height * scale))
    rows = -(-count // best_columns)
    rows_shown = min(rows, max(1, (area[0] + gap) // (tile_height + gap)))
    return Tiles(count, best_columns, rows_shown, tile_width, tile_height, gap)


def compose(data: NDArray[np.uint8], tiles: Tiles, ground: int) -> NDArray[np.uint8]:
    """One picture of all shown tiles: ``data`` is N×h×w, or N×h×w×3 for colours."""
    first = tiles.shown.start
    shown = data[first : tiles.shown.stop]
    rows = min(tiles.rows_shown, -(-len(shown) // tiles.columns))
    height = rows * (tiles.height + tiles.gap) - tiles.gap
    columns = min(tiles.columns, len(shown))
    width = columns * (tiles.width + tiles.gap) - tiles.gap
    result = np.full((height, width, *data.shape[3:]), ground, dtype=np.uint8)
    row_of = np.arange(tiles.height) * data.shape[1] // tiles.height
    column_of = np.arange(tiles.width) * data.shape[2] // tiles.width
    scaled = shown[:, row_of[:, None], column_of]
    for index, tile in enumerate(scaled):
        rect = tiles.rect(first + index)
        result[rect.top() : rect.top() + tiles.height, rect.left() : rect.left() + tiles.width] = (
            tile
        )
    return result
