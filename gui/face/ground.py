"""The ground of the canvas: one colour with a grid of faint dots."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QTransform

from gui.appearance.theme import current
from gui.face import measures as m

DOTS_FROM = 0.5


class Ground:
    """Paints the ground. The dots of a zoom are painted once, and the picture is shifted."""

    def __init__(self) -> None:
        self._picture = QPixmap()
        self._made_for: tuple[object, ...] = ()

    def paint(self, painter: QPainter, rect: QRectF, zoom: float, size: QSize) -> None:
        """Paint the part ``rect`` of the scene in a view of ``size`` pixels."""
        theme = current()
        if zoom < DOTS_FROM:
            painter.fillRect(rect, theme.background.canvas)
            return
        ratio = painter.device().devicePixelRatio()
        step = m.GRID_STEP * zoom
        key = (zoom, size.width(), size.height(), ratio, theme.name)
        if key != self._made_for:
            self._make(theme.background.canvas, theme.grid_dot, step, size, ratio)
            self._made_for = key
        transform = painter.worldTransform()
        shift = QPointF(transform.dx() % step - step, transform.dy() % step - step)
        shown = transform.mapRect(rect)
        painter.save()
        painter.setWorldTransform(QTransform())
        painter.setClipRect(shown)
        painter.drawPixmap(QPointF(round(shift.x()), round(shift.y())), self._picture)
        painter.restore()

    def _make(self, ground: QColor, dot: QColor, step: float, size: QSize, ratio: float) -> None:
        width, height = size.width() + 2 * step, size.height() + 2 * step
        self._picture = QPixmap(int(width * ratio), int(height * ratio))
        self._picture.setDevicePixelRatio(ratio)
        self._picture.fill(ground)
        painter = QPainter(self._picture)
        painter.setPen(QPen(dot, 2 * m.GRID_DOT if step >= 15 else m.GRID_DOT))
        columns, rows = int(width / step) + 1, int(height / step) + 1
        painter.drawPoints(
            [QPointF(round(x * step), round(y * step)) for x in range(columns) for y in range(rows)]
        )
        painter.end()
