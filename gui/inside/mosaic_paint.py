"""What is drawn over and around the picture of a mosaic: marks, selection, colour bar."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from gui.appearance.colormaps import STEPS, Colormap, indexed_image
from gui.appearance.theme import Theme


def paint_ticks(painter: QPainter, theme: Theme, cells: Iterable[QRectF]) -> None:
    """A small triangle in the upper right corner of clipped cells."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.text.primary)
    for cell in cells:
        side = max(3.0, min(cell.width(), cell.height()) / 4)
        corner = cell.topRight()
        left, below = corner - QPointF(side, 0), corner + QPointF(0, side)
        painter.drawPolygon(QPolygonF([left, corner, below]))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def paint_hatches(painter: QPainter, theme: Theme, cells: Iterable[QRectF]) -> None:
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


def paint_crosses(painter: QPainter, theme: Theme, cells: Iterable[QRectF]) -> None:
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
