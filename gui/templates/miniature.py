"""A network as a small picture: bars whose height is the image and whose width is the channels.

All drawings share one scale, so that architectures can be compared. What skips over others is an
arc above them.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.appearance.theme import Theme, current
from gui.templates.drawing import MiniatureDrawing

GAP = 6.0


class Miniature(QWidget):
    """Paints a drawing, shrunk where it is wider than the card."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawing: MiniatureDrawing | None = None
        self._picture = QPixmap()
        self._painted: tuple[Theme, QSize, float] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_drawing(self, drawing: MiniatureDrawing) -> None:
        self._drawing = drawing
        self._painted = None
        self.update()

    @property
    def drawing(self) -> MiniatureDrawing | None:
        """What is shown; None as long as the network has not been built."""
        return self._drawing

    def sizeHint(self) -> QSize:
        return QSize(current().pixels(240), current().pixels(150))

    def paintEvent(self, event: QPaintEvent) -> None:
        # Hundreds of bars and arcs are painted once, not at every step of scrolling.
        ratio = self.devicePixelRatioF()
        wanted = (current(), self.size(), ratio)
        if self._painted != wanted:
            self._picture = QPixmap(self.size() * ratio)
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._picture)
            self._paint(painter)
            painter.end()
            self._painted = wanted
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        painter.end()

    def _paint(self, painter: QPainter) -> None:
        theme = current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.background.canvas)
        radius = theme.radius("card") - 1
        # The lower corners lie outside: only the upper ones are round.
        painter.drawRoundedRect(self.rect().adjusted(0, 0, 0, radius), radius, radius)
        if self._drawing is None or not self._drawing.bars:
            return
        boxes = self._boxes()
        middle = self.height() / 2
        painter.setPen(QPen(theme.wire.rest, 1))
        painter.drawLine(QPointF(boxes[0].left(), middle), QPointF(boxes[-1].right(), middle))
        merge = theme.category["merge"]
        painter.setPen(QPen(merge, 1.3))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for first, last in self._drawing.skips:
            self._arc(painter, boxes, first, last)
        painter.setPen(Qt.PenStyle.NoPen)
        for bar, box in zip(self._drawing.bars, boxes, strict=True):
            painter.setBrush(theme.category[bar.category])
            corner = min(1.5, box.width() / 3)
            painter.drawRoundedRect(box, corner, corner)

    def _boxes(self) -> list[QRectF]:
        """One rectangle per bar."""
        assert self._drawing is not None
        scale = current().scale
        widest: dict[int, float] = {}
        for bar in self._drawing.bars:
            widest[bar.column] = max(widest.get(bar.column, 0.0), bar.width * scale)
        gap = GAP * scale
        total = sum(widest.values()) + gap * (len(widest) - 1)
        squeeze = min(1.0, (self.width() - 24 * scale) / total)
        left, x = {}, (self.width() - total * squeeze) / 2
        for column in sorted(widest):
            left[column] = x
            x += (widest[column] + gap) * squeeze
        room = self.height() - 36 * scale
        boxes = []
        for bar in self._drawing.bars:
            pitch = min(bar.height * scale, room) / bar.rows
            height = pitch - (min(2.0, pitch / 3) if bar.rows > 1 else 0)
            centre = self.height() / 2 + (bar.row - (bar.rows - 1) / 2) * pitch
            width = max(1.0, bar.width * scale * squeeze)
            offset = (widest[bar.column] * squeeze - width) / 2
            boxes.append(QRectF(left[bar.column] + offset, centre - height / 2, width, height))
        return boxes

    def _arc(self, painter: QPainter, boxes: list[QRectF], first: int, last: int) -> None:
        start, end = boxes[first], boxes[last]
        highest = min(b.top() for b in boxes if start.left() <= b.left() <= end.left())
        # A cubic reaches three quarters of the way to its control points.
        top = max(3.0, highest - 10.0 * current().scale)
        control = (top - 0.125 * (start.top() + end.top())) / 0.75
        path = QPainterPath(QPointF(start.center().x(), start.top()))
        path.cubicTo(
            QPointF(start.center().x(), control),
            QPointF(end.center().x(), control),
            QPointF(end.center().x(), end.top()),
        )
        painter.drawPath(path)
