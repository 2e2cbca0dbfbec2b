"""Blocks of another project in this one: copied with all that they use, or found here already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from graph.blocks.block import Block
from graph.blocks.block_use import BlockUse, use_of
from graph.blocks.library import Library
from graph.blocks.library_edits import DefineBlock
from graph.layers.base.layer import Layer, Port, port_number
from graph.network.edits import AddNode, Batch, Connect
from graph.network.network import Edit, Network, Wire
from graph.network.ordering import natural
from graph.network.used_names import DIGITS


def adopt(library: Library, block: Block) -> tuple[list[DefineBlock], Block]:
    """The edits that define a block of another project here, and the block to use from then on.

    What it uses comes first, at any depth. A definition that is here already, under this name or
    this name with a number, is used again; a name that another definition has gets a number.
    """
    adoption = _Adoption(library)
    return adoption.edits, adoption.of(block)


def adopt_all(
    library: Library, blocks: Iterable[Block]
) -> tuple[list[DefineBlock], dict[Block, Block]]:
    """The same for several blocks at once, which may use each other: for each, the block here."""
    adoption = _Adoption(library)
    found = {block: adoption.of(block) for block in blocks}
    return adoption.edits, found


class _Adoption:
    def __init__(self, library: Library) -> None:
        self.edits: list[DefineBlock] = []
        self._library = library
        self._known: dict[str, Block] = dict(library.blocks)
        """The blocks by name, those included that the edits define."""
        self._found: dict[Block, Block] = {}

    def of(self, block: Block) -> Block:
        """The block that stands here for one of another project."""
        if block not in self._found:
            self._found[block] = self._here(block) or self._copied(block)
        return self._found[block]

    def _here(self, block: Block) -> Block | None:
        if self._library.blocks.get(block.name) is block:
            return block
        wanted = definition(block)
        for name, known in self._known.items():
            if _is_numbered(name, block.name) and definition(known) == wanted:
                return known
        return None

    def _copied(self, block: Block) -> Block:
        mapping = {inner: self.of(inner) for inner in dict.fromkeys(block.uses())}
        copy = copy_block(block, mapping)
        name, number = block.name, 2
        while name in self._known:
            name = f"{block.name} {number}"
            number += 1
        copy.name = name
        self._known[name] = copy
        self.edits.append(DefineBlock(copy))
        return copy


def _is_numbered(name: str, base: str) -> bool:
    return name == base or name.rstrip(DIGITS) == f"{base} "


def copy_block(block: Block, mapping: Mapping[Block, Block]) -> Block:
    """A copy that belongs to no project yet. ``mapping`` has the block to use instead for each
    that it uses; those missing stay."""
    network = Network()
    network.do(Batch(tuple(_edits(block.network, mapping))))
    return Block(block.name, block.parameters, block.summary, network)


def _edits(network: Network, mapping: Mapping[Block, Block]) -> Iterator[Edit]:
    layers = {node.id: _mapped(node.layer, mapping) for node in network.nodes.values()}
    for node in network.nodes.values():
        yield AddNode(replace(node, layer=layers[node.id]))
    for target in network.nodes:
        for number, wire in enumerate(network.inputs(target), 1):
            old, new = network.nodes[wire.source].layer, layers[wire.source]
            output = _same_port(wire.output, old.output_ports(), new.output_ports())
            old, new = network.nodes[target].layer, layers[target]
            port = _same_port(wire.input, old.input_ports(), new.input_ports())
            yield Connect(Wire(f"{target} {number}", wire.source, output, target, port))


def _mapped(layer: Layer, mapping: Mapping[Block, Block]) -> Layer:
    if not isinstance(layer, BlockUse):
        return layer
    return use_of(mapping.get(layer.block, layer.block), **layer.values())


def _same_port(name: str, old: tuple[Port, ...], new: tuple[Port, ...]) -> str:
    """The port at the same place: those of a block are called by ids, which may differ."""
    return new[port_number(old, name)].name


def definition(block: Block) -> tuple[Any, ...]:
    """What a block is, to compare: parameters, nodes and wires, blocks inside included; not its
    name, its help, and where nodes stand."""
    return _definition(block, {})


def _definition(block: Block, known: dict[Block, tuple[Any, ...]]) -> tuple[Any, ...]:
    if block in known:
        return known[block]
    network = block.network
    ids = sorted(network.nodes, key=natural)
    place = {node: number for number, node in enumerate(ids)}
    nodes = []
    for node in ids:
        placed = network.nodes[node]
        layer = placed.layer
        kind = layer.type_name()
        if isinstance(layer, BlockUse):  # short, as what is used often would be compared as often
            kind = sha256(repr(_definition(layer.block, known)).encode()).hexdigest()
        wires = tuple(
            (
                port_number(layer.input_ports(), wire.input),
                place[wire.source],
                network.output_number(wire),
            )
            for wire in network.inputs(node)
        )
        formulas = tuple(sorted(placed.formulas.items()))
        values = tuple(layer.values().items())
        nodes.append((kind, placed.name, values, formulas, placed.frozen, wires))
    parameters = tuple(replace(parameter, help="") for parameter in block.parameters)
    known[block] = (parameters, tuple(nodes))
    return known[block]
