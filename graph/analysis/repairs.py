"""Repairs: ways out of a fault, each an edit that is checked before it is offered.

The figures are those that the running analysis has. Whether a way mends is asked of the node's
layer alone, or of the few layers that would be inserted, so that nothing is computed anew.
"""

from __future__ import annotations

from dataclasses import dataclass

from graph.analysis.analysis import Analysis
from graph.analysis.faults import Fault
from graph.analysis.projection import projections
from graph.calls.call import Shape
from graph.layers.base.layer import FaultKind, Layer, Problem, dims
from graph.network.edits import SetLayer, bypass, insert_before
from graph.network.network import Edit, Network, Node
from graph.values.message import Message, say

ABOVE = 60
"""How far above the node at fault an inserted one stands."""


@dataclass(frozen=True, slots=True)
class Repair:
    """A way out that can be applied as one edit."""

    title: Message
    edit: Edit


def repairs(analysis: Analysis, fault: Fault) -> tuple[Repair, ...]:
    """The simple ways out of a fault that ``analysis`` found: it is gone once one is applied."""
    problem = fault.problem
    if problem is None or fault.node is None:
        return ()
    network = analysis.network
    node = network.nodes[fault.node]
    shapes = analysis.facts(node.id).known_inputs()
    found: list[Repair] = []
    if problem.changes:
        layer = node.layer.changed(**problem.changes)
        if shapes is not None and _mends(node.layer, layer, shapes, problem):
            settings = ", ".join(f"{k} {_value(v)}" for k, v in problem.changes.items())
            found.append(Repair(say("Set {settings}", settings=settings), SetLayer(node.id, layer)))
    if problem.insert is not None and fault.wire is not None:
        found.append(_insertion(network, node, fault.wire, problem.insert))
    if problem.kind is FaultKind.LONE_INPUT and network.outputs(node.id):
        title = say("Remove {name} and join its ends", name=node.name)
        found.append(Repair(title, bypass(network, node.id)))
    if problem.kind is FaultKind.MERGE_MISMATCH and shapes is not None:
        found += [Repair(*way) for way in projections(network, node, problem, shapes)]
    return tuple(found)


def _insertion(network: Network, node: Node, wire: str, layer: Layer) -> Repair:
    """The layer put into the wire, right above the node."""
    x, y = node.position
    name = network.free_name(layer.base_name())
    new = Node(network.new_id(), name, layer, (x, y - ABOVE))
    title = say("Insert {type} before {name}", type=layer.type_name(), name=node.name)
    return Repair(title, insert_before(network, wire, new))


def _value(value: object) -> str:
    return dims(value) if isinstance(value, tuple) else str(value)


def _mends(old: Layer, new: Layer, shapes: tuple[Shape, ...], problem: Problem) -> bool:
    """Whether the problem is gone with the new settings, and no other has come."""
    before = {p.kind for p in old.problems(shapes) if not p.warning}
    after = {p.kind for p in new.problems(shapes) if not p.warning}
    return problem.kind not in after and after <= before
