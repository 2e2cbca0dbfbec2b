"""Edits of what is on the canvas: wires drawn, cut and put in order, nodes inserted and deleted.

Each is one step of undo, whatever it takes. Nothing here knows Qt. A function returns an edit, or
None where there is nothing to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from graph.calls.call import Shape
from graph.layers.base.layer import Layer, Problem, dims
from graph.network.edits import Batch, Connect, Disconnect, RemoveNode, Reorder
from graph.network.network import Edit, Network, Wire
from graph.network.scope import resolve
from graph.values.declaration import FieldError
from graph.values.message import Message, say
from gui.session.session import Session


@dataclass(frozen=True, slots=True)
class Trial:
    """What a wire would do: ``refusal`` forbids it; ``doubt`` is a fault it would cause."""

    refusal: Message | None = None
    doubt: str = ""
    problem: Message | None = None


# Wires


def carried(session: Session, node: str, output: str) -> Shape | None:
    """The shape on an output port."""
    ports = session.network.nodes[node].layer.output_ports()
    shapes = session.analysis.facts(node).outputs
    return next((s for p, s in zip(ports, shapes, strict=True) if p.name == output), None)


def try_wire(
    session: Session,
    source: str,
    output: str,
    target: str,
    port: str,
    index: int | None = None,
    taking: str | None = None,
) -> Trial:
    """Whether a wire may be drawn, and the first fault that it would bring.

    ``taking`` is the wire whose end is being moved, if it is one that exists.
    """
    network = session.network
    refused = network.refusal(source, output, target, port)
    if refused is not None:
        return Trial(refusal=refused.message)
    problem, shapes = trial_problem(
        session, target, port, carried(session, source, output), index=index, instead_of=taking
    )
    if problem is None:
        return Trial()
    doubt = problem.value
    if problem.port and len(shapes) > 1 and shapes[0] != shapes[problem.index]:
        doubt = f"{dims(shapes[problem.index])} ≠ {dims(shapes[0])}"
    return Trial(doubt=doubt, problem=problem.why)


def trial_problem(
    session: Session,
    target: str,
    port: str,
    shape: Shape | None,
    *,
    index: int | None = None,
    instead_of: str | None = None,
) -> tuple[Problem | None, tuple[Shape, ...]]:
    """The first error of ``target`` if ``shape`` arrived at ``port``, and the shapes it had then.

    On a merge the shape comes as a further input, before ``index``, or in place of a wire.
    """
    network, layer = session.network, session.analysis.facts(target).layer
    shapes: list[Shape | None] = []
    for known in layer.input_ports():
        wires = network.port_wires(target, known.name)
        arriving = [session.analysis.wire_shape(wire.id)[0] for wire in wires]
        if known.name == port:
            replaced = next((i for i, w in enumerate(wires) if w.id == instead_of), None)
            if not known.many:
                arriving = [shape]
            elif replaced is not None:
                arriving[replaced] = shape
            else:
                arriving.insert(len(arriving) if index is None else index, shape)
        shapes += arriving
    complete = tuple(s for s in shapes if s is not None)
    if len(complete) < max(len(shapes), len(layer.input_ports())):
        return None, complete
    node = network.nodes[target]
    with suppress(FieldError):  # a formula without a value here; what it last was judges
        layer = resolve(node, session.analysis.scope, complete).layer
    return next((p for p in layer.problems(complete) if not p.warning), None), complete


def fits(layer: Layer, shape: Shape | None) -> bool:
    """Whether a layer can take a shape at its first input, so far as is known."""
    ports = layer.input_ports()
    if not ports or ports[0].indices:
        return False
    if shape is None or len(ports) > 1 or ports[0].many:
        return True
    return all(problem.warning for problem in layer.problems((shape,)))


def connect(
    network: Network,
    source: str,
    output: str,
    target: str,
    port: str,
    index: int | None = None,
    taking: str | None = None,
) -> Edit | None:
    """Draw a wire. An occupied single port gives up its wire; ``taking`` is a wire whose end is
    pulled here from elsewhere."""
    edits: list[Edit] = []
    present = network.port_wires(target, port)
    if taking is not None:
        old = network.wires[taking]
        if (old.source, old.output, old.target, old.input) == (source, output, target, port):
            places = [wire.id for wire in present]
            new = min(len(places) - 1 if index is None else index, len(places) - 1)
            here = places.index(taking)
            return Reorder(target, port, here, new) if new != here else None
        edits.append(Disconnect(taking))
    if present and not network.port(target, port).many:
        if present[0].source == source and present[0].output == output:
            return None
        edits += [Disconnect(wire.id) for wire in present]
    edits.append(Connect(Wire(network.new_id("w"), source, output, target, port), index))
    return edits[0] if len(edits) == 1 else Batch(tuple(edits), say("Connect"))


def cut(wires: Iterable[str]) -> Edit | None:
    """Cut wires."""
    edits: list[Edit] = [Disconnect(wire) for wire in wires]
    if not edits:
        return None
    return edits[0] if len(edits) == 1 else Batch(tuple(edits), say("Cut wires"))


def insert_on_wire(network: Network, wire: str, node: str) -> Edit | None:
    """Put a node that stands free into a wire, the order at the target kept."""
    layer = network.nodes[node].layer
    old = network.wires[wire]
    if node in (old.source, old.target) or not can_insert(layer):
        return None
    if network.inputs(node) or network.outputs(node):
        return None
    place = [w.id for w in network.port_wires(old.target, old.input)].index(wire)
    return Batch(
        (
            Disconnect(wire),
            Connect(
                Wire(network.new_id("w"), old.source, old.output, node, layer.input_ports()[0].name)
            ),
            Connect(
                Wire(
                    network.new_id("w"), node, layer.output_ports()[0].name, old.target, old.input
                ),
                place,
            ),
        ),
        say("Insert {name}", name=network.nodes[node].name),
    )


def can_insert(layer: Layer) -> bool:
    """Whether a layer has an input and an output for plain wires."""
    ports = (*layer.input_ports()[:1], *layer.output_ports()[:1])
    return len(ports) == 2 and not any(port.indices for port in ports)


def reorder(network: Network, wire: str, step: int) -> Edit | None:
    """Move a wire of a merge up (-1) or down (1) among its inputs."""
    found = network.wires[wire]
    places = [w.id for w in network.port_wires(found.target, found.input)]
    old = places.index(wire)
    new = old + step
    if not 0 <= new < len(places):
        return None
    return Reorder(found.target, found.input, old, new)


# Deleting


@dataclass(frozen=True, slots=True)
class Deletion:
    """Taking nodes away. ``doubt`` says which reconnected wire would not fit, if any."""

    edit: Edit
    doubt: str = ""


def delete(session: Session, nodes: Sequence[str], wires: Sequence[str], join: bool) -> Deletion:
    """Take nodes and wires away; ``join`` connects what lay before to what lies behind."""
    network, gone = session.network, set(nodes)
    edits: list[Edit] = []
    doubt = ""
    if join:
        for wire in _leaving(network, gone):
            start = _before(network, wire.source, gone)
            if start is None:
                continue
            shape = carried(session, *start)
            problem, _ = trial_problem(session, wire.target, wire.input, shape, instead_of=wire.id)
            had = [p for p in session.analysis.facts(wire.target).problems if not p.warning]
            if problem is not None and not had and not doubt:
                name = network.nodes[wire.target].name
                doubt = f"{name}: {dims(shape)}" if shape else name
            place = [w.id for w in network.port_wires(wire.target, wire.input)].index(wire.id)
            edits.append(Disconnect(wire.id))
            edits.append(Connect(Wire(network.new_id("w"), *start, wire.target, wire.input), place))
    cut_already = {edit.wire for edit in edits if isinstance(edit, Disconnect)}
    edits += [RemoveNode(node) for node in nodes]
    edits += [
        Disconnect(wire)
        for wire in wires
        if wire not in cut_already
        and not {network.wires[wire].source, network.wires[wire].target} & gone
    ]
    if len(nodes) == 1 and not wires:
        title = say("Delete {name}", name=network.nodes[nodes[0]].name)
    else:
        title = say("Delete selection")
    return Deletion(Batch(tuple(edits), title), doubt)


def _leaving(network: Network, gone: set[str]) -> list[Wire]:
    """The wires from nodes that go to nodes that stay."""
    return [wire for node in gone for wire in network.outputs(node) if wire.target not in gone]


def _before(network: Network, node: str, gone: set[str]) -> tuple[str, str] | None:
    """The first output before ``node``, through first inputs, that stays."""
    while node in gone:
        wires = network.inputs(node)
        if not wires:
            return None
        if wires[0].source not in gone:
            return wires[0].source, wires[0].output
        node = wires[0].source
    return None
