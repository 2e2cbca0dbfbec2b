"""Fully connected layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from graph.calls.call import Call, Shape
from graph.layers.base.initialisation import init_field, initialised, value_field
from graph.layers.base.layer import (
    Category,
    Explanation,
    FaultKind,
    Layer,
    Problem,
    dims,
    macs_line,
    parameters_line,
)
from graph.layers.base.reach import SAME, WHOLE, Axis
from graph.layers.base.registration import register
from graph.layers.reshaping.flatten import Flatten
from graph.values.fields import flag, integer
from graph.values.message import say, say_count


@register
class Linear(Layer):
    """Every output is a weighted sum of all inputs."""

    category = Category.LINEAR
    summary = "Every output is a weighted sum of all inputs."
    search = ("fully connected", "dense", "fc", "perceptron", "mlp", "neurons", "affine")
    short_name = "fc"

    out_features: int = integer(10, 1, 1_000_000, "Number of outputs.", "features")
    bias: bool = flag(True, "Add one trainable number to each output.")
    init: str = init_field()
    init_value: float = value_field()

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        if len(shape) > 2:
            yield Problem(
                FaultKind.FLATTEN_MISSING,
                say("Linear takes a vector, and an image arrives"),
                say_count(
                    "Insert a Flatten before it: {n} feature",
                    "Insert a Flatten before it: {n} features",
                    prod(shape),
                ),
                port="input",
                value=dims(shape),
                insert=Flatten(),
            )

    def assumed(self, inputs: Sequence[Shape]) -> Shape | None:
        return (self.out_features,)

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        return ((*inputs[0][:-1], self.out_features),)

    def parameters(self, inputs: Sequence[Shape]) -> int:
        return self.out_features * (inputs[0][-1] + (1 if self.bias else 0))

    def macs(self, inputs: Sequence[Shape]) -> int:
        return prod(inputs[0]) * self.out_features

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        axes = len(inputs[index]) - 1
        return (*(SAME,) * (axes - 1), WHOLE) if axes else ()

    def call(self, inputs: Sequence[Shape]) -> Call:
        call = Call(
            "nn.Linear",
            {"in_features": inputs[0][-1], **self.values()},
            positional=2,
            defaults={"bias": True},
        )
        return initialised(call)

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        features = f"{inputs[0][-1]}→" if inputs else "→"
        return ("bias" if self.bias else "no bias"), f"{features}{self.out_features}"

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        bias = self.out_features if self.bias else 0
        yield parameters_line(
            self, inputs, "in · out + bias", f"{inputs[0][-1]} · {self.out_features} + {bias}"
        )
        yield macs_line(self, inputs, "in · out", f"{prod(inputs[0])} · {self.out_features}")
