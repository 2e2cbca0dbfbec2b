"""Regularisation: parts of the values are left out at random while training."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from graph.calls.call import Call, Shape
from graph.layers.base.layer import Category, Explanation, Layer, Problem, needs_rank
from graph.layers.base.registration import register
from graph.values.fields import flag, real
from graph.values.message import Message, say

_DROP = "Probability of dropping."
_SCALED = say("In training, what is kept is multiplied")


class _Drop(Layer):
    """What all share: a probability, and nothing done in evaluation."""

    category = Category.REGULARISATION
    passes_input = True
    search: ClassVar[tuple[str, ...]] = ("regularization",)

    def _share(self) -> float:
        return float(self.values()["p"])

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        if self.ranks:
            yield from needs_rank(self, inputs[0])

    def call(self, inputs: Sequence[Shape]) -> Call:
        defaults: dict[str, Any] = {"inplace": False}
        return Call(f"nn.{self.type_name()}", self.values(), positional=1, defaults=defaults)

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        return f"p {self._share():g}", ""

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        p = self._share()
        kept = "0" if p == 1 else f"{1 / (1 - p):.4g}"
        numbers = f"1 / (1 − {p:g})" if p < 1 else "p = 1"
        yield Explanation(_SCALED, "1 / (1 − p)", numbers, kept)


class _Dropout(_Drop):
    p: float = real(0.5, 0.0, 1.0, _DROP)
    inplace: bool = flag(
        False, "Overwrite the input to save memory; only where nothing else needs it."
    )


@register
class Dropout(_Dropout):
    """Sets single values to zero at random while training."""

    summary = "Sets single values to zero at random while training."


class _ChannelDropout(_Dropout):
    summary = "Sets whole channels to zero at random while training."
    search = ("spatial dropout", "regularization")
    short_name = "dropout"


@register
class Dropout2d(_ChannelDropout):
    """Sets whole channels of C×H×W to zero at random while training."""

    ranks = (3,)


@register
class Dropout1d(_ChannelDropout):
    """Sets whole channels of C×L to zero at random while training."""

    ranks = (2,)


@register
class Dropout3d(_ChannelDropout):
    """Sets whole channels of C×D×H×W to zero at random while training."""

    ranks = (4,)


@register
class AlphaDropout(_Dropout):
    """Sets single values to SELU's lowest value, and keeps mean 0 and variance 1.

    Klambauer et al., "Self-Normalizing Neural Networks", NeurIPS 2017.
    """

    summary = "Dropout for SELU: what is dropped becomes −1.7581; mean and variance stay."
    search = ("self-normalizing", "selu", "regularization")
    dropped: ClassVar[Message] = say("Every value, in training")

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        yield Explanation(
            self.dropped,
            say("y = a · x' + b, x' = −1.7581 with probability p, else x"),
            f"p = {self.p:g}",
            "y",
        )


@register
class FeatureAlphaDropout(AlphaDropout):
    """Alpha dropout of whole channels."""

    summary = "Alpha dropout of whole channels at a time."
    dropped = say("Every channel, in training")


@register
class DropPath(_Drop):
    """Drops the whole input of single images while training, in front of an addition.

    Huang et al., "Deep Networks with Stochastic Depth", ECCV 2016.
    """

    summary = "Drops a whole branch for single images at random while training."
    search = ("stochastic depth", "regularization", "residual")

    drop_prob: float = real(0.1, 0.0, 1.0, "Probability of dropping an image's branch.")

    def _share(self) -> float:
        return self.drop_prob

    def call(self, inputs: Sequence[Shape]) -> Call:
        return Call("DropPath", self.values(), positional=1)
