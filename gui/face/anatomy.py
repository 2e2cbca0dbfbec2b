"""What the face of a node says and where its parts lie: a value computed from model and figures.

Two equal faces look the same, so an item repaints only when its face differs. Coordinates are
relative to the node's upper left corner.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from PySide6.QtCore import QPointF, QRectF

from graph.analysis.analysis import Analysis
from graph.analysis.facts import Facts
from graph.analysis.faults import Fault
from graph.blocks.block_use import BlockUse
from graph.calls.call import Shape
from graph.layers.base.layer import Category, Layer, dims
from graph.layers.io import Input
from graph.layers.merge import Concat
from graph.network.network import Network, Node
from gui.face import measures as m
from gui.face.spoken import summary_of
from gui.face.symbols import formula_lines, symbols_of
from gui.language.kinds import kind_name
from gui.language.text import short, tr


class BodyForm(Enum):
    """The kinds of node bodies."""

    FULL = "full"
    LINE = "line"
    OPERATOR = "operator"
    CONCAT = "concat"
    PORTS = "ports"
    """A block of several inputs or outputs: they are named under the figures."""


class Severity(Enum):
    """The worst that the analysis says about a node or wire."""

    NONE = 0
    WARNING = 1
    ERROR = 2


FULL_CATEGORIES = (
    Category.CONVOLUTION,
    Category.LINEAR,
    Category.ATTENTION,
    Category.BLOCK,
)


@dataclass(frozen=True, slots=True)
class InputSlot:
    """A place for a wire at the left edge: a port, or one place among the wires of a merge."""

    port: str
    index: int
    y: float
    wire: str | None
    many: bool
    name: str = ""
    """What a person calls the port."""
    title: str = ""
    """The name with the shape there."""


@dataclass(frozen=True, slots=True)
class OutputSlot:
    """A port at the right edge."""

    port: str
    y: float
    name: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Face:
    """All that a node shows. ``rows`` are pairs of texts (left, right) below the header."""

    id: str
    name: str
    type_name: str
    kind: str
    """The type as a person reads it."""
    category: str
    form: BodyForm
    width: float
    height: float
    inputs: tuple[InputSlot, ...]
    outputs: tuple[OutputSlot, ...]
    note: str
    """Short text at the right end of the header."""
    rows: tuple[tuple[str, str], ...]
    footer: tuple[str, str]
    assumed: bool
    severity: Severity
    summary: str
    """The sentence a screen reader says."""
    faults: tuple[str, ...]
    frozen: bool = False
    copies: int = 1
    """How many stand in a chain behind this face."""
    formulas: tuple[str, ...] = ()
    """Each formula with its value."""

    @property
    def ordered(self) -> bool:
        """Whether the order of inputs matters, so that they are numbered."""
        return self.form is BodyForm.CONCAT

    def body(self) -> QRectF:
        return QRectF(0, 0, self.width, self.height)

    def input_point(self, slot: InputSlot) -> QPointF:
        return QPointF(0, slot.y)

    def output_point(self, slot: OutputSlot) -> QPointF:
        return QPointF(self.width, slot.y)


def form_of(layer: Layer) -> BodyForm:
    """How a layer is drawn."""
    if isinstance(layer, Concat):
        return BodyForm.CONCAT
    if layer.operator:
        return BodyForm.OPERATOR
    if isinstance(layer, BlockUse) and (
        len(layer.input_ports()) > 1 or len(layer.output_ports()) > 1
    ):
        return BodyForm.PORTS
    if layer.category in FULL_CATEGORIES or not layer.input_ports():
        return BodyForm.FULL
    return BodyForm.LINE


def size_of(network: Network, node: str) -> tuple[float, float]:
    """Width and height of a node in the scene."""
    layer = network.nodes[node].layer
    form = form_of(layer)
    return _size(form, len(_places(network, node)), len(layer.output_ports()))


def size_when_placed(layer: Layer) -> tuple[float, float]:
    """Width and height of a node of this layer with at most one wire."""
    slots = sum(2 if port.many else 1 for port in layer.input_ports())
    return _size(form_of(layer), slots, len(layer.output_ports()))


def _size(form: BodyForm, inputs: int, outputs: int) -> tuple[float, float]:
    room = m.PORT_STEP * max(inputs, outputs) + 4
    if form is BodyForm.CONCAT:
        return m.WIDTH, m.HEADER + m.CONCAT_ROW * inputs
    if form is BodyForm.OPERATOR:
        return m.OPERATOR_WIDTH, max(m.OPERATOR_HEIGHT, room)
    if form is BodyForm.PORTS:
        return m.WIDTH, m.PORTS_FROM + m.PORT_STEP * max(inputs, outputs)
    return m.WIDTH, max(m.FULL_HEIGHT if form is BodyForm.FULL else m.LINE_HEIGHT, room)


def _places(network: Network, node: str) -> list[tuple[str, int, str | None, bool]]:
    """The slots of a node: port, index, wire and whether the port takes many."""
    found: list[tuple[str, int, str | None, bool]] = []
    for port in network.nodes[node].layer.input_ports():
        wires: list[str | None] = [wire.id for wire in network.port_wires(node, port.name)]
        least = 2 if port.many else 1
        wires += [None] * (least - len(wires))
        found += [(port.name, index, wire, port.many) for index, wire in enumerate(wires)]
    return found


def face_of(
    network: Network,
    analysis: Analysis,
    node: str,
    faults: Mapping[str, Fault],
    *,
    symbols: bool = False,
) -> Face:
    """The face of a node; ``faults`` holds the worst fault of each faulty node. With ``symbols``
    formulas stand there instead of their values."""
    placed = network.nodes[node]
    facts = analysis.facts(node)
    layer = facts.layer
    form = form_of(layer)
    places = _places(network, node)
    width, height = _size(form, len(places), len(layer.output_ports()))
    inputs = _input_slots(form, layer, places, facts.inputs)
    outputs = _output_slots(form, layer, height, facts.outputs)
    rows, footer, note = _texts(network, placed, facts, form, symbols=symbols)
    fault = faults.get(node)
    severity = Severity.NONE
    if fault is not None:
        severity = Severity.WARNING if fault.warning else Severity.ERROR
    sentences = (fault.sentence().text(),) if fault is not None else ()
    return Face(
        id=node,
        name=placed.name,
        type_name=layer.type_name(),
        kind=_kind(network, layer),
        category=layer.category.value,
        form=form,
        width=width,
        height=height,
        inputs=inputs,
        outputs=outputs,
        note=note,
        rows=rows,
        footer=footer,
        assumed=facts.assumed and facts.output is not None,
        severity=severity,
        summary=summary_of(
            placed.name,
            layer,
            facts.inputs,
            facts.output,
            facts.parameters,
            placed.frozen,
            fault,
        ),
        faults=sentences,
        frozen=placed.frozen,
        copies=_copies(layer),
        formulas=formula_lines(placed, layer),
    )


def _copies(layer: Layer) -> int:
    """How many of a block stand in a chain."""
    return layer.repeat if isinstance(layer, BlockUse) else 1


def _texts(
    network: Network, placed: Node, facts: Facts, form: BodyForm, *, symbols: bool
) -> tuple[TextRows, tuple[str, str], str]:
    """What stands on the face: the rows of the body, the figures below, and the note."""
    layer = facts.layer
    known = facts.known_inputs() or ()
    if len(known) < len(layer.input_ports()):
        known = ()  # a port is empty
    left, right = layer.face(known)
    if isinstance(layer, Input) and facts.output is not None:
        left = dims(facts.output)  # in a block: what comes in there
        right = right if network.block is None else ""
    note = f"×{_copies(layer)}" if _copies(layer) > 1 else ""
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


def _kind(network: Network, layer: Layer) -> str:
    """The type in the header; inputs and outputs of a block are its ports."""
    if network.block is not None and layer.category is Category.INPUT_OUTPUT:
        return tr("Input port") if not layer.input_ports() else tr("Output port")
    return kind_name(layer)


InputPlaces = Sequence[tuple[str, int, str | None, bool]]


def _input_slots(
    form: BodyForm, layer: Layer, places: InputPlaces, shapes: tuple[Shape | None, ...]
) -> tuple[InputSlot, ...]:
    titles = {port.name: port.title for port in layer.input_ports()}
    wired = [place for place in places if place[2] is not None]
    carried = dict(zip(wired, shapes, strict=False))
    return tuple(
        InputSlot(
            place[0],
            place[1],
            _slot_y(form, row),
            place[2],
            place[3],
            titles[place[0]],
            _titled(titles[place[0]], carried.get(place)),
        )
        for row, place in enumerate(places)
    )


def _output_slots(
    form: BodyForm, layer: Layer, height: float, shapes: tuple[Shape | None, ...]
) -> tuple[OutputSlot, ...]:
    ports = layer.output_ports()
    last = height - m.PORT_FIRST
    return tuple(
        OutputSlot(
            port.name,
            _slot_y(form, row)
            if form is BodyForm.PORTS
            else last - m.PORT_STEP * (len(ports) - 1 - row),
            port.title,
            _titled(port.title, shape),
        )
        for row, (port, shape) in enumerate(zip(ports, shapes, strict=True))
    )


def _titled(title: str, shape: Shape | None) -> str:
    return f"{title} {dims(shape)}" if title and shape is not None else title


def _slot_y(form: BodyForm, row: int) -> float:
    if form is BodyForm.CONCAT:
        return m.HEADER + m.CONCAT_ROW * (row + 0.5)
    if form is BodyForm.PORTS:
        return m.PORTS_FROM + m.PORT_STEP * (row + 0.5) - 2
    return m.PORT_FIRST + m.PORT_STEP * row


TextRows = tuple[tuple[str, str], ...]


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
