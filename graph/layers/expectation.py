"""The mean of a distribution over bins, as detectors tell the sides of a box."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph.calls.call import Call, Shape
from graph.layers.base.layer import (
    Category,
    Explanation,
    FaultKind,
    Layer,
    Problem,
    macs_line,
    wrong_rank,
)
from graph.layers.base.reach import SAME, Axis
from graph.layers.base.registration import register
from graph.values.fields import integer
from graph.values.message import say, say_count


@register
class Expectation(Layer):
    """Σ b · softmax(x)_b over groups of bins: C×L becomes (C / bins)×L.

    A 1×1 convolution whose weights are the bins' numbers 0, 1, 2 … Frozen it is the one of YOLO.
    Li et al., "Generalized Focal Loss", NeurIPS 2020.
    """

    category = Category.CONVOLUTION
    summary = "The mean bin of each distribution: how detectors tell the distance of a box's side."
    search = ("dfl", "distribution focal loss", "integral", "yolo", "regression", "mean", "bins")
    short_name = "mean_bin"
    ranks = (2,)

    bins: int = integer(16, 1, 4096, "Neighbouring channels that are one distribution.")

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        if len(shape) != 2:
            yield wrong_rank(self, shape, (2,), say("Put a Flatten from dimension 2 on before it"))
        elif shape[0] % self.bins:
            fitting = max(n for n in range(1, self.bins + 1) if shape[0] % n == 0)
            yield Problem(
                FaultKind.DIMENSION,
                say_count(
                    "{n} channel is no whole number of distributions",
                    "{n} channels are no whole number of distributions",
                    int(shape[0]),
                ),
                say("Use {n}, or other channels before it", n=fitting),
                field="bins",
                value=str(int(self.bins)),
                changes={"bins": fitting},
            )

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        channels, length = inputs[0]
        return ((channels // self.bins, length),)

    def parameters(self, inputs: Sequence[Shape]) -> int:
        return self.bins

    def macs(self, inputs: Sequence[Shape]) -> int:
        channels, length = inputs[0]
        return channels * length

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        return (SAME,)

    def call(self, inputs: Sequence[Shape]) -> Call:
        return Call("Expectation", {"bins": self.bins}, positional=1)

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        found = self.shapes(inputs)[0][0] if inputs and not any(self.problems(inputs)) else "?"
        return f"{int(self.bins)} bins", f"{inputs[0][0]}→{found}" if inputs else ""

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        yield Explanation(
            say("Mean"),
            "y = Σ b · softmax(x)ᵦ",
            f"b = 0 … {int(self.bins) - 1}",
            str(self.shapes(inputs)[0][0]),
        )
        yield macs_line(self, inputs, "C · L", " · ".join(str(int(size)) for size in inputs[0]))
