"""Activations along one dimension: softmax and its relatives, and the gated linear unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph.calls.call import Call, Shape
from graph.layers.activation.piecewise import Activation
from graph.layers.base.layer import FaultKind, Problem, dims, needs_image
from graph.layers.base.reach import SAME, WHOLE, Axis, Window
from graph.layers.base.registration import register
from graph.values.fields import integer
from graph.values.message import say


class _AlongOne(Activation):
    """A function along one dimension; dimension 0 is the batch and cannot be chosen."""

    def _dim(self) -> int:
        return int(self.values()["dim"])

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        if self._dim() > len(shape):
            yield Problem(
                FaultKind.DIMENSION,
                say("the input {input} has no such dimension", input=dims(shape)),
                say("Use at most {most}", most=len(shape)),
                field="dim",
                value=str(self._dim()),
                changes={"dim": len(shape)},
            )

    def _axis(self, shape: Shape) -> Axis:
        return WHOLE

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        shape = inputs[index]
        return tuple(
            self._axis(shape) if axis + 1 == self._dim() else SAME for axis in range(1, len(shape))
        )

    def call(self, inputs: Sequence[Shape]) -> Call:
        return Call(f"nn.{self.type_name()}", {"dim": self._dim()})


class _Softmax(_AlongOne):
    search = ("probabilities", "activation")
    needs_output = True

    dim: int = integer(
        1, 1, 4, "Dimension that sums to 1: 1 channels or classes, then the positions."
    )


@register
class Softmax(_Softmax):
    """eˣ / Σ eˣ"""

    summary = "Turns values into probabilities that sum to 1."
    rule = "yᵢ = e^xᵢ / Σⱼ e^xⱼ"


@register
class LogSoftmax(_Softmax):
    """log(eˣ / Σ eˣ)"""

    summary = "The logarithm of softmax, stable in numbers."
    rule = "yᵢ = xᵢ − log Σⱼ e^xⱼ"


@register
class Softmin(_Softmax):
    """e⁻ˣ / Σ e⁻ˣ"""

    summary = "Probabilities that sum to 1, the largest for the smallest value."
    rule = "yᵢ = e^−xᵢ / Σⱼ e^−xⱼ"


@register
class Softmax2d(Activation):
    """Softmax over the channels at every position of an image."""

    summary = "At every position of an image, turns the channels into probabilities."
    search = ("probabilities", "segmentation", "activation")
    rule = say("yᵢ = e^xᵢ / Σⱼ e^xⱼ, over the channels")
    needs_output = True
    ranks = (3,)

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        yield from needs_image(self, inputs[0])


@register
class GLU(_AlongOne):
    """a · σ(b), where a and b are the halves of the input

    Dauphin et al., "Language Modeling with Gated Convolutional Networks", ICML 2017.
    """

    summary = "Splits the input in two halves: one is the value, the sigmoid of the other its gate."
    search = ("gated linear unit", "gate", "activation")
    rule = say("y = a · σ(b), with the halves a and b of x")

    dim: int = integer(1, 1, 4, "Dimension that is halved: 1 channels, then the positions.")

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        found = tuple(super().problems(inputs))
        yield from found
        size = 0 if found else inputs[0][self.dim - 1]
        if size % 2:
            yield Problem(
                FaultKind.DIMENSION,
                say("{size} in {input} has no halves", size=size, input=dims(inputs[0])),
                say("Choose a dimension of even size"),
                field="dim",
                value=str(self.dim),
                changes=self._even(inputs[0]),
            )

    def _even(self, shape: Shape) -> dict[str, int]:
        return next(({"dim": n} for n, size in enumerate(shape, 1) if size % 2 == 0), {})

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        sizes = list(inputs[0])
        sizes[self.dim - 1] = sizes[self.dim - 1] // 2
        return (tuple(sizes),)

    def _axis(self, shape: Shape) -> Axis:
        return Window(2, 1, shape[self.dim - 1] // 2)
