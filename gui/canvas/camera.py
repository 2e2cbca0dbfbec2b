"""What part of the scene the view shows, and how it gets there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QAbstractAnimation,
    QEasingCurve,
    QObject,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QTimer,
    QVariantAnimation,
)
from PySide6.QtGui import QTransform
from PySide6.QtWidgets import QGraphicsView

from gui.face import measures as m
from gui.scene.scene import CanvasScene

MARGIN = 40
EDGE = 20
"""Pixels between a network that is shown whole and the edge of the view."""
SETTLING = 400
"""Milliseconds in which a rearranged window finds its sizes."""


class Camera(QObject):
    """Zoom and centre of a view of a scene; jumps glide unless motion is reduced."""

    def __init__(
        self,
        view: QGraphicsView,
        scene: CanvasScene,
        changed: Callable[[], None],
        controls: Callable[[], Sequence[QRect]],
    ) -> None:
        """``controls`` tells what lies on the view in its lower corners: a network shown whole
        keeps off."""
        super().__init__(view)
        self._view = view
        self._scene = scene
        self._changed = changed
        self._controls = controls
        self.zoom = 1.0
        """1 is 100 %."""
        self._from = (1.0, QPointF())
        self._to = (1.0, QPointF())
        self._kept: tuple[float, QPointF] | None = None
        self._whole = False
        self._settled = QTimer(self, singleShot=True, interval=SETTLING)
        self._settled.timeout.connect(self._let_go)
        self._animation = QVariantAnimation(self)
        self._animation.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.valueChanged.connect(self._step)

    def centre(self) -> QPointF:
        """The point of the scene in the middle of the view."""
        return self._view.mapToScene(self._view.viewport().rect().center())

    def shown(self) -> QRectF:
        """The part of the scene that is in view."""
        return self._view.mapToScene(self._view.viewport().rect()).boundingRect()

    def to_scene(self, place: QPoint) -> QPointF:
        """The point of the scene at a place in the view."""
        return self._view.mapToScene(place)

    def to_view(self, area: QRectF) -> QRect:
        """Where an area of the scene is in the view."""
        return self._view.mapFromScene(area).boundingRect()

    @property
    def afar(self) -> bool:
        """Whether one picture stands for all items."""
        crowded = self._scene.stage.crowded
        return self.zoom < (m.OVERVIEW_BELOW_CROWDED if crowded else m.OVERVIEW_BELOW)

    @property
    def settling(self) -> bool:
        """Whether the window may still be finding its sizes, so that a fit is made again."""
        return self._settled.isActive()

    # Zoom

    def set_zoom(self, zoom: float, anchor: QPoint | None = None) -> None:
        """Zoom so that the point of the scene under ``anchor`` (view) stays where it is."""
        self._animation.stop()
        self._whole = False
        zoom = max(m.ZOOM_MIN, min(m.ZOOM_MAX, zoom))
        if abs(zoom - 1) < 0.02:
            zoom = 1.0
        if anchor is None:
            anchor = self._view.viewport().rect().center()
        before = self._view.mapToScene(anchor)
        self._apply(zoom, self.centre())
        delta = self._view.mapToScene(anchor) - before
        self._apply(zoom, self.centre() - delta)

    def zoom_by(self, factor: float, anchor: QPoint | None = None) -> None:
        """Multiply the zoom."""
        self.set_zoom(self.zoom * factor, anchor)

    def zoom_step(self, step: int) -> None:
        """One step in (1) or out (-1); 0 is 100 %."""
        self.set_zoom(self.zoom * m.ZOOM_STEP ** (2 * step) if step else 1.0)

    # Going somewhere

    def scroll_by(self, delta: QPoint) -> None:
        """Move the picture by pixels."""
        self._animation.stop()
        self._whole = False
        for bar, way in (
            (self._view.horizontalScrollBar(), delta.x()),
            (self._view.verticalScrollBar(), delta.y()),
        ):
            bar.setValue(bar.value() - way)
        self._changed()

    def go(self, zoom: float, centre: QPointF) -> None:
        """Glide to a zoom and a centre."""
        zoom = max(m.ZOOM_MIN, min(m.ZOOM_MAX, zoom))
        self._animation.stop()
        self._whole = False
        if self._scene.reduce_motion or not self._view.isVisible():
            self._apply(zoom, centre)
            return
        self._from, self._to = (self.zoom, self.centre()), (zoom, centre)
        self._animation.setDuration(m.MOTION["fit"])
        self._animation.start()

    def jump(self, zoom: float, centre: QPointF) -> None:
        """Be at a zoom and a centre at once."""
        self._animation.stop()
        self._whole = False
        self._apply(zoom, centre)

    def finish(self) -> None:
        """Arrive now."""
        if self._animation.state() == QAbstractAnimation.State.Running:
            self._animation.stop()
            self._apply(*self._to)

    def go_to(self, point: QPointF) -> None:
        """Have a point of the scene in the middle, at once."""
        self.finish()
        self.loosen()
        self._view.centerOn(point)
        self._changed()

    def fit_all(self, *, still: bool = False) -> None:
        """Show the whole network, at once if ``still``."""
        area = self._scene.content()
        if not area.isEmpty():
            self.fit(area, still=still, bodies=self._scene.covered())

    def fit_selection(self) -> None:
        """Show the chosen nodes, or all if none is chosen."""
        area = QRectF()
        for item in self._scene.marked():
            area = area.united(item.rect())
        if area.isEmpty():
            self.fit_all()
        else:
            self.fit(area, most=1.5)

    def fit(
        self,
        area: QRectF,
        most: float = 1.0,
        still: bool = False,
        bodies: Sequence[QRectF] | None = None,
    ) -> None:
        """Show an area whole, at most at ``most`` zoom. If one of the ``bodies`` in it (the area
        itself if not given) would lie under a control, it is shown above or beside that."""
        zoom, centre = self._framing(area, most, (area,) if bodies is None else bodies)
        if still:
            self._animation.stop()
            self._apply(zoom, centre)
        else:
            self.go(zoom, centre)

    def show_whole(self) -> None:
        """Show the whole network at once, and again at every size that the view gets until a
        person looks elsewhere: a window may find its sizes late."""
        self.fit(self._scene.content(), still=True, bodies=self._scene.covered())
        self._kept, self._whole = None, True
        self._settled.start()

    def _framing(
        self, area: QRectF, most: float, bodies: Sequence[QRectF]
    ) -> tuple[float, QPointF]:
        """Zoom and centre for an area: the first frame that is clear of the controls."""
        room = QRectF(self._view.viewport().rect()).adjusted(EDGE, EDGE, -EDGE, -EDGE)
        controls = [QRectF(rect) for rect in self._controls()]
        frames = [room]
        if controls:
            high = min(rect.top() for rect in controls) - EDGE / 2
            left = max((r.right() for r in controls if r.left() < room.center().x()), default=0.0)
            right = min((r.left() for r in controls if r.left() > room.center().x()), default=1e6)
            frames.append(room.adjusted(0, 0, 0, min(0.0, high - room.bottom())))
            beside = QRectF(room)
            beside.setLeft(max(room.left(), left + EDGE / 2))
            beside.setRight(min(room.right(), right - EDGE / 2))
            frames.append(beside)
        found = [self._into(area, frame, most) for frame in frames]
        if not controls or not self._covered(*found[0], bodies, controls):
            return found[0]
        return max(found[1:], key=lambda framing: framing[0])

    def _into(self, area: QRectF, frame: QRectF, most: float) -> tuple[float, QPointF]:
        wide, high = max(1.0, frame.width()), max(1.0, frame.height())
        zoom = min(most, wide / max(1.0, area.width()), high / max(1.0, area.height()))
        zoom = max(m.ZOOM_MIN, zoom)
        away = frame.center() - QRectF(self._view.viewport().rect()).center()
        return zoom, area.center() - away / zoom

    def _covered(
        self, zoom: float, centre: QPointF, bodies: Sequence[QRectF], controls: Sequence[QRectF]
    ) -> bool:
        middle = QRectF(self._view.viewport().rect()).center()
        for control in controls:
            place = QRectF((control.topLeft() - middle) / zoom + centre, control.size() / zoom)
            if any(place.intersects(body) for body in bodies):
                return True
        return False

    def show(self, area: QRectF, margin: float = MARGIN) -> None:
        """Bring an area into view without changing the zoom more than needed; nothing moves if
        it is ``margin`` (scene units) within the view already."""
        if self.shown().adjusted(margin, margin, -margin, -margin).contains(area):
            return
        zoom = self.zoom if self.zoom >= 0.35 else 1.0
        self.go(zoom, area.center())

    # When the view gets another size

    def keep_whole(self) -> None:
        """The view is about to get another size: if all of the network is in it, that stays."""
        self.finish()
        if self._whole:
            self._settled.start()
        elif self._shows(self._scene.content()):
            self._kept = self.zoom, self.centre()
            self._settled.start()

    def resized(self) -> None:
        """The view has another size: as it was if all that is to stay is whole then, else
        fitted."""
        scene = self._scene
        if self._whole:
            self.fit(scene.content(), still=True, bodies=scene.covered())
            return
        if self._kept is None:
            return
        self._apply(*self._kept)
        if not self._shows(scene.content()):
            most = self._kept[0]
            self.fit(scene.content(), most=most, still=True, bodies=scene.covered())

    def _shows(self, area: QRectF) -> bool:
        return not area.isEmpty() and self.shown().contains(area)

    def loosen(self) -> None:
        """What is shown is a person's choice from now on."""
        self._whole = False

    def _let_go(self) -> None:
        self._kept = None

    def _step(self, part: float) -> None:
        (zoom, centre), (new_zoom, new_centre) = self._from, self._to
        if part >= 1:
            self._apply(new_zoom, new_centre)
        else:
            between = zoom * (new_zoom / zoom) ** part
            self._apply(between, centre + (new_centre - centre) * part)

    def _apply(self, zoom: float, centre: QPointF) -> None:
        if zoom != self.zoom:
            self.zoom = zoom
            self._view.setTransform(QTransform.fromScale(zoom, zoom))
        self._view.centerOn(centre)
        self._changed()
