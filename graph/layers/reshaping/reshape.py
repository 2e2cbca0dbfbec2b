"""Layers that only rearrange values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from graph.calls.call import Apply, Call, Shape
from graph.layers.base.axis_number import no_dimension, position, whole
from graph.layers.base.layer import Category, Explanation, FaultKind, Layer, Problem, dims
from graph.layers.base.reach import WHOLE, Axis
from graph.values.declaration import show
from graph.values.fields import integer, integers
from graph.values.message import say


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


class Identity(Layer):
    """Gives its input unchanged: a place to name, or to replace later."""

    category = Category.RESHAPE
    summary = "Gives its input unchanged: a place to name, or to replace later."
    search = ("nothing", "pass", "skip", "no operation")
    passes_input = True

    def call(self, inputs: Sequence[Shape]) -> Call:
        return Call("nn.Identity", {})


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
        say(
            "{n} values cannot be arranged as {sizes}",
            n=prod(given),
            sizes="×".join(str(int(size)) for size in sizes),
        ),
        say("Use sizes whose product is {n}; one of them may be −1", n=prod(given)),
        field=field,
        value=show(tuple(sizes)),
        changes={field: (-1,) if field == "shape" else (1, -1)},
    )


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
                say("the dimension has {n} positions, so it stays", n=shape[place]),
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
