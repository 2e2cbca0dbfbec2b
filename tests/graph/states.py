"""What a project's networks and blocks hold, as a value that two histories can be compared by."""

from __future__ import annotations

import random
from typing import Any

from graph.blocks.library import library_of
from graph.layers.io import Input, Output
from graph.network.network import Network
from graph.network.reachable import downstream, upstream

State = tuple[Any, ...]


def state(network: Network) -> State:
    """Nodes and the wires at each input in order; no ids of wires, as in a file."""
    nodes = sorted(
        (
            node.id,
            node.name,
            node.layer.type_name(),
            tuple(node.layer.values().items()),
            node.position,
            tuple(sorted(node.formulas.items())),
            node.frozen,
            tuple((w.source, w.output, w.input) for w in network.inputs(node.id)),
        )
        for node in network.nodes.values()
    )
    return tuple(nodes)


def project_state(network: Network) -> State:
    """All networks of a project, and the blocks with their parameters."""
    blocks = [
        (name, block.name, block.parameters, block.summary, state(block.network))
        for name, block in library_of(network).blocks.items()
    ]
    return (state(library_of(network).main), *blocks)


def convex(random_source: random.Random, network: Network) -> list[str]:
    """Nodes that a block may hold: with every path between them, without the network's ends."""
    free = [
        node
        for node in network.order()
        if not isinstance(network.nodes[node].layer, (Input, Output))
    ]
    if not free:
        return []
    start = random_source.randrange(len(free))
    near = free[start : start + random_source.randint(1, 6)]
    seeds = random_source.sample(near, random_source.randint(1, len(near)))
    hull = downstream(network, seeds) & upstream(network, seeds)
    chosen = list(hull)
    random_source.shuffle(chosen)
    return chosen
