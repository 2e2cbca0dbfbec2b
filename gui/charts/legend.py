"""Entries of a chart's legend: a sample of the line and its name, a button that hides the line.

Click or Space hides and shows a line; double click or Enter shows only it, and once more all.
A hidden line is struck out, not only pale.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from gui.appearance.theme import current
from gui.charts.line import LineKind
from gui.language.text import tr

SAMPLE = 14
GAP = 5


class LegendEntry(QAbstractButton):
    """One line's entry; checked while the line is shown."""

    only = Signal()

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(text)
        self.setCheckable(True)
        self.setChecked(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(tr("Click hides the line, double click shows only it"))
        self.setAccessibleName(text)
        self._colour = QColor()
        self._dash: tuple[float, ...] = ()
        self._kind = LineKind.PLAIN

    def set_look(self, colour: QColor, dash: tuple[float, ...], kind: LineKind) -> None:
        """Colour and dash of the sample, or a hollow circle or diamond."""
        self._colour, self._dash, self._kind = colour, dash, kind
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        theme = current()
        width = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(width + theme.pixels(SAMPLE + GAP) + theme.space("s"), theme.size("hit_min"))

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()
        super().changeEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.only.emit()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.only.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        sample, middle = theme.pixels(SAMPLE), self.height() / 2
        left = theme.space("xs")
        colour = self._colour if self.isChecked() else theme.disabled()
        pen = QPen(colour, 1.5 if self._kind.marked else 2)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if self._dash:
            pen.setDashPattern([part / 2 for part in self._dash])
        painter.setPen(pen)
        spot = QPointF(left + sample / 2, middle)
        if self._kind is LineKind.DIAMONDS:
            corners = ((-4, 0), (0, -4), (4, 0), (0, 4))
            painter.drawPolygon([spot + QPointF(x, y) for x, y in corners])
        elif self._kind.marked:
            painter.drawEllipse(spot, 3, 3)
        else:
            painter.drawLine(QPointF(left, middle), QPointF(left + sample, middle))
        font = self.font()
        font.setStrikeOut(not self.isChecked())
        painter.setFont(font)
        painter.setPen(theme.text.secondary if self.isChecked() else theme.text.tertiary)
        area = self.rect().adjusted(left + sample + theme.pixels(GAP), 0, 0, 0)
        align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(area, align, self.text())
        if self.hasFocus():
            painter.setPen(QPen(theme.accent.base, 1))
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 3, 3)
