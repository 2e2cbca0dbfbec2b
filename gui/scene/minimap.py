"""The whole network in a corner, with the part that the view shows."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QTransform
from PySide6.QtWidgets import QWidget

from gui.appearance.theme import current
from gui.language.text import tr
from gui.scene.overview import Overview
from gui.scene.scene import CanvasScene

WIDTH, HEIGHT = 160, 100
PAD = 6
MAP_ZOOM = 0.12


class Minimap(QWidget):
    """Click or drag to go somewhere."""

    moved = Signal(QPointF)
    """A point of the scene to bring to the centre."""

    def __init__(self, scene: CanvasScene, parent: QWidget) -> None:
        super().__init__(parent)
        self._scene = scene
        self._overview = Overview(scene)
        self._shown = QRectF()
        self._content: QRectF | None = None
        self.setFixedSize(WIDTH, HEIGHT)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setAccessibleName(tr("Small map of the network"))

    def renew(self) -> None:
        """The network has changed."""
        self._overview.forget()
        self._content = None
        self.update()

    def whole(self, shown: QRectF) -> bool:
        """Whether a part of the scene holds the whole network, so that no map is needed."""
        if self._content is None:
            self._content = self._scene.content()
        return self._content.isEmpty() or shown.contains(self._content)

    def show_part(self, shown: QRectF) -> None:
        """Learn what the view shows."""
        if shown != self._shown:
            self._shown = shown
            self.update()

    def _transform(self) -> QTransform:
        """From the scene to this widget."""
        area = self._overview.area.united(self._shown.intersected(self._wide()))
        room = QRectF(self.rect()).adjusted(PAD, PAD, -PAD, -PAD)
        if area.isEmpty():
            return QTransform()
        scale = min(room.width() / area.width(), room.height() / area.height())
        offset = room.center() - area.center() * scale
        return QTransform(scale, 0, 0, scale, offset.x(), offset.y())

    def _wide(self) -> QRectF:
        area = self._overview.area
        return area.adjusted(
            -area.width() / 2, -area.height() / 2, area.width() / 2, area.height() / 2
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        ground = QColor(theme.background.window)
        ground.setAlphaF(0.92)
        painter.setPen(QPen(theme.border.subtle, 1))
        painter.setBrush(ground)
        painter.drawRoundedRect(frame, 5, 5)
        painter.setClipRect(self.rect().adjusted(2, 2, -2, -2))
        picture = self._overview.picture(MAP_ZOOM)
        transform = self._transform()
        painter.setTransform(transform)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(self._overview.area, picture)
        self._overview.paint_marks(painter, transform.m11())
        pen = QPen(theme.accent.base, 1.5)
        pen.setCosmetic(True)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self._shown)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._go(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event)

    def _go(self, event: QMouseEvent) -> None:
        back, possible = self._transform().inverted()
        if possible:
            self.moved.emit(back.map(event.position()))
        event.accept()
