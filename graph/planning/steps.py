"""The steps of a plan: the nodes between inputs and outputs in the order in which they run.

The same for a whole network and for the inside of a block; what runs at a node is asked of whoever
makes the plan.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from graph.calls.call import Shape
from graph.calls.plan import Name, Operation, Step
from graph.layers.base.layer import Layer
from graph.layers.io import Input, Output
from graph.network.network import Network, Wire
from graph.network.ordering import natural
from graph.network.reachable import downstream, upstream
from graph.values.dims import Named
from graph.values.names import python_names


@dataclass(frozen=True, slots=True)
class Traced:
    """What a step is made of: the layer, the shapes of its inputs and outputs, and values that the
    layer holds plain but a class has as arguments. Sizes may be traced (graph.values.dims)."""

    layer: Layer
    inputs: tuple[Shape, ...]
    outputs: tuple[Shape, ...]
    named: Mapping[str, Named]


def steps_of(
    network: Network,
    known: Mapping[str, Traced],
    operation_of: Callable[[Traced], Operation],
    entrances: Sequence[str] = (),
) -> tuple[tuple[Step, ...], dict[str, str], tuple[Name, ...]]:
    """The steps of what lies between inputs and outputs, the names of the nodes, the results.
    ``entrances`` are inputs that get a name in any case."""
    order = execution_order(network)
    nodes = network.nodes
    # An input of a block that nothing needs keeps its place among the arguments.
    idle = [n for n in entrances if n not in order]
    names = python_names(
        (node, nodes[node].name, nodes[node].layer.base_name())
        for node in sorted([*order, *idle], key=natural)
    )
    inputs = [node for node in (*order, *idle) if isinstance(nodes[node].layer, Input)]
    if len(inputs) == 1:
        names[inputs[0]] = "x"
    steps = []
    for node in order:
        found = known[node]
        if isinstance(found.layer, (Input, Output)):
            continue
        steps.append(
            Step(
                names[node],
                operation_of(found),
                tuple(_value(network, names, wire) for wire in network.inputs(node)),
                tuple(tuple(int(size) for size in shape) for shape in found.outputs),
                node,
                nodes[node].name,
                found.layer.category.value,
                nodes[node].frozen,
            )
        )
    results = tuple(_value(network, names, network.inputs(n)[0]) for n in outputs_of(network))
    return tuple(steps), names, results


def outputs_of(network: Network) -> list[str]:
    """The main outputs in their natural order, then the auxiliary ones."""

    def place(node: str) -> tuple[bool, object]:
        layer = network.nodes[node].layer
        return isinstance(layer, Output) and layer.auxiliary, natural(node)

    return sorted(
        (n for n, node in network.nodes.items() if isinstance(node.layer, Output)), key=place
    )


def _value(network: Network, names: dict[str, str], wire: Wire) -> Name:
    return names[wire.source], network.output_number(wire)


def execution_order(network: Network) -> list[str]:
    """Depth first from the outputs, first inputs first: branches stay together."""
    nodes = network.nodes
    fed = downstream(network, [n for n in nodes if isinstance(nodes[n].layer, Input)])
    outputs = outputs_of(network)
    needed = upstream(network, list(outputs)) & fed
    order: list[str] = []
    done: set[str] = set()
    waiting = [(node, False) for node in reversed(outputs)]
    while waiting:
        node, ready = waiting.pop()
        if node in done or node not in needed:
            continue
        if ready:
            done.add(node)
            order.append(node)
            continue
        waiting.append((node, True))
        waiting.extend((wire.source, False) for wire in reversed(network.inputs(node)))
    return order
