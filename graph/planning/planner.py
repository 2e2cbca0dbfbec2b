"""Turns a network without faults into a plan."""

from __future__ import annotations

from graph.analysis.analysis import Analysis
from graph.analysis.facts import Facts
from graph.analysis.faults import Fault
from graph.calls.plan import Plan
from graph.layers.base.layer import dims
from graph.layers.io import Input, Output
from graph.network.network import Network
from graph.network.ordering import natural
from graph.planning.block_planner import operation_of
from graph.planning.steps import Traced, execution_order, outputs_of, steps_of
from graph.values.message import UserError, say_count
from graph.values.names import class_name


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
    order = execution_order(network)
    nodes = network.nodes
    known = {node: _traced(analysis.facts(node)) for node in order}
    steps, names, results = steps_of(network, known, operation_of)
    # By their ids, so that no wire inside changes which argument of the model is which.
    inputs = sorted((n for n in order if isinstance(nodes[n].layer, Input)), key=natural)
    heads = [layer for n in outputs_of(network) if isinstance(layer := nodes[n].layer, Output)]
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


def _traced(facts: Facts) -> Traced:
    outputs = tuple(shape for shape in facts.outputs if shape is not None)
    return Traced(facts.layer, facts.known_inputs() or (), outputs, facts.named)
