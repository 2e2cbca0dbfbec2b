"""A network as a small drawing: bars whose height is the image and whose width is the channels.

All drawings share one scale, so that architectures can be compared. Layers that change neither
size nor channels by themselves (activation, normalisation, dropout) are left out; what skips over
others is an arc above them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log2

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from graph.analysis import Analysis
from graph.layer import Category, Shape
from graph.network import Network
from gui.theme import current

LEFT_OUT = {
    Category.ACTIVATION,
    Category.NORMALISATION,
    Category.REGULARISATION,
    Category.RESHAPE,
}
HEIGHT = 12.0  # pixels per doubling of the image, at 100 %
WIDTH = 1.7  # pixels per doubling of channels
GAP = 6.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One drawn layer: its column from the input, its place in the column, and its size."""

    column: int
    row: int
    rows: int
    width: float
    height: float
    category: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Bars, and the pairs of bars (by index) that are joined over more than one column."""

    bars: tuple[Bar, ...]
    skips: tuple[tuple[int, int], ...]


def drawing_of(network: Network, analysis: Analysis) -> Drawing:
    """Lay a network out in columns by its longest path from the input."""
    sources: dict[str, set[str]] = {}  # the drawn nodes that a node reads, others looked through
    column: dict[str, int] = {}
    drawn: list[str] = []
    for node in network.order():
        before: set[str] = set()
        for wire in network.inputs(node):
            seen = {wire.source} if wire.source in column else sources[wire.source]
            before |= seen
        sources[node] = before
        layer = network.nodes[node].layer
        if layer.category not in LEFT_OUT and layer.output_ports():
            column[node] = 1 + max((column[b] for b in before), default=-1)
            drawn.append(node)
    columns: dict[int, list[str]] = {}
    for node in drawn:
        columns.setdefault(column[node], []).append(node)
    bars, index = [], {}
    for place, nodes in sorted(columns.items()):
        for row, node in enumerate(nodes):
            width, height = _size(analysis.facts(node).output)
            category = network.nodes[node].layer.category.value
            index[node] = len(bars)
            bars.append(Bar(place, row, len(nodes), width, height, category))
    skips = tuple(
        (index[source], index[node])
        for node in drawn
        for source in sorted(sources[node])
        if column[node] - column[source] > 1
    )
    return Drawing(tuple(bars), skips)


def _size(shape: Shape | None) -> tuple[float, float]:
    if shape is None:
        return 4.0, 8.0
    width = 3.0 + WIDTH * log2(max(1, shape[0]))
    if len(shape) == 3:
        return width, HEIGHT * (log2(max(1, shape[1])) + 0.6)
    return 6.0, HEIGHT * 0.75 * log2(max(2, shape[0]))


class Miniature(QWidget):
    """Paints a drawing, shrunk where it is wider than the card."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._drawing: Drawing | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_drawing(self, drawing: Drawing) -> None:
        self._drawing = drawing
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(current().pixels(240), current().pixels(150))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current()
        painter = QPainter(self)
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
            radius = min(1.5, box.width() / 3)
            painter.drawRoundedRect(box, radius, radius)
        painter.end()

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
