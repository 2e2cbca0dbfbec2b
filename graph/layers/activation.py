"""Activations: one function applied to every value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from graph.declaration import flag, integer, real
from graph.layer import Call, Category, Explanation, FaultKind, Layer, Problem, Shape, dims
from graph.message import say
from graph.reach import SAME, WHOLE, Axis

_IN_PLACE = "Overwrite the input to save memory; only where nothing else needs it."


class _Activation(Layer):
    """An activation: settings become the module's arguments as they are."""

    category = Category.ACTIVATION
    keeps_output = True
    rule: ClassVar[str] = ""
    defaults: ClassVar[dict[str, Any]] = {}

    def call(self, inputs: Sequence[Shape]) -> Call:
        return Call(f"nn.{self.type_name()}", self.values(), defaults=self.defaults)

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        numbers = ", ".join(
            f"{name} = {value:g}" for name, value in self.values().items() if type(value) is float
        )
        yield Explanation(say("Every value"), self.rule, numbers, "y")


class ReLU(_Activation):
    """max(0, x)"""

    summary = "Keeps positive values, sets negative ones to zero."
    search = ("rectifier", "activation")
    rule = "y = max(0, x)"
    defaults: ClassVar = {"inplace": False}

    inplace: bool = flag(False, _IN_PLACE)


class LeakyReLU(_Activation):
    """x if x > 0 else slope·x"""

    summary = "Like ReLU, but negative values keep a small slope."
    search = ("rectifier", "activation")
    rule = "y = x for x > 0, else negative_slope · x"
    defaults: ClassVar = {"negative_slope": 0.01, "inplace": False}

    negative_slope: float = real(0.01, 0.0, 1e6, "Slope for negative values.")
    inplace: bool = flag(False, _IN_PLACE)


class ELU(_Activation):
    """x if x > 0 else α(eˣ − 1)"""

    summary = "Like ReLU, but negative values bend smoothly towards −α."
    search = ("exponential linear unit", "activation")
    rule = "y = x for x > 0, else α · (eˣ − 1)"
    defaults: ClassVar = {"alpha": 1.0, "inplace": False}

    alpha: float = real(1.0, 0.0, 1e6, "Negative values approach −alpha.")
    inplace: bool = flag(False, _IN_PLACE)


class SiLU(_Activation):
    """x · σ(x)"""

    summary = "The value times its sigmoid; smooth, also called swish."
    search = ("swish", "activation")
    rule = "y = x · σ(x)"
    defaults: ClassVar = {"inplace": False}

    inplace: bool = flag(False, _IN_PLACE)


class Sigmoid(_Activation):
    """1 / (1 + e⁻ˣ)"""

    summary = "Squeezes every value between 0 and 1."
    search = ("logistic", "gate", "activation")
    rule = "y = 1 / (1 + e⁻ˣ)"


class Tanh(_Activation):
    """tanh x"""

    summary = "Squeezes every value between −1 and 1."
    search = ("hyperbolic tangent", "activation")
    rule = "y = tanh x"


class _SoftmaxBase(_Activation):
    """Softmax over one dimension; dimension 0 is the batch and cannot be chosen."""

    dim: int = integer(
        1, 1, 3, "Dimension that sums to 1: 1 channels or classes, 2 rows, 3 columns."
    )

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        if self.dim > len(shape):
            yield Problem(
                FaultKind.DIMENSION,
                say("the input {input} has no such dimension", input=dims(shape)),
                say("Use at most {most}", most=len(shape)),
                field="dim",
                value=str(self.dim),
                changes={"dim": len(shape)},
            )

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        return tuple(
            WHOLE if axis + 2 == self.dim else SAME for axis in range(len(inputs[index]) - 1)
        )

    def call(self, inputs: Sequence[Shape]) -> Call:
        return Call(f"nn.{self.type_name()}", {"dim": self.dim})


class Softmax(_SoftmaxBase):
    """eˣ / Σ eˣ"""

    summary = "Turns values into probabilities that sum to 1."
    search = ("probabilities", "activation")
    rule = "yᵢ = e^xᵢ / Σⱼ e^xⱼ"


class LogSoftmax(_SoftmaxBase):
    """log(eˣ / Σ eˣ)"""

    summary = "The logarithm of softmax, stable in numbers."
    search = ("probabilities", "activation")
    rule = "yᵢ = xᵢ − log Σⱼ e^xⱼ"
