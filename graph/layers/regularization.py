"""Dropout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph.declaration import flag, real
from graph.layer import Call, Category, Explanation, Layer, Problem, Shape, needs_image
from graph.message import say


class _Dropout(Layer):
    category = Category.REGULARISATION
    passes_input = True

    p: float = real(0.5, 0.0, 1.0, "Probability of dropping.")
    inplace: bool = flag(
        False, "Overwrite the input to save memory; only where nothing else needs it."
    )

    def call(self, inputs: Sequence[Shape]) -> Call:
        return Call(
            f"nn.{self.type_name()}",
            self.values(),
            positional=1,
            defaults={"inplace": False},
        )

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        return f"p {self.p:g}", ""

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        kept = "0" if self.p == 1 else f"{1 / (1 - self.p):.4g}"
        yield Explanation(
            say("In training, what is kept is multiplied"),
            "1 / (1 − p)",
            f"1 / (1 − {self.p:g})" if self.p < 1 else "p = 1",
            kept,
        )


class Dropout(_Dropout):
    """Sets single values to zero at random while training."""

    summary = "Sets single values to zero at random while training."
    search = ("regularization",)


class Dropout2d(_Dropout):
    """Sets whole channels to zero at random while training."""

    summary = "Sets whole channels to zero at random while training."
    search = ("spatial dropout", "regularization")
    short_name = "dropout"

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        yield from needs_image(self, inputs[0])
