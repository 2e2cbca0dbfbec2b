"""Turns a network without faults into a plan."""

from __future__ import annotations

from graph.analysis import Analysis, Fault
from graph.layer import dims
from graph.layers.io import Input, Output
from graph.message import UserError, say
from graph.names import class_name, python_names
from graph.network import Network, Wire, downstream, natural, upstream
from graph.plan import Name, Plan, Step


class NotReady(UserError):
    """The network has faults. ``faults`` lists all that block."""

    def __init__(self, faults: list[Fault]) -> None:
        first = faults[0].sentence()
        if len(faults) > 1:
            first = say("{first} ({n} problems in all)", first=first, n=len(faults))
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
    names = python_names(
        (node, nodes[node].name, nodes[node].layer.base_name())
        for node in sorted(order, key=natural)
    )
    inputs = [node for node in order if isinstance(nodes[node].layer, Input)]
    if len(inputs) == 1:
        names[inputs[0]] = "x"
    steps = []
    for node in order:
        layer = nodes[node].layer
        if isinstance(layer, (Input, Output)):
            continue
        facts = analysis.facts(node)
        shapes = facts.known_inputs()
        assert shapes is not None
        steps.append(
            Step(
                names[node],
                layer.call(shapes),
                tuple(_value(network, names, wire) for wire in network.inputs(node)),
                tuple(shape for shape in facts.outputs if shape is not None),
                node,
                nodes[node].name,
                layer.category.value,
            )
        )
    outputs = sorted((n for n in nodes if isinstance(nodes[n].layer, Output)), key=natural)
    parameters = sum(analysis.facts(node).parameters for node in order)
    macs = sum(analysis.facts(node).macs for node in order)
    image = ", ".join(dims(analysis.facts(node).outputs[0] or ()) for node in inputs)
    return Plan(
        class_name(name),
        tuple((names[node], analysis.facts(node).outputs[0] or ()) for node in inputs),
        tuple(steps),
        tuple(_value(network, names, network.inputs(node)[0]) for node in outputs),
        doc=f"Input {image.replace('×', 'x')}, {parameters:,} parameters, "
        f"{macs:,} multiply-accumulates.",
    )


def _value(network: Network, names: dict[str, str], wire: Wire) -> Name:
    ports = [port.name for port in network.nodes[wire.source].layer.output_ports()]
    return names[wire.source], ports.index(wire.output)


def _execution_order(network: Network) -> list[str]:
    """Depth first from the outputs, first inputs first: branches stay together."""
    nodes = network.nodes
    fed = downstream(network, [n for n in nodes if isinstance(nodes[n].layer, Input)])
    outputs = sorted((n for n in nodes if isinstance(nodes[n].layer, Output)), key=natural)
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
