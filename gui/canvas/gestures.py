"""Mouse gestures as objects: each has start, move, end and cancel.

A gesture moves pictures only; the model changes once, when it ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt

from graph.layers.base.layer import Layer
from graph.network.edits import Batch, Move
from graph.network.network import Edit
from graph.values.message import say
from gui.canvas import changes
from gui.face import measures as m
from gui.face.overlay import Marks
from gui.scene.columns import place_on_wire
from gui.scene.node_item import NodeItem
from gui.scene.wire_item import WireItem

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

START_DISTANCE = 4


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where the pointer is, in the scene and in the view, and which keys are held."""

    scene: QPointF
    view: QPoint
    modifiers: Qt.KeyboardModifier

    @property
    def adding(self) -> bool:
        """Whether a selection is extended."""
        keys = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
        return bool(self.modifiers & keys)


class Gesture(Protocol):
    """What the view needs of a gesture."""

    def start(self, pointer: Pointer) -> None: ...

    def move(self, pointer: Pointer) -> None: ...

    def end(self, pointer: Pointer) -> None: ...

    def cancel(self) -> None: ...


class Pan:
    """Moves the view with the pointer."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._last = QPoint()
        self.moved = False

    def start(self, pointer: Pointer) -> None:
        self._last = pointer.view
        self._view.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def move(self, pointer: Pointer) -> None:
        delta = pointer.view - self._last
        self._last = pointer.view
        self.moved = self.moved or not delta.isNull()
        self._view.scroll_by(delta)

    def end(self, pointer: Pointer) -> None:
        self.cancel()

    def cancel(self) -> None:
        self._view.viewport().unsetCursor()


class RubberBand:
    """Selects the nodes that a rectangle touches."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._origin = QPointF()
        self._before: list[str] = []

    def start(self, pointer: Pointer) -> None:
        self._origin = pointer.scene
        session = self._view.session
        self._before = list(session.selection) if pointer.adding else []
        session.select(self._before)

    def move(self, pointer: Pointer) -> None:
        band = QRectF(self._origin, pointer.scene).normalized()
        self._view.overlay.show_marks(Marks(band=band))
        touched = [
            item.face.id
            for item in self._view.canvas.items(band)
            if isinstance(item, NodeItem) and item.rect().intersects(band)
        ]
        order = {node: place for place, node in enumerate(self._view.session.network.order())}
        touched.sort(key=order.__getitem__)
        kept = [node for node in self._before if node not in touched]
        self._view.session.select(kept + touched)

    def end(self, pointer: Pointer) -> None:
        self._view.overlay.clear()

    def cancel(self) -> None:
        self._view.overlay.clear()
        self._view.session.select(self._before)


class CutWires:
    """Cuts every wire that a stroke crosses."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self._points: list[QPointF] = []

    def start(self, pointer: Pointer) -> None:
        self._points = [pointer.scene]

    def move(self, pointer: Pointer) -> None:
        self._points.append(pointer.scene)
        self._view.overlay.show_marks(Marks(cut=tuple(self._points)))

    def end(self, pointer: Pointer) -> None:
        self.move(pointer)
        crossed = self._crossed()
        self.cancel()
        edit = changes.cut(crossed)
        if edit is not None:
            self._view.session.do(edit)

    def cancel(self) -> None:
        self._view.overlay.clear()

    def _crossed(self) -> list[str]:
        area = QRectF(self._points[0], self._points[0])
        for point in self._points:
            area = area.united(QRectF(point, point).adjusted(-1, -1, 1, 1))
        found = []
        for item in self._view.canvas.items(area):
            if isinstance(item, WireItem) and _cross(self._points, item.points()):
                found.append(item.wire)
        return sorted(found)


def _cross(stroke: list[QPointF], wire: tuple[QPointF, ...]) -> bool:
    return any(_pieces_cross(a, b, c, d) for a, b in pairwise(stroke) for c, d in pairwise(wire))


def _pieces_cross(a: QPointF, b: QPointF, c: QPointF, d: QPointF) -> bool:
    def side(p: QPointF, q: QPointF, r: QPointF) -> float:
        return (q.x() - p.x()) * (r.y() - p.y()) - (q.y() - p.y()) * (r.x() - p.x())

    return side(a, b, c) * side(a, b, d) <= 0 and side(c, d, a) * side(c, d, b) <= 0


class InsertOnWire:
    """Finds the wire under a loose layer and lights it; used by drags of nodes and of types."""

    def __init__(self, view: CanvasView, layer: Layer) -> None:
        self._view = view
        self._able = changes.can_insert(layer)
        self._lit: str | None = None

    def start(self, pointer: Pointer) -> None:
        self.move(pointer)

    def move(self, pointer: Pointer) -> None:
        self.over(pointer.scene)

    def over(self, point: QPointF) -> str | None:
        """Light the wire at a point and return its id."""
        reach = m.WIRE_HIT / max(0.2, self._view.zoom())
        wire = self._view.canvas.wire_at(point, reach) if self._able else None
        self._light(wire.wire if wire is not None else None)
        return self._lit

    def end(self, pointer: Pointer) -> None:
        self.cancel()

    def cancel(self) -> None:
        self._light(None)

    def _light(self, wire: str | None) -> None:
        for name, state in ((self._lit, False), (wire, True)):
            item = self._view.canvas.wires.get(name) if name is not None else None
            if item is not None and item.target_of_drop != state:
                item.target_of_drop = state
                item.update()
        self._lit = wire


class MoveNodes:
    """Moves the selected nodes; a node that stands free is inserted into the wire it falls on."""

    def __init__(self, view: CanvasView, node: str) -> None:
        self._view = view
        self._node = node
        self._press = Pointer(QPointF(), QPoint(), Qt.KeyboardModifier.NoModifier)
        self._starts: dict[str, QPointF] = {}
        self._narrow = False
        self._moving = False
        self._insert: InsertOnWire | None = None

    def start(self, pointer: Pointer) -> None:
        session = self._view.session
        self._press = pointer
        chosen = list(session.selection)
        if pointer.adding:
            if self._node in chosen:
                chosen.remove(self._node)
            else:
                chosen.append(self._node)
            session.select(chosen)
        elif self._node not in chosen:
            session.select([self._node])
        else:
            self._narrow = True
        canvas = self._view.canvas
        canvas.glide.finish()
        self._starts = {
            node: canvas.nodes[node].pos() for node in session.selection if node in canvas.nodes
        }

    def move(self, pointer: Pointer) -> None:
        if self._node not in self._starts:
            return
        away = pointer.view - self._press.view
        if not self._moving and away.manhattanLength() < START_DISTANCE:
            return
        if not self._moving:
            self._begin()
        delta = self._snapped(pointer.scene - self._press.scene)
        self._view.canvas.place({node: start + delta for node, start in self._starts.items()})
        if self._insert is not None:
            item = self._view.canvas.nodes[self._node]
            if self._insert.over(item.rect().center()) is None:
                self._insert.move(pointer)

    def _begin(self) -> None:
        self._moving = True
        network = self._view.session.network
        alone = len(self._starts) == 1
        if alone and not network.inputs(self._node) and not network.outputs(self._node):
            self._insert = InsertOnWire(self._view, network.nodes[self._node].layer)

    def _snapped(self, delta: QPointF) -> QPointF:
        """The way so that the grasped node lands on the grid, or under or over a neighbour."""
        start = self._starts[self._node]
        item = self._view.canvas.nodes[self._node]
        goal = start + delta
        rect = QRectF(goal, item.face.body().size())
        stacked = self._stack_point(rect)
        if stacked is not None:
            return stacked - start
        grid = m.GRID_SNAP
        return QPointF(round(goal.x() / grid) * grid, round(goal.y() / grid) * grid) - start

    def _stack_point(self, rect: QRectF) -> QPointF | None:
        near = m.SNAP_DISTANCE
        area = rect.adjusted(-near, -near - m.SEAM, near, near + m.SEAM)
        for item in self._view.canvas.items(area):
            if not isinstance(item, NodeItem) or item.face.id in self._starts:
                continue
            other = item.rect()
            if abs(other.left() - rect.left()) > near:
                continue
            under, over = other.bottom() + m.SEAM, other.top() - m.SEAM - rect.height()
            for top in (under, over):
                if abs(rect.top() - top) <= near:
                    return QPointF(other.left(), top)
        return None

    def end(self, pointer: Pointer) -> None:
        self.move(pointer)
        if not self._moving:
            if self._narrow and not pointer.adding:
                self._view.session.select([self._node])
            return
        wire = None
        if self._insert is not None:
            item = self._view.canvas.nodes[self._node]
            wire = self._insert.over(item.rect().center()) or self._insert.over(pointer.scene)
            self._insert.cancel()
        self._commit(wire)

    def _commit(self, wire: str | None) -> None:
        canvas, session = self._view.canvas, self._view.session
        positions = {
            node: (canvas.nodes[node].pos().x(), canvas.nodes[node].pos().y())
            for node, start in self._starts.items()
            if canvas.nodes[node].pos() != start
        }
        edits: list[Edit] = [Move(positions)] if positions else []
        if wire is not None:
            inserted = changes.insert_on_wire(session.network, wire, self._node)
            if inserted is not None:
                layer = session.network.nodes[self._node].layer
                place = place_on_wire(canvas, layer, wire, self._node)
                if place is not None:
                    edits = [Move({self._node: place.position, **place.others})]
                edits.append(inserted)
        if not edits:
            return
        name = say("Move")
        if len(edits) > 1:
            name = say("Insert {name}", name=session.network.nodes[self._node].name)
        if session.do(edits[0] if len(edits) == 1 else Batch(tuple(edits), name)) is not None:
            self.cancel()

    def cancel(self) -> None:
        if self._insert is not None:
            self._insert.cancel()
        self._view.canvas.place(self._starts, long_wires=True)
