"""The scene mirrors the session: one item per node and per wire, changed by differences.

It never changes the model. After each edit it adds, removes and refreshes exactly the items that
the edit or the figures after it concern.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, QPointF, QRectF, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QGraphicsScene

from graph.analysis.faults import Fault
from graph.network.network import Change, Network, Wire
from gui.appearance.theme import notifier
from gui.face import measures as m
from gui.face.anatomy import Face, face_of
from gui.face.labels import Labels
from gui.scene.cells import Cells
from gui.scene.glide import Glide
from gui.scene.load import load_of
from gui.scene.node_item import NodeItem
from gui.scene.stage import Stage
from gui.scene.ways import Ways
from gui.scene.wire_item import WireItem
from gui.scene.worst import WorstFaults, worst_faults
from gui.session.session import Session

CLEAR = 30.0
"""How far ports and marks of a node reach at most."""
SETTLED = 300
"""Of more shapes than this the places are found when they are painted."""


class CanvasScene(QGraphicsScene):
    """Nodes and wires of the open network."""

    pictured = Signal()
    """Something that the overview and the small map show has changed."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.nodes: dict[str, NodeItem] = {}
        self.wires: dict[str, WireItem] = {}
        self._cells = Cells(self.nodes, CLEAR)
        self._labels = Labels(self._cells.clearances)
        self._ways = Ways(self.nodes, self.wires, self._cells)
        self.stage = Stage(self.nodes, self._labels)
        self._shares: dict[str, float] = {}
        self.reduce_motion = False
        self.next_glide = m.MOTION["node_move"]
        self.glide = Glide(self, self._place_many)
        self._symbols = False
        self._faults = WorstFaults()
        session.changed.connect(self.apply)
        session.document_replaced.connect(self.rebuild)
        session.level_changed.connect(self.rebuild)
        session.selection_changed.connect(self.show_selection)
        notifier.changed.connect(self._renew_theme)
        self.rebuild()

    @property
    def network(self) -> Network:
        return self.session.network

    # Mirroring

    def rebuild(self) -> None:
        """Make all items anew, for another document."""
        self.glide.stop()
        self.clear()
        self.nodes.clear()
        self.wires.clear()
        self._labels.forget()
        self._cells.forget()
        self._ways.forget()
        self._faults = worst_faults(self.network, self.session.analysis)
        for node in self.network.nodes:
            self._add_node(node)
        for wire in self.network.wires:
            self._add_wire(wire)
        self._ways.disturbed()
        self._ways.find(self.network, self.network.wires)
        self.set_activity(self._shares)
        self.show_selection()
        self.pictured.emit()

    def apply(self, change: Change) -> None:
        """Show what an edit changed."""
        network = self.network
        for gone in change.wires_removed:
            self._remove_wire(gone)
        for node in change.removed:
            self._remove_node(node)
        for node in change.added:
            if node in network.nodes and node not in self.nodes:
                self._add_node(node)
        for new in change.wires_added:
            if new in network.wires and new not in self.wires:
                self._add_wire(new)
        touched = self._touched(change)
        resized = {node for node in touched if self._refresh_node(node)}
        stale = {wire.id for node in resized for wire in self._wires_of(node)}
        for node in resized:
            self._cells.enter(node)
        stale |= change.wires_added & set(self.wires)
        for node in change.added & set(self.nodes):
            stale |= {wire.id for wire in self._wires_of(node)}
        for node in touched:
            for wire in network.outputs(node):
                self._load(wire.id)
        self._move(change.moved)
        self._ways.find(network, stale | self._ways.disturbed())
        if stale or change.removed:
            self._settle_labels()
        self.pictured.emit()

    def _touched(self, change: Change) -> set[str]:
        """Nodes whose face may have changed: edited, recomputed, or with other faults."""
        old, new = self._faults, worst_faults(self.network, self.session.analysis)
        self._faults = new
        touched = change.updated | change.renamed | self.session.analysis.updated
        for node in new.nodes.keys() | old.nodes.keys():
            if new.nodes.get(node) != old.nodes.get(node):
                touched.add(node)
        for wire in (new.wires.keys() | old.wires.keys()) & self.wires.keys():
            self._load(wire)
        for node in change.renamed & self.nodes.keys():
            touched |= {wire.target for wire in self.network.outputs(node)}
        return touched & self.nodes.keys()

    def _face(self, node: str) -> Face:
        faults, symbols = self._faults.nodes, self._symbols
        return face_of(self.network, self.session.analysis, node, faults, symbols=symbols)

    def set_symbols(self, symbols: bool) -> None:
        """Show formulas on the nodes, or their values."""
        self._symbols = symbols
        for node in self.nodes:
            self._refresh_node(node)
        self.pictured.emit()

    def _add_node(self, node: str) -> None:
        face = self._face(node)
        item = NodeItem(self.stage, face)
        item.setPos(*self.network.nodes[node].position)
        self.nodes[node] = item
        self._cells.enter(node)
        self.addItem(item)

    def _remove_node(self, node: str) -> None:
        if node in self.nodes:
            self._cells.leave(node)
            self.removeItem(self.nodes.pop(node))

    def _refresh_node(self, node: str) -> bool:
        item = self.nodes[node]
        face = self._face(node)
        old = item.face
        return item.set_face(face) and (old.inputs, old.outputs, old.height) != (
            face.inputs,
            face.outputs,
            face.height,
        )

    def _add_wire(self, wire: str) -> None:
        item = WireItem(self.stage, wire)
        self.wires[wire] = item
        self._load(wire)
        self.addItem(item)

    def _remove_wire(self, wire: str) -> None:
        item = self.wires.pop(wire, None)
        if item is not None:
            self._ways.drop(wire)
            self._labels.drop(wire)
            self.removeItem(item)

    def _load(self, wire: str) -> None:
        """Tell a wire what it carries."""
        faulty = wire in self._faults.wires
        load = load_of(self.session.analysis, self.network.wires[wire], faulty)
        self.wires[wire].set_load(load)

    def _wires_of(self, node: str) -> list[Wire]:
        return [*self.network.inputs(node), *self.network.outputs(node)]

    # Places

    def _move(self, moved: Iterable[str]) -> None:
        """Bring nodes to their places in the model, gliding if a person did not drag them."""
        goals: dict[str, QPointF] = {}
        for node in moved:
            item = self.nodes.get(node)
            if item is not None:
                goal = QPointF(*self.network.nodes[node].position)
                if item.pos() != goal or self.glide.carries(node):
                    goals[node] = goal
        duration, self.next_glide = self.next_glide, m.MOTION["node_move"]
        if goals:
            starts = {node: self.nodes[node].pos() for node in goals}
            still = self.reduce_motion or len(goals) > m.ANIMATED_NODES
            self.glide.start(starts, goals, 0 if still else duration)

    def _place_many(self, places: dict[str, QPointF], final: bool) -> None:
        self.place(places, long_wires=final)
        if final:
            self._settle_labels()
            self.pictured.emit()

    def place(self, places: dict[str, QPointF], long_wires: bool = False) -> None:
        """Put pictures of nodes somewhere; the model is not touched."""
        stale: set[str] = set()
        for node, point in places.items():
            item = self.nodes.get(node)
            if item is None:
                continue
            item.setPos(point)
            self._cells.enter(node)
            stale |= {wire.id for wire in self._wires_of(node)}
        if long_wires:
            stale |= self._ways.disturbed()
        self._ways.find(self.network, stale)

    def _settle_labels(self) -> None:
        """Something has moved: find places again for the shapes that were painted."""
        known = self._labels.known()
        self._labels.forget()
        if len(known) > SETTLED:
            self.update()
            return
        shown = [wire for wire in known if wire in self.wires]
        for wire in shown:
            self.wires[wire].label()
        fresh = self._labels.known()
        for wire in shown:
            if fresh.get(wire) != known[wire]:
                self.wires[wire].update()

    # States

    def show_selection(self) -> None:
        """Mark what the session says is chosen."""
        session = self.session
        chosen = set(session.selection)
        last = session.selection[-1] if session.selection else None
        focus = last if any(view.hasFocus() for view in self.views()) else None
        for node, item in self.nodes.items():
            state = node in chosen, node == focus
            if (item.chosen, item.focused) != state:
                item.chosen, item.focused = state
                item.update()
        wires = set(session.selected_wires)
        lit = {wire.id for node in chosen & self.nodes.keys() for wire in self._wires_of(node)}
        for name, wire in self.wires.items():
            marks = name in wires, name in lit
            if (wire.chosen, wire.lit) != marks:
                wire.chosen, wire.lit = marks
                wire.update()
        self.pictured.emit()

    def set_thumbnails(self, pictures: dict[str, QImage]) -> None:
        """Show what layers answer, by their paths in the whole network; nodes that are not named
        show their figures."""
        for node, item in self.nodes.items():
            picture = pictures.get(self.session.levels.node_path(node) or "")
            if picture is not None or item.thumbnails is not None:
                item.thumbnails = picture
                item.update()

    def set_activity(self, shares: dict[str, float]) -> None:
        """Show each layer's share (0 to 1) of the time of a step, by paths as above."""
        self._shares = shares
        for node, item in self.nodes.items():
            share = shares.get(self.session.levels.node_path(node) or "", 0.0)
            if share != item.activity:
                item.activity = share
                item.update()

    def set_reduce_motion(self, reduce: bool) -> None:
        """Let everything jump instead of glide, the view of this scene too."""
        self.reduce_motion = reduce

    def set_running(self, running: bool) -> None:
        """Brighten the wires while data flows."""
        self.stage.running = running
        self.update()

    def faulty(self) -> Iterable[NodeItem]:
        """The nodes with an error."""
        for node, fault in self._faults.nodes.items():
            if not fault.warning and node in self.nodes:
                yield self.nodes[node]

    def badge_at(self, point: QPointF) -> NodeItem | None:
        """The node with an error whose badge is at a point."""
        return next((item for item in self.faulty() if item.badge().contains(point)), None)

    def fault(self, node: str) -> Fault | None:
        """The worst fault of a node."""
        return self._faults.nodes.get(node)

    def marked(self) -> Iterable[NodeItem]:
        """The chosen nodes."""
        return (self.nodes[n] for n in self.session.selection if n in self.nodes)

    def content(self) -> QRectF:
        """What all nodes and wires cover; empty for an empty network."""
        found = QRectF()
        for item in self.nodes.values():
            found = found.united(item.rect())
        if not self.stage.crowded:
            for wire in self.wires.values():
                if wire.route is not None:
                    found = found.united(wire.route.path.boundingRect())
        return found

    def covered(self) -> list[QRectF]:
        """The bodies of all nodes."""
        return [item.rect() for item in self.nodes.values()]

    def _renew_theme(self) -> None:
        self.stage.bodies.clear()
        self._labels.forget()
        for item in self.nodes.values():
            item.renew_texts()
        for wire in self.wires.values():
            wire.renew()
        self.update()
        self.pictured.emit()
