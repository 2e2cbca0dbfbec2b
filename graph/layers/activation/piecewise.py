"""Activations: one function applied to every value. Here those of straight and bent pieces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from graph.calls.call import Call, Shape
from graph.layers.base.layer import (
    Category,
    Explanation,
    FaultKind,
    Layer,
    Problem,
    dims,
    parameters_line,
)
from graph.layers.base.registration import register
from graph.values.declaration import fields_of, show
from graph.values.fields import flag, integer, real
from graph.values.message import Message, say, say_count

IN_PLACE = "Overwrite the input to save memory; only where nothing else needs it."


class Activation(Layer):
    """An activation: settings become the module's arguments as they are."""

    category = Category.ACTIVATION
    search: ClassVar[tuple[str, ...]] = ("activation",)
    rule: ClassVar[str | Message] = ""
    needs_output: ClassVar[bool] = False
    """Its gradient is computed from its output, in place or not."""
    in_place_needs_output: ClassVar[bool] = False
    """Only where it overwrites its input, its gradient is computed from its output."""

    @property
    def keeps_output(self) -> bool:  # type: ignore[override]
        in_place = self.in_place_needs_output and bool(self.values()["inplace"])
        return self.needs_output or in_place

    def call(self, inputs: Sequence[Shape]) -> Call:
        defaults = {name: spec.default for name, spec in fields_of(type(self)).items()}
        return Call(f"nn.{self.type_name()}", self.values(), defaults=defaults)

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        numbers = ", ".join(
            f"{name} = {value:g}" for name, value in self.values().items() if type(value) is float
        )
        yield Explanation(say("Every value"), self.rule, numbers, "y")


@register
class ReLU(Activation):
    """max(0, x)"""

    summary = "Keeps positive values, sets negative ones to zero."
    search = ("rectifier", "activation")
    rule = "y = max(0, x)"
    needs_output = True

    inplace: bool = flag(False, IN_PLACE)


@register
class ReLU6(Activation):
    """min(max(0, x), 6)"""

    summary = "Like ReLU, but never above 6."
    search = ("rectifier", "mobile", "activation")
    rule = "y = min(max(0, x), 6)"

    inplace: bool = flag(False, IN_PLACE)


@register
class LeakyReLU(Activation):
    """x if x > 0 else slope·x"""

    summary = "Like ReLU, but negative values keep a small slope."
    search = ("rectifier", "activation")
    rule = say("y = x for x > 0, else negative_slope · x")
    in_place_needs_output = True

    negative_slope: float = real(0.01, 0.0, 1e6, "Slope for negative values.")
    inplace: bool = flag(False, IN_PLACE)


@register
class PReLU(Activation):
    """x if x > 0 else a·x, where a is learnt

    He, Zhang, Ren, Sun, "Delving Deep into Rectifiers", ICCV 2015.
    """

    summary = "Like leaky ReLU, but the slope of negative values is learnt."
    search = ("parametric", "rectifier", "activation")
    rule = say("y = x for x > 0, else a · x")

    num_parameters: int | str = integer(
        1, 1, 65536, "Number of slopes: 1, or one for each channel.", words=("channels",)
    )
    init: float = real(0.25, -1e6, 1e6, "First value of the slopes.")

    def _slopes(self, inputs: Sequence[Shape]) -> int:
        return inputs[0][0] if isinstance(self.num_parameters, str) else self.num_parameters

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        channels = inputs[0][0]
        if self._slopes(inputs) not in (1, channels):
            yield Problem(
                FaultKind.DIMENSION,
                say_count(
                    "the input {input} has {n} channel",
                    "the input {input} has {n} channels",
                    channels,
                    input=dims(inputs[0]),
                ),
                say("Use 1, {n} or channels", n=channels),
                field="num_parameters",
                value=show(self.num_parameters),
                changes={"num_parameters": "channels"},
            )

    def parameters(self, inputs: Sequence[Shape]) -> int:
        return self._slopes(inputs)

    def call(self, inputs: Sequence[Shape]) -> Call:
        defaults = {"num_parameters": 1, "init": 0.25}
        arguments = {"num_parameters": self._slopes(inputs), "init": self.init}
        return Call("nn.PReLU", arguments, defaults=defaults)

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        yield from super().explain(inputs)
        yield parameters_line(self, inputs, "a", show(self.num_parameters))


@register
class RReLU(Activation):
    """x if x > 0 else a·x, with a drawn anew for each value in training"""

    summary = "Like leaky ReLU, with a random slope in training and the mean slope afterwards."
    search = ("randomized", "rectifier", "activation")
    rule = say("y = x for x > 0, else a · x with a from lower to upper")
    in_place_needs_output = True

    lower: float = real(1 / 8, 0.0, 1e6, "Smallest slope.")
    upper: float = real(1 / 3, 0.0, 1e6, "Largest slope.")
    inplace: bool = flag(False, IN_PLACE)

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        if self.lower > self.upper:
            yield wrong_order("lower", self.lower, "upper", self.upper)


def wrong_order(low_name: str, low: float, high_name: str, high: float) -> Problem:
    """The problem of a lower limit above the upper one."""
    return Problem(
        FaultKind.RANGE,
        say("it lies above {name} {high}", name=high_name, high=show(high)),
        say("Exchange the two"),
        field=low_name,
        value=show(low),
        changes={low_name: high, high_name: low},
    )


@register
class ELU(Activation):
    """x if x > 0 else α(eˣ − 1)"""

    summary = "Like ReLU, but negative values bend smoothly towards −α."
    search = ("exponential linear unit", "activation")
    rule = say("y = x for x > 0, else α · (eˣ − 1)")
    in_place_needs_output = True

    alpha: float = real(1.0, 0.0, 1e6, "Negative values approach −alpha.")
    inplace: bool = flag(False, IN_PLACE)


@register
class CELU(Activation):
    """max(0, x) + min(0, α(e^(x/α) − 1))"""

    summary = "Like ELU, but smooth at zero for every α."
    search = ("continuously differentiable", "exponential linear unit", "activation")
    rule = say("y = x for x > 0, else α · (e^(x/α) − 1)")
    in_place_needs_output = True

    alpha: float = real(1.0, 0.0, 1e6, "Negative values approach −alpha.", open_minimum=True)
    inplace: bool = flag(False, IN_PLACE)


@register
class SELU(Activation):
    """λx if x > 0 else λα(eˣ − 1), with λ and α that keep mean 0 and variance 1

    Klambauer et al., "Self-Normalizing Neural Networks", NeurIPS 2017.
    """

    summary = "A scaled ELU that keeps mean 0 and variance 1 from layer to layer."
    search = ("self-normalizing", "scaled exponential linear unit", "activation")
    rule = say("y = 1.0507 · (x for x > 0, else 1.6733 · (eˣ − 1))")
    in_place_needs_output = True

    inplace: bool = flag(False, IN_PLACE)


@register
class Threshold(Activation):
    """x if x > threshold else value"""

    summary = "Keeps values above a threshold, replaces the others."
    rule = say("y = x for x > threshold, else value")

    threshold: float = real(0.0, -1e6, 1e6, "Values above this are kept.")
    value: float = real(0.0, -1e6, 1e6, "What the others become.")
    inplace: bool = flag(False, IN_PLACE)

    def call(self, inputs: Sequence[Shape]) -> Call:
        return Call("nn.Threshold", self.values(), positional=2, defaults={"inplace": False})


@register
class Hardtanh(Activation):
    """x, cut off at min_val and max_val"""

    summary = "Keeps values between two limits, cuts the others off there."
    search = ("clip", "clamp", "activation")
    rule = "y = min(max(x, min_val), max_val)"

    min_val: float = real(-1.0, -1e6, 1e6, "Smallest value.")
    max_val: float = real(1.0, -1e6, 1e6, "Largest value.")
    inplace: bool = flag(False, IN_PLACE)

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        if self.min_val > self.max_val:
            yield wrong_order("min_val", self.min_val, "max_val", self.max_val)
        elif self.min_val == self.max_val:
            yield Problem(
                FaultKind.RANGE,
                say("it equals max_val, and every value would become the same"),
                say("Use a smaller one"),
                field="min_val",
                value=show(self.min_val),
                changes={"min_val": self.max_val - 1},
            )


@register
class Hardsigmoid(Activation):
    """x/6 + 1/2, cut off at 0 and 1"""

    summary = "Sigmoid of straight pieces: 0 below −3, 1 above 3."
    search = ("gate", "mobile", "activation")
    rule = "y = min(max(x/6 + 1/2, 0), 1)"

    inplace: bool = flag(False, IN_PLACE)


@register
class Hardswish(Activation):
    """x times Hardsigmoid of x"""

    summary = "The value times its hard sigmoid: swish of simple pieces."
    search = ("swish", "hswish", "h-swish", "mobile", "activation")
    rule = "y = x · min(max(x/6 + 1/2, 0), 1)"

    inplace: bool = flag(False, IN_PLACE)


@register
class Hardshrink(Activation):
    """x if |x| > λ else 0"""

    summary = "Sets values near zero to zero, keeps the others."
    rule = say("y = x for |x| > lambd, else 0")

    lambd: float = real(0.5, 0.0, 1e6, "Values up to this far from zero become zero.")


@register
class Softshrink(Activation):
    """x moved towards zero by λ"""

    summary = "Moves every value towards zero by a fixed amount."
    search = ("soft thresholding", "activation")
    rule = "y = sign(x) · max(|x| − lambd, 0)"

    lambd: float = real(0.5, 0.0, 1e6, "How far values move.")
