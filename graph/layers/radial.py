"""Radial basis functions: outputs that measure a distance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph.calls.call import Call, Shape
from graph.layers.base.initialisation import DEFAULT, init_field, initialised, value_field
from graph.layers.base.layer import Category, Explanation, FaultKind, Layer, Problem, wrong_rank
from graph.layers.base.registration import register
from graph.values.fields import choice, flag, integer
from graph.values.message import say, say_count

_CELLS, _DIGITS = 84, 10


@register
class RadialBasis(Layer):
    """Squared distances from patterns: y_i = Σ_j (x_j − w_ij)². The smallest output wins, or with
    ``negative`` the largest, as losses and accuracies expect it.

    The output of LeNet-5, whose patterns are the ten digits drawn on 7×12 cells and are not
    trained: LeCun, Bottou, Bengio, Haffner, "Gradient-Based Learning Applied to Document
    Recognition", Proceedings of the IEEE 1998.
    """

    category = Category.LINEAR
    summary = "Measures the squared distance from a pattern per class: LeNet-5's output layer."
    search = ("rbf", "lenet", "euclidean", "distance", "gaussian", "bitmap")
    short_name = "rbf"
    ranks = (1,)

    out_features: int = integer(10, 1, 1_000_000, "Patterns; one for each class.")
    weights: str = choice(
        "bitmaps",
        ("bitmaps", "trainable"),
        "bitmaps: drawn digits of 84 cells, not trained. trainable: +1 and −1 at random first.",
    )
    negative: bool = flag(
        False, "Gives −y: the nearest pattern has the largest output, as cross entropy wants it."
    )
    init: str = init_field()
    init_value: float = value_field()

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        if len(shape) != 1:
            yield wrong_rank(self, shape, (1,), say("Put a Flatten before it"))
            return
        if self.weights != "bitmaps":
            return
        if self.out_features > _DIGITS:
            yield Problem(
                FaultKind.DIMENSION,
                say("there are {n} bitmaps", n=_DIGITS),
                say("Use at most {n}, or trainable weights", n=_DIGITS),
                field="out_features",
                value=str(int(self.out_features)),
                changes={"out_features": _DIGITS},
            )
        if shape[0] != _CELLS:
            yield Problem(
                FaultKind.DIMENSION,
                say_count(
                    "a bitmap has {cells} cells, 7×12, and the input {n} value",
                    "a bitmap has {cells} cells, 7×12, and the input {n} values",
                    shape[0],
                    cells=_CELLS,
                ),
                say("Put a Linear with {n} features before it, or use trainable weights", n=_CELLS),
                field="weights",
                value=self.weights,
                changes={"weights": "trainable"},
            )

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        return ((self.out_features,),)

    def assumed(self, inputs: Sequence[Shape]) -> Shape | None:
        return (self.out_features,)

    def parameters(self, inputs: Sequence[Shape]) -> int:
        return inputs[0][0] * self.out_features if self.weights == "trainable" else 0

    def call(self, inputs: Sequence[Shape]) -> Call:
        call = Call(
            "RadialBasis",
            {
                "in_features": inputs[0][0],
                "out_features": self.out_features,
                "bitmaps": self.weights == "bitmaps",
                "negative": self.negative,
                "init": self.init if self.weights == "trainable" else DEFAULT,
                "init_value": self.init_value,
            },
            positional=2,
            defaults={"negative": False},
        )
        return initialised(call)

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        ends = f"{int(inputs[0][0])}→{int(self.out_features)}" if inputs else ""
        return f"−{self.weights}" if self.negative else self.weights, ends

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        yield Explanation(
            say("Distances"),
            f"yᵢ = {'−' if self.negative else ''}Σⱼ (xⱼ − wᵢⱼ)²",
            f"j = 1 … {int(inputs[0][0])}",
            str(int(self.out_features)),
        )
