"""Layers that reorder axes, or take away or add one of size 1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph.calls.call import Apply, Shape
from graph.layers.base.axis_number import moved, no_dimension, position, whole
from graph.layers.base.layer import Category, Explanation, FaultKind, Layer, Problem, dims
from graph.layers.base.reach import Axis
from graph.layers.base.registration import register
from graph.values.declaration import show
from graph.values.fields import integer, integers
from graph.values.message import say, say_count


@register
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
                say_count(
                    "must name the {n} dimension of {input} once",
                    "must name each of the {n} dimensions of {input} once",
                    rank,
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


@register
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


@register
class Squeeze(Layer):
    """Takes away a dimension of size 1; one of another size stays, as in torch."""

    category = Category.RESHAPE
    summary = "Takes away a dimension of size 1."
    search = ("remove dimension", "drop axis")
    passes_input = True

    dim: int = integer(-1, -4, 4, "Dimension to take away; −1 is the last.")

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        place = position(self.dim, len(shape))
        yield from no_dimension(shape, "dim", self.dim)
        if place is not None and shape == (1,):
            yield Problem(
                FaultKind.DIMENSION,
                say("nothing would be left of the input {input}", input=dims(shape)),
                say("Take the layer away"),
                field="dim",
                value=str(self.dim),
            )
        elif place is not None and shape[place] != 1:
            yield Problem(
                FaultKind.DIMENSION,
                say_count(
                    "the dimension has {n} position, so it stays",
                    "the dimension has {n} positions, so it stays",
                    shape[place],
                ),
                say("Choose a dimension of size 1, or take the layer away"),
                field="dim",
                value=str(self.dim),
                warning=True,
            )

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        shape = inputs[0]
        place = position(self.dim, len(shape))
        return (tuple(s for i, s in enumerate(shape) if i != place or s != 1),)

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        same = self.shapes(inputs)[0] == inputs[0]
        return super().reach(inputs, index) if same else whole(inputs[0])

    def call(self, inputs: Sequence[Shape]) -> Apply:
        return Apply("torch.squeeze", {"dim": self.dim})

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        return f"dim {self.dim}", ""


@register
class Unsqueeze(Layer):
    """Adds a dimension of size 1."""

    category = Category.RESHAPE
    summary = "Adds a dimension of size 1."
    search = ("add dimension", "new axis", "expand")
    passes_input = True

    dim: int = integer(1, -5, 5, "Where the new dimension stands: 1 before the channels, −1 last.")

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        yield from no_dimension(inputs[0], "dim", self.dim, more=1)

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        shape = inputs[0]
        place = position(self.dim, len(shape) + 1)
        assert place is not None
        return ((*shape[:place], 1, *shape[place:]),)

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        return whole(inputs[0])

    def call(self, inputs: Sequence[Shape]) -> Apply:
        return Apply("torch.unsqueeze", {"dim": self.dim})

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        return f"dim {self.dim}", ""
