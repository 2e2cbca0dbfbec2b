"""A picture, the true class of each of its pixels, and what the network takes them for.

Classes differ by colour and by hatching, and lie apart by lines; under the mouse they are named.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from backend.channel.events import Probed
from backend.data.base.void import VOID
from backend.model.overlap import ClassMap, count_pixels, mean_overlap, overlaps
from gui.appearance.theme import current, notifier
from gui.inside.pictures import mask_image, picture_image
from gui.language.text import NOTHING, percent, tr, tr_count
from gui.widgets.parts import Elided, Label

ROWS = 4
ROW_HEIGHT = 18
SWATCH = 14
GAP = 6
LARGEST = 96


class MaskView(QWidget):
    """Three pictures in a row, one line of figures, and the classes with their overlap."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Masks"))
        self._classes: tuple[str, ...] = ()
        self._figures = ""
        self._place = (-1, -1)
        self.picture = ClassMapView(tr("The picture"), self)
        self.true = ClassMapView(tr("The true mask"), self)
        self.predicted = ClassMapView(tr("The predicted mask"), self)
        self.fields = (self.picture, self.true, self.predicted)
        self.line = Elided("", "small", self, colour="secondary")
        self.rows = ClassRows(self)
        grid = self._grid = QGridLayout()
        names = (tr("picture"), tr("true mask"), tr("predicted"))
        for column, (field, name) in enumerate(zip(self.fields, names, strict=True)):
            field.pointed.connect(self._point)
            grid.addWidget(field, 0, column)
            grid.addWidget(Label(name, "hint", self), 1, column, Qt.AlignmentFlag.AlignLeft)
            grid.setColumnStretch(column, 1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addLayout(grid)
        self._column.addWidget(self.line)
        self._column.addWidget(self.rows)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._restyle()
        notifier.changed.connect(self._restyle)

    def _restyle(self) -> None:
        theme = current()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.pixels(GAP))
        self._grid.setVerticalSpacing(1)
        self._column.setSpacing(2)

    def show_look(self, event: Probed) -> None:
        """Show an image with its masks and how well they agree."""
        mask, predicted = event.mask, event.predicted
        if mask is None or predicted is None:
            return
        self._classes = event.classes
        n_classes = max(len(event.classes), int(predicted.max()) + 1)
        counts = count_pixels(mask, predicted, n_classes)
        right = float(counts.trace()) / max(int(counts.sum()), 1)
        self._figures = tr(
            "{pixels} of the pixels · mean IoU {overlap}",
            pixels=percent(right),
            overlap=percent(mean_overlap(counts)),
        )
        self.picture.set_pixels(event.pixels)
        self.true.set_mask(mask)
        self.predicted.set_mask(np.where(mask == VOID, mask, predicted))
        self._fit_heights()
        self._point(*self._place)
        self.rows.set_overlaps(overlaps(counts), counts.sum(1) + counts.sum(0), event.classes)
        self._describe()

    def clear(self) -> None:
        """Show nothing."""
        self._figures = ""
        for field in self.fields:
            field.clear()
        self.line.set_text("")
        self.rows.set_overlaps(np.zeros(0), np.zeros(0, np.int64), ())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_heights()

    def _fit_heights(self) -> None:
        width = (self.width() - 2 * self._grid.horizontalSpacing()) // len(self.fields)
        height = self.true.height_at(width)
        for field in self.fields:
            field.setFixedHeight(height)

    def _describe(self) -> None:
        words = [f"{name} {value}" for name, value in self.rows.texts()]
        self.setAccessibleDescription("; ".join([self._figures, *words]))

    def _point(self, row: int, column: int) -> None:
        """Name the classes of a pixel, or give the figures again."""
        self._place = (row, column)
        mask, predicted = self.true.class_map, self.predicted.class_map
        inside = mask is not None and 0 <= row < len(mask) and 0 <= column < mask.shape[1]
        if not inside or mask is None or predicted is None:
            self.line.set_text(self._figures)
            return
        true, taken = self._name(int(mask[row, column])), self._name(int(predicted[row, column]))
        place = tr("row {row}, column {column}", row=row + 1, column=column + 1)
        words = (
            tr("{place}: {name}", place=place, name=true)
            if mask[row, column] == VOID
            else tr("{place}: {name}, right", place=place, name=true)
            if true == taken
            else tr("{place}: {name}, taken for {taken}", place=place, name=true, taken=taken)
        )
        self.line.set_text(words)

    def _name(self, index: int) -> str:
        if index == VOID:
            return tr("void, which counts for nothing")
        return self._classes[index] if index < len(self._classes) else tr("class {n}", n=index)


class ClassMapView(QWidget):
    """A picture, or the class of each of its pixels; tells the pixel under the mouse."""

    pointed = Signal(int, int)
    """Row and column; -1, -1 for none."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._drawn: QImage | None = None
        self._size = (1, 1)
        self.class_map: ClassMap | None = None
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        notifier.changed.connect(self._forget)

    def set_pixels(self, pixels: NDArray[np.uint8]) -> None:
        """uint8 H×W×C with 1 or 3 channels; others show their first."""
        self._image = picture_image(pixels)
        self._size = pixels.shape[:2]
        self.update()

    def set_mask(self, mask: ClassMap) -> None:
        """uint8 H×W, the class of each pixel."""
        height, width = mask.shape
        self.class_map, self._size = mask, (height, width)
        self._forget()

    def clear(self) -> None:
        """Show nothing."""
        self._image, self.class_map = None, None
        self._forget()

    def _forget(self) -> None:
        self._drawn = None
        self.update()

    def sizeHint(self) -> QSize:
        side = current().pixels(LARGEST)
        return QSize(side, side)

    def height_at(self, width: int) -> int:
        """How high it is at a width, so that nothing is left empty below."""
        rows, columns = self._size
        return max(min(round(width * rows / columns), current().pixels(LARGEST)), 1)

    def _area(self) -> QRectF:
        """Where the image is, its proportions kept."""
        height, width = self._size
        size = QSize(width, height).scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF(0, 0, max(size.width(), 1), max(size.height(), 1))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._drawn = None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        area, (height, width) = self._area(), self._size
        row = int(event.position().y() * height // area.height())
        column = int(event.position().x() * width // area.width())
        inside = 0 <= row < height and 0 <= column < width
        self.pointed.emit(*((row, column) if inside else (-1, -1)))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.pointed.emit(-1, -1)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme, area = QPainter(self), current(), self._area()
        if self.class_map is not None:
            if self._drawn is None:
                ratio = self.devicePixelRatioF()
                height, width = round(area.height() * ratio), round(area.width() * ratio)
                self._drawn = mask_image(self.class_map, height, width, theme)
            painter.drawImage(area, self._drawn)
        elif self._image is not None:
            large = self._image.width() > area.width()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, large)
            painter.drawImage(area, self._image)
        else:
            painter.fillRect(area, theme.background.canvas)
        painter.setPen(QPen(theme.border.control, 1))
        painter.drawRect(area.adjusted(0, 0, -1, -1))


class ClassRows(QWidget):
    """The classes that are somewhere in the masks, the largest first: a sample of the hatch, the
    name, and the overlap as a bar and in figures."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[int, str, float]] = []
        self._more = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_overlaps(
        self, values: NDArray[np.float64], areas: NDArray[np.int64], classes: tuple[str, ...]
    ) -> None:
        """Overlap (NaN: nowhere) and pixels of each class."""
        order = [n for n in np.argsort(-areas, kind="stable").tolist() if areas[n]]
        self._more = max(len(order) - ROWS, 0)
        self._rows = [
            (n, classes[n] if n < len(classes) else tr("class {n}", n=n), float(values[n]))
            for n in sorted(order[:ROWS])
        ]
        more = (
            tr_count(
                "and {n} class with fewer pixels", "and {n} classes with fewer pixels", self._more
            )
            if self._more
            else ""
        )
        self.setToolTip(more)
        self.updateGeometry()
        self.update()

    def texts(self) -> list[tuple[str, str]]:
        """Names and overlaps as shown."""
        return [(name, percent(value)) for _, name, value in self._rows]

    def sizeHint(self) -> QSize:
        return QSize(current().pixels(120), current().pixels(ROW_HEIGHT) * max(len(self._rows), 2))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = current(), QPainter(self)
        height, swatch = theme.pixels(ROW_HEIGHT), theme.pixels(SWATCH)
        mono, small = theme.font("shape"), theme.font("small")
        painter.setFont(mono)
        value_width = painter.fontMetrics().horizontalAdvance(percent(1)) + theme.space("xs")
        left = swatch + theme.space("s")
        name_width = (self.width() - left - value_width) * 0.5
        bar_left = left + name_width + theme.space("xs")
        bar_width = self.width() - bar_left - value_width - theme.space("s")
        middle = Qt.AlignmentFlag.AlignVCenter
        for index, (number_, name, value) in enumerate(self._rows):
            row = QRectF(0, index * height, self.width(), height)
            sample = QRectF(0, row.top() + (height - swatch) // 2, swatch, swatch)
            one = np.full((1, 1), number_, np.uint8)
            painter.drawImage(sample, mask_image(one, swatch, swatch, theme))
            painter.setPen(QPen(theme.border.control, 1))
            painter.drawRect(sample.adjusted(0, 0, -1, -1))
            painter.setFont(small)
            painter.setPen(theme.text.primary)
            text = painter.fontMetrics().elidedText(
                name, Qt.TextElideMode.ElideRight, int(name_width)
            )
            painter.drawText(row.adjusted(left, 0, 0, 0), middle | Qt.AlignmentFlag.AlignLeft, text)
            bar = QRectF(bar_left, row.center().y() - 3, bar_width, 6)
            painter.fillRect(bar, theme.border.subtle)
            bar.setWidth(max(1.0, bar.width() * min(max(value, 0.0), 1.0)))
            painter.fillRect(bar, theme.accent.base)
            painter.setFont(mono)
            words = percent(value) if np.isfinite(value) else NOTHING
            painter.drawText(row, middle | Qt.AlignmentFlag.AlignRight, words)
