"""Pictures of the inspector: a formula with its numbers, and a receptive field on its image."""

from __future__ import annotations

import re

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QPainter,
    QPaintEvent,
    QPen,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from graph.layers.base.reach import AxisField
from gui.appearance.theme import current
from gui.language.described import both_sizes_of
from gui.language.text import THIN_SPACE, tr

NARROW_SPACE = "\u202f"


_SUM = re.compile(r"\d[ )⌋⌉]* [+−·/-] |^\d+$")


class Formula(QWidget):
    """The rule in grey, below it the node's own numbers, the result in accent. Lines wrap."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rule = self._numbers = self._result = ""
        self._shown = ("", "", "")
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_formula(self, rule: str, numbers: str, result: str) -> None:
        """Show a rule, the rule with numbers, and what comes out."""
        if (rule, numbers, result) != self._shown:
            self._shown = (rule, numbers, result)
            self._rule, self._numbers = rule, numbers
            # A number is not broken between its digits.
            self._result = result.replace(THIN_SPACE, NARROW_SPACE)
            self.setAccessibleName(self.text())
            self.updateGeometry()
            self.update()

    def text(self) -> str:
        # A sum equals its result; settings and shapes lead to it.
        joint = "=" if _SUM.search(self._numbers) and "=" not in self._numbers else "→"
        return f"{self._rule}\n{self._numbers} {joint} {self._result}"

    def _layout(self, width: int) -> tuple[QTextLayout, float]:
        theme = current()
        pad = theme.space("s")
        text = self.text().replace("\n", "\u2028")
        layout = QTextLayout(text, theme.font("mono"))
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        grey, strong = QTextCharFormat(), QTextCharFormat()
        grey.setForeground(theme.text.tertiary)
        strong.setForeground(theme.accent.base)
        first, last = QTextLayout.FormatRange(), QTextLayout.FormatRange()
        first.start, first.length, first.format = 0, len(self._rule), grey
        size = len(self._result)
        last.start, last.length, last.format = len(text) - size, size, strong
        layout.setFormats([first, last])
        layout.beginLayout()
        height = 0.0
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(20, width - 2 * pad))
            line.setPosition(QPointF(0, height))
            height += theme.pixels(18)
        layout.endLayout()
        return layout, height

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return int(self._layout(width)[1]) + 2 * current().space("xs") + 2

    def sizeHint(self) -> QSize:
        width = current().pixels(200)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(current().pixels(100), current().pixels(26))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.border.subtle)
        painter.setBrush(theme.background.window)
        radius = theme.radius("control")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.setPen(theme.text.primary)
        layout, _ = self._layout(self.width())
        layout.draw(painter, QPointF(theme.space("s"), theme.space("xs") + 1))
        painter.end()


class FieldPicture(QWidget):
    """The image as a square grid and on it what the middle cell of a layer sees."""

    SIDE = 92

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: tuple[int, ...] = ()
        self._fields: tuple[AxisField, ...] = ()
        self._cells: tuple[int, ...] = ()

    def show_field(
        self, image: tuple[int, ...], fields: tuple[AxisField, ...], cells: tuple[int, ...]
    ) -> None:
        """``image`` and ``cells`` are height and width of the image and of the layer's output."""
        self._image, self._fields, self._cells = image, fields, cells
        if len(fields) == 2:
            self.setAccessibleName(
                tr(
                    "Receptive field {size} of {image_height}×{image_width} pixels",
                    size=both_sizes_of(fields, image),
                    image_height=image[0],
                    image_width=image[1],
                )
            )
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        side = current().pixels(self.SIDE)
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        if len(self._image) != 2 or len(self._fields) != 2:
            return
        theme = current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.background.canvas)
        height, width = self._image
        unit = min(self.width(), self.height()) / max(height, width)
        left, top = (self.width() - width * unit) / 2, (self.height() - height * unit) / 2
        whole = QRectF(left, top, width * unit, height * unit)
        self._paint_pixels(painter, whole, unit)
        painter.setPen(theme.border.control)
        painter.drawRect(whole.adjusted(0, 0, -1, -1))
        rows, columns = (self._span(axis) for axis in (0, 1))
        seen = QRectF(
            left + columns[0] * unit,
            top + rows[0] * unit,
            (columns[1] - columns[0]) * unit,
            (rows[1] - rows[0]) * unit,
        )
        painter.setClipRect(self.rect())
        fill = QColor(theme.accent.base)
        fill.setAlphaF(0.18)
        painter.fillRect(seen.intersected(whole), fill)
        painter.setPen(QPen(theme.role("accent"), 2))
        painter.drawRect(seen.intersected(whole.adjusted(-1, -1, 1, 1)))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.text.primary)
        painter.drawEllipse(seen.center(), 2, 2)
        painter.end()

    def _paint_pixels(self, painter: QPainter, whole: QRectF, unit: float) -> None:
        if unit < 3:
            return
        painter.setPen(current().border.subtle)
        for column in range(1, self._image[1]):
            x = whole.left() + column * unit
            painter.drawLine(QPointF(x, whole.top()), QPointF(x, whole.bottom()))
        for row in range(1, self._image[0]):
            y = whole.top() + row * unit
            painter.drawLine(QPointF(whole.left(), y), QPointF(whole.right(), y))

    def _span(self, axis: int) -> tuple[float, float]:
        """First and last image position that the middle cell sees, the end exclusive."""
        field = self._fields[axis]
        middle = self._cells[axis] // 2 if axis < len(self._cells) else 0
        centre = field.offset + middle * field.jump + 0.5
        return centre - field.size / 2, centre + field.size / 2
