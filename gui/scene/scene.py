"""The scene mirrors the session: one item per node and per wire, changed by differences.

It never changes the model. After each edit it adds, removes and refreshes exactly the items that
the edit or the figures after it concern.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QObject, QPointF, QRectF, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QGraphicsScene

from graph.analysis.faults import Fault
from graph.layers.base.layer import FaultKind, dims
from graph.network.network import Change, Network, Wire
from gui.appearance.theme import notifier
from gui.face import measures as m
from gui.face.anatomy import Face, InputSlot, OutputSlot, face_of
from gui.face.bodies import BodyPictures
from gui.face.labels import Labels
from gui.face.measures import Detail
from gui.face.routes import is_seam, route, seam_route
from gui.scene.cells import Cells
from gui.scene.glide import Glide
from gui.scene.node_item import NodeItem
from gui.scene.wire_item import Load, WireItem
from gui.session.session import Session

CROWDED = 400
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
        self.bodies = BodyPictures()
        self.nodes: dict[str, NodeItem] = {}
        self._cells = Cells(self.nodes, CLEAR)
        self.labels = Labels(self._cells.clearances)
        self.wires: dict[str, WireItem] = {}
        self.zoom = 1.0
        self.level = Detail.FULL
        self.ratio = 1.0
        """Pixels of the device per pixel of the view."""
        self.running = False
        self._shares: dict[str, float] = {}
        self.reduce_motion = False
        self.next_glide = m.MOTION["node_move"]
        self.glide = Glide(self, self._place_many)
        self._long: set[str] = set()
        self._lanes = True
        self._symbols = False
        self._node_faults: dict[str, Fault] = {}
        self._wire_faults: dict[str, Fault] = {}
        session.changed.connect(self.apply)
        session.document_replaced.connect(self.rebuild)
        session.level_changed.connect(self.rebuild)
        session.selection_changed.connect(self.show_selection)
        notifier.changed.connect(self._renew_theme)
        self.rebuild()

    @property
    def network(self) -> Network:
        return self.session.network

    @property
    def crowded(self) -> bool:
        """Whether to save on decoration."""
        return len(self.nodes) > CROWDED

    # Mirroring

    def rebuild(self) -> None:
        """Make all items anew, for another document."""
        self.glide.stop()
        self.clear()
        self.nodes.clear()  # the cells know this very table
        self.wires = {}
        self.labels.forget()
        self._cells.forget()
        self._long = set()
        self._node_faults, self._wire_faults = self._faults()
        for node in self.network.nodes:
            self._add_node(node)
        for wire in self.network.wires:
            self._add_wire(wire)
        self._disturbed()
        self._route(self.network.wires)
        self.set_activity(self._shares)
        self.show_selection()
        self.pictured.emit()

    def apply(self, change: Change) -> None:
        """Show what an edit changed."""
        network = self.network
        for wire in change.wires_removed:
            self._remove_wire(wire)
        for node in change.removed:
            self._remove_node(node)
        for node in change.added:
            if node in network.nodes and node not in self.nodes:
                self._add_node(node)
        for wire in change.wires_added:
            if wire in network.wires and wire not in self.wires:
                self._add_wire(wire)
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
        self._route(stale | self._disturbed())
        if stale or change.removed:
            self._settle_labels()
        self.pictured.emit()

    def _touched(self, change: Change) -> set[str]:
        """Nodes whose face may have changed: edited, recomputed, or with other faults."""
        nodes, wires = self._faults()
        touched = change.updated | change.renamed | self.session.analysis.updated
        for node in nodes.keys() | self._node_faults.keys():
            if nodes.get(node) != self._node_faults.get(node):
                touched.add(node)
        stale = wires.keys() | self._wire_faults.keys()
        self._node_faults, self._wire_faults = nodes, wires
        for wire in stale & self.wires.keys():
            self._load(wire)
        for node in change.renamed & self.nodes.keys():
            touched |= {wire.target for wire in self.network.outputs(node)}
        return touched & self.nodes.keys()

    def _faults(self) -> tuple[dict[str, Fault], dict[str, Fault]]:
        """The worst fault of each node, and the error of each wire."""
        nodes: dict[str, Fault] = {}
        wires: dict[str, Fault] = {}
        for fault in self.session.analysis.faults():  # errors come first
            if fault.node is not None and not self._follows(fault):
                nodes.setdefault(fault.node, fault)
            if fault.wire is not None and not fault.warning:
                wires.setdefault(fault.wire, fault)
        return nodes, wires

    def _follows(self, fault: Fault) -> bool:
        """Whether a fault only repeats what the end of its branch says: no way to an output."""
        if fault.kind is not FaultKind.UNREACHABLE or not fault.warning or fault.node is None:
            return False
        return bool(self.network.outputs(fault.node))

    def _face(self, node: str) -> Face:
        faults, symbols = self._node_faults, self._symbols
        return face_of(self.network, self.session.analysis, node, faults, symbols=symbols)

    def set_symbols(self, symbols: bool) -> None:
        """Show formulas on the nodes, or their values."""
        self._symbols = symbols
        for node in self.nodes:
            self._refresh_node(node)
        self.pictured.emit()

    def _add_node(self, node: str) -> None:
        face = self._face(node)
        item = NodeItem(self, face)
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
        item = WireItem(self, wire)
        self.wires[wire] = item
        self._load(wire)
        self.addItem(item)

    def _remove_wire(self, wire: str) -> None:
        item = self.wires.pop(wire, None)
        if item is not None:
            self._long.discard(wire)
            self.labels.drop(wire)
            self.removeItem(item)

    def _load(self, wire: str) -> None:
        """Tell a wire what it carries."""
        analysis = self.session.analysis
        shape, assumed = analysis.wire_shape(wire)
        found = self.network.wires[wire]
        facts = analysis.facts(found.source)
        changes = not facts.inputs or facts.inputs[0] != shape
        text = dims(shape) if shape is not None else ""
        fault = self._wire_faults.get(wire)
        if fault is not None and shape is not None:
            expected = analysis.facts(found.target).inputs[0]
            if expected not in (None, shape):
                text = f"{text} ≠ {dims(expected)}"
        channels = shape[0] if shape else 0
        load = Load(text, channels, changes, assumed and shape is not None, fault is not None)
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
        self._route(stale | self._disturbed() if long_wires else stale)

    def _settle_labels(self) -> None:
        """Something has moved: find places again for the shapes that were painted."""
        known = self.labels.known()
        self.labels.forget()
        if len(known) > SETTLED:
            self.update()
            return
        shown = [wire for wire in known if wire in self.wires]
        for wire in shown:
            self.wires[wire].label()
        fresh = self.labels.known()
        for wire in shown:
            if fresh.get(wire) != known[wire]:
                self.wires[wire].update()

    # Ways of wires

    def _route(self, wires: Iterable[str]) -> None:
        ends: set[str] = set()
        obstacles = self._cells.between if self._lanes else None
        for wire in wires:
            item, found = self.wires.get(wire), self.network.wires.get(wire)
            if item is None or found is None:
                continue
            self._route_one(item, found, obstacles)
            ends |= {found.source, found.target}
        for node in ends:
            self._hide_ports(node)

    def _disturbed(self) -> set[str]:
        """The wires whose ways the bodies touch that have come, gone or moved since the last
        time."""
        places, had_lanes = self._cells.take_changes(), self._lanes
        self._lanes = len(self.nodes) <= m.LANES_UP_TO
        if self._lanes != had_lanes:
            return set(self._long)
        found: set[str] = set()
        for wire in self._long if places else ():
            way = self.wires[wire].route
            reach = way.reach if way is not None else None
            if reach is not None and any(reach.intersects(place) for place in places):
                found.add(wire)
        return found

    def _route_one(
        self,
        item: WireItem,
        wire: Wire,
        obstacles: Callable[[float, float], Sequence[QRectF]] | None,
    ) -> None:
        source, target = self.nodes[wire.source], self.nodes[wire.target]
        self._long.discard(wire.id)
        if is_seam(source.rect(), target.rect()):
            item.set_route(seam_route(source.rect(), target.rect()))
            return
        out, into = source.output_slot(wire.output), self.slot_of(wire)
        if out is None or into is None:
            return
        start, end = source.output_point(out), target.input_point(into)
        shift = int(start.x() / m.GRID_SNAP + start.y() / m.GRID_SNAP) % 4 * 7.0
        way = route(start, end, obstacles, shift)
        item.set_route(way)
        if way.reach is not None:
            self._long.add(wire.id)

    def slot_of(self, wire: Wire) -> InputSlot | None:
        """The place where a wire ends."""
        return next((s for s in self.nodes[wire.target].face.inputs if s.wire == wire.id), None)

    def _hide_ports(self, node: str) -> None:
        """Draw no circles where all wires are seams."""
        item = self.nodes[node]
        inputs = set()
        for slot in item.face.inputs:
            way = self.wires[slot.wire].route if slot.wire in self.wires else None
            if way is not None and way.seam:
                inputs.add((slot.port, slot.index))
        outputs = set()
        for out in item.face.outputs:
            wires = [w.id for w in self.network.outputs(node) if w.output == out.port]
            shown = [self.wires[w] for w in wires if w in self.wires]
            ways = [(wire, wire.route) for wire in shown if wire.route is not None]
            if ways and all(way.seam for _, way in ways):
                outputs.add(out.port)
            short = [wire for wire, way in ways if not (way.seam or way.lane)]
            for wire in short:
                if wire.repeats != (wire is not short[-1]):
                    wire.repeats = not wire.repeats
                    wire.update()
        if (inputs, outputs) != (item.hidden_inputs, item.hidden_outputs):
            item.hidden_inputs, item.hidden_outputs = frozenset(inputs), frozenset(outputs)
            item.update()

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
            state = name in wires, name in lit
            if (wire.chosen, wire.lit) != state:
                wire.chosen, wire.lit = state
                wire.update()
        self.pictured.emit()

    def set_thumbnails(self, pictures: dict[str, QImage]) -> None:
        """Show what layers answer, by their paths in the whole network; nodes that are not named
        show their figures."""
        for node, item in self.nodes.items():
            picture = pictures.get(self.session.node_path(node) or "")
            if picture is not None or item.thumbnails is not None:
                item.thumbnails = picture
                item.update()

    def set_activity(self, shares: dict[str, float]) -> None:
        """Show each layer's share (0 to 1) of the time of a step, by paths as above."""
        self._shares = shares
        for node, item in self.nodes.items():
            share = shares.get(self.session.node_path(node) or "", 0.0)
            if share != item.activity:
                item.activity = share
                item.update()

    def set_running(self, running: bool) -> None:
        """Brighten the wires while data flows."""
        self.running = running
        self.update()

    def set_zoom(self, zoom: float, ratio: float = 1.0) -> None:
        """Learn the zoom of the view, which decides the level of detail."""
        self.zoom, self.level, self.ratio = zoom, m.level_of(zoom), ratio
        self.labels.set_scale(1.0 if self.level is Detail.FULL else zoom)

    def faulty(self) -> Iterable[NodeItem]:
        """The nodes with an error."""
        for node, fault in self._node_faults.items():
            if not fault.warning and node in self.nodes:
                yield self.nodes[node]

    def badge_at(self, point: QPointF) -> NodeItem | None:
        """The node with an error whose badge is at a point."""
        return next((item for item in self.faulty() if item.badge().contains(point)), None)

    def fault(self, node: str) -> Fault | None:
        """The worst fault of a node."""
        return self._node_faults.get(node)

    def marked(self) -> Iterable[NodeItem]:
        """The chosen nodes."""
        return (self.nodes[n] for n in self.session.selection if n in self.nodes)

    def content(self) -> QRectF:
        """What all nodes and wires cover; empty for an empty network."""
        found = QRectF()
        for item in self.nodes.values():
            found = found.united(item.rect())
        if not self.crowded:
            for wire in self.wires.values():
                if wire.route is not None:
                    found = found.united(wire.route.path.boundingRect())
        return found

    def covered(self) -> list[QRectF]:
        """The bodies of all nodes."""
        return [item.rect() for item in self.nodes.values()]

    def _renew_theme(self) -> None:
        self.bodies.clear()
        self.labels.forget()
        for item in self.nodes.values():
            item.renew_texts()
        for wire in self.wires.values():
            wire.renew()
        self.update()
        self.pictured.emit()

    # Hits

    def node_at(self, point: QPointF) -> NodeItem | None:
        """The topmost node whose body holds a point."""
        for item in self.items(QRectF(point.x() - 0.5, point.y() - 0.5, 1, 1)):
            if isinstance(item, NodeItem) and item.rect().contains(point):
                return item
        return None

    def wire_at(self, point: QPointF, reach: float) -> WireItem | None:
        """The wire nearest to a point, at most ``reach`` away."""
        area = QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach)
        near = [item for item in self.items(area) if isinstance(item, WireItem)]
        best = min(near, key=lambda item: item.distance(point), default=None)
        return best if best is not None and best.distance(point) <= reach else None

    def port_at(
        self, point: QPointF, reach: float, inside: float
    ) -> tuple[NodeItem, InputSlot | OutputSlot] | None:
        """The port nearest to a point; within a body only ``inside`` far, so it can be grasped."""
        area = QRectF(point.x() - reach, point.y() - reach, 2 * reach, 2 * reach)
        best: tuple[NodeItem, InputSlot | OutputSlot] | None = None
        least = reach
        for item in self.items(area):
            if not isinstance(item, NodeItem):
                continue
            limit = inside if item.rect().contains(point) else reach
            ports = [(item.input_point(s), s) for s in item.face.inputs]
            ports += [(item.output_point(s), s) for s in item.face.outputs]
            for place, slot in ports:
                delta = place - point
                distance = (delta.x() ** 2 + delta.y() ** 2) ** 0.5
                if distance <= min(limit, least):
                    best, least = (item, slot), distance
        return best
