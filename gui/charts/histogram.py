"""How the weights of a convolution are spread: bars below zero in one colour, above in another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.appearance.theme import current
from gui.language.text import number, tr_count

BINS = 48  # even, so that zero lies between two bars
HEIGHT = 84
FAR = 99.9  # percentile of |w| at the ends; what lies beyond is counted in the last bar


class Histogram(QWidget):
    """Counts of values, symmetric around zero."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._note = title, ""
        self._counts: NDArray[np.intp] = np.zeros(0, np.intp)
        self._reach = 1.0
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(title)

    def set_values(self, values: NDArray[np.float32], note: str = "") -> None:
        """Count these; what is not finite is told in the note."""
        finite = values[np.isfinite(values)]
        self._note = note or tr_count("{n} value", "{n} values", values.size)
        if finite.size < values.size:
            self._note = tr_count("{n} not finite", "{n} not finite", values.size - finite.size)
        if not finite.size:
            self._counts = np.zeros(0, np.intp)
        else:
            reach = float(np.percentile(np.abs(finite), FAR)) or float(np.abs(finite).max())
            self._reach = reach or 1.0
            inside = np.clip(finite, -self._reach, self._reach)
            self._counts, _ = np.histogram(inside, BINS, (-self._reach, self._reach))
        self.setAccessibleDescription(self._note)
        self.update()

    def clear(self) -> None:
        """Show nothing."""
        self._counts, self._note = np.zeros(0, np.intp), ""
        self.update()

    @property
    def counts(self) -> NDArray[np.intp]:
        """The heights of the bars."""
        return self._counts

    def sizeHint(self) -> QSize:
        return QSize(current().pixels(200), current().pixels(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = current(), QPainter(self)
        head, foot = theme.pixels(20), theme.pixels(16)
        row = QRectF(2, 0, self.width() - 4, theme.pixels(18))
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.text.primary)
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, self._title)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.text.tertiary)
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(row, right, self._note)
        if not len(self._counts):
            return
        area = QRectF(2, head, self.width() - 4, self.height() - head - foot)
        self._paint_bars(painter, area)
        painter.setPen(theme.border.control)
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.setPen(theme.text.tertiary)
        painter.setFont(theme.font("tick"))
        base = QRectF(area.left(), area.bottom(), area.width(), foot)
        painter.drawText(base, Qt.AlignmentFlag.AlignLeft, number(-self._reach, 2))
        painter.drawText(base, Qt.AlignmentFlag.AlignHCenter, "0")
        painter.drawText(base, Qt.AlignmentFlag.AlignRight, f"+{number(self._reach, 2)}")

    def _paint_bars(self, painter: QPainter, area: QRectF) -> None:
        theme, highest = current(), int(self._counts.max())
        stops = theme.diverging
        below, above = stops[len(stops) // 4], stops[-1 - len(stops) // 4]
        width = area.width() / BINS
        for index, count in enumerate(self._counts.tolist()):
            height = area.height() * count / max(highest, 1)
            bar = QRectF(
                area.left() + index * width, area.bottom() - height, max(1.0, width - 1), height
            )
            painter.fillRect(bar, below if index < BINS // 2 else above)
