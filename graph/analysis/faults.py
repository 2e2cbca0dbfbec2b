"""Faults: what is wrong with a network, as data for the canvas, the Problems list and the file.

Each names node, parameter, value, why and how to mend, in this order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graph.analysis.facts import Facts
from graph.layers.base.layer import FaultKind, Problem, dims
from graph.network.network import Network, Node
from graph.values.message import Message, say, verbatim


@dataclass(frozen=True, slots=True)
class Fault:
    """One cause, one fault. ``wire`` is the id of the wire it shows on, if any."""

    kind: FaultKind
    node: str | None
    name: str
    field: str | None
    value: str
    why: Message
    mend: Message
    wire: str | None = None
    warning: bool = False
    place: Message | None = None
    problem: Problem | None = None

    def title(self) -> Message:
        """Node, parameter and value: ``conv1 · kernel_size 7``."""
        name = say("network") if self.node is None else verbatim(self.name)
        what = self.place or self.field
        if what is None:
            return name
        if not self.value:
            return say("{name} · {what}", name=name, what=what)
        return say("{name} · {what} {value}", name=name, what=what, value=self.value)

    def sentence(self) -> Message:
        """The whole in one line."""
        return say("{title}: {why}. {mend}.", title=self.title(), why=self.why, mend=self.mend)


def node_fault(network: Network, node: Node, problem: Problem) -> Fault:
    """The fault of a layer's problem at its place in the network."""
    wire = None
    place: Message | None = None
    if problem.port is not None:
        wires = network.port_wires(node.id, problem.port)
        if problem.index < len(wires):
            wire = wires[problem.index].id
            source = network.nodes[wires[problem.index].source].name
            if len(wires) > 1:
                place = say("input {n} from {source}", n=problem.index + 1, source=source)
            else:
                place = say("input from {source}", source=source)
    return Fault(
        problem.kind,
        node.id,
        node.name,
        problem.field,
        problem.value,
        problem.why,
        problem.mend,
        wire,
        problem.warning,
        place,
        problem,
    )


def missing_input(node: Node) -> Fault:
    """A port without a wire."""
    return Fault(
        FaultKind.MISSING_INPUT,
        node.id,
        node.name,
        None,
        "",
        say("nothing is connected to it"),
        say("Draw a wire to it, or delete it"),
        place=say("input"),
    )


def unreachable(node: Node, *, from_input: bool) -> Fault:
    """A node that does not lie between input and output."""
    if from_input:
        why = say("no input image reaches it")
        mend = say("Connect it to the rest, or delete it")
    else:
        why = say("its result leads to no output, so it is left out of training and export")
        mend = say("Connect it to the rest, or delete it")
    return Fault(
        FaultKind.UNREACHABLE, node.id, node.name, None, "", why, mend, warning=not from_input
    )


def lacking(kind: FaultKind) -> Fault:
    """A network without an input or without an output."""
    if kind is FaultKind.NO_INPUT:
        return Fault(
            kind,
            None,
            "network",
            None,
            "",
            say("it has no input"),
            say("Add an Input from the palette"),
        )
    return Fault(
        kind,
        None,
        "network",
        None,
        "",
        say("it has no output"),
        say("Add an Output and connect the last layer to it"),
    )


def overwrites(network: Network, node: Node) -> Fault | None:
    """An in-place layer whose input something else still needs."""
    layer = node.layer
    if not getattr(layer, "inplace", False):
        return None
    wires = network.inputs(node.id)
    if not wires:
        return None
    source = network.nodes[wires[0].source]
    others = len(network.outputs(source.id)) > 1
    if not (others or needs_output(network, source)):
        return None
    why = (
        say(
            "it would overwrite the output of {source}, which other layers read", source=source.name
        )
        if others
        else say(
            "it would overwrite the output of {source}, which its gradient needs",
            source=source.name,
        )
    )
    problem = Problem(
        FaultKind.IN_PLACE,
        why,
        say("Switch inplace off"),
        field="inplace",
        value="on",
        changes={"inplace": False},
    )
    return node_fault(network, node, problem)


def needs_output(network: Network, source: Node) -> bool:
    """Whether overwriting this node's output breaks a gradient, its own or through a view."""
    if source.layer.keeps_output or not source.layer.input_ports():
        return True
    if source.layer.passes_input and len(source.layer.output_ports()) > 1:
        return True  # torch lets nobody overwrite one of several views
    wires = network.inputs(source.id)
    if source.layer.passes_input or (source.layer.operator and len(wires) == 1):
        return (
            not wires
            or len(network.outputs(wires[0].source)) > 1
            or needs_output(network, network.nodes[wires[0].source])
        )
    return False


def misplaced(network: Network, node: Node, known: Mapping[str, Facts]) -> Fault | None:
    """An unpooling into a map of another size than that in which the positions were found."""
    port = next((port for port in node.layer.input_ports() if port.indices), None)
    wires = network.port_wires(node.id, port.name) if port is not None else ()
    if port is None or not wires:
        return None
    pooled, own = known[wires[0].source], known[node.id]
    if not pooled.inputs or any(fact.assumed or fact.problems for fact in (pooled, own)):
        return None
    origin, output = pooled.inputs[0], own.output
    if origin is None or output is None or origin[1:] == output[1:]:
        return None
    size = tuple(int(length) for length in origin[1:])
    source = network.nodes[wires[0].source].name
    problem = Problem(
        FaultKind.POSITIONS,
        say(
            "its positions are those of a map {origin}, and this gives {output}",
            origin=dims(size),
            output=dims(output[1:]),
        ),
        say(
            "Use window, stride and padding of {source}, and output_size {size}",
            source=source,
            size=dims(size),
        ),
        port=port.name,
        value=dims(own.inputs[-1] or ()),
        changes={"output_size": size if len(size) > 1 else size[0]},
    )
    return node_fault(network, node, problem)


def structural(network: Network, node: Node, known: Mapping[str, Facts]) -> list[Fault]:
    """What is wrong with a node for the company it keeps, not by itself."""
    found = (overwrites(network, node), misplaced(network, node, known))
    return [fault for fault in found if fault is not None]
