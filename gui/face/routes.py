"""The way of a wire: a seam straight down, a curve to the right, or a lane around nodes.

Routes are computed from the ends and from the bodies in between, and are never stored.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from gui.face import measures as m

SEAM_MAX = 120.0
LANE_CLEARANCE = 22.0
LONG = m.COLUMN_GAP + 40
"""A wire wider than this may have to go around something."""

Obstacles = Callable[[float, float], Sequence[QRectF]]
"""The bodies of nodes whose x range meets the given one."""


@dataclass(frozen=True, slots=True)
class Route:
    """A path with the middle point for its text. ``seam`` is a straight join within a stack."""

    path: QPainterPath
    middle: QPointF
    room: float
    """Length along which a text may stand."""
    seam: bool = False
    lane: bool = False
    reach: QRectF | None = None
    """Where a body that comes or goes may change the way; None if no body ever does."""


def is_seam(upper: QRectF, lower: QRectF) -> bool:
    """Whether a node stands close under another, left edges in line."""
    gap = lower.top() - upper.bottom()
    return abs(upper.left() - lower.left()) <= 2 and 0 <= gap <= SEAM_MAX


def seam_route(upper: QRectF, lower: QRectF) -> Route:
    """Straight down from a node to the one under it."""
    x = round(upper.left() + min(upper.width(), lower.width()) / 2)
    path = QPainterPath(QPointF(x, upper.bottom()))
    path.lineTo(x, lower.top())
    middle = QPointF(x, (upper.bottom() + lower.top()) / 2)
    return Route(path, middle, lower.top() - upper.bottom(), seam=True)


def curve(start: QPointF, end: QPointF) -> QPainterPath:
    """The cubic from an output to an input."""
    reach = max(m.CONTROL_MIN, (end.x() - start.x()) / 2)
    path = QPainterPath(start)
    path.cubicTo(start.x() + reach, start.y(), end.x() - reach, end.y(), end.x(), end.y())
    return path


def route(start: QPointF, end: QPointF, obstacles: Obstacles | None, shift: float = 0.0) -> Route:
    """From an output port to an input port. ``shift`` keeps lanes of several sources apart."""
    across = end.x() - start.x()
    if across < m.CONTROL_MIN / 2:
        return _back(start, end, obstacles)
    path, reach = curve(start, end), None
    if across > LONG:
        bodies = obstacles(start.x() + 4, end.x() - 4) if obstacles is not None else ()
        if bodies and _hits(path, bodies):
            return _lane(start, end, bodies, shift)
        reach = path.boundingRect().adjusted(-1, -1, 1, 1)
    return Route(path, (start + end) / 2, _distance(start, end), reach=reach)


def _distance(start: QPointF, end: QPointF) -> float:
    delta = end - start
    return float((delta.x() ** 2 + delta.y() ** 2) ** 0.5)


def _hits(path: QPainterPath, bodies: Sequence[QRectF]) -> bool:
    area = path.boundingRect().adjusted(-1, -1, 1, 1)
    near = [body for body in bodies if body.intersects(area)]
    if not near:
        return False
    points = [path.pointAtPercent(step / 24) for step in range(1, 24)]
    return any(body.contains(point) for point in points for body in near)


def _lane(start: QPointF, end: QPointF, bodies: Sequence[QRectF], shift: float) -> Route:
    """Out, to the nearest free height, along, and in."""
    heights = [
        _free_lane(point.y(), bodies, direction) for point in (start, end) for direction in (1, -1)
    ]

    def cost(y: float) -> tuple[float, float]:
        bend = 30.0 if 0 < abs(y - start.y()) < m.CONTROL_MIN else 0.0
        return abs(y - start.y()) + abs(y - end.y()) + bend, abs(y - start.y())

    y = min(heights, key=cost)
    if y not in (start.y(), end.y()):
        y += shift if y > (start.y() + end.y()) / 2 else -shift
    bend = min(m.LANE_RADIUS, (end.x() - start.x()) / 6)
    out, back = start.x() + m.COLUMN_GAP / 2, end.x() - m.COLUMN_GAP / 2
    points = [start, QPointF(out, start.y()), QPointF(out, y), QPointF(back, y)]
    points += [QPointF(back, end.y()), end]
    reach = QRectF(start, QPointF(end.x(), start.y()))
    reach.setTop(min(*heights, start.y(), end.y()) - LANE_CLEARANCE - 1)
    reach.setBottom(max(*heights, start.y(), end.y()) + LANE_CLEARANCE + 1)
    path, middle = rounded(points, bend), QPointF((out + back) / 2, y)
    return Route(path, middle, back - out, lane=True, reach=reach)


def _free_lane(y: float, bodies: Sequence[QRectF], direction: int) -> float:
    """The nearest height from ``y`` on, downwards or upwards, that meets no body."""
    if direction > 0:
        for body in sorted(bodies, key=lambda b: b.top()):
            if body.top() - LANE_CLEARANCE < y < body.bottom() + LANE_CLEARANCE:
                y = body.bottom() + LANE_CLEARANCE
    else:
        for body in sorted(bodies, key=lambda b: -b.bottom()):
            if body.top() - LANE_CLEARANCE < y < body.bottom() + LANE_CLEARANCE:
                y = body.top() - LANE_CLEARANCE
    return y


def _back(start: QPointF, end: QPointF, obstacles: Obstacles | None) -> Route:
    """To a node that does not lie to the right: out, half way down or through a gap between the
    nodes there, back, and in."""
    out, back = start.x() + m.CONTROL_MIN, end.x() - m.CONTROL_MIN
    bodies = obstacles(back, out) if obstacles is not None else ()
    middle = _gap(start.y(), end.y(), bodies)
    points = [start, QPointF(out, start.y()), QPointF(out, middle), QPointF(back, middle)]
    points += [QPointF(back, end.y()), end]
    path, reach = rounded(points, m.CONTROL_MIN), QRectF(points[0], points[0])
    reach.setCoords(back - 1, min(start.y(), end.y()) - 1, out + 1, max(start.y(), end.y()) + 1)
    return Route(path, QPointF((out + back) / 2, middle), abs(out - back), reach=reach)


def _gap(start: float, end: float, bodies: Sequence[QRectF]) -> float:
    """A height on the way that meets no body: half way, else in the gap nearest to the end."""
    half, low, high = (start + end) / 2, min(start, end), max(start, end)
    if not any(body.top() < half < body.bottom() for body in bodies):
        return half
    gaps: list[float] = []
    bottom = low
    for body in sorted(bodies, key=lambda b: b.top()):
        if low <= bottom < body.top() <= high and bottom > low:
            gaps.append((bottom + body.top()) / 2)
        bottom = max(bottom, body.bottom())
    return min(gaps, key=lambda y: abs(y - end), default=half)


def rounded(points: Sequence[QPointF], radius: float) -> QPainterPath:
    """A line through points with round corners, smaller where the pieces are short."""
    path = QPainterPath(points[0])
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        first, second = _distance(before, corner), _distance(corner, after)
        if first < 0.01 or second < 0.01:
            path.lineTo(corner)
            continue
        room = min(radius, first / 2 if before is not points[0] else first, second / 2)
        start = corner + (before - corner) * (room / first)
        end = corner + (after - corner) * (room / second)
        path.lineTo(start)
        path.quadTo(corner, end)
    path.lineTo(points[-1])
    return path
