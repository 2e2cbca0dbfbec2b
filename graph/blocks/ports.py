"""The ends of a block: the Input and Output nodes inside it, and the ports that a use has for them.

A port is known by the id of its node, so that it can be renamed.
"""

from __future__ import annotations

from dataclasses import dataclass

from graph.layers.base.layer import Port
from graph.layers.io import Input, Output
from graph.network.network import Network
from graph.network.ordering import natural
from graph.network.reachable import upstream
from graph.network.scope import CHAIN_WORDS


@dataclass(frozen=True, slots=True)
class BlockPorts:
    """What the nodes and wires inside a block, as they are now, say of its use.

    ``entrances`` and ``exits`` are the ids of the Input and Output nodes in the order of the ports,
    ``needed`` the nodes that some output needs; ``chained`` tells whether a formula inside speaks
    of the place in a chain.
    """

    network: Network
    entrances: tuple[str, ...]
    exits: tuple[str, ...]
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    needed: frozenset[str]
    chained: bool
    size: tuple[int, int]

    @classmethod
    def of(cls, network: Network) -> BlockPorts:
        nodes = network.nodes
        entrances = sorted((n for n in nodes if isinstance(nodes[n].layer, Input)), key=natural)
        exits = sorted((n for n in nodes if isinstance(nodes[n].layer, Output)), key=natural)
        texts = [text for node in nodes.values() for text in node.formulas.values()]
        return cls(
            network,
            tuple(entrances),
            tuple(exits),
            tuple(Port(node, title=nodes[node].name) for node in entrances),
            tuple(Port(node, title=nodes[node].name) for node in exits),
            frozenset(upstream(network, exits)),
            any(word in text for text in texts for word in CHAIN_WORDS),
            size_of(network),
        )


def size_of(network: Network) -> tuple[int, int]:
    """How many nodes and wires there are."""
    return len(network.nodes), len(network.wires)
