"""Walking through a network with the arrow keys: along wires, and along stacks up and down."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from gui.scene.scene import CanvasScene


def neighbour(scene: CanvasScene, node: str, direction: tuple[int, int]) -> str | None:
    """The node one wire away in a direction (x, y); the best if there are several."""
    network = scene.network
    behind = [wire.target for wire in network.outputs(node)]
    before = [wire.source for wire in network.inputs(node)]
    here = scene.nodes[node].rect().center()
    linked = list(dict.fromkeys(behind + before))
    facing = [other for other in linked if _faces(scene, here, other, direction)]
    if facing:
        return min(facing, key=lambda other: _cost(scene, here, other, direction))
    onward = behind if direction[0] + direction[1] > 0 else before
    return min(onward, key=lambda other: _cost(scene, here, other, direction), default=None)


def _delta(scene: CanvasScene, here: QPointF, other: str) -> QPointF:
    return scene.nodes[other].rect().center() - here


def _faces(scene: CanvasScene, here: QPointF, other: str, direction: tuple[int, int]) -> bool:
    delta = _delta(scene, here, other)
    along = delta.x() * direction[0] + delta.y() * direction[1]
    across = abs(delta.x() * direction[1]) + abs(delta.y() * direction[0])
    # A column is wider than a row is high, so sideways is more tolerant.
    return along > 1 and (across <= along or (direction[0] != 0 and along > 100))


def _cost(scene: CanvasScene, here: QPointF, other: str, direction: tuple[int, int]) -> float:
    delta = _delta(scene, here, other)
    along = abs(delta.x() * direction[0] + delta.y() * direction[1])
    across = abs(delta.x() * direction[1]) + abs(delta.y() * direction[0])
    return along + 2 * across
