"""A network: nodes and wires, always acyclic, changed only by edits.

The model is a networkx MultiDiGraph, because two wires may join the same two nodes. Every input
port takes one wire, except a merge's, which takes any number in order. ``do`` applies an edit,
tells the listeners what changed, and returns the edit that undoes it. What lies outside the network
is the matter of its guard.

The file is long because the steps that edits are made of stand in it: each keeps nodes, wires,
order and names in agreement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from dataclasses import field as default
from types import MappingProxyType
from typing import Protocol

import networkx as nx

from graph.layers.base.composite import Definition
from graph.layers.base.layer import FaultKind, Layer, Port, port_number
from graph.network.ordering import Ordering, natural
from graph.network.used_names import UsedNames
from graph.values.declaration import show
from graph.values.message import Message, UserError, say

Position = tuple[float, float]

MAX_NODES = 20_000


class EditRefused(UserError):
    """An edit that the network cannot take. ``kind`` names the reason; nothing has changed."""

    def __init__(self, message: Message, kind: FaultKind | None = None) -> None:
        super().__init__(message)
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Node:
    """A placed layer. The id never changes; name and position mean nothing to the computation.

    ``formulas`` stand in for the values of some fields (graph.values.formula). ``frozen``: its
    weights are not trained.
    """

    id: str
    name: str
    layer: Layer
    position: Position = (0.0, 0.0)
    formulas: Mapping[str, str] = default(default_factory=dict)
    frozen: bool = False


@dataclass(frozen=True, slots=True)
class Wire:
    """A connection from an output port to an input port."""

    id: str
    source: str
    output: str
    target: str
    input: str


@dataclass(slots=True)
class Change:
    """What one edit touched: ids of nodes and wires, for those who show or analyse them."""

    added: set[str] = default(default_factory=set)
    removed: set[str] = default(default_factory=set)
    updated: set[str] = default(default_factory=set)
    """Nodes whose layer or inputs changed."""
    renamed: set[str] = default(default_factory=set)
    moved: set[str] = default(default_factory=set)
    wires_added: set[str] = default(default_factory=set)
    wires_removed: set[str] = default(default_factory=set)

    @property
    def structural(self) -> bool:
        """Whether nodes or wires came or went."""
        return bool(self.added or self.removed or self.wires_added or self.wires_removed)

    @property
    def meaning(self) -> bool:
        """Whether the computation may have changed."""
        return self.structural or bool(self.updated)


class Edit(Protocol):
    """One change of a network, as a value (graph.network.edits)."""

    def apply(self, network: Network) -> Edit:
        """Make the change and return the edit that undoes it. Raises EditRefused, and then nothing
        has changed. Called by ``Network.do`` alone, and by edits that consist of others."""
        ...

    def title(self) -> Message:
        """What a person calls the change."""
        ...


class Guard(Protocol):
    """Refuses edits for the sake of what lies outside the network: the library of the project that
    it belongs to (graph.blocks.library)."""

    def check_use(self, network: Network, layer: Layer) -> None:
        """Raise EditRefused if the network may not hold this layer. Asked before a node is added
        and before it gets another layer."""
        ...

    def check_port(self, network: Network, node: Node) -> None:
        """Raise EditRefused if the node is a port that somebody uses. Asked before a node is taken
        away and before its layer becomes one of another type."""
        ...


class Network:
    """Nodes and wires. Read it freely; change it with ``do``."""

    def __init__(self, guard: Guard | None = None) -> None:
        self.guard = guard
        """Who may refuse edits; None for a network that belongs to no project."""
        self.owner: Definition | None = None
        """The block whose inside this is; None for a network of its own."""
        self._graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        self._nodes: dict[str, Node] = {}
        self._wires: dict[str, Wire] = {}
        self._read_only = MappingProxyType(self._nodes), MappingProxyType(self._wires)
        self._inputs: dict[str, dict[str, list[str]]] = {}
        self._ordering = Ordering(self._graph)
        self._names = UsedNames()
        self._change: Change | None = None
        self._listeners: list[Callable[[Change], None]] = []
        self._last_id = 0

    # Reading

    @property
    def nodes(self) -> Mapping[str, Node]:
        return self._read_only[0]

    @property
    def wires(self) -> Mapping[str, Wire]:
        return self._read_only[1]

    @property
    def graph(self) -> nx.MultiDiGraph[str]:
        """The networkx graph, to be read only; edge keys are wire ids."""
        return self._graph

    def inputs(self, node: str) -> list[Wire]:
        """The wires that enter a node: ports in their order, wires of a port in theirs."""
        ports = self._inputs[node]
        order = (port.name for port in self._nodes[node].layer.input_ports())
        return [self._wires[wire] for port in order for wire in ports.get(port, ())]

    def port_wires(self, node: str, port: str) -> list[Wire]:
        """The wires on one input port, in order."""
        return [self._wires[w] for w in self._inputs[node].get(port, ())]

    def empty_ports(self, node: str) -> list[Port]:
        """The input ports of a node that have no wire."""
        ports = self._inputs[node]
        return [p for p in self._nodes[node].layer.input_ports() if not ports.get(p.name)]

    def outputs(self, node: str) -> list[Wire]:
        """The wires that leave a node, oldest first."""
        return [self._wires[key] for _, _, key in self._graph.out_edges(node, keys=True)]

    def output_number(self, wire: Wire) -> int:
        """Which output of its source a wire carries, from 0."""
        return port_number(self._nodes[wire.source].layer.output_ports(), wire.output)

    def order(self) -> list[str]:
        """The node ids so that every wire runs forward. Cached; do not change it."""
        return self._ordering.nodes()

    def canonical_order(self) -> list[str]:
        """The order that depends on ids and wires alone, not on the history of edits."""
        return list(nx.lexicographical_topological_sort(self._graph, natural))

    def new_id(self, prefix: str = "n") -> str:
        """An id that no node or wire has had in this session."""
        while True:
            self._last_id += 1
            found = f"{prefix}{self._last_id}"
            if found not in self._nodes and found not in self._wires:
                return found

    def free_name(self, base: str) -> str:
        """``base`` with the smallest number that makes it unused: conv1, conv2 …"""
        return self._names.free(base)

    # Changing

    def do(self, edit: Edit) -> Edit:
        """Apply an edit and return the one that undoes it.

        Raises EditRefused, and then nothing has changed.
        """
        outer = self._change is None
        if self._change is None:
            self._change = Change()
        try:
            undo = edit.apply(self)
            change = self._change
        finally:
            if outer:
                self._change = None
        if outer:
            for listener in tuple(self._listeners):
                listener(change)
        return undo

    def refresh(self, nodes: Iterable[str]) -> None:
        """Tell the listeners that these nodes have other figures now, though no edit of this
        network was made: the inside of a block has changed. Amid an edit they hear it after it."""
        if self._change is not None:
            self._change.updated.update(nodes)
            return
        change = Change(updated=set(nodes))
        for listener in tuple(self._listeners):
            listener(change)

    def listen(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Call ``listener`` after each edit; the function returned ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    # For edits only: each keeps the network consistent or refuses.

    def _record(self) -> Change:
        assert self._change is not None, "only an edit may change a network"
        return self._change

    def _node(self, node: str) -> Node:
        if node not in self._nodes:
            raise EditRefused(say("There is no node {node} in this network", node=show(node)))
        return self._nodes[node]

    def _check_use(self, layer: Layer) -> None:
        if self.guard is not None:
            self.guard.check_use(self, layer)

    def _check_port(self, node: Node) -> None:
        if self.guard is not None:
            self.guard.check_port(self, node)

    def _put(self, node: Node) -> None:
        if node.id in self._nodes:
            raise EditRefused(say("A node with the id {id} exists already", id=show(node.id)))
        if len(self._nodes) >= MAX_NODES:
            raise EditRefused(say("A network holds at most {n} nodes", n=MAX_NODES))
        self._check_use(node.layer)
        self._nodes[node.id] = node
        self._inputs[node.id] = {}
        self._graph.add_node(node.id)
        self._ordering.add(node.id)
        self._names.add(node.name)
        change = self._record()
        if node.id in change.removed:
            change.removed.discard(node.id)
            for touched in (change.updated, change.renamed, change.moved):
                touched.add(node.id)
        else:
            change.added.add(node.id)

    def _take(self, node: str) -> Node:
        found = self._node(node)
        if self._graph.degree(node):
            raise EditRefused(say("{name} still has wires", name=found.name))
        self._check_port(found)
        del self._nodes[node], self._inputs[node]
        self._graph.remove_node(node)
        self._ordering.remove(node)
        self._names.remove(found.name)
        change = self._record()
        if node in change.added:
            change.added.discard(node)
        else:
            change.removed.add(node)
        change.updated.discard(node)
        return found

    def _replace(self, node: Node, touched: str) -> None:
        old = self._nodes[node.id].name
        if node.name != old:
            self._names.remove(old)
            self._names.add(node.name)
        self._nodes[node.id] = node
        getattr(self._record(), touched).add(node.id)

    def port(self, node: str, name: str, *, output: bool = False) -> Port:
        """A port by name. Raises EditRefused."""
        layer = self._node(node).layer
        for port in layer.output_ports() if output else layer.input_ports():
            if port.name == name:
                return port
        kind = say("output") if output else say("input")
        raise EditRefused(
            say(
                "{name} has no {kind} called {port}",
                name=show(self._nodes[node].name),
                kind=kind,
                port=show(name),
            )
        )

    def refusal(self, source: str, output: str, target: str, input: str) -> EditRefused | None:
        """Why this wire cannot be drawn, or None if it can. An occupied port counts as free: the
        caller decides whether to replace the wire."""
        try:
            start = self.port(source, output, output=True)
            end = self.port(target, input)
        except EditRefused as error:
            return error
        if start.indices != end.indices:
            return EditRefused(
                say(
                    "{source} gives positions of maxima, which {target} cannot take",
                    source=self._nodes[source].name,
                    target=self._nodes[target].name,
                )
                if start.indices
                else say("{target} needs positions of maxima", target=self._nodes[target].name),
                FaultKind.WRONG_KIND,
            )
        if self._ordering.closes_cycle(source, target):
            return EditRefused(
                say(
                    "{source} already depends on {target}, so this wire would close a cycle",
                    source=self._nodes[source].name,
                    target=self._nodes[target].name,
                ),
                FaultKind.CYCLE,
            )
        return None

    def _join(self, wire: Wire, index: int | None) -> None:
        if wire.id in self._wires:
            raise EditRefused(say("A wire with the id {id} exists already", id=show(wire.id)))
        for node in (wire.source, wire.target):
            self._node(node)
        refused = self.refusal(wire.source, wire.output, wire.target, wire.input)
        if refused:
            raise refused
        present = self._inputs[wire.target].setdefault(wire.input, [])
        if present and not self.port(wire.target, wire.input).many:
            raise EditRefused(
                say(
                    "{name} already has a wire on {port}",
                    name=self._nodes[wire.target].name,
                    port=wire.input,
                )
            )
        present.insert(len(present) if index is None else index, wire.id)
        self._wires[wire.id] = wire
        self._ordering.join(wire.source, wire.target)
        self._graph.add_edge(wire.source, wire.target, key=wire.id)
        change = self._record()
        if wire.id in change.wires_removed:
            change.wires_removed.discard(wire.id)
        else:
            change.wires_added.add(wire.id)
        change.updated.add(wire.target)

    def _cut(self, wire: str) -> tuple[Wire, int]:
        if wire not in self._wires:
            raise EditRefused(say("There is no wire {wire} in this network", wire=show(wire)))
        found = self._wires.pop(wire)
        present = self._inputs[found.target][found.input]
        index = present.index(wire)
        present.remove(wire)
        if not present:
            del self._inputs[found.target][found.input]
        self._graph.remove_edge(found.source, found.target, key=wire)
        change = self._record()
        if wire in change.wires_added:
            change.wires_added.discard(wire)
        else:
            change.wires_removed.add(wire)
        change.updated.add(found.target)
        return found, index

    def _reorder(self, node: str, port: str, old: int, new: int) -> None:
        self._node(node)
        present = self._inputs[node].get(port, [])
        if not (0 <= old < len(present) and 0 <= new < len(present)):
            raise EditRefused(say("{name} has no such input to move", name=self._nodes[node].name))
        present.insert(new, present.pop(old))
        self._record().updated.add(node)

    def _set_layer(self, node: str, layer: Layer, formulas: Mapping[str, str]) -> Node:
        old = self._node(node)
        self._check_use(layer)
        if type(layer) is not type(old.layer):
            self._check_port(old)
        inputs = {port.name: port for port in layer.input_ports()}
        outputs = {port.name for port in layer.output_ports()}
        for wire in (*self.inputs(node), *self.outputs(node)):
            lost = wire.input if wire.target == node else wire.output
            gone = lost not in (inputs if wire.target == node else outputs)
            crowded = (
                wire.target == node
                and not gone
                and not inputs[lost].many
                and len(self._inputs[node][lost]) > 1
            )
            if gone or crowded:
                raise EditRefused(
                    say(
                        "{name} has a wire on {port}, which the change would leave without a "
                        "place: cut the wire first",
                        name=old.name,
                        port=lost,
                    )
                )
        self._replace(replace(old, layer=layer, formulas=formulas), "updated")
        return old
