"""Nodes become a block, and the use of a block becomes nodes again: both as one edit.

Wires that cross the edge of the chosen nodes become ports. Formulas keep their meaning: what they
speak of outside is handed in as a parameter of the new block.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from graph.analysis.analysis import Analysis
from graph.blocks.block import Block, block_of
from graph.blocks.block_use import MAX_REPEAT, BlockUse, use_type
from graph.blocks.library_edits import DefineBlock
from graph.blocks.parameter import Parameter
from graph.calls.call import Shape
from graph.layers.base.layer import INPUT, MAX_ELEMENTS, OUTPUT, FaultKind
from graph.layers.io import Input, Output
from graph.network.edits import MAX_COORDINATE, AddNode, Batch, Connect, RemoveNode
from graph.network.network import Edit, EditRefused, Network, Node, Position, Wire
from graph.network.ordering import natural
from graph.network.reachable import downstream, upstream
from graph.network.scope import CHAIN_WORDS, NODE_WORDS, size_words
from graph.values.declaration import FieldError, FieldKind, fields_of
from graph.values.dims import plain
from graph.values.formula import names_in, substituted
from graph.values.message import say

BETWEEN, ASIDE = 120.0, 180.0
"""How far ports stand above or below the nodes of a new block, and beside each other."""

End = tuple[str, str]
"""A value: the node and the output port that gives it."""


def group(network: Network, analysis: Analysis, nodes: Iterable[str], name: str) -> Batch:
    """The edit that makes the nodes the inside of a new block and puts its use in their place.

    Raises EditRefused: for ports, for a choice that a path leaves and enters again, and for
    positions of maxima that would cross the edge.
    """
    chosen = sorted(set(nodes), key=natural)
    _check_chosen(network, chosen)
    cut = _Cut.of(network, chosen)
    inside = _Inside(network, analysis, chosen, cut)
    block = Block(name, tuple(inside.parameters.values()), "", inside.network)
    use = Node(
        network.new_id(),
        network.free_name(use_type(block).base_name()),
        inside.use(block),
        middle([network.nodes[node].position for node in chosen]),
        inside.formulas,
    )
    edits: list[Edit] = [DefineBlock(block), *(RemoveNode(node) for node in chosen), AddNode(use)]
    for source, port in inside.entrances.items():
        edits.append(Connect(Wire(network.new_id("w"), *source, use.id, port)))
    for wire, index in cut.leaving:
        port = inside.exits[wire.source, wire.output]
        new = Wire(network.new_id("w"), use.id, port, wire.target, wire.input)
        edits.append(Connect(new, index))
    return Batch(tuple(edits), say("Group as {name}", name=name))


def middle(positions: Sequence[Position]) -> Position:
    """The middle of the rectangle around positions."""
    if not positions:
        return 0.0, 0.0
    columns, rows = zip(*positions, strict=True)
    return (min(columns) + max(columns)) / 2, (min(rows) + max(rows)) / 2


def within(x: float, y: float) -> Position:
    """The position, or the nearest one that a node may have."""
    most = float(MAX_COORDINATE)
    return max(-most, min(most, x)), max(-most, min(most, y))


def _check_chosen(network: Network, chosen: Sequence[str]) -> None:
    if not chosen:
        raise EditRefused(say("No node is chosen: choose what the block is to hold"))
    for node in chosen:
        if node not in network.nodes:
            raise EditRefused(say("There is no node {node} in this network", node=node))
        if isinstance(network.nodes[node].layer, (Input, Output)):
            raise EditRefused(
                say(
                    "{name} is an end of the network and stays outside a block: choose without it",
                    name=network.nodes[node].name,
                )
            )
    between = downstream(network, list(chosen)) & upstream(network, list(chosen)) - set(chosen)
    if between:
        name = network.nodes[min(between, key=natural)].name
        raise EditRefused(
            say(
                "A path leaves the chosen nodes and comes back through {name}, so the block would "
                "wait for itself: choose {name} too",
                name=name,
            ),
            FaultKind.CYCLE,
        )


@dataclass(frozen=True, slots=True)
class _Cut:
    """What crosses the edge of chosen nodes. ``leaving`` has the place of each wire at its target,
    lowest first."""

    sources: tuple[End, ...]
    results: tuple[End, ...]
    leaving: tuple[tuple[Wire, int], ...]

    @classmethod
    def of(cls, network: Network, chosen: Sequence[str]) -> _Cut:
        inner = set(chosen)
        entering = [w for n in chosen for w in network.inputs(n) if w.source not in inner]
        out = [w for n in chosen for w in network.outputs(n) if w.target not in inner]
        for wire in (*entering, *out):
            if network.port(wire.source, wire.output, output=True).indices:
                raise EditRefused(
                    say(
                        "{source} gives positions of maxima to {target}, which cannot cross the "
                        "edge of a block: choose both or neither",
                        source=network.nodes[wire.source].name,
                        target=network.nodes[wire.target].name,
                    ),
                    FaultKind.WRONG_KIND,
                )
        places = [
            (wire, [w.id for w in network.port_wires(wire.target, wire.input)].index(wire.id))
            for wire in out
        ]
        places.sort(key=lambda place: (natural(place[0].target), place[0].input, place[1]))
        order = {node: number for number, node in enumerate(network.canonical_order())}
        results = sorted(
            {(wire.source, wire.output) for wire in out}, key=lambda end: (order[end[0]], end[1])
        )
        return cls(
            tuple(dict.fromkeys((wire.source, wire.output) for wire in entering)),
            tuple(results or _loose_ends(network, chosen)),
            tuple(places),
        )


def _loose_ends(network: Network, chosen: Sequence[str]) -> list[End]:
    """What gives the block a result where nothing leaves: the outputs that nobody takes."""
    return [
        (node, port.name)
        for node in chosen
        if not network.outputs(node)
        for port in network.nodes[node].layer.output_ports()[:1]
    ]


def _empty_ports(network: Network, chosen: Sequence[str]) -> list[End]:
    """The input ports that no wire leads to."""
    return [
        (node, port.name)
        for node in chosen
        for port in network.nodes[node].layer.input_ports()
        if not network.port_wires(node, port.name)
    ]


class _Inside:
    """Builds the network of the new block, and what its use needs."""

    def __init__(
        self, network: Network, analysis: Analysis, chosen: Sequence[str], cut: _Cut
    ) -> None:
        self.outer, self.analysis = network, analysis
        self.around = block_of(network)
        """The block in which the chosen nodes stand."""
        self.network = Network(network.guard)
        self.entrances: dict[End, str] = {}
        """What enters -> the id of its Input."""
        self.exits: dict[End, str] = {}
        """What leaves -> the id of its Output."""
        self.parameters: dict[str, Parameter] = {}
        """By the word outside that each stands for."""
        self._names = {network.nodes[node].name for node in chosen}
        self._same: set[str] = set()
        """Words outside that mean the same inside."""
        self._ids: dict[str, str] = {}
        self._positions = _around([network.nodes[node].position for node in chosen])
        self._enter(cut.sources)
        empty = [] if cut.sources else _empty_ports(network, chosen)
        starts = {end: self._add_input("input", Input(), empty.index(end)) for end in empty}
        for node, position in zip(chosen, self._positions, strict=True):
            self._ids[node] = self.network.new_id()
            self.network.do(AddNode(self._copy(node, position)))
        for node in chosen:
            for wire in network.inputs(node):
                self._join(self._source(wire), self._ids[node], wire.input)
        for (node, port), start in starts.items():
            self._join((start, OUTPUT.name), self._ids[node], port)
        self._leave(cut.results)

    @property
    def formulas(self) -> dict[str, str]:
        """Those of the use: each parameter has the value of the word outside."""
        return {parameter.name: word for word, parameter in self.parameters.items()}

    def use(self, block: Block) -> BlockUse:
        """A use with the values that the analysis knows."""
        found = use_type(block)()
        for word, parameter in self.parameters.items():
            if word in self.analysis.scope.values:
                value = plain(self.analysis.scope.values[word])
                with suppress(FieldError):
                    found = found.changed(**{parameter.name: value})
        return found

    def _enter(self, sources: Sequence[End]) -> None:
        for number, end in enumerate(sources):
            source = self.outer.nodes[end[0]]
            ports = [port.name for port in source.layer.output_ports()]
            shape = self.analysis.facts(end[0]).outputs[ports.index(end[1])]
            inner = isinstance(source.layer, Input) or len(sources) > 1
            name = source.name if inner else "input"
            self.entrances[end] = self._add_input(name, _sample(shape), number)
            own = self.network.nodes[self.entrances[end]].name
            if own == source.name and isinstance(source.layer, Input):
                self._same.update(size_words(own))

    def _add_input(self, name: str, layer: Input, number: int) -> str:
        node = self.network.new_id()
        top = min(y for _, y in self._positions) - BETWEEN
        position = within(number * ASIDE, top)
        self.network.do(AddNode(Node(node, self._free(name), layer, position)))
        return node

    def _leave(self, results: Sequence[End]) -> None:
        bottom = max(y for _, y in self._positions) + BETWEEN
        for number, (source, port) in enumerate(results):
            name = "output" if len(results) == 1 else f"{self.outer.nodes[source].name}_output"
            node = self.network.new_id()
            position = within(number * ASIDE, bottom)
            self.network.do(AddNode(Node(node, self._free(name), Output(), position)))
            self._join((self._ids[source], port), node, INPUT.name)
            self.exits[source, port] = node

    def _source(self, wire: Wire) -> End:
        if wire.source in self._ids:
            return self._ids[wire.source], wire.output
        return self.entrances[wire.source, wire.output], OUTPUT.name

    def _join(self, source: End, node: str, port: str) -> None:
        self.network.do(Connect(Wire(self.network.new_id("w"), *source, node, port)))

    def _copy(self, node: str, position: Position) -> Node:
        placed = self.outer.nodes[node]
        formulas = {field: self._told(text) for field, text in placed.formulas.items()}
        return replace(placed, id=self._ids[node], position=position, formulas=formulas)

    def _told(self, text: str) -> str:
        """A formula in the words of the new block."""
        known = self.around.words() if self.around is not None else set()
        words = (names_in(text) & known) - {*NODE_WORDS}
        outside = {word: self._parameter(word) for word in sorted(words - self._same)}
        return substituted(text, {w: p.name for w, p in outside.items() if w != p.name})

    def _parameter(self, word: str) -> Parameter:
        """The parameter that hands in what a word means outside."""
        if word not in self.parameters:
            assert self.around is not None
            known = {parameter.name: parameter for parameter in self.around.parameters}
            made = Parameter(word, FieldKind.INTEGER, 1, 1, MAX_ELEMENTS)
            if word in CHAIN_WORDS:
                made = Parameter(f"chain_{word}", FieldKind.INTEGER, 0, 0, MAX_REPEAT)
            found = known.get(word, made)
            names = [node.name for node in self.network.nodes.values()]
            taken = {size for name in names for size in size_words(name)}
            taken |= self.formulas.keys() | (set() if word in known else known.keys())
            name = free(found.name, taken)
            self.parameters[word] = replace(found, name=name)
        return self.parameters[word]

    def _free(self, name: str) -> str:
        found = free(name, self._names)
        self._names.add(found)
        return found


def free(name: str, taken: Collection[str]) -> str:
    """The name, with a number behind it if it is taken."""
    found, number = name, 2
    while found in taken:
        found = f"{name}_{number}"
        number += 1
    return found


def _around(positions: Sequence[Position]) -> list[Position]:
    """The positions moved so that their middle is the origin."""
    x, y = middle(positions)
    return [within(column - x, row - y) for column, row in positions]


def _sample(shape: Shape | None) -> Input:
    """An Input with a shape that comes in, as far as one may have it."""
    if shape is None:
        return Input()
    most = int(fields_of(Input)["shape"].maximum)
    try:
        return Input.make({"shape": tuple(min(int(size), most) for size in shape)})
    except FieldError:  # more axes than an image has
        return Input()
