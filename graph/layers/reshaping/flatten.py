"""Joining dimensions into one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from graph.calls.call import Call, Shape
from graph.layers.base.layer import Category, Explanation, FaultKind, Layer, Problem, dims
from graph.layers.base.reach import WHOLE, Axis
from graph.layers.base.registration import register
from graph.values.fields import integer
from graph.values.message import say


@register
class Flatten(Layer):
    """Joins dimensions into one: an image becomes a vector."""

    category = Category.RESHAPE
    summary = "Joins dimensions into one: an image becomes a vector."
    search = ("vector", "reshape")
    passes_input = True

    start_dim: int = integer(1, 1, 3, "First dimension to join; 0 is the batch and stays.")
    end_dim: int = integer(-1, -3, 3, "Last dimension to join; −1 is the last one.")

    def _end(self, shape: Shape) -> int:
        return self.end_dim if self.end_dim >= 0 else self.end_dim + len(shape) + 1

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        for field, place in (("start_dim", self.start_dim), ("end_dim", self._end(shape))):
            if not 1 <= place <= len(shape):
                yield Problem(
                    FaultKind.DIMENSION,
                    say("the input {input} has no such dimension", input=dims(shape)),
                    say("Use 1 to {most}", most=len(shape)),
                    field=field,
                    value=str(getattr(self, field)),
                    changes={"start_dim": 1, "end_dim": -1},
                )
                return
        if self.start_dim > self._end(shape):
            yield Problem(
                FaultKind.DIMENSION,
                say("lies after end_dim {end}", end=self.end_dim),
                say("Use start_dim 1 and end_dim −1 to join all"),
                field="start_dim",
                value=str(self.start_dim),
                changes={"start_dim": 1, "end_dim": -1},
            )

    def assumed(self, inputs: Sequence[Shape]) -> Shape | None:
        return (prod(inputs[0]),)

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        shape = inputs[0]
        first, last = self.start_dim - 1, self._end(shape)
        return ((*shape[:first], prod(shape[first:last]), *shape[last:]),)

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        return (WHOLE,) * (len(inputs[index]) - 1)

    def call(self, inputs: Sequence[Shape]) -> Call:
        return Call(
            "nn.Flatten",
            {"start_dim": self.start_dim, "end_dim": self.end_dim},
            defaults={"start_dim": 1, "end_dim": -1},
        )

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        yield Explanation(
            say("Features"),
            "C · H · W",
            " · ".join(str(size) for size in inputs[0]),
            dims(self.shapes(inputs)[0]),
        )
