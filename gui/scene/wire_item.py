"""The item of one wire: halo, line, and the shape it carries."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from math import log2

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from gui.appearance.theme import current
from gui.face import measures as m
from gui.face.measures import Detail
from gui.face.routes import Route
from gui.scene.load import Load
from gui.scene.stage import Stage

SAMPLES = 20
PLATE_PAD = 5.0
PLATE_HEIGHT = 16.0
GROWTH = 1 / m.NAMES_FROM


class WireItem(QGraphicsItem):
    """One wire, in scene coordinates."""

    def __init__(self, stage: Stage, wire: str) -> None:
        super().__init__()
        self._stage = stage
        self.wire = wire
        self.load = Load()
        self.route: Route | None = None
        self.chosen = False
        self.lit = False
        """A wire of a selected node."""
        self._repeats = False
        self.target_of_drop = False
        self.flash = 0.0
        self.hovered = False
        self._bounds = QRectF()
        self._plate = QRectF()
        self._line = QPainterPath()
        self._samples: tuple[QPointF, ...] | None = None

    def set_route(self, route: Route) -> None:
        """Take another way."""
        self.prepareGeometryChange()
        self.route = route
        self._line = QPainterPath(route.path.elementAt(0))
        last = route.path.currentPosition()
        self._line.lineTo(last)
        self._samples = None
        self._measure()

    def set_hovered(self, hovered: bool) -> None:
        """Whether the pointer is over the wire."""
        self.hovered = hovered
        self._set_height()
        self.update()

    def _set_height(self) -> None:
        # A plate that may be wider than the gap must not hide behind a node.
        self.setZValue(3.0 if self.load.error or self.hovered else 1.0)

    def set_repeats(self, repeats: bool) -> None:
        """Whether a wire from the same port, painted above this one, says the same."""
        if repeats != self._repeats:
            self._repeats = repeats
            self.update()

    def set_load(self, load: Load) -> None:
        if load != self.load:
            self.prepareGeometryChange()
            self.load = load
            self._set_height()
            self._measure()
            self.update()

    def renew(self) -> None:
        """Measure the text again, after a change of theme."""
        self.prepareGeometryChange()
        self._measure()

    def _measure(self) -> None:
        """Find the place of the plate and what the item covers."""
        route = self.route
        if route is None:
            return
        font = m.canvas_font("shape", self.load.assumed)
        width = QFontMetricsF(font).horizontalAdvance(self.load.text) if self.load.text else 0.0
        plate = QRectF(0, 0, round(width) + 2 * PLATE_PAD, PLATE_HEIGHT)
        if route.seam:
            plate.moveTo(route.middle.x() + 4, round(route.middle.y() - PLATE_HEIGHT / 2))
        else:
            plate.moveCenter(route.middle)
            end = route.path.currentPosition().x() - m.PORT - 2
            if self.load.error and not route.lane and plate.right() > end:
                plate.moveRight(end)  # not over the badge and name of the node it concerns
            plate.moveTo(round(plate.x()), round(plate.y()))
        self._plate = plate if self.load.text else QRectF()
        bounds = route.path.boundingRect().adjusted(-8, -8, 8, 8)
        if self.load.text and not route.seam:
            # The plate may stand anywhere on the wire, and keeps its size when zoomed out.
            wide, high = plate.width() / 2 * GROWTH + 1, plate.height() / 2 * GROWTH + 1
            bounds = bounds.united(route.path.boundingRect().adjusted(-wide, -high, wide, high))
        self._bounds = bounds.united(self._plate.adjusted(-1, -1, 1, 1))
        self._stage.labels.drop(self.wire)

    def label(self) -> QRectF | None:
        """Where the shape stands (scene coordinates); None where it is left away."""
        route, load, plate = self.route, self.load, self._plate
        if route is None or not load.text:
            return None
        full = self._stage.level is Detail.FULL
        if route.seam:
            tall = route.room >= m.SEAM - 4
            return plate if full and tall and load.changes else None
        if load.error and full:
            return plate
        wanted = full or load.changes or load.error
        if not self.hovered and (not wanted or (self._repeats and not route.lane)):
            return None
        found = None
        if route.room * min(1.0, self._stage.zoom) >= plate.width() - 2 * PLATE_PAD:
            size = QSizeF(plate.width() - 2 * PLATE_PAD, plate.height() - 2)
            found = self._stage.labels.place(self.wire, route.middle, self.points, size)
        if found is None:
            return plate if self.hovered else None
        place = QRectF(plate)
        place.moveCenter(found.center())
        return place

    def points(self) -> tuple[QPointF, ...]:
        """The way as a few points, for hits and cuts."""
        if self._samples is None:
            if self.route is None:
                return ()
            path = self.route.path
            self._samples = tuple(path.pointAtPercent(i / SAMPLES) for i in range(SAMPLES + 1))
        return self._samples

    def distance(self, point: QPointF) -> float:
        """How far a point is from the wire."""
        points = self.points()
        return min(
            (_to_piece(point, a, b) for a, b in pairwise(points)),
            default=float("inf"),
        )

    # Painting

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        route, stage = self.route, self._stage
        if route is None:
            return
        level = stage.level
        painter.setBrush(Qt.BrushStyle.NoBrush)
        pen = self._pen(level)
        if level <= Detail.HUES:
            painter.setPen(pen)
            painter.drawPath(self._line if not route.lane else route.path)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not route.seam and (level is Detail.FULL or not stage.crowded):
            halo = QPen(current().wire.halo, m.HALO)
            painter.setPen(halo)
            painter.drawPath(route.path)
        if self.flash > 0:
            glow = QColor(current().selection_ring)
            glow.setAlphaF(0.5 * self.flash)
            painter.setPen(QPen(glow, 4 + 8 * self.flash))
            painter.drawPath(route.path)
        painter.setPen(pen)
        painter.drawPath(route.path)
        if (self.load.error or self.hovered) and not route.seam and level is Detail.FULL:
            self._paint_ends(painter, route)
        place = self.label()
        if place is not None:
            self._paint_plate(painter, place)

    def _paint_ends(self, painter: QPainter, route: Route) -> None:
        """The ports at both ends again, which a wire above the nodes would cover."""
        theme = current()
        painter.setPen(QPen(theme.wire.port_ring, m.PORT_RING))
        painter.setBrush(theme.wire.port_fill)
        radius = (m.PORT - m.PORT_RING) / 2
        first = route.path.elementAt(0)
        for point in (QPointF(first.x, first.y), route.path.currentPosition()):
            painter.drawEllipse(point, radius, radius)

    def _pen(self, level: Detail) -> QPen:
        theme, load = current(), self.load
        strong = self.chosen or self.lit or self.target_of_drop
        if load.error:
            colour = theme.wire.error
        elif strong:
            colour = theme.wire.selected
        elif self._stage.running:
            colour = theme.wire.running
        else:
            colour = theme.wire.assumed if load.assumed else theme.wire.rest
        width = m.WIRE_BASE
        if load.channels > 1:
            full = m.WIRE_BASE + m.WIRE_PER_LOG2 * log2(load.channels)
            width = min(m.WIRE_MAX, round(full, 1))
        if self.chosen or self.target_of_drop:
            width = max(width, 3.0)
        if level is not Detail.FULL:
            width = 2.0 if self.chosen or load.error or self.target_of_drop else 1.0
        dash: tuple[float, ...] = ()
        if level >= Detail.NAMES:
            dash = m.ERROR_DASH if load.error else m.ASSUMED_DASH if load.assumed else ()
        return _pen(colour.rgba(), width, dash, level is not Detail.FULL)

    def _paint_plate(self, painter: QPainter, plate: QRectF) -> None:
        theme, load = current(), self.load
        if self._stage.level is not Detail.FULL:
            place = painter.worldTransform().map(plate.center())
            plate = QRectF(0, 0, plate.width(), plate.height())
            plate.moveCenter(QPointF(round(place.x()), round(place.y())))
            painter.setWorldTransform(QTransform())
        if load.error:
            painter.setPen(QPen(theme.error.base, 1))
            painter.setBrush(theme.error.background)
            painter.drawRoundedRect(plate.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        elif self.route is not None and not self.route.seam:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.background.canvas)
            painter.drawRoundedRect(plate, 3, 3)
        painter.setFont(m.canvas_font("shape", load.assumed))
        painter.setPen(theme.error.base if load.error else theme.text.secondary)
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, load.text)


@cache
def _pen(colour: int, width: float, dash: tuple[float, ...], cosmetic: bool) -> QPen:
    """Few pens exist: colours of two themes, a dozen widths, three dashes."""
    pen = QPen(QColor.fromRgba(colour), width)
    pen.setCosmetic(cosmetic)
    if dash:
        pen.setDashPattern([step / width for step in dash])
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


def _to_piece(point: QPointF, start: QPointF, end: QPointF) -> float:
    along = end - start
    length = along.x() ** 2 + along.y() ** 2
    away = point - start
    part = 0.0 if length == 0 else QPointF.dotProduct(away, along) / length
    near = start + along * min(1.0, max(0.0, part))
    delta = point - near
    return float((delta.x() ** 2 + delta.y() ** 2) ** 0.5)
