"""Marks painted with a pen: one glyph for each layer category, and the program's own sign.

A hue never stands alone (design, section 2): its glyph stands beside it. All are drawn in a box
of 14 units and scale to any size; the caller's painter needs no preparation.
"""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi, sin

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPainterPath, QPen, QPixmap

from gui.appearance.theme import current

BOX = 14.0
FAINT = 0.55


def paint_glyph(painter: QPainter, category: str, rect: QRectF, colour: QColor) -> None:
    """Paint the glyph of a category (a key of the tokens' ``category_glyph``) into ``rect``."""
    _in_box(painter, rect, colour, _GLYPHS[category])


def paint_snowflake(painter: QPainter, rect: QRectF, colour: QColor) -> None:
    """The mark of a frozen layer."""
    _in_box(painter, rect, colour, _snowflake)


def _in_box(
    painter: QPainter, rect: QRectF, colour: QColor, draw: Callable[[QPainter], None]
) -> None:
    side = min(rect.width(), rect.height())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.center() - QPointF(side / 2, side / 2))
    painter.scale(side / BOX, side / BOX)
    painter.setPen(_pen(colour))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    draw(painter)
    painter.restore()


def _pen(colour: QColor, width: float = 1.4) -> QPen:
    return QPen(
        colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin
    )


def _path(*points: tuple[float, float]) -> QPainterPath:
    path = QPainterPath(QPointF(*points[0]))
    for point in points[1:]:
        path.lineTo(*point)
    return path


def _grid(painter: QPainter) -> None:
    colour = painter.pen().color()
    faint = QColor(colour)
    faint.setAlphaF(FAINT)
    for row in range(3):
        for column in range(3):
            centre = row == column == 1
            painter.fillRect(
                QRectF(1 + column * 4.25, 1 + row * 4.25, 3.5, 3.5), colour if centre else faint
            )


def _funnel(painter: QPainter) -> None:
    path = _path((1.5, 2.2), (12.5, 2.2), (8.4, 7.2), (8.4, 10.6), (5.6, 12.4), (5.6, 7.2))
    path.closeSubpath()
    painter.drawPath(path)


def _bell(painter: QPainter) -> None:
    path = QPainterPath(QPointF(1, 11.5))
    path.cubicTo(5, 11.5, 4.6, 2.5, 7, 2.5)
    path.cubicTo(9.4, 2.5, 9, 11.5, 13, 11.5)
    painter.drawPath(path)


def _kink(painter: QPainter) -> None:
    painter.drawPath(_path((1, 10.8), (6.6, 10.8), (12.6, 3.2)))


def _bipartite(painter: QPainter) -> None:
    colour = painter.pen().color()
    painter.setPen(_pen(colour, 1.0))
    left, right = ((2.8, 2.6), (2.8, 7), (2.8, 11.4)), ((11.2, 4.4), (11.2, 9.6))
    for start in left:
        for end in right:
            painter.drawLine(QPointF(*start), QPointF(*end))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    for point in (*left, *right):
        painter.drawEllipse(QPointF(*point), 1.8, 1.8)


def _join(painter: QPainter) -> None:
    for y in (2.4, 11.6):
        path = QPainterPath(QPointF(1.4, y))
        path.cubicTo(5, y, 4.6, 7, 8.4, 7)
        painter.drawPath(path)
    painter.drawLine(QPointF(8.4, 7), QPointF(12.8, 7))


def _ring(painter: QPainter) -> None:
    colour = painter.pen().color()
    painter.drawEllipse(QPointF(7, 7), 5.3, 5.3)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawEllipse(QPointF(7, 7), 2.1, 2.1)


def _bar_arrow(painter: QPainter) -> None:
    painter.drawRoundedRect(QRectF(1.4, 2, 4, 10), 1, 1)
    painter.drawLine(QPointF(7.4, 7), QPointF(12.6, 7))
    painter.drawPath(_path((10.3, 4.7), (12.6, 7), (10.3, 9.3)))


def _dashed_ring(painter: QPainter) -> None:
    colour = painter.pen().color()
    pen = _pen(colour)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    pen.setDashPattern([1.9, 1.5])
    painter.setPen(pen)
    painter.drawEllipse(QPointF(7, 7), 5.2, 5.2)
    painter.setPen(_pen(colour))
    painter.drawLine(QPointF(4.7, 9.3), QPointF(9.3, 4.7))


def _nested(painter: QPainter) -> None:
    colour = painter.pen().color()
    painter.drawRoundedRect(QRectF(1.6, 1.6, 10.8, 10.8), 1.8, 1.8)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    painter.drawRoundedRect(QRectF(4.6, 4.6, 4.8, 4.8), 1, 1)


def _wall(painter: QPainter) -> None:
    painter.drawLine(QPointF(1.4, 7), QPointF(9.4, 7))
    painter.drawPath(_path((6.4, 3.8), (9.6, 7), (6.4, 10.2)))
    painter.drawLine(QPointF(12.4, 2), QPointF(12.4, 12))


def _snowflake(painter: QPainter) -> None:
    colour = painter.pen().color()
    painter.setPen(_pen(colour, 1.2))
    for step in range(6):
        angle = pi / 3 * step + pi / 6
        tip = QPointF(7 + 5.8 * cos(angle), 7 + 5.8 * sin(angle))
        painter.drawLine(QPointF(7, 7), tip)
        fork = QPointF(7 + 3.6 * cos(angle), 7 + 3.6 * sin(angle))
        for turn in (-pi / 4, pi / 4):
            side = QPointF(1.9 * cos(angle + turn), 1.9 * sin(angle + turn))
            painter.drawLine(fork, fork + side)


_GLYPHS: dict[str, Callable[[QPainter], None]] = {
    "convolution": _grid,
    "pooling": _funnel,
    "normalisation": _bell,
    "activation": _kink,
    "linear": _bipartite,
    "merge": _join,
    "attention": _ring,
    "reshape": _bar_arrow,
    "regularisation": _dashed_ring,
    "block": _nested,
    "input_output": _wall,
}
CATEGORIES = tuple(_GLYPHS)


class _GlyphEngine(QIconEngine):
    """Paints a category's glyph in its hue of the theme of that moment."""

    def __init__(self, category: str) -> None:
        super().__init__()
        self._category = category

    def clone(self) -> QIconEngine:
        return _GlyphEngine(self._category)

    def key(self) -> str:
        return "convloom-category"

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        theme = current()
        disabled = mode == QIcon.Mode.Disabled
        colour = theme.disabled() if disabled else theme.category[self._category]
        paint_glyph(painter, self._category, QRectF(rect), colour)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return pixmap


def glyph_icon(category: str) -> QIcon:
    """The glyph as an icon of any size, coloured by the theme in use."""
    if category not in _GLYPHS:
        raise KeyError(category)
    return QIcon(_GlyphEngine(category))


def application_icon() -> QIcon:
    """The program's sign for windows and task bars."""
    icon = QIcon()
    for side in (16, 24, 32, 48, 64, 128, 256):
        icon.addPixmap(application_mark(side))
    return icon


def application_mark(side: int) -> QPixmap:
    """The sign on the start page: woven cells on a dark tile, alike in both themes."""
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    paint_mark(painter, QRectF(0, 0, side, side))
    painter.end()
    return pixmap


def paint_mark(painter: QPainter, rect: QRectF) -> None:
    """Paint the program's sign: a 3×3 kernel whose cells have the hues of layer kinds."""
    from gui.appearance.theme import make_theme

    theme = make_theme("dark")
    hues = theme.category
    rows = (
        (theme.accent.base, hues["convolution"], hues["block"]),
        (theme.border.node, theme.accent.base, hues["pooling"]),
        (hues["activation"], theme.border.node, hues["convolution"]),
    )
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(rect.topLeft())
    painter.scale(rect.width() / 32, rect.height() / 32)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.background.canvas)
    painter.drawRoundedRect(QRectF(0, 0, 32, 32), 6, 6)
    for y, row in enumerate(rows):
        for x, colour in enumerate(row):
            painter.setBrush(colour)
            painter.drawRoundedRect(QRectF(6.5 + x * 6.7, 6.5 + y * 6.7, 5.6, 5.6), 1.2, 1.2)
    painter.restore()
