"""How much there is to compute inside blocks, so that no file can make it take for ever.

A chain of a thousand whose blocks hold chains of a thousand is small in a file. Insides that are
equal are computed once and count once, so what counts is what differs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from graph.analysis.facts import Facts, unknown, wire_source
from graph.layers.base.composite import Composite, ComputedInside
from graph.layers.base.layer import FaultKind, Problem
from graph.network.network import MAX_NODES, Network
from graph.values.message import say

MOST = MAX_NODES
"""Different nodes inside the blocks of one network."""
LINKS = 10
"""So many links of chains cost what a node does, however equal they are."""


class Spending:
    """Counts the nodes computed inside the uses of blocks; each of equal insides once."""

    def __init__(self) -> None:
        self.nodes = 0
        self.links = 0
        self.direct: dict[int, ComputedInside] = {}
        """The insides added, without those in them."""
        self._seen: dict[int, ComputedInside] = {}

    @property
    def over(self) -> bool:
        return self.nodes + self.links > MOST

    def add(self, facts: Facts) -> None:
        """Count what a node's block was computed for, if it is the use of one."""
        layer = facts.layer
        if not isinstance(layer, Composite):
            return
        inputs = facts.known_inputs()
        if inputs is not None and len(inputs) == len(layer.input_ports()):
            self.add_chain(layer.chain(inputs))

    def add_chain(self, chain: Sequence[ComputedInside]) -> None:
        self.links += len(chain) // LINKS
        last = None
        for inside in chain:
            if inside is not last:
                self.direct[id(inside)] = inside
                self._count(inside)
            last = inside

    def _count(self, first: ComputedInside) -> None:
        waiting = [first]
        while waiting and not self.over:
            inside = waiting.pop()
            if id(inside) not in self._seen:
                self._seen[id(inside)] = inside
                self.nodes += inside.own
                waiting += inside.inner


def beyond(network: Network, node: str, known: Mapping[str, Facts]) -> Facts:
    """The facts of a node that is not computed, because the blocks before it were enough."""
    layer = network.nodes[node].layer
    wires = network.inputs(node)
    inputs = tuple(wire_source(network, known, wire.source, wire.output)[0] for wire in wires)
    name = layer.block.name if isinstance(layer, Composite) else ""
    return unknown(layer, inputs, too_much(name))


def too_much(name: str) -> Problem:
    """What is said where more would have to be computed."""
    return Problem(
        FaultKind.TOO_LARGE,
        say("the blocks up to here hold more than {most} different nodes", most=MOST),
        say("Repeat it less often, or use fewer blocks inside"),
        value=name,
    )
