"""What a gesture shows while it lasts: a loose wire, a marked port, a rectangle, a cut."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from gui.appearance.theme import current

MARK = 14.0


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of one moment, in scene coordinates."""

    wire: QPainterPath | None = None
    port: QPointF | None = None
    allowed: bool = True
    band: QRectF | None = None
    cut: tuple[QPointF, ...] = field(default=())


class MarksOverlay(QGraphicsItem):
    """Lies over everything and paints the marks."""

    def __init__(self) -> None:
        super().__init__()
        self.setZValue(10)
        self._marks = Marks()
        self._bounds = QRectF()

    @property
    def marks(self) -> Marks:
        return self._marks

    def show_marks(self, marks: Marks) -> None:
        """Show these marks instead of the last ones."""
        self.prepareGeometryChange()
        self._marks = marks
        bounds = QRectF()
        if marks.wire is not None:
            bounds = bounds.united(marks.wire.boundingRect())
        if marks.port is not None:
            bounds = bounds.united(QRectF(marks.port, marks.port).adjusted(-1, -1, 1, 1))
        if marks.band is not None:
            bounds = bounds.united(marks.band.normalized())
        for point in marks.cut:
            bounds = bounds.united(QRectF(point, point).adjusted(-1, -1, 1, 1))
        self._bounds = bounds.adjusted(-20, -20, 20, 20) if not bounds.isNull() else bounds
        self.update()

    def clear(self) -> None:
        self.show_marks(Marks())

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        self.paint_marks(painter)

    def paint_marks(self, painter: QPainter) -> None:
        """Paint the marks; the painter is in the scene's coordinates."""
        theme, marks = current(), self._marks
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        colour = theme.accent.base if marks.allowed else theme.error.base
        if marks.wire is not None:
            pen = QPen(colour, 2.5)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawPath(marks.wire)
        if marks.port is not None:
            self._paint_port(painter, marks.port, colour, marks.allowed)
        if marks.band is not None:
            fill = QColor(theme.accent.base)
            fill.setAlphaF(theme.rubber_band_alpha)
            pen = QPen(theme.accent.base, 1)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.setBrush(fill)
            painter.drawRect(marks.band.normalized())
        if len(marks.cut) > 1:
            pen = QPen(theme.error.base, 2, Qt.PenStyle.DashLine)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawPolyline(list(marks.cut))

    def _paint_port(self, painter: QPainter, point: QPointF, colour: QColor, allowed: bool) -> None:
        radius = MARK / 2
        painter.setPen(QPen(colour, 2))
        painter.setBrush(colour if allowed else current().background.canvas)
        painter.drawEllipse(point, radius - 1, radius - 1)
        if not allowed:
            reach = radius * 0.6
            for sign in (-1, 1):
                painter.drawLine(
                    point + QPointF(-reach, -reach * sign), point + QPointF(reach, reach * sign)
                )
