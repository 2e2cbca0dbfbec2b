"""Writes networks and blocks in code: each call adds a node behind the last one.

    draw = Sketch.of_block(library, "Pair", "Two convolutions.", whole("channels", 64))
    draw.input("input", (64, 56, 56))
    draw.put(Conv2d(padding=(1, 1)), draw.last, out_channels="channels")

Keyword arguments of ``put`` are formulas of the layer's fields (graph.values.formula).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Protocol

from graph.blocks.block import Block
from graph.blocks.block_use import use_type
from graph.blocks.library import Library, library_of
from graph.blocks.library_edits import DefineBlock
from graph.blocks.parameter import Parameter
from graph.calls.call import Shape
from graph.layers.base.layer import Layer
from graph.layers.io import Input, Output
from graph.network.edits import AddNode, Connect
from graph.network.network import Network, Node, Wire
from graph.values.declaration import FieldKind, fields_of

STEP = 80.0
"""How far the nodes stand from each other until they are laid out."""

Feed = str | tuple[str, int]
"""A node, or a node and the number of its output."""


def whole(
    name: str,
    value: int,
    help: str = "",
    *,
    least: int = 1,
    most: int = 65536,
    first_only: bool = False,
    required: bool = False,
) -> Parameter:
    """A whole number as a block's parameter."""
    return Parameter(
        name,
        FieldKind.INTEGER,
        value,
        least,
        most,
        help=help,
        first_only=first_only,
        required=required,
    )


def number(
    name: str, value: float, least: float, most: float, help: str = "", *, required: bool = False
) -> Parameter:
    """A number as a block's parameter."""
    return Parameter(name, FieldKind.REAL, value, least, most, help=help, required=required)


def switch(name: str, value: bool, help: str = "") -> Parameter:
    """On or off as a block's parameter."""
    return Parameter(name, FieldKind.FLAG, value, help=help)


def word(name: str, value: str, words: tuple[str, ...], help: str = "") -> Parameter:
    """One of a few words as a block's parameter."""
    return Parameter(name, FieldKind.CHOICE, value, words=words, help=help)


class Drawable(Protocol):
    """A block that can be drawn into a project that needs it: a ready one (graph.ready)."""

    @property
    def name(self) -> str:
        """What the block is called, so that it is drawn once."""
        ...

    @property
    def make(self) -> Callable[[Library], Block]:
        """Defines the block, with all that it uses."""
        ...


_NONE: Mapping[str, Drawable] = MappingProxyType({})


class Sketch:
    """A network being written. ``last`` is the node that was added last; ``ready`` are blocks that
    may be used by their names, as those of the project."""

    def __init__(
        self,
        network: Network | None = None,
        *,
        ready: Mapping[str, Drawable] = _NONE,
    ) -> None:
        self.network = network or Network()
        self.library: Library = library_of(self.network)
        self.last = ""
        self._ready = ready
        self._block: Block | None = None

    @classmethod
    def of_block(cls, library: Library, name: str, summary: str, *parameters: Parameter) -> Sketch:
        """The inside of a new block; ``define`` takes it into the library."""
        block = Block(name, parameters, summary, Network(library))
        sketch = cls(block.network)
        sketch._block = block
        return sketch

    def input(self, name: str, shape: Shape) -> str:
        """Add an Input of this ``shape`` (C×H×W, or features); return its id."""
        return self.put(Input(shape=shape), name=name)

    def put(self, layer: Layer, *sources: Feed, name: str = "", **formulas: str) -> str:
        """Add a node fed by ``sources``, port by port; return its id."""
        network = self.network
        node = f"n{len(network.nodes) + 1}"
        name = name or network.free_name(layer.base_name())
        position = (0.0, STEP * len(network.nodes))
        network.do(AddNode(Node(node, name, layer, position, formulas)))
        ports = layer.input_ports()
        for number_, source in enumerate(sources):
            start, output = source if isinstance(source, tuple) else (source, 0)
            outputs = network.nodes[start].layer.output_ports()
            port = ports[min(number_, len(ports) - 1)]
            wire = f"w{len(network.wires) + 1}"
            network.do(Connect(Wire(wire, start, outputs[output].name, node, port.name)))
        self.last = node
        return node

    def then(self, *layers: Layer) -> str:
        """Add layers in a chain behind the last node; return the last one's id."""
        for layer in layers:
            self.put(layer, self.last)
        return self.last

    def use(self, block: str | Drawable, *sources: Feed, name: str = "", **values: Any) -> str:
        """Add a use of a block, of this project or a ready one, behind ``sources`` or the last
        node; texts among the values are formulas. Return the node's id."""
        kind = use_type(self.need(block))
        specs = fields_of(kind)
        formulas = {
            key: value
            for key, value in values.items()
            if isinstance(value, str) and value not in specs[key].words
        }
        plain = {key: value for key, value in values.items() if key not in formulas}
        return self.put(kind.make(plain), *(sources or (self.last,)), name=name, **formulas)

    def need(self, block: str | Drawable) -> Block:
        """The block of that name; a ready one is defined with all that it uses.

        Raises KeyError for a name that is neither.
        """
        name = block if isinstance(block, str) else block.name
        if name in self.library.blocks:
            return self.library.blocks[name]
        return (self._ready[block] if isinstance(block, str) else block).make(self.library)

    def output(self, source: Feed | None = None, name: str = "output", **settings: Any) -> str:
        """Add an Output behind a node, or the last one; return its id."""
        return self.put(Output.make(settings), source or self.last, name=name)

    def define(self) -> Block:
        """Take the block into its library and return it."""
        assert self._block is not None
        self.library.main.do(DefineBlock(self._block))
        return self._block
