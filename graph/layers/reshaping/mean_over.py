"""The mean along some axes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from graph.calls.call import Apply, Shape
from graph.layers.base.axis_number import no_dimension, position, whole
from graph.layers.base.layer import Category, Explanation, FaultKind, Layer, Problem, dims
from graph.layers.base.reach import SAME, WHOLE, Axis
from graph.layers.base.registration import register
from graph.values.declaration import show
from graph.values.fields import flag, integers
from graph.values.message import say


@register
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
