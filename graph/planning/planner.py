"""Turns a network without faults into a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graph.analysis.analysis import Analysis
from graph.analysis.facts import Facts
from graph.analysis.faults import Fault
from graph.calls.call import Shape
from graph.calls.plan import Name, Plan, Step
from graph.layers.base.layer import Layer, dims
from graph.layers.io import Input, Output
from graph.network.network import Network, Wire
from graph.network.ordering import natural
from graph.network.reachable import downstream, upstream
from graph.values.dims import Named
from graph.values.message import UserError, say_count
from graph.values.names import class_name, python_names


class NotReady(UserError):
    """The network has faults. ``faults`` lists all that block."""

    def __init__(self, faults: list[Fault]) -> None:
        first = faults[0].sentence()
        if len(faults) > 1:
            first = say_count(
                "{first} ({n} problem in all)",
                "{first} ({n} problems in all)",
                len(faults),
                first=first,
            )
        super().__init__(first)
        self.faults = faults


def make_plan(network: Network, analysis: Analysis, name: str = "network") -> Plan:
    """The plan of what lies between inputs and outputs. Raises NotReady if there are errors.

    The order and the names depend on the document alone, not on the history of edits. ``name`` is
    the user's name of the network, from which the class name is made.
    """
    errors = analysis.errors()
    if errors:
        raise NotReady(errors)
    order = _execution_order(network)
    nodes = network.nodes
    known = {node: _traced(analysis.facts(node)) for node in order}
    steps, names, results = steps_of(network, known)
    # By their ids, so that no wire inside changes which argument of the model is which.
    inputs = sorted((n for n in order if isinstance(nodes[n].layer, Input)), key=natural)
    heads = [layer for n in _outputs(network) if isinstance(layer := nodes[n].layer, Output)]
    parameters = sum(analysis.facts(node).parameters for node in order)
    training = analysis.training_only()
    macs = sum(analysis.facts(node).macs for node in order if node not in training)
    image = ", ".join(dims(analysis.facts(node).outputs[0] or ()) for node in inputs)
    return Plan(
        class_name(name),
        tuple((names[node], analysis.facts(node).outputs[0] or ()) for node in inputs),
        steps,
        results,
        doc=f"Input {image.replace('×', 'x')}, {parameters:,} parameters, "
        f"{macs:,} multiply-accumulates.",
        auxiliary=sum(head.auxiliary for head in heads),
        weights=tuple(head.loss_weight for head in heads),
        targets=tuple(head.target for head in heads),
    )


@dataclass(frozen=True, slots=True)
class Traced:
    """What a step is made of: the layer, the shapes of its inputs and outputs, and values that the
    layer holds plain but a class has as arguments. Sizes may be traced (graph.values.dims)."""

    layer: Layer
    inputs: tuple[Shape, ...]
    outputs: tuple[Shape, ...]
    named: Mapping[str, Named]


def _traced(facts: Facts) -> Traced:
    outputs = tuple(shape for shape in facts.outputs if shape is not None)
    return Traced(facts.layer, facts.known_inputs() or (), outputs, facts.named)


def steps_of(
    network: Network, known: Mapping[str, Traced]
) -> tuple[tuple[Step, ...], dict[str, str], tuple[Name, ...]]:
    """The steps of what lies between inputs and outputs, the names of the nodes, the results."""
    from graph.planning.block_planner import with_named  # which builds plans, too

    order = _execution_order(network)
    nodes = network.nodes
    names = python_names(
        (node, nodes[node].name, nodes[node].layer.base_name())
        for node in sorted(order, key=natural)
    )
    inputs = [node for node in order if isinstance(nodes[node].layer, Input)]
    if len(inputs) == 1:
        names[inputs[0]] = "x"
    steps = []
    for node in order:
        found = known[node]
        if isinstance(found.layer, (Input, Output)):
            continue
        operation = found.layer.call(found.inputs)
        if found.named:
            operation = with_named(operation, found.named)
        steps.append(
            Step(
                names[node],
                operation,
                tuple(_value(network, names, wire) for wire in network.inputs(node)),
                tuple(tuple(int(size) for size in shape) for shape in found.outputs),
                node,
                nodes[node].name,
                found.layer.category.value,
                nodes[node].frozen,
            )
        )
    results = tuple(_value(network, names, network.inputs(n)[0]) for n in _outputs(network))
    return tuple(steps), names, results


def _outputs(network: Network) -> list[str]:
    """The main outputs in their natural order, then the auxiliary ones."""

    def place(node: str) -> tuple[bool, object]:
        layer = network.nodes[node].layer
        return isinstance(layer, Output) and layer.auxiliary, natural(node)

    return sorted(
        (n for n, node in network.nodes.items() if isinstance(node.layer, Output)), key=place
    )


def _value(network: Network, names: dict[str, str], wire: Wire) -> Name:
    return names[wire.source], network.output_number(wire)


def _execution_order(network: Network) -> list[str]:
    """Depth first from the outputs, first inputs first: branches stay together."""
    nodes = network.nodes
    fed = downstream(network, [n for n in nodes if isinstance(nodes[n].layer, Input)])
    outputs = _outputs(network)
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
