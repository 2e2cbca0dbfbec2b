"""Adaptive pooling: the output size is chosen, the windows follow from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from graph.calls.call import Call, Shape
from graph.layers.base.layer import (
    OUTPUT,
    Category,
    Explanation,
    Layer,
    Port,
    Problem,
    dims,
    needs_image,
    needs_rank,
)
from graph.layers.base.reach import Axis, Bins
from graph.layers.base.registration import register
from graph.layers.base.sliding import LETTERS, Pair, Triple, each
from graph.layers.pooling.plain import INDICES, Numbers
from graph.values.declaration import show
from graph.values.fields import flag, integer, pair, triple
from graph.values.message import say


class _Adaptive(Layer):
    """What all adaptive poolings share. Window i of n starts at ⌊i·H/n⌋ and ends before
    ⌈(i+1)·H/n⌉."""

    category = Category.POOLING

    def _count(self) -> Numbers:
        """The number of windows along each axis."""
        return each(self.values()["output_size"])

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        yield from needs_rank(self, inputs[0])

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        return ((inputs[0][0], *self._count()),) * len(self.output_ports())

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        return tuple(Bins(count) for count in self._count())

    def call(self, inputs: Sequence[Shape]) -> Call:
        return Call(
            f"nn.{self.type_name()}",
            self.values(),
            positional=1,
            defaults={"return_indices": False},
        )

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        return f"→ {show(self._count())}", ""

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        letter = LETTERS[len(inputs[0]) - 1][0]
        yield Explanation(
            say("Window i of n along the first axis"),
            f"⌊i·{letter} / n⌋ … ⌈(i+1)·{letter} / n⌉ − 1",
            f"n = {self._count()[0]}, {letter} = {inputs[0][1]}",
            dims(self.shapes(inputs)[0]),
        )


class _AdaptiveAvg(_Adaptive):
    summary = "Mean over windows chosen so that the output has a given size."
    search = ("average pooling", "adaptive")
    short_name = "avgpool"


class _AdaptiveMax(_Adaptive):
    summary = "Maximum over windows chosen so that the output has a given size."
    search = ("max pooling", "adaptive")
    short_name = "maxpool"

    return_indices: bool = flag(False, "A second output with the positions of the maxima.")

    def output_ports(self) -> tuple[Port, ...]:
        return (OUTPUT, INDICES) if self.return_indices else (OUTPUT,)


class _Adaptive1d(_Adaptive):
    ranks = (2,)

    output_size: int = integer(1, 1, 1024, "Length of the output.")


class _Adaptive2d(_Adaptive):
    ranks = (3,)

    output_size: Pair = pair((1, 1), 1, 1024, "Height and width of the output.")


class _Adaptive3d(_Adaptive):
    ranks = (4,)

    output_size: Triple = triple((1, 1, 1), 1, 1024, "Depth, height and width of the output.")


@register
class AdaptiveAvgPool1d(_AdaptiveAvg, _Adaptive1d):
    """Means of a sequence, C×L, to C×output_size."""


@register
class AdaptiveAvgPool2d(_AdaptiveAvg, _Adaptive2d):
    """Means of an image, C×H×W, to C×output_size."""


@register
class AdaptiveAvgPool3d(_AdaptiveAvg, _Adaptive3d):
    """Means of a volume, C×D×H×W, to C×output_size."""


@register
class AdaptiveMaxPool1d(_AdaptiveMax, _Adaptive1d):
    """Maxima of a sequence, C×L, to C×output_size."""


@register
class AdaptiveMaxPool2d(_AdaptiveMax, _Adaptive2d):
    """Maxima of an image, C×H×W, to C×output_size."""


@register
class AdaptiveMaxPool3d(_AdaptiveMax, _Adaptive3d):
    """Maxima of a volume, C×D×H×W, to C×output_size."""


class _Global(_Adaptive):
    """One number per channel, whatever the size of the map."""

    ranks = (3,)
    adaptive: ClassVar[type[Layer]]
    """The adaptive pooling that it is, to a size of 1×1."""

    def _count(self) -> Numbers:
        return (1, 1)

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        yield from needs_image(self, inputs[0])

    def call(self, inputs: Sequence[Shape]) -> Call:
        return Call(f"nn.{self.adaptive.type_name()}", {"output_size": (1, 1)}, positional=1)


@register
class GlobalAvgPool2d(_Global):
    """One number per channel: the mean of its map."""

    summary = "One number per channel: the mean of its whole map."
    search = ("global average pooling", "gap", "mean")
    short_name = "gap"
    adaptive = AdaptiveAvgPool2d


@register
class GlobalMaxPool2d(_Global):
    """One number per channel: the largest of its map."""

    summary = "One number per channel: the largest of its whole map."
    search = ("global max pooling", "gmp", "maximum")
    short_name = "gmp"
    adaptive = AdaptiveMaxPool2d
