"""The levels of a document: the network itself, and the blocks that were opened one in another.

A level shows a block as it is at one use: with the parameter values of that use and the shapes
that arrive there. Its figures follow when those change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as default
from itertools import pairwise
from typing import Any

from graph.analysis.analysis import Analysis
from graph.blocks.block import Block
from graph.blocks.block_use import BlockUse
from graph.blocks.library import library_of
from graph.calls.call import Shape
from graph.layers.base.layer import Origin
from graph.layers.io import Input
from graph.network.network import Change, Network
from graph.network.scope import MAIN, Scope


@dataclass(frozen=True, slots=True)
class Door:
    """The way into a level from the one above: a use, or a block looked at by itself."""

    use: str | None
    block: Block
    copy: int = 0
    """Which one of a chain is looked at, from 0."""

    def same_way(self, other: Door) -> bool:
        """Whether both lead to the same network by the same node."""
        return self.use == other.use and self.block is other.block


DoorPath = tuple[Door, ...]
"""The doors from the network itself to a level."""


class Level:
    """One network on the way from the document's own to the one that is shown."""

    def __init__(self, network: Network, door: Door | None, scope: Scope, told: Told) -> None:
        self.network = network
        self.door = door
        self.scope = scope
        self.selection: list[str] = []
        self.selected_wires: list[str] = []
        self.camera: Any = None
        """Where the canvas left it."""
        self._told = told
        self._ends: list[Callable[[], None]] = []
        self.analysis = self._attach()

    def _attach(self) -> Analysis:
        analysis = Analysis(self.network, self.scope)
        # The figures first: who is told of a change reads them.
        self._ends = [analysis.follow(), self.network.listen(lambda c: self._told(self, c))]
        return analysis

    def detach(self) -> None:
        """Follow no more."""
        for end in self._ends:
            end()
        self._ends = []

    def rescope(self, scope: Scope) -> bool:
        """Compute all anew if the values or shapes are others; whether they are."""
        if scope == self.scope:
            return False
        self.detach()
        self.scope = scope
        self.analysis = self._attach()
        return True

    @property
    def block(self) -> Block | None:
        return self.door.block if self.door else None

    def tidy_selection(self) -> bool:
        """Choose no more what is gone; whether something was."""
        nodes = [node for node in self.selection if node in self.network.nodes]
        wires = [wire for wire in self.selected_wires if wire in self.network.wires]
        changed = (nodes, wires) != (self.selection, self.selected_wires)
        self.selection, self.selected_wires = nodes, wires
        return changed


Told = Callable[[Level, Change], None]


def main_level(network: Network, told: Told) -> Level:
    """The document's own network."""
    return Level(network, None, MAIN, told)


def is_open(above: Level, door: Door) -> bool:
    """Whether a door still leads where it did."""
    block = door.block
    if door.use is None:
        return library_of(block.network).blocks.get(block.name) is block
    node = above.network.nodes.get(door.use)
    return node is not None and isinstance(node.layer, BlockUse) and node.layer.block is block


def titles_of(levels: Sequence[Level]) -> list[str]:
    """The names of uses on the way, or of the block that has none."""
    found = []
    for above, level in pairwise(levels):
        assert level.door is not None
        use = level.door.use
        found.append(above.network.nodes[use].name if use else level.door.block.name)
    return found


def path_in(levels: Sequence[Level], node: str) -> str | None:
    """A node of the last level as a plan of the first one's network calls it; None if a level has
    no use."""
    parts: list[str] = []
    for above, level in pairwise(levels):
        door = level.door
        if door is None or door.use is None:
            return None
        chained = copies_behind(above, door) > 1
        parts += [door.use, str(door.copy)] if chained else [door.use]
    return "/".join([*parts, node])


def copies_behind(above: Level, door: Door) -> int:
    """How many stand in the chain that a door leads into."""
    layer = above.analysis.facts(door.use).layer if door.use is not None else None
    return layer.repeat if isinstance(layer, BlockUse) else 1


def settled(above: Level, door: Door) -> Door:
    """The door to the one of a chain that was meant, or to its last."""
    return replace(door, copy=max(0, min(door.copy, copies_behind(above, door) - 1)))


def way_to(present: DoorPath, main: Network, block: Block | None) -> DoorPath:
    """The way to a block: the present one if it leads there, else a use in the main network."""
    if block is None:
        return ()
    for depth, door in enumerate(present, 1):
        if door.block is block:
            return present[:depth]
    for network, node in library_of(main).uses(block):
        if network is main:
            return (Door(node.id, block),)
    return (Door(None, block),)


def way_inside(
    place: DoorPath, network: Network, node: str, origin: Origin
) -> tuple[DoorPath, str]:
    """The way from a use at a place to the node inside where its problem lies, and that node."""
    for station in origin.way:
        use = network.nodes[node].layer
        assert isinstance(use, BlockUse)
        place = (*place, Door(node, use.block, station.copy))
        network, node = use.block.network, station.node
    return place, node


def scope_behind(above: Level, door: Door) -> Scope:
    """What a block's inside knows behind a door: values and shapes of the use (of the one of a
    chain that is meant), sample shapes and defaults where there is none."""
    block = door.block
    if door.use is None:
        return sample_scope(block)
    shapes = _samples(block)
    network, analysis = above.network, above.analysis
    use = analysis.facts(door.use).layer
    assert isinstance(use, BlockUse)
    for index, port in enumerate(use.input_ports()):
        wires = network.port_wires(door.use, port.name)
        arriving = analysis.wire_shape(wires[0].id)[0] if wires else None
        if arriving is not None:
            shapes[index] = arriving
    for inside in use.chain(tuple(shapes))[: door.copy]:
        shapes = [new or old for new, old in zip(inside.outputs, shapes, strict=False)]
    place = {"index": door.copy, "count": use.repeat}
    return block.scope(use.arguments(door.copy), shapes, place)


def sample_scope(block: Block) -> Scope:
    """What a block's inside knows where it has no use."""
    return block.scope(block.defaults(), _samples(block), {"index": 0, "count": 1})


def _samples(block: Block) -> list[Shape]:
    layers = [block.network.nodes[node].layer for node in block.entrances]
    return [layer.shape for layer in layers if isinstance(layer, Input)]


@dataclass(slots=True)
class Changes:
    """What one edit did to a network, told in several parts, as one."""

    parts: list[Change] = default(default_factory=list)
    recomputed: set[str] = default(default_factory=set)

    def note(self, change: Change, recomputed: Iterable[str]) -> None:
        self.parts.append(change)
        self.recomputed.update(recomputed)

    def whole(self, network: Network) -> Change:
        """All parts together, as seen from the network as it is now."""
        if len(self.parts) == 1:
            return self.parts[0]
        found = Change()
        for part in self.parts:
            for name in Change.__slots__:
                getattr(found, name).update(getattr(part, name))
        nodes, wires = network.nodes.keys(), network.wires.keys()
        back = found.removed & nodes
        found.removed -= nodes
        found.added &= nodes
        found.wires_added = (found.wires_added | found.wires_removed) & wires
        found.updated |= back | self.recomputed
        for touched in (found.updated, found.renamed, found.moved):
            touched &= nodes
        found.moved |= back
        found.renamed |= back
        return found
