"""The use of a block becomes copies of the nodes inside, with the values of this use.

A chain is unrolled. Formulas keep what still has a name outside; what no longer does becomes the
value that it has here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from graph.analysis.analysis import Analysis
from graph.blocks.block import block_of
from graph.blocks.block_use import BlockUse
from graph.blocks.evaluated import Inside
from graph.blocks.grouping import End, middle, within
from graph.blocks.library_edits import RemoveBlock
from graph.layers.base.layer import Layer
from graph.layers.io import Input, Output
from graph.network.edits import AddNode, Batch, Connect, RemoveNode
from graph.network.network import Edit, EditRefused, Network, Node, Position, Wire
from graph.network.ordering import natural
from graph.network.scope import CHAIN_WORDS, NODE_WORDS, Scope, resolve, size_words
from graph.network.used_names import DIGITS, UsedNames
from graph.values.declaration import FieldError, show
from graph.values.formula import FormulaError, names_in, substituted
from graph.values.message import say

STEP = 60.0
"""How far the copies of a chain stand from each other."""


def unpack(network: Network, analysis: Analysis, node: str, *, drop: bool = False) -> Batch:
    """The edit that puts copies of what is inside in the place of a use. With ``drop`` the block
    goes, too, which is refused where it is used elsewhere.

    Raises EditRefused: for a node that uses no block, and for formulas that have no value here.
    """
    if node not in network.nodes:
        raise EditRefused(say("There is no node {node} in this network", node=node))
    placed = network.nodes[node]
    if not isinstance(placed.layer, BlockUse):
        raise EditRefused(
            say("{name} uses no block, so there is nothing to unpack", name=placed.name)
        )
    edits: list[Edit] = [RemoveNode(node), *_Unpacking(network, analysis, placed).edits()]
    if drop:
        edits.append(RemoveBlock(placed.layer.block.name))
    return Batch(tuple(edits), say("Unpack {name}", name=placed.name))


class _Unpacking:
    """Makes the nodes and wires that stand for one use."""

    def __init__(self, network: Network, analysis: Analysis, use: Node) -> None:
        layer = analysis.facts(use.id).layer
        assert isinstance(layer, BlockUse)
        self.network, self.use, self.layer = network, use, layer
        self.block = layer.block
        self.inner = self.block.network
        if network.owner is not None and "repeat" in use.formulas:
            raise EditRefused(
                say(
                    "{name} is repeated as often as {formula} says, which differs from use to use: "
                    "give repeat a number first",
                    name=use.name,
                    formula=show(use.formulas["repeat"]),
                )
            )
        if layer.repeat > 1 and not layer.chains:
            raise EditRefused(
                say(
                    "{name} is a chain of {n}, but only a block of one input and one output can "
                    "stand behind itself: set repeat to 1 first",
                    name=use.name,
                    n=layer.repeat,
                )
            )
        shapes = analysis.facts(use.id).known_inputs()
        complete = shapes is not None and len(shapes) == len(self.block.entrances)
        self.chain: tuple[Inside, ...] = layer.chain(shapes or ()) if complete else ()
        self.nodes = [
            inner
            for inner in sorted(self.inner.nodes, key=natural)
            if not isinstance(self.inner.nodes[inner].layer, (Input, Output))
        ]
        self._used = {n.name for n in network.nodes.values() if n is not use}
        self._names = UsedNames()
        for name in self._used:
            self._names.add(name)
        self._positions = self._spread()

    def edits(self) -> list[Edit]:
        """Nodes, then wires."""
        found: list[Edit] = []
        wires: list[tuple[End, str, str]] = []
        ends: dict[str, End | None] = {}
        for entrance in self.block.entrances:
            wire = next(iter(self.network.port_wires(self.use.id, entrance)), None)
            ends[entrance] = (wire.source, wire.output) if wire else None
        for index in range(self.layer.repeat):
            ids = {node: self.network.new_id() for node in self.nodes}
            for node in self.nodes:
                found.append(AddNode(self._copy(node, ids[node], index, ends)))
            for node in self.nodes:
                for inner in self.inner.inputs(node):
                    source = self._source(inner, ids, ends)
                    if source is not None:
                        wires.append((source, ids[node], inner.input))
            results = [self._result(node, ids, ends) for node in self.block.exits]
            if index + 1 < self.layer.repeat:
                ends = dict(zip(self.block.entrances, results, strict=True))
        found += [self._connect(source, target, port) for source, target, port in wires]
        return found + self._leaving(dict(zip(self.block.exits, results, strict=True)))

    def _leaving(self, results: Mapping[str, End | None]) -> list[Edit]:
        """The wires that leave, each at its old place, lowest first."""
        places = []
        for wire in self.network.outputs(self.use.id):
            wires = [w.id for w in self.network.port_wires(wire.target, wire.input)]
            places.append((wires.index(wire.id), wire))
        places.sort(key=lambda place: (natural(place[1].target), place[1].input, place[0]))
        found: list[Edit] = []
        for index, wire in places:
            source = results[wire.output]
            if source is not None:
                found.append(self._connect(source, wire.target, wire.input, index))
        return found

    def _connect(self, source: End, target: str, port: str, index: int | None = None) -> Edit:
        return Connect(Wire(self.network.new_id("w"), *source, target, port), index)

    def _source(
        self, wire: Wire, ids: Mapping[str, str], ends: Mapping[str, End | None]
    ) -> End | None:
        """What a wire inside carries, in the network outside; None where nothing comes in."""
        return ends[wire.source] if wire.source in ends else (ids[wire.source], wire.output)

    def _result(
        self, node: str, ids: Mapping[str, str], ends: Mapping[str, End | None]
    ) -> End | None:
        wires = self.inner.inputs(node)
        return self._source(wires[0], ids, ends) if wires else None

    def _copy(self, node: str, new: str, index: int, ends: Mapping[str, End | None]) -> Node:
        inner = self.inner.nodes[node]
        texts = {
            field: self._told(text, inner, index, ends) for field, text in inner.formulas.items()
        }
        fixed = {field: text for field, text in texts.items() if not names_in(text)}
        return Node(
            new,
            self._name(inner),
            self._layer(replace(inner, formulas=fixed), index, texts.keys() - fixed.keys()),
            self._positions[node, index],
            {field: text for field, text in texts.items() if field not in fixed},
            inner.frozen or self.use.frozen,
        )

    def _layer(self, node: Node, index: int, formulas: frozenset[str] | set[str]) -> Layer:
        """The layer with the values it has here; ``formulas`` are fields that stay formulas."""
        try:
            layer = resolve(node, Scope(), ()).layer
        except FieldError as error:
            raise EditRefused(say("{node}: {reason}", node=node.name, reason=error.message)) from (
                error
            )
        if formulas and index < len(self.chain):
            known = self.chain[index].facts[node.id].layer.values()
            return layer.changed(**{field: known[field] for field in formulas})
        return layer

    def _told(self, text: str, inner: Node, index: int, ends: Mapping[str, End | None]) -> str:
        """A formula in the words of the network outside."""
        words = dict(zip(CHAIN_WORDS, (str(index), str(self.layer.repeat)), strict=True))
        try:
            speaks = names_in(text)
            for name in self.layer.arguments(index).keys() & speaks:
                words[name] = self._argument(name, inner, index)
            for entrance in self.block.entrances:
                for axis, word in enumerate(size_words(self.inner.nodes[entrance].name)):
                    if word in speaks:
                        words[word] = self._size(axis, entrance, inner, index, ends)
            return substituted(text, words)
        except FormulaError as error:
            raise EditRefused(say("{node}: {reason}", node=inner.name, reason=error.message)) from (
                error
            )

    def _argument(self, name: str, inner: Node, index: int) -> str:
        """What a parameter is called outside, or its value."""
        first_only = any(p.name == name and p.first_only for p in self.block.parameters)
        value = repr(self.layer.arguments(index)[name])
        formula = self.use.formulas.get(name, value)
        if first_only and index:
            return value
        own = names_in(formula) & {*NODE_WORDS}
        first = next(iter(self.inner.inputs(inner.id)), None)
        if not own or (not index and first and first.source == self.block.entrances[0]):
            return formula  # the use's own input is that of the node, too
        block, wires = block_of(self.network), self.network.inputs(self.use.id)
        if block is None:
            return value
        if wires and wires[0].source in block.entrances:
            words = size_words(self.network.nodes[wires[0].source].name)
            return substituted(formula, dict(zip(NODE_WORDS, words, strict=True)))
        raise EditRefused(
            say(
                "{field} of {name} is {formula}, which speaks of its own input: give it a number, "
                "or a formula over the parameters of the block around it, first",
                field=name,
                name=self.use.name,
                formula=show(formula),
            )
        )

    def _size(
        self,
        axis: int,
        entrance: str,
        inner: Node,
        index: int,
        ends: Mapping[str, End | None],
    ) -> str:
        """What a size of an input is called outside, or its number."""
        first = next(iter(self.inner.inputs(inner.id)), None)
        if first is not None and first.source == entrance:
            return NODE_WORDS[axis]
        end, block = ends[entrance], block_of(self.network)
        if block is not None:
            if end is not None and end[0] in block.entrances:
                return size_words(self.network.nodes[end[0]].name)[axis]
            shape = None  # it may differ from use to use
        else:
            known = self.chain[index].facts[entrance] if index < len(self.chain) else None
            shape = known.outputs[0] if known is not None else None
        if shape is None or axis >= len(shape):
            raise EditRefused(
                say(
                    "{node} has a formula over the size of {input}, which has no name outside "
                    "the block: change the formula first",
                    node=inner.name,
                    input=self.inner.nodes[entrance].name,
                )
            )
        return str(int(shape[axis]))

    def _name(self, inner: Node) -> str:
        """The name of a copy: its own if that is free."""
        name = inner.name
        if name in self._used:
            name = self._names.free(inner.name.rstrip(DIGITS) or inner.layer.base_name())
        self._used.add(name)
        self._names.add(name)
        return name

    def _spread(self) -> dict[tuple[str, int], Position]:
        """The places of the copies, around that of the use."""
        positions = [self.inner.nodes[node].position for node in self.nodes]
        x, y = middle(positions)
        height = max((row for _, row in positions), default=0) - min(
            (row for _, row in positions), default=0
        )
        start = self.use.position[1] - (self.layer.repeat - 1) * (height + STEP) / 2
        return {
            (node, index): within(
                self.use.position[0] + column - x, start + index * (height + STEP) + row - y
            )
            for index in range(self.layer.repeat)
            for node, (column, row) in zip(self.nodes, positions, strict=True)
        }
