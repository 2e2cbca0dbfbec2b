"""How a mosaic looks: the one picture of its tiles, marks over it, the colour bar below."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPen, QPolygonF

from gui.appearance.colormaps import GROUND, STEPS, Colormap, ValueRange, indexed_image
from gui.appearance.theme import Theme
from gui.inside.mosaic_data import CellIndices, MosaicData
from gui.inside.tiles import Tiles, compose
from gui.language.text import number, tr

LEAST_MARKED_CELL = 5
"""Smaller cells have no room for a tick; their colour still says NaN."""
MOST_MARKS = 4000


def mosaic_image(data: MosaicData, tiles: Tiles, palette: Colormap, theme: Theme) -> QImage:
    """The tiles in sight at the resolution of the screen, without marks."""
    if not data.rgb:
        return indexed_image(compose(data.pixels, tiles, GROUND), palette, theme)
    grey = theme.background.canvas.lightness()
    pixels = np.ascontiguousarray(compose(data.pixels, tiles, grey))
    height, width, _ = pixels.shape
    form = QImage.Format.Format_RGB888
    return QImage(pixels.data, width, height, 3 * width, form).copy()


def paint_caption(painter: QPainter, theme: Theme, line: QRect, title: str, note: str) -> None:
    """The title at the left end of a line, a note at its right end."""
    painter.setFont(theme.font("caption"))
    painter.setPen(theme.text.primary)
    painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, title)
    painter.setFont(theme.font("small"))
    painter.setPen(theme.text.tertiary)
    painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, note)


def paint_marks(painter: QPainter, theme: Theme, data: MosaicData, tiles: Tiles) -> None:
    """Over the cells in sight: what is beyond the range, no number, or infinite."""
    if tiles.width < LEAST_MARKED_CELL * data.tile_shape[1]:
        return
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_ticks(painter, theme, _cells(data.clipped, data, tiles))
    _paint_hatches(painter, theme, _cells(data.not_a_number, data, tiles))
    _paint_crosses(painter, theme, _cells(data.infinite, data, tiles))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _cells(places: CellIndices, data: MosaicData, tiles: Tiles) -> list[QRectF]:
    """The visible cells among some places."""
    first, stop = tiles.shown.start, tiles.shown.stop
    visible = places[(places[:, 0] >= first) & (places[:, 0] < stop)][:MOST_MARKS]
    shape = data.tile_shape
    return [tiles.cell((tile, row, column), shape) for tile, row, column in visible.tolist()]


def paint_selection(painter: QPainter, theme: Theme, tiles: Tiles, chosen: int | None) -> None:
    """A frame around the chosen tile, if it is in sight."""
    if chosen is not None and chosen in tiles.shown:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.accent.base, 2))
        painter.drawRect(QRectF(tiles.rect(chosen)).adjusted(-1, -1, 1, 1))


def _paint_ticks(painter: QPainter, theme: Theme, cells: Iterable[QRectF]) -> None:
    """A small triangle in the upper right corner of clipped cells."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.text.primary)
    for cell in cells:
        side = max(3.0, min(cell.width(), cell.height()) / 4)
        corner = cell.topRight()
        left, below = corner - QPointF(side, 0), corner + QPointF(0, side)
        painter.drawPolygon(QPolygonF([left, corner, below]))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _paint_hatches(painter: QPainter, theme: Theme, cells: Iterable[QRectF]) -> None:
    """Slanting lines over cells that are not a number."""
    painter.setPen(QPen(theme.error.base, 1))
    for cell in cells:
        middle = cell.center()
        painter.drawLines(
            [
                QLineF(cell.left(), middle.y(), middle.x(), cell.top()),
                QLineF(cell.left(), cell.bottom(), cell.right(), cell.top()),
                QLineF(middle.x(), cell.bottom(), cell.right(), middle.y()),
            ]
        )


def _paint_crosses(painter: QPainter, theme: Theme, cells: Iterable[QRectF]) -> None:
    """A cross over infinite cells."""
    painter.setPen(QPen(theme.background.canvas, 1.5))
    for cell in cells:
        painter.drawLine(cell.topLeft(), cell.bottomRight())
        painter.drawLine(cell.topRight(), cell.bottomLeft())


def paint_bar(
    painter: QPainter, theme: Theme, row: QRectF, palette: Colormap, ends: tuple[str, str]
) -> None:
    """The palette from end to end, with the values of both ends."""
    painter.setFont(theme.font("tick"))
    painter.setPen(theme.text.tertiary)
    metrics, middle = painter.fontMetrics(), Qt.AlignmentFlag.AlignVCenter
    painter.drawText(row, middle | Qt.AlignmentFlag.AlignLeft, ends[0])
    painter.drawText(row, middle | Qt.AlignmentFlag.AlignRight, ends[1])
    left, right = (metrics.horizontalAdvance(text) + theme.space("s") for text in ends)
    ramp = indexed_image(np.arange(STEPS, dtype=np.uint8)[None, :], palette, theme)
    inset = row.height() / 2 - 3
    painter.drawImage(row.adjusted(left, inset, -right, -inset), ramp)


def ends_of_bar(limits: ValueRange, palette: Colormap, *, each: bool) -> tuple[str, str]:
    """What stands at the ends of the colour bar."""
    around_zero = palette is Colormap.DIVERGING
    if each:
        return tr("−max") if around_zero else tr("min"), tr("max of each")
    low, high = number(limits.low), number(limits.high)
    return "0" if limits.low == 0 else low, f"+{high}" if around_zero else high
