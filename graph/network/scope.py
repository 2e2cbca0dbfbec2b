"""What formulas inside a network may speak of, and the layers that they make.

In the network itself these are the channels that come in; inside a block also its parameters. The
same rules run on plain numbers (analysis) and on traced ones (the exported class).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from functools import lru_cache
from typing import Any

from graph.calls.call import Shape
from graph.layers.base.layer import Layer, Port
from graph.network.network import Node
from graph.values.declaration import FieldError, FieldKind, FieldSpec, fields_of
from graph.values.dims import Dim, Named, joined_named
from graph.values.formula import FormulaError, evaluate
from graph.values.message import say

IN_CHANNELS = "in_channels"
NODE_WORDS = (IN_CHANNELS, "in_height", "in_width")
"""What a formula may say of the node's own first input."""
CHAIN_WORDS = ("index", "count")
"""What one inside a block may say of its place in a chain: index from 0, of count."""


def size_words(name: str) -> tuple[str, ...]:
    """What one inside a block calls channels, height and width of its input of this name."""
    return tuple(f"{name}_{axis}" for axis in ("channels", "height", "width"))


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a network stands: the values of a block's parameters, and the shapes on its inputs by
    the ids of its Input nodes."""

    values: Mapping[str, Any] = default(default_factory=dict)
    inputs: Mapping[str, Shape] = default(default_factory=dict)
    inside: bool = False
    """Whether the network is that of a block."""


MAIN = Scope()


@dataclass(frozen=True, slots=True)
class Resolved:
    """A layer with its formulas evaluated. ``named`` are traced values that are no integers: the
    layer holds them plain, its call writes them traced."""

    layer: Layer
    named: Mapping[str, Named] = default(default_factory=dict)


def words(scope: Scope, shapes: Sequence[Shape]) -> dict[str, Any]:
    """The names that a formula of a node may use, with their values: those of the scope, and from
    the first of the input ``shapes`` its channels, and of an image C×H×W height and width."""
    found = dict(scope.values)
    if shapes:
        found[IN_CHANNELS] = shapes[0][0]
        if len(shapes[0]) == 3:
            found["in_height"], found["in_width"] = shapes[0][1:]
    return found


def resolve(node: Node, scope: Scope, shapes: Sequence[Shape]) -> Resolved:
    """The node's layer where its inputs have ``shapes``. Raises FieldError naming the field."""
    if not node.formulas:
        return Resolved(node.layer)
    specs = fields_of(type(node.layer))
    known = words(scope, shapes)
    values: dict[str, Any] = {}
    named: dict[str, Named] = {}
    for name, text in node.formulas.items():
        if name not in specs:
            continue
        try:
            value = _fitted(specs[name], evaluate(text, known))
        except FormulaError as error:
            raise FieldError(error.message, name, text) from error
        if isinstance(value, tuple) and any(isinstance(item, Named) for item in value):
            value = joined_named(value)
        if isinstance(value, Named):
            named[name] = value
            value = _listed(specs[name], value.value)
        values[name] = value
    try:
        plain = not named and node.layer.lasting and _plain(values)
        layer = (remembered_layers if plain else _changed)(node.layer, tuple(values.items()))
        if _ports(layer) != _ports(node.layer):
            field = next(iter(values))
            message = say("{field}: a formula cannot change the number of wires", field=field)
            raise FieldError(message, field, values[field])
        return Resolved(layer, named)
    except FieldError as error:
        formula = node.formulas.get(error.field, "")
        message = say("{reason} (its formula is {formula})", reason=error.message, formula=formula)
        raise FieldError(message, error.field, error.value) from error


def _changed(layer: Layer, values: tuple[tuple[str, Any], ...]) -> Layer:
    return layer.changed(**dict(values))


remembered_layers = lru_cache(maxsize=1024)(_changed)
"""The nodes of a repeated block get the same values again and again."""


def _plain(values: Mapping[str, Any]) -> bool:
    """Whether the values may be remembered: True equals 1, and traced values equal plain ones."""
    return all(
        type(value) is int
        or type(value) is str
        or (type(value) is tuple and all(type(item) is int for item in value))
        for value in values.values()
    )


def _ports(layer: Layer) -> tuple[tuple[Port, ...], tuple[Port, ...]]:
    return layer.input_ports(), layer.output_ports()


def _fitted(spec: FieldSpec, value: Any) -> Any:
    """The value as the field holds it: 3 for a pair is 3×3, a float without a rest an integer."""
    if spec.kind is FieldKind.INTEGER or (spec.many and spec.kind is not FieldKind.REALS):
        if isinstance(value, Named) and isinstance(value.value, float):
            if value.value.is_integer():
                value = Dim(int(value.value), f"int({value.expression})", names=value.names)
        elif isinstance(value, float) and value.is_integer():
            value = int(value)
        elif isinstance(value, tuple):
            value = tuple(_fitted(FieldSpec("", FieldKind.INTEGER, 0), item) for item in value)
    value = _listed(spec, value)
    if spec.many and isinstance(value, int) and not isinstance(value, bool):
        return (value,) * spec.lengths[0]
    return value


def _listed(spec: FieldSpec, value: Any) -> Any:
    """One number for a list of numbers is a list of one."""
    single = isinstance(value, (int, float)) and not isinstance(value, bool)
    return (float(value),) if spec.kind is FieldKind.REALS and single else value
