"""What part of the scene the view shows, and how it gets there."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import (
    QAbstractAnimation,
    QEasingCurve,
    QObject,
    QPoint,
    QPointF,
    QRectF,
    QTimer,
    QVariantAnimation,
)
from PySide6.QtGui import QTransform
from PySide6.QtWidgets import QGraphicsView

from gui.canvas import measures as m

MARGIN = 40
SETTLING = 400
"""Milliseconds in which a rearranged window finds its sizes."""


class Camera(QObject):
    """Zoom and centre of a view; jumps glide unless motion is reduced."""

    def __init__(self, view: QGraphicsView, changed: Callable[[], None]) -> None:
        super().__init__(view)
        self._view = view
        self._changed = changed
        self.zoom = 1.0
        self.reduce_motion = False
        self._from = (1.0, QPointF())
        self._to = (1.0, QPointF())
        self._kept: tuple[float, QPointF] | None = None
        self._settled = QTimer(self, singleShot=True, interval=SETTLING)
        self._settled.timeout.connect(self._let_go)
        self._animation = QVariantAnimation(self)
        self._animation.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.valueChanged.connect(self._step)

    def center(self) -> QPointF:
        """The point of the scene in the middle of the view."""
        return self._view.mapToScene(self._view.viewport().rect().center())

    def set_zoom(self, zoom: float, anchor: QPoint | None = None) -> None:
        """Zoom so that the point of the scene under ``anchor`` (view) stays where it is."""
        self._animation.stop()
        zoom = max(m.ZOOM_MIN, min(m.ZOOM_MAX, zoom))
        if abs(zoom - 1) < 0.02:
            zoom = 1.0
        if anchor is None:
            anchor = self._view.viewport().rect().center()
        before = self._view.mapToScene(anchor)
        self._apply(zoom, self.center())
        delta = self._view.mapToScene(anchor) - before
        self._apply(zoom, self.center() - delta)

    def scroll_by(self, delta: QPoint) -> None:
        """Move the picture by pixels."""
        self._animation.stop()
        for bar, way in (
            (self._view.horizontalScrollBar(), delta.x()),
            (self._view.verticalScrollBar(), delta.y()),
        ):
            bar.setValue(bar.value() - way)
        self._changed()

    def go(self, zoom: float, center: QPointF) -> None:
        """Glide to a zoom and a centre."""
        zoom = max(m.ZOOM_MIN, min(m.ZOOM_MAX, zoom))
        self._animation.stop()
        if self.reduce_motion or not self._view.isVisible():
            self._apply(zoom, center)
            return
        self._from, self._to = (self.zoom, self.center()), (zoom, center)
        self._animation.setDuration(m.MOTION["fit"])
        self._animation.start()

    def jump(self, zoom: float, center: QPointF) -> None:
        """Be at a zoom and a centre at once."""
        self._animation.stop()
        self._apply(zoom, center)

    def finish(self) -> None:
        """Arrive now."""
        if self._animation.state() == QAbstractAnimation.State.Running:
            self._animation.stop()
            self._apply(*self._to)

    def fit(self, area: QRectF, most: float = 1.0, still: bool = False) -> None:
        """Show an area whole, at most at ``most`` zoom."""
        room = self._view.viewport().size()
        wide = max(1.0, room.width() - 2.0 * MARGIN)
        high = max(1.0, room.height() - 2.0 * MARGIN)
        zoom = min(most, wide / max(1.0, area.width()), high / max(1.0, area.height()))
        if still:
            self._animation.stop()
            self._apply(max(m.ZOOM_MIN, zoom), area.center())
        else:
            self.go(zoom, area.center())

    def show(self, area: QRectF, margin: float = MARGIN) -> None:
        """Bring an area into view without changing the zoom more than needed; nothing moves if
        it is ``margin`` (scene units) within the view already."""
        shown = self._view.mapToScene(self._view.viewport().rect()).boundingRect()
        if shown.adjusted(margin, margin, -margin, -margin).contains(area):
            return
        zoom = self.zoom if self.zoom >= 0.35 else 1.0
        self.go(zoom, area.center())

    def keep(self, area: QRectF) -> None:
        """If an area is wholly in view, keep it so while the view gets another size."""
        self.finish()
        if self._shows(area):
            self._kept = self.zoom, self.center()
            self._settled.start()

    def resized(self, area: Callable[[], QRectF]) -> None:
        """The view has another size: as it was if the area to keep is whole then, else fitted."""
        if self._kept is None:
            return
        self._apply(*self._kept)
        if not self._shows(area()):
            self.fit(area(), most=self._kept[0], still=True)

    def _shows(self, area: QRectF) -> bool:
        shown = self._view.mapToScene(self._view.viewport().rect()).boundingRect()
        return not area.isEmpty() and shown.contains(area)

    def _let_go(self) -> None:
        self._kept = None

    def _step(self, part: float) -> None:
        (zoom, center), (new_zoom, new_center) = self._from, self._to
        if part >= 1:
            self._apply(new_zoom, new_center)
        else:
            between = zoom * (new_zoom / zoom) ** part
            self._apply(between, center + (new_center - center) * part)

    def _apply(self, zoom: float, center: QPointF) -> None:
        if zoom != self.zoom:
            self.zoom = zoom
            self._view.setTransform(QTransform.fromScale(zoom, zoom))
        self._view.centerOn(center)
        self._changed()
