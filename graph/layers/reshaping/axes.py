"""Layers that reorder axes, or take the mean along some of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from graph.calls.call import Apply, Shape
from graph.layers.base.axis_number import moved, no_dimension, position, whole
from graph.layers.base.layer import Category, Explanation, FaultKind, Layer, Problem, dims
from graph.layers.base.reach import SAME, WHOLE, Axis
from graph.values.declaration import show
from graph.values.fields import flag, integer, integers
from graph.values.message import say


class Permute(Layer):
    """Puts the dimensions in another order; the batch stays first."""

    category = Category.RESHAPE
    summary = "Puts the dimensions in another order: channels last, for one."
    search = ("reorder", "axes", "channels last", "transpose")
    passes_input = True

    dims: tuple[int, ...] = integers(
        (2, 3, 1), -4, 4, "The input's dimensions in their new order, without the batch.", most=4
    )

    def _order(self, shape: Shape) -> list[int]:
        return [position(dim, len(shape)) or 0 for dim in self.dims]

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        rank = len(shape)
        found = [position(dim, rank) for dim in self.dims]
        if None in found or sorted(self._order(shape)) != list(range(rank)):
            yield Problem(
                FaultKind.DIMENSION,
                say(
                    "must name each of the {n} dimensions of {input} once",
                    n=rank,
                    input=dims(shape),
                ),
                say("Use the numbers 1 to {n} in their new order", n=rank),
                field="dims",
                value=show(self.dims),
                changes={"dims": tuple(range(1, rank + 1))},
            )

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        return (tuple(inputs[0][place] for place in self._order(inputs[0])),)

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        return moved(inputs[0], self._order(inputs[0]))

    def call(self, inputs: Sequence[Shape]) -> Apply:
        return Apply("torch.permute", {"dims": (0, *(p + 1 for p in self._order(inputs[0])))})

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        return ", ".join(str(int(dim)) for dim in self.dims), ""

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        order = ", ".join(str(dim) for dim in self.dims)
        yield Explanation(say("Order"), order, dims(inputs[0]), dims(self.shapes(inputs)[0]))


class Transpose(Layer):
    """Swaps two dimensions."""

    category = Category.RESHAPE
    summary = "Swaps two dimensions: rows and columns, for one."
    search = ("swap", "axes", "mirror", "matrix transpose")
    passes_input = True

    dim0: int = integer(-2, -4, 4, "First of the two dimensions; 1 is the channels.")
    dim1: int = integer(-1, -4, 4, "Second of the two dimensions; −1 is the last.")

    def _order(self, shape: Shape) -> list[int]:
        first, second = (position(dim, len(shape)) or 0 for dim in (self.dim0, self.dim1))
        order = list(range(len(shape)))
        order[first], order[second] = order[second], order[first]
        return order

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        yield from no_dimension(inputs[0], "dim0", self.dim0)
        yield from no_dimension(inputs[0], "dim1", self.dim1)

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        return (tuple(inputs[0][place] for place in self._order(inputs[0])),)

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        return moved(inputs[0], self._order(inputs[0]))

    def call(self, inputs: Sequence[Shape]) -> Apply:
        return Apply("torch.transpose", {"dim0": self.dim0, "dim1": self.dim1})

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        return f"{self.dim0} ↔ {self.dim1}", ""


class MeanOver(Layer):
    """The mean along some dimensions: over height and width it is global average pooling."""

    category = Category.RESHAPE
    summary = "Takes the mean along some dimensions, such as height and width."
    search = ("average", "reduce", "global average pooling", "torch.mean")
    short_name = "mean_over"

    dim: tuple[int, ...] = integers(
        (-2, -1),
        -4,
        4,
        "Dimensions to take the mean along; −2 and −1 are rows and columns.",
        most=4,
    )
    keepdim: bool = flag(False, "Keep them with size 1.")

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        for dim in self.dim:
            if position(dim, len(shape)) is None:
                for problem in no_dimension(shape, "dim", dim):
                    yield replace(problem, changes={"dim": (-1,)})
                return
        places = {position(dim, len(shape)) for dim in self.dim}
        if len(places) < len(self.dim):
            why = say("names a dimension twice")
        elif len(places) == len(shape) and not self.keepdim:
            why = say("nothing would be left of the input {input}", input=dims(shape))
        else:
            return
        mend = say("Name each dimension once, and leave one or turn on keepdim")
        yield Problem(
            FaultKind.DIMENSION,
            why,
            mend,
            field="dim",
            value=show(self.dim),
            changes={"dim": (-1,)},
        )

    def _kept(self, shape: Shape) -> list[bool]:
        taken = {position(dim, len(shape)) for dim in self.dim}
        return [place not in taken for place in range(len(shape))]

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        kept = zip(inputs[0], self._kept(inputs[0]), strict=True)
        return (tuple(s if stays else 1 for s, stays in kept if stays or self.keepdim),)

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        if not self.keepdim:
            return whole(inputs[0])
        return tuple(SAME if stays else WHOLE for stays in self._kept(inputs[0])[1:])

    def call(self, inputs: Sequence[Shape]) -> Apply:
        keep = {"keepdim": True} if self.keepdim else {}
        return Apply("torch.mean", {"dim": self.dim, **keep})

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        return f"dim {', '.join(str(int(dim)) for dim in self.dim)}", ""

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        result = dims(self.shapes(inputs)[0])
        yield Explanation(say("Mean"), "Σ x / n", dims(inputs[0]), result)
