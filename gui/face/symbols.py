"""The formulas of a node as its face and tooltip say them: ``→channels * 4``, ``s=stride``."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from graph.blocks.block_use import BlockUse
from graph.layers.base.layer import Layer
from graph.layers.io import Input
from graph.network.network import Network, Node
from graph.values.declaration import FieldError, fields_of, show

MAIN = ("out_channels", "out_features", "num_features", "hidden_channels")
"""Fields that say what comes out: written behind an arrow."""
BRIEF = {"kernel_size": "k", "stride": "s", "padding": "p", "dilation": "d", "groups": "g"}
SILENT = {*MAIN, "stride", "padding", "dilation", "groups", "bias"}
"""Fields of whose defaults the face says nothing."""
BESIDE = 15
"""So many characters of a formula leave room for settings at its left."""


@dataclass(frozen=True, slots=True)
class Symbols:
    """What stands on a face in the place of numbers: its row, and the line below if that is
    needed, too."""

    left: str
    right: str
    below: str = ""

    def line(self) -> str:
        """All in one line."""
        return " ".join(part for part in (self.left, self.below, self.right) if part)


def formula_lines(node: Node, layer: Layer) -> tuple[str, ...]:
    """Each formula with its value here: ``out_channels: channels * 4 = 256``."""
    values = layer.values()
    return tuple(
        f"{field}: {node.formulas[field]} = {show(values[field])}"
        for field in fields_of(type(layer))
        if field in node.formulas
    )


def symbols_of(network: Network, node: Node, layer: Layer) -> Symbols:
    """The formulas of a node for its face; empty if it has none. ``layer`` has their values."""
    if isinstance(layer, Input):
        return _words(network, node, layer)
    formulas = {f: node.formulas[f] for f in fields_of(type(layer)) if f in node.formulas}
    if not formulas:
        return Symbols("", "")
    if isinstance(layer, BlockUse):
        return _of_use(layer, formulas)
    main = next((field for field in MAIN if field in formulas), None)
    arrow = f"→{formulas[main]}" if main is not None else ""
    others = " ".join(
        f"{BRIEF.get(field, field)}={_brief(text)}"
        for field, text in formulas.items()
        if field != main
    )
    plain = _plain_settings(layer, formulas)
    if not arrow:
        return Symbols(others, "", plain)
    if len(arrow) <= BESIDE:
        return Symbols(plain, arrow, others)
    return Symbols(arrow, "", " ".join(part for part in (plain, others) if part))


def _plain_settings(layer: Layer, formulas: dict[str, str]) -> str:
    """What the face says at the left of the settings that are no formulas."""
    if formulas.keys() - SILENT:
        return ""
    specs = fields_of(type(layer))
    for field in formulas:
        with suppress(FieldError):
            layer = layer.changed(**{field: specs[field].default})
    return layer.face(())[0]


def _of_use(layer: BlockUse, formulas: dict[str, str]) -> Symbols:
    """The parameters of a block: those that every use names without their names."""
    bare = {parameter.name for parameter in layer.block.parameters if parameter.required}
    parts = [
        text if field in bare else f"{BRIEF.get(field, field)}={_brief(text)}"
        for field, text in formulas.items()
    ]
    return Symbols(" ".join(parts), "")


def _brief(text: str) -> str:
    """``height×width`` for the pair ``(height, width)``."""
    inner = text.strip()[1:-1]
    if text.strip() == f"({inner})" and not set("()") & set(inner):
        return "×".join(part.strip() for part in inner.split(","))
    return text


def _words(network: Network, node: Node, layer: Input) -> Symbols:
    """How formulas call the sizes of a block's input."""
    if network.owner is None:
        return Symbols("", "")
    if len(layer.shape) != 3:
        return Symbols(f"{node.name}_channels", "")
    return Symbols(f"{node.name}_channels", "", f"{node.name}_height, _width")
