"""Changes of a network as values.

Apply them through ``Network.do``. A Batch is all or nothing.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from graph.layers.base.layer import Layer
from graph.network.network import Edit, EditRefused, Network, Node, Position, Wire
from graph.network.scope import size_words
from graph.values.declaration import show
from graph.values.formula import FormulaError, names_in, substituted
from graph.values.message import Message, say
from graph.values.names import is_plain

_SEVERAL = say("Several changes")

MAX_NAME = 200
MAX_COORDINATE = 1_000_000


@dataclass(frozen=True, slots=True)
class AddNode:
    """Place a layer."""

    node: Node

    def apply(self, network: Network) -> Edit:
        _check_name(self.node.name)
        _check_position(self.node.position)
        _check_formulas(self.node.layer, self.node.formulas)
        network._put(self.node)
        return RemoveNode(self.node.id)

    def title(self) -> Message:
        return say("Add {name}", name=self.node.name)


@dataclass(frozen=True, slots=True)
class RemoveNode:
    """Take a node away, with its wires."""

    node: str

    def apply(self, network: Network) -> Edit:
        network._check_port(network._node(self.node))
        undo: list[Edit] = []
        wires = [w.id for w in network.inputs(self.node)] + [
            w.id for w in network.outputs(self.node)
        ]
        for wire in wires:
            undo.append(Disconnect(wire).apply(network))
        undo.append(AddNode(network._take(self.node)))
        return Batch(tuple(reversed(undo)))

    def title(self) -> Message:
        return say("Delete node")


@dataclass(frozen=True, slots=True)
class Connect:
    """Draw a wire; ``index`` is its place among the wires of a merge, last if None."""

    wire: Wire
    index: int | None = None

    def apply(self, network: Network) -> Edit:
        network._join(self.wire, self.index)
        return Disconnect(self.wire.id)

    def title(self) -> Message:
        return say("Connect")


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Cut a wire."""

    wire: str

    def apply(self, network: Network) -> Edit:
        wire, index = network._cut(self.wire)
        return Connect(wire, index)

    def title(self) -> Message:
        return say("Cut wire")


@dataclass(frozen=True, slots=True)
class SetLayer:
    """Change a node's settings or type. ``formulas`` are those of the node from now on; None keeps
    those of the fields that stay as they are."""

    node: str
    layer: Layer
    formulas: Mapping[str, str] | None = None

    def apply(self, network: Network) -> Edit:
        formulas = self.formulas
        if formulas is None:
            formulas = _kept(network._node(self.node), self.layer)
        else:
            _check_formulas(self.layer, formulas)
        old = network._set_layer(self.node, self.layer, formulas)
        return SetLayer(self.node, old.layer, old.formulas)

    def title(self) -> Message:
        return say("Change {type}", type=self.layer.type_name())


@dataclass(frozen=True, slots=True)
class Freeze:
    """Keep the weights of nodes as they are while the rest trains, or train them again."""

    nodes: tuple[str, ...]
    frozen: bool = True

    def apply(self, network: Network) -> Edit:
        undo: list[Edit] = []
        for name in self.nodes:
            network._node(name)
        for name in self.nodes:
            old = network.nodes[name]
            if old.frozen != self.frozen:
                network._replace(replace(old, frozen=self.frozen), "updated")
                undo.append(Freeze((name,), old.frozen))
        return Batch(tuple(undo), self.title())

    def title(self) -> Message:
        return say("Freeze weights") if self.frozen else say("Train weights again")


@dataclass(frozen=True, slots=True)
class Rename:
    """Give a node another name. Formulas that speak of a block's input by its name follow, unless
    ``follow`` is off: the edit that undoes this one puts their texts back as they were."""

    node: str
    name: str
    follow: bool = True

    def apply(self, network: Network) -> Edit:
        _check_name(self.name)
        old = network._node(self.node)
        followed = _followed(network, old, self.name) if self.follow else {}
        network._replace(replace(old, name=self.name), "renamed")
        undo: list[Edit] = [Rename(self.node, old.name, follow=False)]
        for node, texts in followed.items():
            before = network._set_layer(node, network.nodes[node].layer, texts)
            undo.append(SetLayer(node, before.layer, before.formulas))
        return undo[0] if len(undo) == 1 else Batch(tuple(reversed(undo)), self.title())

    def title(self) -> Message:
        return say("Rename to {name}", name=self.name)


def _followed(network: Network, port: Node, name: str) -> dict[str, dict[str, str]]:
    """The formulas, by node, that speak of an input of a block, with its new name. Raises
    EditRefused where they would become too long, or would speak of something else."""
    if network.owner is None or port.layer.input_ports() or port.name == name:
        return {}
    words = dict(zip(size_words(port.name), size_words(name), strict=True))
    used = {node.id: _used_names(node) for node in network.nodes.values() if node.formulas}
    speaking = [node for node, found in used.items() if found & words.keys()]
    new = frozenset(words.values())
    if speaking and not is_plain(name):
        raise EditRefused(
            say(
                "Formulas speak of {old}, so its name is made of letters, digits and _",
                old=show(port.name),
            )
        )
    if (speaking or any(found & new for found in used.values())) and _is_taken(
        network, port, name, new
    ):
        raise EditRefused(
            say("There is a {name} already, of which formulas speak", name=show(name))
        )
    return {node: _substituted(network.nodes[node], words) for node in speaking}


def _used_names(node: Node) -> frozenset[str]:
    return frozenset().union(*(names_in(text) for text in node.formulas.values()))


def _is_taken(network: Network, port: Node, name: str, words: frozenset[str]) -> bool:
    """Whether another input of the block has the name, or a parameter one of its words."""
    assert network.owner is not None
    others = (n for n in network.nodes.values() if n.id != port.id and not n.layer.input_ports())
    return any(n.name == name for n in others) or bool(words & network.owner.parameter_names())


def _substituted(node: Node, words: Mapping[str, str]) -> dict[str, str]:
    try:
        texts = {field: substituted(text, words) for field, text in node.formulas.items()}
        for text in texts.values():
            names_in(text)
    except FormulaError as error:
        raise EditRefused(
            say("{node}: {reason}", node=show(node.name), reason=error.message)
        ) from error
    return texts


@dataclass(frozen=True, slots=True)
class Move:
    """Put nodes at other places."""

    positions: Mapping[str, Position]

    def apply(self, network: Network) -> Edit:
        old = {node: network._node(node).position for node in self.positions}
        for position in self.positions.values():
            _check_position(position)
        for node, (x, y) in self.positions.items():
            network._replace(replace(network._node(node), position=(float(x), float(y))), "moved")
        return Move(old)

    def title(self) -> Message:
        return say("Move")


@dataclass(frozen=True, slots=True)
class Reorder:
    """Move a merge's input from one place in its order to another."""

    node: str
    port: str
    old: int
    new: int

    def apply(self, network: Network) -> Edit:
        network._reorder(self.node, self.port, self.old, self.new)
        return Reorder(self.node, self.port, self.new, self.old)

    def title(self) -> Message:
        return say("Change the order of inputs")


@dataclass(frozen=True, slots=True)
class Batch:
    """Several edits as one: all or none."""

    edits: tuple[Edit, ...]
    name: Message = _SEVERAL

    def apply(self, network: Network) -> Edit:
        undo: list[Edit] = []
        try:
            for edit in self.edits:
                undo.append(edit.apply(network))
        except BaseException:
            for edit in reversed(undo):
                edit.apply(network)
            raise
        return Batch(tuple(reversed(undo)), self.name)

    def title(self) -> Message:
        return self.name


def _check_name(name: str) -> None:
    if not name or len(name) > MAX_NAME:
        raise EditRefused(say("A name has 1 to {most} characters", most=MAX_NAME))
    if any("\ud800" <= character <= "\udfff" for character in name):
        raise EditRefused(say("A name is made of whole characters; half of one cannot be saved"))


def _kept(node: Node, layer: Layer) -> dict[str, str]:
    """The formulas that stay when a node gets another layer: a value typed in ends a formula."""
    if type(layer) is not type(node.layer):
        return {}
    return {
        field: text
        for field, text in node.formulas.items()
        if getattr(layer, field) == getattr(node.layer, field)
    }


def _check_formulas(layer: Layer, formulas: Mapping[str, str]) -> None:
    for field, text in formulas.items():
        if field not in type(layer).model_fields:
            raise EditRefused(
                say(
                    "{type} has no setting called {field}",
                    type=layer.type_name(),
                    field=show(field),
                )
            )
        try:
            names_in(text)
        except FormulaError as error:
            raise EditRefused(
                say("{field}: {reason}", field=field, reason=error.message)
            ) from error


def _check_position(position: Position) -> None:
    if not all(math.isfinite(value) and abs(value) <= MAX_COORDINATE for value in position):
        raise EditRefused(say("A position is finite and at most {most}", most=MAX_COORDINATE))


def insert_before(network: Network, wire: str, *nodes: Node) -> Batch:
    """Put nodes into a wire: source -> nodes -> target, the order at the target kept."""
    old = network.wires[wire]
    ports = [w.id for w in network.port_wires(old.target, old.input)]
    edits: list[Edit] = [Disconnect(wire)]
    source, output = old.source, old.output
    for node in nodes:
        first = node.layer.input_ports()[0].name
        edits.append(AddNode(node))
        edits.append(Connect(Wire(network.new_id("w"), source, output, node.id, first)))
        source, output = node.id, node.layer.output_ports()[0].name
    last = Wire(network.new_id("w"), source, output, old.target, old.input)
    edits.append(Connect(last, ports.index(wire)))
    names = ", ".join(node.name for node in nodes)
    return Batch(tuple(edits), say("Insert {name}", name=names))


def bypass(network: Network, node: str) -> Batch:
    """Take away a node with one wire coming in; whatever read it reads that wire's source, in the
    same place of its order."""
    (entering,) = network.inputs(node)
    edits: list[Edit] = []
    for wire in network.outputs(node):
        ports = [w.id for w in network.port_wires(wire.target, wire.input)]
        joined = replace(
            wire, id=network.new_id("w"), source=entering.source, output=entering.output
        )
        edits += [Disconnect(wire.id), Connect(joined, ports.index(wire.id))]
    edits.append(RemoveNode(node))
    return Batch(tuple(edits), say("Remove {name}", name=network.nodes[node].name))
