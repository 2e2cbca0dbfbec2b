"""Room in a column of nodes: what stands below goes down for what comes, and up after what goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from graph.layers.base.layer import Layer
from graph.network.network import Position
from gui.face import measures as m
from gui.face.outline import size_when_placed
from gui.face.routes import SEAM_MAX
from gui.scene.scene import CanvasScene

Boxes = dict[str, QRectF]


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a node goes, and where others go for it."""

    position: Position
    others: dict[str, Position]


def place_on_wire(
    canvas: CanvasScene, layer: Layer, wire: str, node: str | None = None
) -> Placing | None:
    """The place for a layer within a stack: under the upper end of a wire that is a seam, what
    stands below moved down. None for other wires. ``node`` is the node if it stands already."""
    item = canvas.wires.get(wire)
    if item is None or item.route is None or not item.route.seam:
        return None
    boxes, upper = boxes_of(canvas), canvas.network.wires[wire].source
    if node is not None:
        del boxes[node]
    above = boxes[upper]
    new = QRectF(above.left(), above.bottom() + m.SEAM, *size_when_placed(layer))
    return Placing((new.left(), new.top()), make_room(boxes, upper, new))


def boxes_of(canvas: CanvasScene) -> Boxes:
    """The bodies of all nodes where the model has them."""
    return {
        node: QRectF(QPointF(*canvas.network.nodes[node].position), item.rect().size())
        for node, item in canvas.nodes.items()
    }


def make_room(boxes: Boxes, upper: str, new: QRectF) -> dict[str, Position]:
    """Where the nodes below ``upper`` go when ``new`` comes directly under it."""
    below = _below(boxes, new, boxes[upper].bottom())
    if not below:
        return {}
    return _shifted(boxes, below, new.bottom() + m.SEAM - boxes[below[0]].top())


def put_in_place(boxes: Boxes, gone: Iterable[str], new: QRectF) -> dict[str, Position]:
    """Where the nodes below go when ``new`` stands for those ``gone``: down if it is taller; up if
    they stood in its column with nothing else between them."""
    old = QRectF()
    for node in gone:
        old = old.united(boxes[node])
    rest = {node: box for node, box in boxes.items() if node not in set(gone)}
    below = _below(rest, new, old.bottom())
    shift = new.bottom() - old.bottom()
    one_column = all(_meets(boxes[node], new) for node in gone)
    free = not any(box.intersects(old) for box in rest.values())
    if not below or not (one_column and free):
        return {}
    if shift > 0:
        shift = max(0.0, new.bottom() + m.SEAM_PLAIN - rest[below[0]].top())
    elif rest[below[0]].top() - old.bottom() > SEAM_MAX:
        return {}
    return _shifted(rest, below, shift)


def _meets(box: QRectF, column: QRectF) -> bool:
    return box.left() < column.right() and box.right() > column.left()


def _below(boxes: Boxes, column: QRectF, top: float) -> list[str]:
    """The nodes of a column from a height on, from above to below."""
    found = [n for n, box in boxes.items() if _meets(box, column) and box.top() >= top]
    return sorted(found, key=lambda node: boxes[node].top())


def _shifted(boxes: Boxes, nodes: list[str], shift: float) -> dict[str, Position]:
    """The nodes moved by ``shift``, downwards until a gap takes it up, upwards until a wide gap."""
    places: dict[str, Position] = {}
    bottom = boxes[nodes[0]].top()
    for node in nodes:
        box = boxes[node]
        gap = box.top() - bottom
        if gap > SEAM_MAX:
            shift = max(0.0, shift - (gap - m.SEAM))
        if abs(shift) < 1:
            break
        places[node] = box.left(), box.top() + shift
        bottom = max(bottom, box.bottom())
    return places
