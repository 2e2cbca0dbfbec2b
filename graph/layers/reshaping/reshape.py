"""Layers that arrange the same values in another shape."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from graph.calls.call import Apply, Call, Shape
from graph.layers.base.axis_number import no_dimension, position, whole
from graph.layers.base.layer import Category, Explanation, FaultKind, Layer, Problem, dims
from graph.layers.base.reach import Axis
from graph.layers.base.registration import register
from graph.values.declaration import show
from graph.values.fields import integer, integers
from graph.values.message import say, say_count


def _solved(sizes: Sequence[int], total: int) -> tuple[int, ...] | None:
    """``sizes`` with −1 replaced by what is left of ``total``; None where they do not fit."""
    if sizes.count(-1) > 1 or 0 in sizes:
        return None
    known = prod(size for size in sizes if size != -1)
    if total % known or (-1 not in sizes and total != known):
        return None
    return tuple(total // known if size == -1 else size for size in sizes)


def _misfit(field: str, sizes: Sequence[int], given: Sequence[int]) -> Problem:
    return Problem(
        FaultKind.DIMENSION,
        say_count(
            "{n} value cannot be arranged as {sizes}",
            "{n} values cannot be arranged as {sizes}",
            prod(given),
            sizes="×".join(str(int(size)) for size in sizes),
        ),
        say("Use sizes whose product is {n}; one of them may be −1", n=prod(given)),
        field=field,
        value=show(tuple(sizes)),
        changes={field: (-1,) if field == "shape" else (1, -1)},
    )


@register
class Unflatten(Layer):
    """Splits one dimension into several; the inverse of Flatten."""

    category = Category.RESHAPE
    summary = "Splits one dimension into several: a vector becomes an image."
    search = ("view", "reshape", "vector to image", "generator")
    passes_input = True

    dim: int = integer(1, -4, 4, "Dimension to split; 1 is the channels.")
    unflattened_size: tuple[int, ...] = integers(
        (1, -1), -1, 1_000_000, "Its new sizes; one −1 takes what is left.", most=4
    )

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        yield from no_dimension(shape, "dim", self.dim)
        place = position(self.dim, len(shape))
        if place is not None and _solved(self.unflattened_size, shape[place]) is None:
            yield _misfit("unflattened_size", self.unflattened_size, (shape[place],))

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        shape = inputs[0]
        place = position(self.dim, len(shape))
        assert place is not None
        found = _solved(self.unflattened_size, shape[place])
        assert found is not None
        return ((*shape[:place], *found, *shape[place + 1 :]),)

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        same = len(self.unflattened_size) == 1
        return super().reach(inputs, index) if same else whole(inputs[0])

    def call(self, inputs: Sequence[Shape]) -> Call:
        arguments = {"dim": self.dim, "unflattened_size": self.unflattened_size}
        return Call("nn.Unflatten", arguments, positional=2)

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        return "×".join(str(int(size)) for size in self.unflattened_size), ""

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        result = dims(self.shapes(inputs)[0])
        yield Explanation(say("Sizes"), "F = C · H · W", dims(inputs[0]), result)


@register
class Reshape(Layer):
    """Arranges the values of one image in another shape, row by row; the batch stays."""

    category = Category.RESHAPE
    summary = "Arranges the values in another shape of as many, row by row."
    search = ("view", "rearrange", "tokens")
    passes_input = True

    shape: tuple[int, ...] = integers(
        (-1,), -1, 1_000_000, "Sizes without the batch; one −1 takes what is left.", most=4
    )

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        if _solved(self.shape, prod(inputs[0])) is None:
            yield _misfit("shape", self.shape, inputs[0])

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        return (_solved(self.shape, prod(inputs[0])) or self.shape,)

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        same = _solved(self.shape, prod(inputs[0])) == inputs[0]
        return super().reach(inputs, index) if same else whole(inputs[0])

    def call(self, inputs: Sequence[Shape]) -> Apply:
        return Apply("torch.reshape", {"shape": (-1, *self.shapes(inputs)[0])})

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        return "×".join(str(int(size)) for size in self.shape), ""

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        result = dims(self.shapes(inputs)[0])
        yield Explanation(say("Values"), "C · H · W", dims(inputs[0]), result)
