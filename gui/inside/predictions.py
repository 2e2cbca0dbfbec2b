"""The validation image one looks at, a way to the others, and what the network takes it for: its
class, or that of each pixel where the data has masks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from backend.channel.events import Probed
from gui.appearance.icons import icon
from gui.appearance.theme import current, notifier
from gui.inside.masks import MaskView
from gui.inside.pictures import picture_image
from gui.language.text import full, tr
from gui.widgets.parts import Elided

ROWS = 4
ROW_HEIGHT = 18
PICTURE = 72


class ImageChooser(QWidget):
    """Picture, class and number with buttons for the neighbours, and the likeliest classes."""

    chosen = Signal(int)
    """Another validation image is wanted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image = 0
        self._title = Elided("", "caption", self)
        self.previous = self._button("left", tr("Previous image"), -1)
        self.next = self._button("right", tr("Next image"), 1)
        self.picture = PictureView(self)
        self.bars = PredictionBars(self)
        self.masks = MaskView(self)
        self.masks.hide()
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self.previous)
        head.addWidget(self.next)
        self._body = QHBoxLayout()
        self._body.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignTop)
        self._body.addWidget(self.bars, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addLayout(self._body)
        column.addWidget(self.masks)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._restyle()
        notifier.changed.connect(self._restyle)

    def _button(self, symbol: str, text: str, step: int) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(icon(symbol))
        button.setToolTip(text)
        button.setAccessibleName(text)
        button.setAutoRepeat(True)
        button.clicked.connect(lambda: self._go(step))
        return button

    def _restyle(self) -> None:
        self._body.setSpacing(current().space("s"))

    def _go(self, step: int) -> None:
        if self._image + step >= 0:
            self._image += step
            self.previous.setEnabled(self._image > 0)
            self.chosen.emit(self._image)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._go(step)

    @property
    def image(self) -> int:
        """The number of the image asked for."""
        return self._image

    def title(self) -> str:
        """Number and class as they stand."""
        return self._title.text()

    def show_look(self, event: Probed) -> None:
        """Show the image of a look and what the network takes it for."""
        self._image = event.image
        self.previous.setEnabled(event.image > 0)
        self._show_masks(event.mask is not None)
        if event.mask is not None:
            self._title.set_text(tr("Image {number}", number=full(event.image + 1)))
            self.masks.show_look(event)
            return
        name = event.classes[event.label] if event.label < len(event.classes) else ""
        self._title.set_text(
            tr("Image {number} · {label}", number=full(event.image + 1), label=name)
        )
        self.picture.set_pixels(event.pixels)
        self.bars.set_probabilities(event.probabilities, event.classes, event.label)

    def clear(self, text: str = "") -> None:
        """Show no image."""
        self._title.set_text(text)
        self.picture.set_pixels(None)
        self.bars.set_probabilities(np.zeros(0, np.float32), (), 0)
        self.masks.clear()

    def _show_masks(self, masks: bool) -> None:
        self.picture.setVisible(not masks)
        self.bars.setVisible(not masks)
        self.masks.setVisible(masks)


class PictureView(QWidget):
    """A small image in large pixels."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("The image"))

    def set_pixels(self, pixels: NDArray[np.uint8] | None) -> None:
        """uint8 H×W×C with 1 or 3 channels; others show their first."""
        self._image = picture_image(pixels) if pixels is not None else None
        self.update()

    def sizeHint(self) -> QSize:
        side = current().pixels(PICTURE)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), current().background.canvas)
        if self._image is not None:
            size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            target = QRectF(
                (self.width() - size.width()) / 2,
                (self.height() - size.height()) / 2,
                size.width(),
                size.height(),
            )
            large = self._image.width() > size.width()
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, large)
            painter.drawImage(target, self._image)
        painter.setPen(QPen(current().border.subtle, 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


class PredictionBars(QWidget):
    """The likeliest classes, first the likeliest; the right one has a tick."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[str, float, bool]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("What the network takes it for"))

    def set_probabilities(
        self, values: NDArray[np.float32], classes: tuple[str, ...], label: int
    ) -> None:
        """One probability per class; ``label`` is the right class."""
        order = np.argsort(-values, kind="stable")[:ROWS].tolist()
        self._rows = [(classes[i], float(values[i]), i == label) for i in order if i < len(classes)]
        self.setAccessibleDescription(", ".join(f"{n} {value:.3f}" for n, value, _ in self._rows))
        self.update()

    @property
    def rows(self) -> list[tuple[str, float, bool]]:
        """Name, probability and whether it is right, as shown."""
        return self._rows

    def sizeHint(self) -> QSize:
        return QSize(current().pixels(120), current().pixels(ROW_HEIGHT) * ROWS)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = current(), QPainter(self)
        mono, small = theme.font("shape"), theme.font("small")
        painter.setFont(mono)
        value_width = painter.fontMetrics().horizontalAdvance("0.000") + theme.space("xs")
        tick = theme.pixels(14)
        name_width = (self.width() - value_width - tick) * 0.52
        bar_width = self.width() - value_width - tick - name_width - theme.space("s")
        for index, (name, value, right) in enumerate(self._rows):
            height = theme.pixels(ROW_HEIGHT)
            row = QRectF(0, index * height, self.width(), height)
            if right:
                icon("check", "success").paint(
                    painter, QRectF(0, row.top() + 2, tick - 2, height - 4).toRect()
                )
            painter.setFont(small)
            painter.setPen(theme.text.primary if right else theme.text.secondary)
            text = painter.fontMetrics().elidedText(
                name, Qt.TextElideMode.ElideRight, int(name_width)
            )
            left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            painter.drawText(row.adjusted(tick, 0, 0, 0), left, text)
            bar = QRectF(tick + name_width + theme.space("xs"), row.center().y() - 3, bar_width, 6)
            painter.fillRect(bar, theme.border.subtle)
            bar.setWidth(max(1.0, bar.width() * min(max(value, 0.0), 1.0)))
            painter.fillRect(bar, theme.accent.base)
            painter.setFont(mono)
            painter.setPen(theme.text.primary)
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(row, flags, f"{value:.3f}")
