"""Normalisation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph.declaration import flag, real
from graph.layer import Call, Category, Explanation, Layer, Problem, Shape, needs_image
from graph.message import say


class BatchNorm2d(Layer):
    """Normalises each channel by its mean and variance over the batch and all positions."""

    category = Category.NORMALISATION
    summary = "Gives each channel mean 0 and variance 1 over the batch, then scales and shifts it."
    search = ("batch normalization", "bn")
    short_name = "bn"

    eps: float = real(1e-5, 0.0, 1.0, "Added to the variance before the root.", open_minimum=True)
    momentum: float | None = real(
        0.1,
        0.0,
        1.0,
        "Weight of the newest batch in the running statistics.",
        none_means="cumulative average",
    )
    affine: bool = flag(True, "Trainable scale and shift per channel.")
    track_running_stats: bool = flag(True, "Keep running statistics and use them in evaluation.")

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        yield from needs_image(self, inputs[0])

    def parameters(self, inputs: Sequence[Shape]) -> int:
        return 2 * inputs[0][0] if self.affine else 0

    def call(self, inputs: Sequence[Shape]) -> Call:
        return Call(
            "nn.BatchNorm2d",
            {"num_features": inputs[0][0], **self.values()},
            positional=1,
            defaults={"eps": 1e-5, "momentum": 0.1, "affine": True, "track_running_stats": True},
        )

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        yield Explanation(
            say("Every channel"), "y = γ · (x − mean) / √(var + ε) + β", f"ε = {self.eps:g}", "y"
        )
        if self.affine:
            yield Explanation(
                say("Parameters"),
                "γ and β: 2 · C",
                f"2 · {inputs[0][0]}",
                str(self.parameters(inputs)),
            )
