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
from graph.analysis.faults import Fault
from graph.calls.call import Shape
from graph.layers.base.layer import Layer, dims
from graph.network.network import Network
from gui.face import measures as m
from gui.face.lines import copies_of, kind_on, texts_on
from gui.face.outline import BodyForm, SlotPlace, body_size, form_of, places, slot_y
from gui.face.spoken import summary_of
from gui.face.symbols import formula_lines


class Severity(Enum):
    """The worst that the analysis says about a node or wire."""

    NONE = 0
    WARNING = 1
    ERROR = 2


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
    entries = places(network, node)
    width, height = body_size(form, len(entries), len(layer.output_ports()))
    inputs = _input_slots(form, layer, entries, facts.inputs)
    outputs = _output_slots(form, layer, height, facts.outputs)
    rows, footer, note = texts_on(network, placed, facts, form, symbols=symbols)
    fault = faults.get(node)
    severity = Severity.NONE
    if fault is not None:
        severity = Severity.WARNING if fault.warning else Severity.ERROR
    sentences = (fault.sentence().text(),) if fault is not None else ()
    return Face(
        id=node,
        name=placed.name,
        type_name=layer.type_name(),
        kind=kind_on(network, layer),
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
        copies=copies_of(layer),
        formulas=formula_lines(placed, layer),
    )


def _input_slots(
    form: BodyForm, layer: Layer, entries: Sequence[SlotPlace], shapes: tuple[Shape | None, ...]
) -> tuple[InputSlot, ...]:
    titles = {port.name: port.title for port in layer.input_ports()}
    wired = [place for place in entries if place.wire is not None]
    carried = dict(zip(wired, shapes, strict=False))
    return tuple(
        InputSlot(
            place.port,
            place.index,
            slot_y(form, row),
            place.wire,
            place.many,
            titles[place.port],
            _titled(titles[place.port], carried.get(place)),
        )
        for row, place in enumerate(entries)
    )


def _output_slots(
    form: BodyForm, layer: Layer, height: float, shapes: tuple[Shape | None, ...]
) -> tuple[OutputSlot, ...]:
    ports = layer.output_ports()
    last = height - m.PORT_FIRST
    return tuple(
        OutputSlot(
            port.name,
            slot_y(form, row)
            if form is BodyForm.PORTS
            else last - m.PORT_STEP * (len(ports) - 1 - row),
            port.title,
            _titled(port.title, shape),
        )
        for row, (port, shape) in enumerate(zip(ports, shapes, strict=True))
    )


def _titled(title: str, shape: Shape | None) -> str:
    return f"{title} {dims(shape)}" if title and shape is not None else title
