"""Pictures of empty node bodies, shared by all nodes that look alike at a zoom.

A network has few kinds of bodies, so a repaint copies pictures and writes texts on them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPixmap

from gui.appearance.glyphs import paint_glyph
from gui.appearance.theme import blend, current
from gui.face import measures as m

MARGIN = 2
MOST = 400


@dataclass(frozen=True, slots=True)
class BodyLook:
    """What makes two bodies look alike."""

    category: str
    width: float
    height: float
    hovered: bool = False
    in_columns: bool = False
    """Separated rows, for inputs that stand under one another."""


class BodyPictures:
    """The pictures of the present theme, made when first asked for."""

    def __init__(self) -> None:
        self._pictures: dict[tuple[BodyLook, float, float], QPixmap] = {}

    def clear(self) -> None:
        """Forget all, after a change of theme."""
        self._pictures.clear()

    def picture(self, body: BodyLook, zoom: float, ratio: float) -> QPixmap:
        """The picture at a zoom and device pixel ratio, with ``MARGIN`` around it."""
        key = (body, zoom, ratio)
        found = self._pictures.get(key)
        if found is None:
            if len(self._pictures) >= MOST:
                self._pictures.clear()
            found = self._pictures[key] = _draw(body, zoom, ratio)
        return found


def _draw(body: BodyLook, zoom: float, ratio: float) -> QPixmap:
    width, height = body.width * zoom, body.height * zoom
    pixmap = QPixmap(
        ceil((width + 2 * MARGIN) * ratio) + 1, ceil((height + 2 * MARGIN) * ratio) + 1
    )
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(MARGIN, MARGIN)
    paint_body(painter, body, zoom)
    painter.end()
    return pixmap


def paint_body(painter: QPainter, body: BodyLook, zoom: float) -> None:
    """Paint ground, header tint, category bar, border and glyph."""
    theme = current()
    hue = theme.category[body.category]
    rect = QRectF(0, 0, round(body.width * zoom), round(body.height * zoom))
    header = min(m.HEADER * zoom, rect.height())
    outline = QPainterPath()
    outline.addRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), m.RADIUS * zoom, m.RADIUS * zoom)
    painter.setClipPath(outline)
    painter.fillRect(rect, theme.node_body)
    painter.fillRect(QRectF(0, 0, rect.width(), header), theme.category_header[body.category])
    if body.in_columns:
        painter.setPen(QPen(theme.border.node, 0))
        y = header + m.CONCAT_ROW * zoom
        while y < rect.height() - 1:
            painter.drawLine(QPointF(0, round(y) + 0.5), QPointF(rect.width(), round(y) + 0.5))
            y += m.CONCAT_ROW * zoom
    painter.fillRect(QRectF(0, 0, max(2.0, m.BAR * zoom), rect.height()), hue)
    painter.setClipping(False)
    edge = blend(theme.text.tertiary, theme.border.node, 0.45) if body.hovered else None
    painter.setPen(QPen(edge or theme.border.node, m.BORDER))
    painter.drawPath(outline)
    # The bar lies over the border at the left, so that the hue reaches the edge.
    bar = QPainterPath()
    bar.addRect(QRectF(0, 0, max(2.0, m.BAR * zoom), rect.height()))
    whole = QPainterPath()
    whole.addRoundedRect(rect, m.RADIUS * zoom, m.RADIUS * zoom)
    painter.fillPath(whole.intersected(bar), hue)
    side = m.GLYPH * zoom
    paint_glyph(
        painter,
        body.category,
        QRectF(m.PAD * zoom, (header - side) / 2, side, side),
        hue,
    )
