"""The outline of a node: which form its body has, how large that is, and where slots are in it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from graph.blocks.block_use import BlockUse
from graph.layers.base.layer import Category, Layer
from graph.layers.merge import Concat
from graph.network.network import Network
from gui.face import measures as m


class BodyForm(Enum):
    """The kinds of node bodies."""

    FULL = "full"
    LINE = "line"
    OPERATOR = "operator"
    CONCAT = "concat"
    PORTS = "ports"
    """A block of several inputs or outputs: they are named under the figures."""


FULL_CATEGORIES = (
    Category.CONVOLUTION,
    Category.LINEAR,
    Category.ATTENTION,
    Category.BLOCK,
)


@dataclass(frozen=True, slots=True)
class SlotPlace:
    """A place for a wire that enters a node."""

    port: str
    index: int
    """Which of the wires of the port this is."""
    wire: str | None
    many: bool
    """Whether the port takes many wires."""


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
    return body_size(form, len(places(network, node)), len(layer.output_ports()))


def size_when_placed(layer: Layer) -> tuple[float, float]:
    """Width and height of a node of this layer with at most one wire."""
    slots = sum(2 if port.many else 1 for port in layer.input_ports())
    return body_size(form_of(layer), slots, len(layer.output_ports()))


def body_size(form: BodyForm, inputs: int, outputs: int) -> tuple[float, float]:
    """Width and height of a body with so many slots."""
    room = m.PORT_STEP * max(inputs, outputs) + 4
    if form is BodyForm.CONCAT:
        return m.WIDTH, m.HEADER + m.CONCAT_ROW * inputs
    if form is BodyForm.OPERATOR:
        return m.OPERATOR_WIDTH, max(m.OPERATOR_HEIGHT, room)
    if form is BodyForm.PORTS:
        return m.WIDTH, m.PORTS_FROM + m.PORT_STEP * max(inputs, outputs)
    return m.WIDTH, max(m.FULL_HEIGHT if form is BodyForm.FULL else m.LINE_HEIGHT, room)


def places(network: Network, node: str) -> list[SlotPlace]:
    """The slots of a node from above to below."""
    found: list[SlotPlace] = []
    for port in network.nodes[node].layer.input_ports():
        wires: list[str | None] = [wire.id for wire in network.port_wires(node, port.name)]
        least = 2 if port.many else 1
        wires += [None] * (least - len(wires))
        found += [SlotPlace(port.name, index, wire, port.many) for index, wire in enumerate(wires)]
    return found


def slot_y(form: BodyForm, row: int) -> float:
    """How far below the upper edge a slot is, by its row."""
    if form is BodyForm.CONCAT:
        return m.HEADER + m.CONCAT_ROW * (row + 0.5)
    if form is BodyForm.PORTS:
        return m.PORTS_FROM + m.PORT_STEP * (row + 0.5) - 2
    return m.PORT_FIRST + m.PORT_STEP * row
