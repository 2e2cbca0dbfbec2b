"""The vertical line that all charts of a dock share, with the values printed beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui.appearance.theme import current
from gui.charts.line import Line
from gui.charts.scale import Scale
from gui.language.text import full, number, percent, tr


class ChartCursor(QObject):
    """A place on the x axis, or nowhere. Charts that share one cursor move together."""

    moved = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._x: float | None = None

    @property
    def x(self) -> float | None:
        return self._x

    def move(self, x: float | None) -> None:
        """Go to ``x``; None takes the cursor away."""
        if x != self._x:
            self._x = x
            self.moved.emit()


@dataclass(frozen=True)
class Reading:
    """What stands beside the line: where it is in the widget, and the words."""

    left: float
    plot: QRectF
    words: Sequence[tuple[str, QColor]]
    at_bottom: bool


def reading_at(x: float, lines: Sequence[Line], scale: Scale, area: QRectF) -> Reading | None:
    """What lines say at a place of the x axis, in a plot of that area; None outside of it."""
    theme = current()
    start, end = scale.span
    share = (x - start) / (end - start)
    if not 0 <= share <= 1:
        return None
    written = percent if scale.fraction else number
    words = [(tr("step {n}", n=full(round(x))), theme.text.secondary)]
    highest = scale.y.start
    for line in lines:
        value = line.main_series().value_at(x)
        if value is not None:
            words.append((f"{line.label} {written(value)}", line.colour(theme)))
            highest = max(highest, float(scale.place(np.array([value]))[0]))
    upper = highest > sum(scale.height) / 2
    return Reading(area.left() + share * area.width(), area, words, at_bottom=upper)


class CursorOverlay(QWidget):
    """Lies over the plot, sees no mouse, and paints the line of the moment."""

    def __init__(self, parent: QWidget, reading: Callable[[], Reading | None]) -> None:
        super().__init__(parent)
        self._reading = reading
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:
        reading = self._reading()
        if reading is None:
            return
        theme = current()
        painter = QPainter(self)
        painter.setPen(QPen(theme.text.tertiary, 1))
        left, plot = round(reading.left) + 0.5, reading.plot
        painter.drawLine(QPointF(left, plot.top()), QPointF(left, plot.bottom()))
        font = theme.font("tick")
        painter.setFont(font)
        metrics = QFontMetricsF(font)
        gap, line = theme.space("xs"), metrics.height()
        width = max((metrics.horizontalAdvance(text) for text, _ in reading.words), default=0.0)
        x = left + gap
        if x + width > plot.right():
            x = max(plot.left(), left - gap - width)
        height = line * len(reading.words)
        y = plot.bottom() - gap - height if reading.at_bottom else plot.top() + gap
        ground = QColor(theme.background.panel)
        ground.setAlphaF(0.75)
        painter.fillRect(QRectF(x, y, width, height).adjusted(-2, 0, 2, 0), ground)
        for index, (text, colour) in enumerate(reading.words):
            painter.setPen(colour)
            painter.drawText(QPointF(x, y + line * index + metrics.ascent()), text)
