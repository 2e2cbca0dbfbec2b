"""Dimensions by number, as torch counts them: 0 is the batch, −1 is the last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph.calls.call import Shape
from graph.layers.base.layer import FaultKind, Problem, dims
from graph.layers.base.reach import SAME, WHOLE, Axis
from graph.values.message import say


def position(dim: int, rank: int) -> int | None:
    """Where dimension ``dim`` stands in a shape of ``rank`` sizes without the batch, from 0; None
    for the batch and for a dimension that the shape does not have."""
    found = dim - 1 if dim >= 0 else dim + rank
    return found if 0 <= found < rank else None


def no_dimension(shape: Shape, field: str, dim: int, *, more: int = 0) -> Iterator[Problem]:
    """Yield the problem unless ``dim`` is a dimension of ``shape``, or of a shape with so many
    ``more`` sizes. ``field`` is the setting to blame."""
    rank = len(shape) + more
    if position(dim, rank) is None:
        yield Problem(
            FaultKind.DIMENSION,
            say("the input {input} has no such dimension", input=dims(shape)),
            say("Use 1 to {most}, or −{most} to −1; 0 is the batch, which stays", most=rank),
            field=field,
            value=str(dim),
            changes={field: rank} if field.startswith("dim") and field != "dims" else {},
        )


def moved(shape: Shape, order: Sequence[int]) -> tuple[Axis, ...]:
    """The reach of a layer that puts size ``order[i]`` of ``shape`` in place i, both from 0.

    An axis that stays in its place keeps its cells; one that moves is taken for seen whole.
    """
    return tuple(SAME if order[axis] == axis else WHOLE for axis in range(1, len(shape)))


def whole(shape: Shape) -> tuple[Axis, ...]:
    """The reach of a layer that mixes all axes of ``shape``: one rule for each but the first."""
    return (WHOLE,) * (len(shape) - 1)
