"""A template and the small helper that its code is written with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from graph.analysis.analysis import Analysis
from graph.calls.call import Shape
from graph.document.project import Project
from graph.layers.base.layer import Layer, dims
from graph.layers.io import Input, Output
from graph.network.edits import AddNode, Batch, Connect
from graph.network.network import Edit, Network, Node, Wire
from graph.templates.notes.literature import Literature
from graph.values.message import Message, UserError, say, say_count

MOST_PIXELS = 8192
MOST_CLASSES = 65536


@dataclass(frozen=True, slots=True)
class TemplateSize:
    """What a template is built for: input channels×height×width and the number of classes.

    ``small`` asks for the stem for small images: a 3×3 convolution of stride 1 and no pooling
    before the first stage.
    """

    shape: Shape
    classes: int
    small: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """An architecture to start from. ``name`` is its name on the command line.

    ``shape`` and ``classes`` are the original ones; ``least`` is the smallest height and width
    that it can be fitted to with its original stem.
    """

    name: str
    title: str
    year: int
    note: Message
    category: str
    network: Callable[[TemplateSize], Network]
    shape: Shape
    classes: int
    has_small: bool = False
    least: int = 1
    literature: Literature | None = None

    def build(
        self, shape: Shape | None = None, classes: int | None = None, small: bool = False
    ) -> Project:
        """A new project with this network, fitted to an input ``shape`` C×H×W and a number of
        ``classes``, the original ones where they are not given.

        Raises UserError with one sentence if it cannot be fitted.
        """
        fit = TemplateSize(shape or self.shape, self.classes if classes is None else classes, small)
        if fit == TemplateSize(self.shape, self.classes):
            return Project(self.title, self.network(fit), template=self.name)
        refused = self._refusal(fit)
        if refused:
            raise UserError(refused)
        network = self.network(fit)
        errors = Analysis(network).errors()
        if errors:
            raise UserError(
                say(
                    "{title} cannot be fitted to the input {shape}: {fault}, {why}",
                    title=self.title,
                    shape=dims(fit.shape),
                    fault=errors[0].title(),
                    why=errors[0].why,
                )
            )
        return Project(self.title, network, template=self.name)

    def _refusal(self, fit: TemplateSize) -> Message | None:
        """Why it cannot be built for this, as far as that shows beforehand."""
        if len(fit.shape) != 3 or not all(1 <= size <= MOST_PIXELS for size in fit.shape):
            return say(
                "{title} takes images, so its input {shape} must be three whole numbers from 1 "
                "to {most}: channels, height, width",
                title=self.title,
                shape=dims(fit.shape),
                most=MOST_PIXELS,
            )
        if not 1 <= fit.classes <= MOST_CLASSES:
            return say_count(
                "{title} cannot tell {n} class apart: give a number from 1 to {most}",
                "{title} cannot tell {n} classes apart: give a number from 1 to {most}",
                fit.classes,
                title=self.title,
                most=MOST_CLASSES,
            )
        if fit.small and not self.has_small:
            return say(
                "{title} has no variant for small images: build it without that", title=self.title
            )
        if not fit.small and min(fit.shape[1:]) < self.least:
            return self._too_small(fit)
        return None

    def _too_small(self, fit: TemplateSize) -> Message:
        sizes: dict[str, str | int] = {
            "title": self.title,
            "height": fit.shape[1],
            "width": fit.shape[2],
            "least": self.least,
        }
        if self.has_small:
            return say(
                "{title} shrinks images too often for {height}×{width}: give it at least "
                "{least}×{least}, or take its variant for small images",
                **sizes,
            )
        return say(
            "{title} shrinks images too often for {height}×{width}: give it at least "
            "{least}×{least}",
            **sizes,
        )


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
