"""Where the shapes stand on the wires: at the first of a few points that is free of nodes and of
other shapes. Where none is, the shape is left away; it is never cut.

A place is found when a wire is first painted at a zoom, and kept until something moves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSizeF

AIR = 2.0
"""Pixels between a shape and what stands beside it."""
POINTS = (10, 8, 12, 6, 14, 5, 15, 4, 16)
"""Which of the points of a wire are tried, its middle first."""
FAR = 500.0
"""A wire that spans more is tried near its middle only."""

CoveredBy = Callable[[float, float], Sequence[QRectF]]
"""What nodes cover whose x range meets the given one."""


class Labels:
    """Places by wire; None where a shape has no room."""

    def __init__(self, bodies: CoveredBy) -> None:
        self._bodies = bodies
        self._scale = 1.0
        self._places: dict[str, QRectF | None] = {}

    def forget(self) -> None:
        """Find all places again."""
        self._places.clear()

    def drop(self, wire: str) -> None:
        """Find the place of one wire again."""
        self._places.pop(wire, None)

    def set_scale(self, scale: float) -> None:
        """Learn how many pixels a unit of the scene has, where shapes keep their size in pixels."""
        if scale != self._scale:
            self._scale = scale
            self.forget()

    def known(self) -> dict[str, QRectF | None]:
        """The places found so far."""
        return dict(self._places)

    def place(
        self, wire: str, first: QPointF, points: Callable[[], Sequence[QPointF]], size: QSizeF
    ) -> QRectF | None:
        """A free place for a shape of ``size`` pixels: around ``first`` or another of the points
        of the wire; None if there is none."""
        if wire not in self._places:
            self._places[wire] = self._find(first, points, size)
        return self._places[wire]

    def _find(
        self, first: QPointF, points: Callable[[], Sequence[QPointF]], size: QSizeF
    ) -> QRectF | None:
        wide, high = (size.width() + 2 * AIR) / self._scale, (size.height() + 2 * AIR) / self._scale
        taken = [rect for rect in self._places.values() if rect is not None]
        area = QRectF(0, 0, wide, high)
        area.moveCenter(first)
        if self._free(area, self._bodies(area.left(), area.right()), taken):
            return area
        ways = points()
        left = min(ways[POINTS[-2]].x(), ways[POINTS[-1]].x()) - wide / 2
        right = max(ways[POINTS[-2]].x(), ways[POINTS[-1]].x()) + wide / 2
        tries: Sequence[int] = POINTS
        if right - left > FAR:
            tries = POINTS[:3]
            left, right = ways[tries[1]].x() - wide / 2, ways[tries[2]].x() + wide / 2
        bodies = self._bodies(min(left, right), max(left, right))
        for index in tries:
            area.moveCenter(ways[index])
            if self._free(area, bodies, taken):
                return area
        return None

    def _free(self, area: QRectF, bodies: Sequence[QRectF], taken: Sequence[QRectF]) -> bool:
        meets = area.intersects
        return not any(map(meets, bodies)) and not any(map(meets, taken))
