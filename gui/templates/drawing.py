"""What a small drawing of a network shows: bars in columns, and what skips over others.

Blocks are looked into, so that a network of four stages shows its convolutions. Layers that change
neither size nor channels by themselves (activation, normalisation, dropout) are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import log2

from graph.analysis.analysis import Analysis
from graph.analysis.facts import Facts
from graph.blocks.block_use import BlockUse
from graph.calls.call import Shape
from graph.layers.base.layer import Category, Layer
from graph.network.network import Network

LEFT_OUT = {
    Category.ACTIVATION,
    Category.NORMALISATION,
    Category.REGULARISATION,
    Category.RESHAPE,
}
HEIGHT = 12.0  # pixels per doubling of the image, at 100 %
WIDTH = 1.7  # pixels per doubling of channels
MOST_SKIPS = 150
"""Arcs beyond this number would only fill the card."""

Sources = frozenset[int]
"""The drawn bars that something reads, what is left out looked through."""
Ends = dict[tuple[str, str], Sources]
"""What stands on each output of a network's nodes: (node, port)."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One drawn layer: its column from the input, its place in the column, and its size."""

    column: int
    row: int
    rows: int
    width: float
    height: float
    category: str


@dataclass(frozen=True, slots=True)
class MiniatureDrawing:
    """Bars, and the pairs of bars (by index) that are joined over more than one column."""

    bars: tuple[Bar, ...]
    skips: tuple[tuple[int, int], ...]


def drawing_of(network: Network, analysis: Analysis) -> MiniatureDrawing:
    """Lay a network out in columns by its longest path from the input."""
    walk = _Walk()
    walk.through(network, analysis.facts, {})
    columns: dict[int, list[int]] = {}
    for found, mark in enumerate(walk.marks):
        columns.setdefault(mark.column, []).append(found)
    order = [found for _, column in sorted(columns.items()) for found in column]
    index = {found: place for place, found in enumerate(order)}
    bars = []
    for found in order:
        mark = walk.marks[found]
        beside = columns[mark.column]
        width, height = _size(mark.shape)
        bars.append(
            Bar(mark.column, beside.index(found), len(beside), width, height, mark.category)
        )
    skips = sorted(
        (bars[index[found]].column - bars[index[source]].column, index[source], index[found])
        for found in order
        for source in walk.marks[found].sources
    )
    long = [(source, target) for length, source, target in skips if length > 1]
    return MiniatureDrawing(tuple(bars), tuple(sorted(long[:MOST_SKIPS])))


@dataclass(frozen=True, slots=True)
class _Mark:
    """A drawn layer before the columns are known as a whole."""

    column: int
    category: str
    shape: Shape | None
    sources: Sources


class _Walk:
    """Collects the marks of a network from its inputs to its outputs, block by block."""

    def __init__(self) -> None:
        self.marks: list[_Mark] = []

    def through(
        self,
        network: Network,
        facts_of: Callable[[str], Facts],
        entrances: Mapping[str, Sources],
    ) -> Ends:
        """Walk one network; ``entrances`` are the sources of the Input nodes of a block."""
        ends: Ends = {}
        for node in network.order():
            facts = facts_of(node)
            layer = facts.layer
            before: Sources = frozenset().union(
                *(ends.get((w.source, w.output), frozenset()) for w in network.inputs(node))
            )
            if node in entrances:
                found = dict.fromkeys(_outputs(layer), entrances[node])
            elif isinstance(layer, BlockUse) and facts.known_inputs() is not None:
                found = self._block(network, node, layer, facts, ends)
            elif _passes(layer, facts):
                found = dict.fromkeys((*_outputs(layer), ""), before)
            else:
                found = dict.fromkeys(_outputs(layer), self._mark(layer, facts.output, before))
            ends.update({(node, port): sources for port, sources in found.items()})
        return ends

    def _mark(self, layer: Layer, shape: Shape | None, before: Sources) -> Sources:
        column = 1 + max((self.marks[source].column for source in before), default=-1)
        self.marks.append(_Mark(column, layer.category.value, shape, before))
        return frozenset({len(self.marks) - 1})

    def _block(
        self, network: Network, node: str, layer: BlockUse, facts: Facts, ends: Ends
    ) -> dict[str, Sources]:
        """What the outputs of a block read, each of its chain walked through."""
        block = layer.block
        inputs = [
            ends.get((wire.source, wire.output), frozenset())
            for port in layer.input_ports()
            for wire in network.port_wires(node, port.name)
        ]
        known = facts.known_inputs() or ()
        for inside in layer.chain(known):
            given = dict(zip(block.entrances, inputs, strict=False))
            found = self.through(block.network, inside.facts.__getitem__, given)
            inputs = [found.get((end, ""), frozenset()) for end in block.exits]
        return dict(zip(_outputs(layer), inputs, strict=False))


def _passes(layer: Layer, facts: Facts) -> bool:
    """Whether a layer is looked through; a shortcut without weights is, and becomes an arc."""
    if layer.category in LEFT_OUT or not layer.output_ports():
        return True
    bare = layer.category is Category.CONVOLUTION and not facts.parameters
    return bare and facts.inputs == facts.outputs


def _outputs(layer: Layer) -> tuple[str, ...]:
    return tuple(port.name for port in layer.output_ports())


def _size(shape: Shape | None) -> tuple[float, float]:
    if shape is None:
        return 4.0, 8.0
    width = 3.0 + WIDTH * log2(max(1, shape[0]))
    if len(shape) == 3:
        return width, HEIGHT * (log2(max(1, shape[1])) + 0.6)
    return 6.0, HEIGHT * 0.75 * log2(max(2, shape[0]))
