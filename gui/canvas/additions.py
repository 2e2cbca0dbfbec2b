"""Edits that bring new nodes: alone, on a wire, or as copies. Each is one step of undo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from graph.layers.base.layer import Layer
from graph.network.edits import AddNode, Batch, Connect, Disconnect, Move
from graph.network.network import Edit, Network, Node, Position, Wire
from graph.values.message import Message, say


class Names:
    """Unused names for nodes that an edit is about to add."""

    def __init__(self, network: Network) -> None:
        self._used = {node.name for node in network.nodes.values()}

    def take(self, wanted: str, *, keep: bool = False) -> str:
        """``wanted`` itself if ``keep`` and unused, else it with the smallest free number."""
        if keep and wanted not in self._used:
            self._used.add(wanted)
            return wanted
        base = wanted.rstrip("0123456789") or wanted if keep else wanted
        number = 1
        while f"{base}{number}" in self._used:
            number += 1
        self._used.add(f"{base}{number}")
        return f"{base}{number}"


@dataclass(frozen=True, slots=True)
class Addition:
    """New nodes and the edit that brings them."""

    edit: Edit
    nodes: tuple[str, ...]


def add(
    network: Network,
    layer: Layer,
    position: Position,
    sources: Sequence[tuple[str, str]] = (),
    target: tuple[str, str, int | None] | None = None,
) -> Addition:
    """Place a layer, fed by ``sources`` and feeding ``target`` (node, port, index)."""
    node = Node(network.new_id(), Names(network).take(layer.base_name()), layer, position)
    edits: list[Edit] = [AddNode(node)]
    if layer.input_ports():
        first = layer.input_ports()[0]
        for source, output in sources if first.many else sources[:1]:
            edits.append(Connect(Wire(network.new_id("w"), source, output, node.id, first.name)))
    if target is not None and layer.output_ports():
        goal, port, index = target
        present = network.port_wires(goal, port)
        if present and not network.port(goal, port).many:
            edits += [Disconnect(wire.id) for wire in present]
        edits.append(
            Connect(
                Wire(network.new_id("w"), node.id, layer.output_ports()[0].name, goal, port), index
            )
        )
    if len(edits) == 1:
        return Addition(edits[0], (node.id,))
    return Addition(Batch(tuple(edits), say("Add {name}", name=node.name)), (node.id,))


def add_on_wire(network: Network, layer: Layer, position: Position, wire: str) -> Addition:
    """Place a layer within a wire."""
    old = network.wires[wire]
    place = [w.id for w in network.port_wires(old.target, old.input)].index(wire)
    added = add(
        network,
        layer,
        position,
        [(old.source, old.output)],
        (old.target, old.input, place),
    )
    inner = added.edit.edits if isinstance(added.edit, Batch) else (added.edit,)
    edits = inner if Disconnect(wire) in inner else (Disconnect(wire), *inner)
    title = say("Insert {name}", name=layer.type_name())
    return Addition(Batch(edits, title), added.nodes)


def with_moves(addition: Addition, places: dict[str, Position]) -> Addition:
    """The same, and other nodes moved in the same step."""
    edit = addition.edit
    edits = edit.edits if isinstance(edit, Batch) else (edit,)
    return Addition(Batch((*edits, Move(places)), edit.title()), addition.nodes)


def place_copies(
    network: Network,
    source: Network,
    offset: Position,
    title: Message,
    outer: Sequence[Wire] = (),
) -> Addition:
    """Copies of all nodes and wires of ``source``, moved by ``offset``.

    ``outer`` are wires of ``network`` into the originals, drawn again to the copies.
    """
    names = Names(network)
    ids = {node: network.new_id() for node in source.order()}
    edits: list[Edit] = []
    for old, new in ids.items():
        node = source.nodes[old]
        position = (node.position[0] + offset[0], node.position[1] + offset[1])
        name = names.take(node.name, keep=True)
        edits.append(AddNode(replace(node, id=new, name=name, position=position)))
    for old in ids:
        for wire in source.inputs(old):
            inner = Wire(
                network.new_id("w"), ids[wire.source], wire.output, ids[wire.target], wire.input
            )
            edits.append(Connect(inner))
    for wire in outer:
        copy = Wire(network.new_id("w"), wire.source, wire.output, ids[wire.target], wire.input)
        edits.append(Connect(copy))
    return Addition(Batch(tuple(edits), title), tuple(ids.values()))
