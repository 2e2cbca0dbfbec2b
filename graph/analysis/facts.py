"""What is known about one node: shapes, cost and receptive field, from its inputs' facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from graph.layer import (
    MAX_ELEMENTS,
    MAX_PARAMETERS,
    FaultKind,
    Layer,
    Problem,
    Shape,
    dims,
)
from graph.layers.io import Input
from graph.message import say
from graph.reach import FIRST, SAME, AxisField, Strands, axis_field, unite


@dataclass(frozen=True, slots=True)
class Facts:
    """Figures of one node for one image.

    ``inputs`` and ``outputs`` are shapes per wire and per port, None where unknown. ``assumed``
    marks outputs that are a likely guess behind a fault. ``memory`` is the bytes of the outputs in
    float32. ``strands`` is the receptive field in the form that composes.
    """

    inputs: tuple[Shape | None, ...]
    outputs: tuple[Shape | None, ...]
    assumed: bool
    parameters: int
    macs: int
    memory: int
    strands: tuple[Strands, ...]
    problems: tuple[Problem, ...]

    @property
    def output(self) -> Shape | None:
        """The first output, or the input where there is none (an output node)."""
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


Source = tuple[Shape | None, bool, tuple[Strands, ...]]
"""What a wire carries: shape, whether it is assumed, and the strands."""


def compute(layer: Layer, sources: Sequence[Source], complete: bool) -> Facts:
    """The facts of a node whose wires carry ``sources``; ``complete`` if no port is empty."""
    shapes = tuple(shape for shape, _, _ in sources)
    known = tuple(shape for shape in shapes if shape is not None)
    ports = len(layer.output_ports())
    if not complete or len(known) < len(shapes):
        return Facts(shapes, (None,) * ports, True, 0, 0, 0, (), ())
    problems = tuple(layer.problems(known))
    assumed = any(guess for _, guess, _ in sources)
    strands = forward(layer, known, [s for _, _, s in sources])
    if any(not problem.warning for problem in problems):
        likely = layer.assumed(known)
        kept = strands if likely is not None and len(likely) == len(known[0]) else ()
        return Facts(shapes, (likely,) * ports, True, 0, 0, 0, kept, problems)
    outputs = layer.shapes(known)
    parameters, macs = layer.parameters(known), layer.macs(known)
    elements = sum(prod(shape) for shape in outputs)
    absurd = too_large(layer, parameters, elements)
    if absurd:
        return Facts(shapes, outputs, assumed, parameters, macs, 0, strands, (*problems, absurd))
    return Facts(shapes, outputs, assumed, parameters, macs, 4 * elements, strands, problems)


def too_large(layer: Layer, parameters: int, elements: int) -> Problem | None:
    """Refuse by arithmetic what would not fit in any memory."""
    if parameters > MAX_PARAMETERS:
        found, limit = parameters, MAX_PARAMETERS
        what = say("{n} parameters are more than {most}", n=found, most=limit)
    elif elements > MAX_ELEMENTS:
        found, limit = elements, MAX_ELEMENTS
        what = say("{n} values for one image are more than {most}", n=found, most=limit)
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
    layer: Layer, shapes: Sequence[Shape], strands: Sequence[tuple[Strands, ...]]
) -> tuple[Strands, ...]:
    """The strands of a node's output, one entry per image axis."""
    if isinstance(layer, Input):
        return ((FIRST,),) * (len(layer.shape) - 1)
    joined: dict[int, Strands] = {}
    for index, shape in enumerate(shapes):
        try:
            axes = layer.reach(shapes, index)
        except (IndexError, ValueError, ZeroDivisionError):
            return ()  # settings that are a fault already
        image = strands[index]
        if len(image) > len(axes) and len(shape) == len(image) + 1:
            return ()  # an input of the wrong rank, a fault already
        if len(shapes) == 1 and all(axis is SAME for axis in axes):
            return image
        for axis, own in enumerate(image):
            on_map = len(shape) == len(image) + 1
            rule = axes[axis] if on_map else SAME
            length = shape[axis + 1] if on_map else 1
            mine = tuple(rule.forward(strand, length) for strand in own)
            joined[axis] = unite((*joined.get(axis, ()), *mine))
    return tuple(joined[axis] for axis in sorted(joined))
