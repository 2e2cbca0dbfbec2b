"""Random networks of all layer types: whatever suits what is there already is joined to it.

Every layer is placed with its wires in one edit, and taken back where the analysis then finds an
error, so that the rules under test decide themselves what is a legal network.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from graph.analysis.analysis import Analysis
from graph.calls.call import Shape
from graph.layers.base.layer import FaultKind, Layer
from graph.layers.io import Input, Output
from graph.layers.registry import LAYERS
from graph.network.edits import AddNode, Batch, Connect
from graph.network.network import Edit, Network, Node, Wire
from tests.cases import CASES
from tests.generators import is_legal, legal_case

PLACED = tuple(kind for kind in LAYERS if kind not in (Input, Output))
UNPOOLING = tuple(kind for kind in PLACED if any(port.indices for port in kind().input_ports()))
POOLING = tuple(kind for kind in PLACED if "return_indices" in kind.model_fields)
OPEN = {FaultKind.NO_OUTPUT, FaultKind.NO_INPUT}
"""Faults of every network that is not finished."""
MOST_VALUES = 6_000
MOST_PARAMETERS = 60_000
MOST_MACS = 5_000_000


@dataclass(frozen=True)
class Value:
    """An output of a node."""

    node: str
    port: str
    shape: Shape
    indices: bool


class Growing:
    """A network that grows without an error."""

    def __init__(self, random_source: random.Random) -> None:
        self.random = random_source
        self.network = Network()
        self.analysis = Analysis(self.network)
        self.analysis.follow()
        self.values: list[Value] = []

    def put(self, layer: Layer, sources: Sequence[Value]) -> bool:
        """Place the layer behind these values, or leave everything as it was."""
        shapes = [value.shape for value in sources]
        if sources and (not is_legal(layer, shapes) or self._too_much(layer, shapes)):
            return False
        node = Node(self.network.new_id(), self.network.free_name(layer.base_name()), layer)
        edits: list[Edit] = [AddNode(node)]
        ports = layer.input_ports()
        names = [ports[0].name] * len(sources) if len(ports) == 1 else [p.name for p in ports]
        for source, name in zip(sources, names, strict=True):
            wire = Wire(self.network.new_id("w"), source.node, source.port, node.id, name)
            edits.append(Connect(wire))
        undo = self.network.do(Batch(tuple(edits)))
        if any(fault.kind not in OPEN for fault in self.analysis.errors()):
            self.network.do(undo)
            return False
        facts = self.analysis.facts(node.id)
        for port, shape in zip(layer.output_ports(), facts.outputs, strict=True):
            assert shape is not None
            self.values.append(Value(node.id, port.name, shape, port.indices))
        return True

    @staticmethod
    def _too_much(layer: Layer, shapes: list[Shape]) -> bool:
        return (
            layer.elements(shapes) > MOST_VALUES
            or layer.parameters(shapes) > MOST_PARAMETERS
            or layer.macs(shapes) > MOST_MACS
        )

    def start(self, shape: Shape) -> Value:
        """A new input."""
        self.put(Input(shape=shape), ())
        return self.values[-1]

    def grow(self, kind: type[Layer]) -> bool:
        """Try to place a layer of this type, mostly behind what is there."""
        if kind in UNPOOLING:
            return self.unpool(kind)
        for _ in range(6):
            layer, shapes = self.draw(kind)
            if self.put(layer, [self.near(shape, layer) for shape in shapes]):
                return True
        layer, shapes = legal_case(self.random, kind)
        if prod(max(shapes, key=prod)) > MOST_VALUES or self._too_much(layer, shapes):
            return False
        return self.put(layer, [self.equal(shape) or self.start(shape) for shape in shapes])

    def draw(self, kind: type[Layer]) -> tuple[Layer, list[Shape]]:
        """A layer, often one that overwrites its input or gives positions."""
        layer, shapes = legal_case(self.random, kind)
        if "inplace" in kind.model_fields:
            layer = layer.changed(inplace=self.random.random() < 0.5)
        if kind in POOLING:
            layer = layer.changed(return_indices=self.random.random() < 0.7)
        return layer, shapes

    def near(self, shape: Shape, layer: Layer) -> Value:
        """A value of this shape, else one of as many axes, else any; likely a new one."""
        plain = [value for value in self.values if not value.indices]
        several = len(layer.input_ports()) > 1 or layer.input_ports()[0].many
        equal = [value for value in plain if value.shape == shape]
        like = [value for value in plain if len(value.shape) == len(shape)]
        fitting = equal if several and equal else like or plain
        return fitting[max(0, len(fitting) - 1 - int(self.random.expovariate(0.5)))]

    def equal(self, shape: Shape) -> Value | None:
        equal = [v for v in self.values if v.shape == shape and not v.indices]
        return self.random.choice(equal) if equal else None

    def unpool(self, kind: type[Layer]) -> bool:
        """Put the maxima of a pooling back, with its settings or with others."""
        found = [v for v in self.values if v.indices and len(v.shape) in kind.ranks]
        self.random.shuffle(found)
        for positions in found:
            pooling = self.network.nodes[positions.node].layer
            origin = self.analysis.facts(positions.node).inputs[0]
            value = self.equal(positions.shape)
            assert origin is not None
            if value is None:
                continue
            for _ in range(4):
                layer = CASES[kind](self.random)[0]
                if self.random.random() < 0.7:
                    shared = pooling.values().keys() & {"kernel_size", "stride", "padding"}
                    layer = layer.changed(**{name: pooling.values()[name] for name in shared})
                if self.random.random() < 0.7:
                    size = origin[1:] if len(origin) > 2 else origin[1]
                    layer = layer.changed(output_size=size)
                if self.put(layer, (value, positions)):
                    return True
        return False

    def finish(self) -> None:
        """An output behind every open end."""
        for value in tuple(self.values):
            used = any(wire.output == value.port for wire in self.network.outputs(value.node))
            if not used and not value.indices:
                self.put(Output(), (value,))


def grown(random_source: random.Random, nodes: int = 14) -> Growing:
    """A network of random layers of all types, without an error."""
    growing = Growing(random_source)
    growing.start((random_source.choice((2, 3, 4, 8)), *random_source.choice(((8, 8), (9, 12)))))
    if random_source.random() < 0.3:
        growing.start((random_source.choice((4, 6)), 12))
    if random_source.random() < 0.2:
        growing.start((2, 4, 6, 6))
    while len(growing.network.nodes) < nodes:
        pairs = UNPOOLING if any(value.indices for value in growing.values) else ()
        growing.grow(random_source.choice((*PLACED, *pairs * 6)))
    growing.finish()
    return growing
