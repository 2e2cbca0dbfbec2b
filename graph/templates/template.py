"""A template and the small helper that its code is written with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from graph.edits import AddNode, Batch, Connect, Edit
from graph.layer import Layer, Shape
from graph.layers import Input, Output
from graph.message import Message
from graph.network import Network, Node, Wire
from graph.project import Project


@dataclass(frozen=True, slots=True)
class Template:
    """An architecture to start from. ``name`` is its name on the command line."""

    name: str
    title: str
    year: int
    note: Message
    category: str
    network: Callable[[], Network]

    def build(self) -> Project:
        """A new project with this network."""
        return Project(self.title, self.network())


class Builder:
    """Writes a network layer by layer: each call adds a node behind the last one."""

    def __init__(self, shape: Shape) -> None:
        self._edits: list[Edit] = []
        self._names: set[str] = set()
        self._wires = 0
        self.last = self.put(Input(shape=shape), name="input")

    def put(self, layer: Layer, *sources: str, name: str = "") -> str:
        """Add a node fed by ``sources`` (node ids); return its id."""
        node = f"n{len(self._names) + 1}"
        if not name:
            number = 1
            while (name := f"{layer.base_name()}{number}") in self._names:
                number += 1
        self._names.add(name)
        position = (0.0, 80.0 * (len(self._names) - 1))
        self._edits.append(AddNode(Node(node, name, layer, position)))
        for source in sources:
            self._wires += 1
            port = layer.input_ports()[0].name
            self._edits.append(Connect(Wire(f"w{self._wires}", source, "output", node, port)))
        self.last = node
        return node

    def then(self, *layers: Layer) -> str:
        """Add layers in a chain behind the last node; return the last one's id."""
        for layer in layers:
            self.put(layer, self.last)
        return self.last

    def finish(self) -> Network:
        """Add the output and return the network."""
        self.put(Output(), self.last, name="output")
        network = Network()
        network.do(Batch(tuple(self._edits)))
        return network
