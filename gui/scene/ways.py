"""The ways of all wires of a scene, found again where an edit or a move touches them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QRectF

from graph.network.network import Network, Wire
from gui.face import measures as m
from gui.face.routes import Obstacles, is_seam, route, seam_route
from gui.scene.cells import Cells
from gui.scene.node_item import NodeItem
from gui.scene.wire_item import WireItem


class Ways:
    """Leads each wire from port to port: straight down a stack, to the right, or around nodes."""

    def __init__(
        self, nodes: Mapping[str, NodeItem], wires: Mapping[str, WireItem], cells: Cells
    ) -> None:
        self._nodes, self._wires, self._cells = nodes, wires, cells
        self._long: set[str] = set()
        """Wires that bodies may turn aside."""
        self._lanes = True

    def forget(self) -> None:
        """No wire has a way any more."""
        self._long = set()

    def drop(self, wire: str) -> None:
        """A wire is gone."""
        self._long.discard(wire)

    def find(self, network: Network, wires: Iterable[str]) -> None:
        """Find the ways of some wires."""
        ends: set[str] = set()
        obstacles = self._cells.between if self._lanes else None
        for wire in wires:
            item, found = self._wires.get(wire), network.wires.get(wire)
            if item is None or found is None:
                continue
            self._find_one(item, found, obstacles)
            ends |= {found.source, found.target}
        for node in ends:
            self._hide_ports(network, node)

    def disturbed(self) -> set[str]:
        """The wires whose ways the bodies touch that have come, gone or moved since the last
        time."""
        places, had_lanes = self._cells.take_changes(), self._lanes
        self._lanes = len(self._nodes) <= m.LANES_UP_TO
        if self._lanes != had_lanes:
            return set(self._long)
        return {wire for wire in self._long if self._meets(wire, places)} if places else set()

    def _meets(self, wire: str, places: list[QRectF]) -> bool:
        way = self._wires[wire].route
        reach = way.reach if way is not None else None
        return reach is not None and any(reach.intersects(place) for place in places)

    def _find_one(self, item: WireItem, wire: Wire, obstacles: Obstacles | None) -> None:
        source, target = self._nodes[wire.source], self._nodes[wire.target]
        self._long.discard(wire.id)
        if is_seam(source.rect(), target.rect()):
            item.set_route(seam_route(source.rect(), target.rect()))
            return
        out, into = source.output_slot(wire.output), target.slot_of(wire.id)
        if out is None or into is None:
            return
        start, end = source.output_point(out), target.input_point(into)
        shift = int(start.x() / m.GRID_SNAP + start.y() / m.GRID_SNAP) % 4 * 7.0
        way = route(start, end, obstacles, shift)
        item.set_route(way)
        if way.reach is not None:
            self._long.add(wire.id)

    def _hide_ports(self, network: Network, node: str) -> None:
        """Draw no circles where all wires are seams."""
        item = self._nodes[node]
        inputs = set()
        for slot in item.face.inputs:
            entering = self._wires.get(slot.wire) if slot.wire is not None else None
            if entering is not None and entering.route is not None and entering.route.seam:
                inputs.add((slot.port, slot.index))
        outputs = set()
        for out in item.face.outputs:
            wires = [w.id for w in network.outputs(node) if w.output == out.port]
            shown = [self._wires[w] for w in wires if w in self._wires]
            ways = [(wire, wire.route) for wire in shown if wire.route is not None]
            if ways and all(way.seam for _, way in ways):
                outputs.add(out.port)
            short = [wire for wire, way in ways if not (way.seam or way.lane)]
            for wire in short:
                wire.set_repeats(wire is not short[-1])
        item.hide_ports(frozenset(inputs), frozenset(outputs))
