"""What of a scene lies at a point."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QGraphicsScene

from gui.face.anatomy import InputSlot, OutputSlot
from gui.scene.node_item import NodeItem
from gui.scene.wire_item import WireItem


def node_at(scene: QGraphicsScene, point: QPointF) -> NodeItem | None:
    """The topmost node whose body holds a point."""
    for item in scene.items(_around(point, 0.5)):
        if isinstance(item, NodeItem) and item.rect().contains(point):
            return item
    return None


def wire_at(scene: QGraphicsScene, point: QPointF, reach: float) -> WireItem | None:
    """The wire nearest to a point, at most ``reach`` away."""
    near = [item for item in scene.items(_around(point, reach)) if isinstance(item, WireItem)]
    best = min(near, key=lambda item: item.distance(point), default=None)
    return best if best is not None and best.distance(point) <= reach else None


def port_at(
    scene: QGraphicsScene, point: QPointF, reach: float, inside: float
) -> tuple[NodeItem, InputSlot | OutputSlot] | None:
    """The port nearest to a point; within a body only ``inside`` far, so it can be grasped."""
    best: tuple[NodeItem, InputSlot | OutputSlot] | None = None
    least = reach
    for item in scene.items(_around(point, reach)):
        if not isinstance(item, NodeItem):
            continue
        limit = inside if item.rect().contains(point) else reach
        for place, slot in item.ports():
            delta = place - point
            distance = (delta.x() ** 2 + delta.y() ** 2) ** 0.5
            if distance <= min(limit, least):
                best, least = (item, slot), distance
    return best


def _around(point: QPointF, reach: float) -> QRectF:
    return QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach)
