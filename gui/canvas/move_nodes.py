"""The gesture that moves nodes, and the wire into which a loose layer would fall."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt

from graph.layers.base.layer import Layer
from graph.network.edits import Batch, Move
from graph.network.network import Edit
from graph.values.message import say
from gui.canvas import changes
from gui.canvas.gestures import START_DISTANCE, Board, Pointer
from gui.face import measures as m
from gui.scene.columns import place_on_wire
from gui.scene.hits import wire_at
from gui.scene.node_item import NodeItem


class InsertOnWire:
    """Finds the wire under a loose layer and lights it; used by drags of nodes and of types."""

    def __init__(self, board: Board, layer: Layer) -> None:
        self._board = board
        self._able = changes.can_insert(layer)
        self._lit: str | None = None

    def over(self, point: QPointF) -> str | None:
        """Light the wire at a point and return its id."""
        reach = m.WIRE_HIT / max(0.2, self._board.camera.zoom)
        wire = wire_at(self._board.scene(), point, reach) if self._able else None
        self._light(wire.wire if wire is not None else None)
        return self._lit

    def cancel(self) -> None:
        """Light no wire any more."""
        self._light(None)

    def _light(self, wire: str | None) -> None:
        for name, state in ((self._lit, False), (wire, True)):
            item = self._board.scene().wires.get(name) if name is not None else None
            if item is not None and item.target_of_drop != state:
                item.target_of_drop = state
                item.update()
        self._lit = wire


class MoveNodes:
    """Moves the selected nodes; a node that stands free is inserted into the wire it falls on."""

    def __init__(self, board: Board, node: str) -> None:
        self._board = board
        self._node = node
        self._press = Pointer(QPointF(), QPoint(), Qt.KeyboardModifier.NoModifier)
        self._starts: dict[str, QPointF] = {}
        self._narrow = False
        self._moving = False
        self._insert: InsertOnWire | None = None

    def start(self, pointer: Pointer) -> None:
        session = self._board.session
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
        scene = self._board.scene()
        scene.glide.finish()
        self._starts = {
            node: scene.nodes[node].pos() for node in session.selection if node in scene.nodes
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
        self._board.scene().place({node: start + delta for node, start in self._starts.items()})
        if self._insert is not None:
            item = self._board.scene().nodes[self._node]
            if self._insert.over(item.rect().center()) is None:
                self._insert.over(pointer.scene)

    def _begin(self) -> None:
        self._moving = True
        network = self._board.session.network
        alone = len(self._starts) == 1
        if alone and not network.inputs(self._node) and not network.outputs(self._node):
            self._insert = InsertOnWire(self._board, network.nodes[self._node].layer)

    def _snapped(self, delta: QPointF) -> QPointF:
        """The way so that the grasped node lands on the grid, or under or over a neighbour."""
        start = self._starts[self._node]
        item = self._board.scene().nodes[self._node]
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
        for item in self._board.scene().items(area):
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
                self._board.session.select([self._node])
            return
        wire = None
        if self._insert is not None:
            item = self._board.scene().nodes[self._node]
            wire = self._insert.over(item.rect().center()) or self._insert.over(pointer.scene)
            self._insert.cancel()
        self._commit(wire)

    def _commit(self, wire: str | None) -> None:
        scene, session = self._board.scene(), self._board.session
        positions = {
            node: (scene.nodes[node].pos().x(), scene.nodes[node].pos().y())
            for node, start in self._starts.items()
            if scene.nodes[node].pos() != start
        }
        edits: list[Edit] = [Move(positions)] if positions else []
        if wire is not None:
            inserted = changes.insert_on_wire(session.network, wire, self._node)
            if inserted is not None:
                layer = session.network.nodes[self._node].layer
                place = place_on_wire(scene, layer, wire, self._node)
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
        self._board.scene().place(self._starts, long_wires=True)
