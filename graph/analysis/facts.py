"""What is known about one node: shapes, cost and receptive field, from its inputs' facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as default
from functools import lru_cache
from math import prod

from graph.calls.call import Shape
from graph.layers.base.layer import MAX_ELEMENTS, MAX_PARAMETERS, FaultKind, Layer, Problem, dims
from graph.layers.base.reach import FIRST, AxisField, Strands, axis_field, unite
from graph.layers.io import Input, Output
from graph.network.network import Network
from graph.network.scope import MAIN, Scope, resolve
from graph.values.declaration import FieldError, show
from graph.values.dims import Dim, Named, plain
from graph.values.message import say, say_count


@dataclass(frozen=True, slots=True)
class Facts:
    """Figures of one node for one image.

    ``inputs`` and ``outputs`` are shapes per wire and per port, None where unknown. ``assumed``
    marks outputs that are a likely guess behind a fault. ``memory`` is the bytes of the outputs in
    float32, inner ones included. ``strands`` is the receptive field of the first output in the
    form that composes, ``further`` that of the others where they differ. ``layer`` has its formulas
    evaluated; ``named`` are values of it that are traced (graph.network.scope).
    """

    layer: Layer
    inputs: tuple[Shape | None, ...]
    outputs: tuple[Shape | None, ...]
    assumed: bool
    parameters: int
    macs: int
    memory: int
    strands: tuple[Strands, ...]
    problems: tuple[Problem, ...]
    further: tuple[tuple[Strands, ...], ...] = ()
    layers: int = 1
    named: Mapping[str, Named] = default(default_factory=dict)

    def strands_of(self, output: int) -> tuple[Strands, ...]:
        """The strands of the output with this number, one entry per image axis."""
        return self.further[output - 1] if output and self.further else self.strands

    @property
    def output(self) -> Shape | None:
        """The shape of the first output, or of the input where there is none (an output node);
        None where it is unknown."""
        if self.outputs:
            return self.outputs[0]
        return self.inputs[0] if self.inputs else None

    def known_inputs(self) -> tuple[Shape, ...] | None:
        """All input shapes, or None if one is unknown."""
        known = tuple(shape for shape in self.inputs if shape is not None)
        return known if len(known) == len(self.inputs) else None

    def receptive_field(self) -> tuple[AxisField, ...]:
        """Size, jump and offset along height and width; empty where unknown."""
        shape = self.output
        if shape is None:
            return ()
        sizes = shape[1:] if len(shape) == len(self.strands) + 1 else (1,) * len(self.strands)
        return tuple(
            axis_field(strands, size) for strands, size in zip(self.strands, sizes, strict=True)
        )


Carried = tuple[Shape | None, bool, tuple[Strands, ...]]
"""What a wire carries: shape, whether it is assumed, and the strands."""


def node_facts(
    network: Network, node: str, known: Mapping[str, Facts], scope: Scope = MAIN
) -> Facts:
    """The facts of a node, from those of the nodes before it."""
    placed = network.nodes[node]
    layer = placed.layer
    if isinstance(layer, Input) and node in scope.inputs:
        return _entrance(layer, scope.inputs[node])
    sources = [
        wire_source(network, known, wire.source, wire.output) for wire in network.inputs(node)
    ]
    complete = not network.empty_ports(node)
    named: Mapping[str, Named] = {}
    if placed.formulas:
        shapes = [shape for shape, _, _ in sources if shape is not None]
        if len(shapes) < len(sources):
            return unknown(layer, tuple(shape for shape, _, _ in sources))
        try:
            found = resolve(placed, scope, shapes)
        except FieldError as error:
            problem = Problem(
                FaultKind.FORMULA,
                error.message,
                say("Change the formula, or what it speaks of"),
                field=error.field,
                value=show(placed.formulas.get(error.field, "")),
            )
            return unknown(layer, tuple(shapes), problem)
        layer, named = found.layer, found.named
    facts = compute(layer, sources, complete, named)
    if scope.inside and isinstance(layer, Output):
        # A port of a block: no loss compares it, and it is no layer of the network.
        return replace(facts, problems=(), layers=0)
    return facts


def wire_source(network: Network, known: Mapping[str, Facts], node: str, port: str) -> Carried:
    """What a wire from this port carries."""
    facts = known[node]
    ports = network.nodes[node].layer.output_ports()
    for place, (shape, found) in enumerate(zip(facts.outputs, ports, strict=True)):
        if found.name == port:
            return shape, facts.assumed, facts.strands_of(place)
    return None, True, ()


def _entrance(layer: Input, shape: Shape) -> Facts:
    """An Input of a block: what comes in there stands in its settings' place."""
    strands = ((FIRST,),) * (len(shape) - 1)
    return Facts(layer, (), (shape,), False, 0, 0, 0, strands, (), layers=0)


def unknown(layer: Layer, inputs: tuple[Shape | None, ...], *problems: Problem) -> Facts:
    """The facts of a node whose outputs cannot be told; ``inputs`` are the shapes that come in, as
    far as they are known."""
    return Facts(layer, inputs, (None,) * len(layer.output_ports()), True, 0, 0, 0, (), problems)


def compute(
    layer: Layer,
    sources: Sequence[Carried],
    complete: bool,
    named: Mapping[str, Named] | None = None,
) -> Facts:
    """The facts of a node whose wires carry ``sources``; ``complete`` if no port is empty."""
    shapes = tuple(shape for shape, _, _ in sources)
    known = tuple(shape for shape in shapes if shape is not None)
    ports = len(layer.output_ports())
    if not complete or len(known) < len(shapes):
        return unknown(layer, shapes)
    figures = remembered_figures(layer, known) if _lasting(layer, known) else _figures(layer, known)
    problems = figures.problems
    assumed = any(guess for _, guess, _ in sources)
    all_strands = [s for _, _, s in sources]
    strands = forward(layer, known, all_strands)
    if figures.outputs is None:
        likely = figures.likely
        kept = strands if likely is not None and len(likely) == len(known[0]) else ()
        return Facts(layer, shapes, (likely,) * ports, True, 0, 0, 0, kept, problems)
    further: tuple[tuple[Strands, ...], ...] = ()
    if layer.outputs_differ:
        further = tuple(forward(layer, known, all_strands, n) for n in range(1, ports))
    return Facts(
        layer,
        shapes,
        figures.outputs,
        assumed,
        figures.parameters,
        figures.macs,
        4 * figures.elements,
        strands,
        problems,
        further,
        figures.layers,
        named or {},
    )


@dataclass(frozen=True, slots=True)
class _Figures:
    """What a layer says of inputs of certain shapes. ``outputs`` is None where a problem leaves
    none; ``likely`` is then a guess."""

    problems: tuple[Problem, ...]
    outputs: tuple[Shape, ...] | None
    likely: Shape | None = None
    parameters: int = 0
    macs: int = 0
    elements: int = 0
    layers: int = 1


def _figures(layer: Layer, known: tuple[Shape, ...]) -> _Figures:
    problems = tuple(layer.problems(known))
    if any(not problem.warning for problem in problems):
        return _Figures(problems, None, layer.assumed(known))
    outputs = layer.shapes(known)
    plainly = type(layer).elements is Layer.elements
    elements = sum(map(prod, outputs)) if plainly else layer.elements(known)
    parameters = layer.parameters(known)
    absurd = too_large(layer, parameters, elements)
    if absurd:
        problems, elements = (*problems, absurd), 0
    macs = plain(layer.macs(known))
    return _Figures(problems, outputs, None, plain(parameters), macs, elements, layer.layers(known))


remembered_figures = lru_cache(maxsize=4096)(_figures)
"""Networks repeat themselves: equal layers on equal shapes have equal figures."""


def _lasting(layer: Layer, known: tuple[Shape, ...]) -> bool:
    """Whether the figures may be remembered. Traced values equal plain ones, but say more."""
    if not layer.lasting:
        return False
    for shape in known:
        for size in shape:
            if type(size) is not int:
                return False
    for value in layer.__dict__.values():  # not values(): this runs for every node
        kind = type(value)
        if kind in _TRACED or (kind is tuple and not _TRACED.isdisjoint(map(type, value))):
            return False
    return True


_TRACED = frozenset((Dim, Named))


def too_large(layer: Layer, parameters: int, elements: int) -> Problem | None:
    """Refuse by arithmetic what would not fit in any memory."""
    if parameters > MAX_PARAMETERS:
        found, limit = parameters, MAX_PARAMETERS
        what = say_count(
            "{n} parameter is more than {most}",
            "{n} parameters are more than {most}",
            found,
            most=limit,
        )
    elif elements > MAX_ELEMENTS:
        found, limit = elements, MAX_ELEMENTS
        what = say_count(
            "{n} value for one image is more than {most}",
            "{n} values for one image are more than {most}",
            found,
            most=limit,
        )
    else:
        return None
    fields = type(layer).model_fields
    field = next((f for f in ("out_channels", "out_features", "shape") if f in fields), None)
    return Problem(
        FaultKind.TOO_LARGE,
        what,
        say("Use fewer channels or features, or a smaller input"),
        field=field,
        value=dims(value)
        if isinstance(value := getattr(layer, field or "", ""), tuple)
        else str(value),
    )


def forward(
    layer: Layer,
    shapes: Sequence[Shape],
    strands: Sequence[tuple[Strands, ...]],
    output: int = 0,
) -> tuple[Strands, ...]:
    """The strands of a node's output, one entry per image axis, for inputs of these ``shapes``
    that bring these ``strands``; empty where the layer cannot have them."""
    if isinstance(layer, Input):
        return ((FIRST,),) * (len(layer.shape) - 1)
    joined: dict[int, Strands] = {}
    for index in range(len(shapes)):
        try:
            mine = layer.strands(shapes, index, output, strands[index])
        except (IndexError, ValueError, ZeroDivisionError):
            return ()  # settings that are a fault already
        if mine is None:
            return ()
        if len(shapes) == 1 and mine is strands[index]:
            return mine
        for axis, own in enumerate(mine):
            joined[axis] = unite((*joined.get(axis, ()), *own))
    return tuple(joined[axis] for axis in sorted(joined))
