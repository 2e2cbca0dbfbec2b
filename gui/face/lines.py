"""What stands on the face of a node, in words and figures."""

from __future__ import annotations

from graph.analysis.facts import Facts
from graph.blocks.block_use import BlockUse
from graph.calls.call import Shape
from graph.layers.base.layer import Category, Layer, dims
from graph.layers.io import Input
from graph.network.network import Network, Node
from gui.face.outline import BodyForm
from gui.face.symbols import symbols_of
from gui.language.kinds import kind_name
from gui.language.text import short, tr

TextRows = tuple[tuple[str, str], ...]
"""Pairs of texts, at the left and at the right."""


def kind_on(network: Network, layer: Layer) -> str:
    """The type in the header; inputs and outputs of a block are its ports."""
    if network.owner is not None and layer.category is Category.INPUT_OUTPUT:
        return tr("Input port") if not layer.input_ports() else tr("Output port")
    return kind_name(layer)


def copies_of(layer: Layer) -> int:
    """How many of a block stand in a chain."""
    return layer.repeat if isinstance(layer, BlockUse) else 1


def texts_on(
    network: Network, placed: Node, facts: Facts, form: BodyForm, *, symbols: bool
) -> tuple[TextRows, tuple[str, str], str]:
    """What stands on a face: the rows of the body, the figures below, and the note in the header.
    With ``symbols`` formulas stand there instead of their values."""
    layer = facts.layer
    known = facts.known_inputs() or ()
    if len(known) < len(layer.input_ports()):
        known = ()  # a port is empty
    left, right = layer.face(known)
    if isinstance(layer, Input) and facts.output is not None:
        left = dims(facts.output)  # in a block: what comes in there
        right = right if network.owner is None else ""
    note = f"×{copies_of(layer)}" if copies_of(layer) > 1 else ""
    left = left.removeprefix(note).strip()
    rows: TextRows = ()
    footer = ("", "")
    if form in (BodyForm.FULL, BodyForm.PORTS):
        rows, footer = _full_texts(layer, left, right, facts.parameters, facts.macs)
    elif form is BodyForm.OPERATOR:
        rows = ((left, right),)
    elif form is BodyForm.CONCAT:
        note = f"{right}" if right else ""
        rows = _ranges(network, placed.id, layer, facts.inputs)
    else:
        note = short(facts.parameters) if facts.parameters else left or right
    written = symbols_of(network, placed, layer) if symbols else None
    if written is None or not written.line():
        return rows, footer, note
    if form in (BodyForm.FULL, BodyForm.PORTS):
        rows = ((written.left, written.right),)
        footer = (written.below, "") if written.below else _costs(facts.parameters, facts.macs)
    elif form is BodyForm.OPERATOR:
        rows = ((written.line(), ""),)
    elif form is BodyForm.LINE:
        note = written.line()
    return rows, footer, note


def _full_texts(
    layer: Layer, left: str, right: str, parameters: int, macs: int
) -> tuple[TextRows, tuple[str, str]]:
    if not layer.input_ports():
        return ((left, ""),), (right, "")
    return ((left, right),), _costs(parameters, macs)


def _costs(parameters: int, macs: int) -> tuple[str, str]:
    return (
        tr("{n} par", n=short(parameters)) if parameters else "",
        tr("{n} MAC", n=short(macs)) if macs else "",
    )


def _ranges(
    network: Network, node: str, layer: Layer, shapes: tuple[Shape | None, ...]
) -> TextRows:
    """One row for each input of a concatenation: where it comes from and what it fills."""
    axis = getattr(layer, "dim", 1) - 1
    rows: list[tuple[str, str]] = []
    start: int | None = 0
    for wire, shape in zip(network.inputs(node), shapes, strict=True):
        span = ""
        if start is not None and shape is not None and axis < len(shape):
            span = f"{start}–{start + shape[axis] - 1}"
            start += shape[axis]
        else:
            start = None
        rows.append((network.nodes[wire.source].name, span))
    return tuple(rows)
