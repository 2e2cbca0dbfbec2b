"""Random layers, networks and edits for the tests, from a seeded source: equal seeds, equal cases.

Sizes are small and borders are frequent: 1×1 maps, windows as large as their input, strides above
the window, grouped and dilated windows, every word and every None that a field knows.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from math import prod
from typing import Any

from graph.calls.call import Shape
from graph.layers.activation.along_axis import LogSoftmax, Softmax
from graph.layers.activation.piecewise import ELU, LeakyReLU, ReLU
from graph.layers.activation.smooth import Sigmoid, SiLU, Tanh
from graph.layers.attention.squeeze import SqueezeExcitation
from graph.layers.base.layer import Layer
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input, Output
from graph.layers.linear import Linear
from graph.layers.merge import Add, Concat, Multiply
from graph.layers.normalisation import BatchNorm2d
from graph.layers.pooling.adaptive import AdaptiveAvgPool2d, AdaptiveMaxPool2d, GlobalAvgPool2d
from graph.layers.pooling.plain import AvgPool2d, MaxPool2d, Pooling2d
from graph.layers.registry import LAYERS
from graph.layers.regularisation import Dropout, Dropout2d
from graph.layers.reshaping.flatten import Flatten
from graph.network.edits import (
    AddNode,
    Batch,
    Connect,
    Disconnect,
    Move,
    RemoveNode,
    Rename,
    Reorder,
    SetLayer,
    insert_before,
)
from graph.network.network import Edit, Network, Node, Wire
from graph.values.declaration import FieldError, FieldKind, FieldSpec, fields_of
from tests.cases import CASES

Case = tuple[Layer, list[Shape]]

IMAGE_ONLY = (
    Conv2d,
    MaxPool2d,
    AvgPool2d,
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    GlobalAvgPool2d,
    BatchNorm2d,
    SqueezeExcitation,
    Dropout2d,
)
MERGES = (Add, Concat, Multiply)
SIZES = (1, 1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 16, 28)


# Layers


def whole(random_source: random.Random, spec: FieldSpec) -> int:
    """A small whole number, often the smallest allowed."""
    low = max(int(spec.minimum), -3)
    high = min(int(spec.maximum), low + random_source.choice((0, 1, 2, 3, 6)))
    return random_source.randint(low, high)


def value_of(random_source: random.Random, spec: FieldSpec) -> Any:
    """A value that the field accepts."""
    if spec.optional and random_source.random() < 0.3:
        return None
    if spec.kind is FieldKind.CHOICE or (spec.words and random_source.random() < 0.35):
        return random_source.choice(spec.words)
    if spec.kind is FieldKind.FLAG:
        return random_source.random() < 0.5
    if spec.kind is FieldKind.INTEGER:
        return whole(random_source, spec)
    if spec.kind is FieldKind.EXTENT:
        return tuple(random_source.choice(SIZES) for _ in range(random_source.randint(1, 4)))
    if spec.kind is FieldKind.REALS:
        count = random_source.randint(*spec.lengths)
        return tuple(random_source.uniform(spec.minimum, spec.maximum) for _ in range(count))
    if spec.many:
        first = whole(random_source, spec)
        count = random_source.randint(spec.lengths[0], min(spec.lengths[1], spec.lengths[0] + 3))
        equal = random_source.random() < 0.4
        return (first, *(first if equal else whole(random_source, spec) for _ in range(count - 1)))
    low, high = max(spec.minimum, 0.0), min(spec.maximum, 10.0)
    edges = [spec.default or 0.5, (low + high) / 2, random_source.uniform(low, high)]
    edges += [] if spec.open_minimum else [low]
    edges += [] if spec.open_maximum else [high]
    return random_source.choice([edge for edge in edges if edge > low or not spec.open_minimum])


def settings_of(random_source: random.Random, layer: type[Layer]) -> dict[str, Any]:
    """Settings of which each alone is legal; some are left at their default."""
    settings = {
        name: value_of(random_source, spec)
        for name, spec in fields_of(layer).items()
        if random_source.random() < 0.75
    }
    if layer is Conv2d:
        settings["out_channels"] = random_source.randint(1, 12)
        if settings.get("padding") == "same" and random_source.random() < 0.8:
            settings.pop("stride", None)
    return settings


def image(random_source: random.Random) -> Shape:
    return (
        random_source.choice((1, 2, 3, 4, 6, 8, 12, 20)),
        random_source.choice(SIZES),
        random_source.choice(SIZES),
    )


def shape_for(random_source: random.Random, layer: type[Layer], *, wild: bool = False) -> Shape:
    """An input shape: an image, or a vector or list of vectors where the type may take one."""
    if layer.ranks and (not wild or random_source.random() < 0.85):
        rank = random_source.choice(layer.ranks)
        channels = random_source.choice((1, 2, 3, 4, 6, 8, 12, 20))
        sizes = SIZES if rank < 4 else SIZES[:9]
        return (channels, *(random_source.choice(sizes) for _ in range(rank - 1)))
    others = 0.15 if wild else 0.0 if layer in IMAGE_ONLY else 0.4
    if layer is Linear and not wild:
        others = 1.0
    if random_source.random() >= others:
        return image(random_source)
    return tuple(random_source.choice(SIZES) for _ in range(random_source.choice((1, 1, 2))))


def inputs_for(random_source: random.Random, layer: Layer, *, wild: bool = False) -> list[Shape]:
    """Input shapes that mostly suit the layer; with ``wild`` they often do not."""
    kind = type(layer)
    if not layer.input_ports():
        return []
    first = shape_for(random_source, kind, wild=wild)
    ports = layer.input_ports()
    if len(ports) > 1:
        return [shape_for(random_source, kind, wild=wild) for _ in ports]
    if isinstance(layer, Conv2d) and len(first) == 3 and (not wild or random_source.random() < 0.7):
        first = (layer.groups * random_source.randint(1, 4), *first[1:])
    if kind not in MERGES:
        return [first]
    shapes = [first]
    for _ in range(random_source.choice((0, 1, 1, 1, 2, 4))):
        shape = list(first)
        if isinstance(layer, Concat) and layer.dim <= len(shape):
            shape[layer.dim - 1] = random_source.choice(SIZES)
        if isinstance(layer, Multiply):
            shape = [1 if random_source.random() < 0.25 else size for size in shape]
        if wild and random_source.random() < 0.3:
            shape[random_source.randrange(len(shape))] = random_source.choice((1, 2, 3))
        if wild and random_source.random() < 0.1:
            shape = list(shape_for(random_source, kind, wild=True))
        shapes.append(tuple(shape))
    return shapes


def is_legal(layer: Layer, inputs: list[Shape]) -> bool:
    return all(problem.warning for problem in layer.problems(inputs))


def any_case(random_source: random.Random, kind: type[Layer]) -> Case:
    """Settings that are legal one by one, and inputs that may not suit them."""
    if kind in CASES and random_source.random() < 0.6:
        return CASES[kind](random_source)
    settings = settings_of(random_source, kind)
    if kind is Conv2d and random_source.random() < 0.3:
        settings["padding_mode"] = random_source.choice(("reflect", "circular"))
        settings["padding"] = random_source.choice(("same", (1, 2), (3, 3), (0, 4)))
    layer = kind.make(settings)
    return layer, inputs_for(random_source, layer, wild=True)


def legal_case(random_source: random.Random, kind: type[Layer]) -> Case:
    """Settings and inputs between which the layer sees no error."""
    while True:
        if kind in CASES:
            layer, inputs = CASES[kind](random_source)
            if is_legal(layer, inputs):
                return layer, inputs
            continue
        settings = settings_of(random_source, kind)
        if kind is Conv2d and random_source.random() < 0.6:
            groups = random_source.choice((1, 2, 3, 4, 8))
            settings |= {"groups": groups, "out_channels": groups * random_source.randint(1, 4)}
        elif kind is Conv2d:
            settings.pop("groups", None)
        if kind is SqueezeExcitation:
            settings["reduction"] = random_source.choice((1, 2, 3, 4, 8))
        if issubclass(kind, Pooling2d) and random_source.random() < 0.5:
            kernel = settings.get("kernel_size", (2, 2))
            limit = [k // 2 for k in kernel]
            settings["padding"] = tuple(random_source.randint(0, most) for most in limit)
        layer = kind.make(settings)
        inputs = inputs_for(random_source, layer)
        if is_legal(layer, inputs):
            return layer, inputs


# Networks


def place(network: Network, layer: Layer, *sources: str, name: str | None = None) -> str:
    """Add a node with wires from the first output of ``sources``; returns its id."""
    node = network.new_id()
    network.do(AddNode(Node(node, name or network.free_name(layer.base_name()), layer)))
    for source in sources:
        join(network, source, node)
    return node


def join(network: Network, source: str, target: str, index: int | None = None) -> str:
    """Draw a wire between the first ports of two nodes; returns its id."""
    wire = network.new_id("w")
    output = network.nodes[source].layer.output_ports()[0].name
    port = network.nodes[target].layer.input_ports()[0].name
    network.do(Connect(Wire(wire, source, output, target, port), index))
    return wire


def chain(*layers: Layer) -> tuple[Network, list[str]]:
    """The layers one behind the other, with their node ids."""
    network = Network()
    ids: list[str] = []
    for layer in layers:
        ids.append(place(network, layer, *ids[-1:]))
    return network, ids


class Growth:
    """Grows a legal network node by node: every node's inputs suit it."""

    def __init__(self, random_source: random.Random, *inputs: Shape) -> None:
        self.random = random_source
        self.network = Network()
        self.shapes: dict[str, Shape] = {}
        for shape in inputs:
            self.shapes[place(self.network, Input(shape=shape))] = shape

    def put(self, layer: Layer, *sources: str, most: int = 20_000) -> str | None:
        """Place the layer behind ``sources``; None where it does not fit or gives too much."""
        shapes = [self.shapes[source] for source in sources]
        if not is_legal(layer, shapes):
            return None
        found = layer.shapes(shapes)
        if any(prod(shape) > most for shape in found):
            return None
        node = place(self.network, layer, *sources)
        if found:
            self.shapes[node] = found[0]
        return node

    def recent(self) -> str:
        """A node, likely one of the newest."""
        nodes = list(self.shapes)
        return nodes[max(0, len(nodes) - 1 - int(self.random.expovariate(0.6)))]

    def partners(self, kind: type[Layer], first: str) -> list[str]:
        """Nodes whose output may join that of ``first`` in a merge."""
        shape = self.shapes[first]
        return [
            node
            for node, other in self.shapes.items()
            if node != first
            and (
                (kind is Concat and len(other) == len(shape) and other[1:] == shape[1:])
                or (kind is not Concat and other == shape)
            )
        ]

    def merge(self, kind: type[Layer]) -> str | None:
        first = self.recent()
        partners = self.partners(kind, first)
        if not partners:
            return None
        count = min(len(partners), self.random.choice((1, 1, 1, 2, 3)))
        sources = [first, *self.random.sample(partners, count)]
        if self.random.random() < 0.05:
            sources.append(first)  # two wires between the same two nodes
        self.random.shuffle(sources)
        return self.put(kind(), *sources)


ACTIVATIONS = (ReLU, LeakyReLU, ELU, SiLU, Sigmoid, Tanh)


def image_layer(random_source: random.Random) -> Layer:
    """A layer for an image that keeps most of its size."""
    draw = random_source.random()
    if draw < 0.45:
        kernel = random_source.choice(((1, 1), (3, 3), (3, 3), (5, 5), (1, 3), (2, 2), (4, 3)))
        return Conv2d(
            out_channels=random_source.choice((1, 2, 4, 4, 6, 8)),
            kernel_size=kernel,
            stride=random_source.choice(((1, 1), (1, 1), (1, 1), (2, 2), (1, 2))),
            padding=random_source.choice(
                ((0, 0), (kernel[0] // 2, kernel[1] // 2), "valid", "same")
            ),
            dilation=random_source.choice(((1, 1), (1, 1), (2, 2), (1, 2))),
            groups=random_source.choice((1, 1, 1, 2)),
            bias=random_source.random() < 0.7,
            padding_mode=random_source.choice(
                ("zeros", "zeros", "zeros", "reflect", "replicate", "circular")
            ),
        )
    kind = random_source.choice(
        (
            *ACTIVATIONS,
            BatchNorm2d,
            BatchNorm2d,
            MaxPool2d,
            AvgPool2d,
            AdaptiveAvgPool2d,
            AdaptiveMaxPool2d,
            Dropout,
            Dropout2d,
            Softmax,
            LogSoftmax,
            SqueezeExcitation,
        )
    )
    return legal_case(random_source, kind)[0]


def vector_layer(random_source: random.Random) -> Layer:
    kind = random_source.choice((Linear, Linear, *ACTIVATIONS, Dropout, Softmax, LogSoftmax))
    return kind() if kind is not Linear else Linear(out_features=random_source.randint(1, 12))


def without_in_place(layer: Layer) -> Layer:
    """In-place layers are faults where something else reads their input."""
    return layer.changed(inplace=False) if getattr(layer, "inplace", False) else layer


def random_network(random_source: random.Random, nodes: int = 14, inputs: int = 1) -> Network:
    """A network without an error: images, branches that merge, then vectors and an output.

    Dead ends stay in it: they are warnings, and no part of the plan.
    """
    size = random_source.choice((8, 12, 16))
    shapes = [(random_source.choice((1, 3)), size, size) for _ in range(inputs)]
    growth = Growth(random_source, *shapes)
    while len(growth.shapes) < nodes:
        if random_source.random() < 0.3:
            growth.merge(random_source.choice(MERGES))
            continue
        source = growth.recent()
        make = image_layer if len(growth.shapes[source]) == 3 else vector_layer
        growth.put(without_in_place(make(random_source)), source)
    ends = [n for n in growth.shapes if not growth.network.outputs(n)][-3:] or [growth.recent()]
    vectors = []
    for end in ends:
        if len(growth.shapes[end]) > 1:
            if random_source.random() < 0.5 and len(growth.shapes[end]) == 3:
                end = growth.put(GlobalAvgPool2d(), end) or end
            end = growth.put(Flatten(), end) or end
        vectors.append(end)
    last = growth.put(Concat(), *vectors, most=100_000) if len(vectors) > 1 else vectors[0]
    assert last is not None
    if random_source.random() < 0.8:
        last = growth.put(Linear(out_features=random_source.randint(1, 10)), last)
    assert last is not None
    growth.put(Output(), last)
    return growth.network


# Edits


def any_layer(random_source: random.Random) -> Layer:
    return legal_case(random_source, random_source.choice(LAYERS))[0]


class Editor:
    """Draws random edits of a network, legal and illegal ones."""

    def __init__(self, random_source: random.Random, network: Network, most: int = 40) -> None:
        self.random = random_source
        self.network = network
        self.most = most

    def draw(self) -> Edit:
        """One edit. About one in four will be refused."""
        nodes = list(self.network.nodes)
        crowded = len(nodes) > self.most
        choices: list[tuple[float, Callable[[], Edit | None]]] = [
            (0.5 if crowded else 3, self.add),
            (4, self.connect),
            (2.5 if crowded else 0.5, self.remove),
            (1.0, self.disconnect),
            (3, self.set_field),
            (0.8, self.set_layer),
            (1, self.rename),
            (1.5, self.move),
            (1, self.reorder),
            (1, self.insert),
            (1, self.batch),
            (0.7, self.absurd),
        ]
        weights = [weight for weight, _ in choices]
        while True:
            (make,) = self.random.choices([make for _, make in choices], weights)
            edit = make()
            if edit is not None:
                return edit

    def node(self) -> str | None:
        nodes = list(self.network.nodes)
        return self.random.choice(nodes) if nodes else None

    def wire(self) -> str | None:
        wires = list(self.network.wires)
        return self.random.choice(wires) if wires else None

    def point(self) -> tuple[float, float]:
        return (self.random.randint(-4000, 4000) / 4, self.random.randint(-4000, 4000) / 4)

    def add(self) -> Edit:
        layer = any_layer(self.random)
        name = self.network.free_name(layer.base_name())
        return AddNode(Node(self.network.new_id(), name, layer, self.point()))

    def connect(self) -> Edit | None:
        source, target = self.node(), self.node()
        if source is None or target is None:
            return None
        outputs = [port.name for port in self.network.nodes[source].layer.output_ports()]
        ports = self.network.nodes[target].layer.input_ports()
        if not outputs or not ports:
            return None
        port = self.random.choice(ports)
        wires = self.network.port_wires(target, port.name)
        index = self.random.choice((None, self.random.randint(0, len(wires))))
        new = Wire(self.network.new_id("w"), source, self.random.choice(outputs), target, port.name)
        if wires and not port.many and self.random.random() < 0.5:  # as a person replaces a wire
            return Batch((Disconnect(wires[0].id), Connect(new)))
        return Connect(new, index if port.many else None)

    def remove(self) -> Edit | None:
        node = self.node()
        return RemoveNode(node) if node else None

    def disconnect(self) -> Edit | None:
        wire = self.wire()
        return Disconnect(wire) if wire else None

    def set_field(self) -> Edit | None:
        node = self.node()
        if node is None:
            return None
        layer = self.network.nodes[node].layer
        specs = list(fields_of(type(layer)).values())
        if not specs:
            return None
        spec = self.random.choice(specs)
        return SetLayer(node, layer.changed(**{spec.name: value_of(self.random, spec)}))

    def set_layer(self) -> Edit | None:
        node = self.node()
        return SetLayer(node, any_layer(self.random)) if node else None

    def rename(self) -> Edit | None:
        node = self.node()
        names = ("stem", "x", "α", "two words", "", "n" * 201, f"name{self.random.randint(0, 99)}")
        return Rename(node, self.random.choice(names)) if node else None

    def move(self) -> Edit | None:
        nodes = list(self.network.nodes)
        if not nodes:
            return None
        chosen = self.random.sample(nodes, min(len(nodes), self.random.randint(1, 4)))
        return Move({node: self.point() for node in chosen})

    def reorder(self) -> Edit | None:
        merges = [n for n, node in self.network.nodes.items() if isinstance(node.layer, MERGES)]
        if not merges:
            return None
        node = self.random.choice(merges)
        count = len(self.network.inputs(node))
        return Reorder(node, "inputs", self.random.randint(0, count), self.random.randint(0, count))

    def insert(self) -> Edit | None:
        wire = self.wire()
        if wire is None:
            return None
        layer = any_layer(self.random)
        if not layer.input_ports() or not layer.output_ports():
            return None
        name = self.network.free_name(layer.base_name())
        return insert_before(
            self.network, wire, Node(self.network.new_id(), name, layer, self.point())
        )

    def batch(self) -> Edit | None:
        makers = (self.add, self.connect, self.disconnect, self.set_field, self.move, self.rename)
        found = [self.random.choice(makers)() for _ in range(self.random.randint(1, 5))]
        return Batch(tuple(edit for edit in found if edit is not None))

    def absurd(self) -> Edit:
        """An edit that is refused for sure, alone or after others in a batch."""
        node = self.node() or "nobody"
        bad: tuple[Edit, ...] = (
            RemoveNode("nobody"),
            Disconnect("nothing"),
            Rename("nobody", "x"),
            Move({node: (0.0, 0.0), "nobody": (1.0, 1.0)}),
            Move({node: (float("nan"), 0.0)}),
            Connect(Wire("loop", node, "output", node, "input")),
            Connect(Wire("odd", node, "no such port", node, "input")),
            AddNode(Node(node, "", Tanh())),
            AddNode(Node(f"{node}x", "x", Tanh(), (float("inf"), 0.0))),
            Reorder(node, "inputs", -1, 0),
        )
        edit = self.random.choice(bad)
        if self.random.random() < 0.5:
            return edit
        before = self.batch()
        return Batch((before, edit)) if before else edit


def absurd_values() -> Iterator[Any]:
    """Values that no field should take, next to some that a few fields do take."""
    yield from (0, -1, 10**9, 2**62, -(2**63), 10**400, 10**5000)
    yield from (float("nan"), float("inf"), float("-inf"), 1e308, -0.5, 0.5)
    yield from (True, False, None, "", "3", "same", "zeros", "x" * 1000, "\ud800", b"3")
    yield from ((), (1,), (1, 2, 3), (0, 0), (-1, 1), (1, True), (1.5, 1), (2**62, 1), ("3", 3))
    yield from ((10**5000, 1), (float("nan"), 1), ((1, 1), 1), (None, None), (1,) * 100_000)
    yield from ([], [1, 1], [3], {}, {"a": 1}, {1, 2}, object(), int, 3 + 0j, range(2))


def is_value(layer: type[Layer], name: str, value: Any) -> bool:
    """Whether a field takes the value; anything but yes or FieldError is an error of ours."""
    try:
        layer.make({name: value})
    except FieldError as error:
        refused = error
    else:
        return True
    text = str(refused)
    assert refused.field == name, f"{layer.__name__}.{name} blames {refused.field}"
    assert name in text, f"the sentence does not name {name}: {text}"
    assert len(text) < 400, f"the sentence is {len(text)} characters long"
    return False
