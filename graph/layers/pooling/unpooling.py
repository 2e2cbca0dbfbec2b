"""Max unpooling: every maximum goes back to where it was found, all else is zero.

Zeiler, Fergus, "Visualizing and Understanding Convolutional Networks", ECCV 2014. The positions
come from the second output of a max pooling with return_indices.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph.calls.call import Apply, Call, Shape
from graph.layers.base.layer import (
    INPUT,
    Category,
    Explanation,
    FaultKind,
    Layer,
    Port,
    Problem,
    dims,
    needs_rank,
)
from graph.layers.base.reach import Axis, Transposed
from graph.layers.base.registration import register
from graph.layers.base.sliding import LETTERS, OUTPUT_TITLES, Pair, Triple, each, joined, short
from graph.layers.pooling.plain import INDICES, Numbers
from graph.values.declaration import show
from graph.values.fields import integer, optional_integer, pair, triple
from graph.values.message import say

_STEPS = "Steps between the windows of the pooling."
_CUT = "Cells that the pooling had added at each edge."
_SIZE = "Size of the output, where the pooling had left cells over."
_FORMULA = "from the formula"


class MaxUnpooling(Layer):
    """What unpooling along one, two and three axes shares."""

    category = Category.POOLING
    summary = "Puts maxima back to where a max pooling found them; all other cells are zero."
    search = ("max unpooling", "deconvnet", "upsampling", "indices")
    short_name = "unpool"

    def input_ports(self) -> tuple[Port, ...]:
        return (INPUT, INDICES)

    def _windows(self) -> list[tuple[int, int, int]]:
        """Size, stride and padding along each axis."""
        values = self.values()
        kernel, padding = each(values["kernel_size"]), each(values["padding"])
        stride = kernel if values["stride"] is None else each(values["stride"])
        return list(zip(kernel, stride, padding, strict=True))

    def _formula(self, shape: Shape) -> Numbers:
        return tuple(
            (size - 1) * s - 2 * p + k
            for size, (k, s, p) in zip(shape[1:], self._windows(), strict=True)
        )

    def _sizes(self, shape: Shape) -> Numbers:
        wanted = self.values()["output_size"]
        return self._formula(shape) if wanted is None else each(wanted)

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        shape, indices = inputs
        if len(shape) not in self.ranks:
            yield from needs_rank(self, shape)
            return
        if tuple(shape) != tuple(indices):
            yield Problem(
                FaultKind.MERGE_MISMATCH,
                say(
                    "the input is {input}, and each of its values needs a position",
                    input=show(dims(shape)),
                ),
                say("Wire the indices of the pooling that made this size"),
                port="indices",
                value=dims(indices),
            )
        formula, strides = self._formula(shape), [s for _, s, _ in self._windows()]
        if any(size < 1 for size in formula):
            yield Problem(
                FaultKind.PADDING,
                say("leaves no cell of the output {size}", size=show(formula)),
                say("Use the padding of the pooling, at most half its window"),
                field="padding",
                value=show(self.values()["padding"]),
                changes={"padding": joined((0,) * len(formula))},
            )
            return
        sizes = self._sizes(shape)
        if any(abs(a - b) >= s for a, b, s in zip(sizes, formula, strides, strict=True)):
            yield self._not_pooled(shape)

    def _not_pooled(self, shape: Shape) -> Problem:
        """What is said where no pooling leads from the output to the input."""
        return Problem(
            FaultKind.DIMENSION,
            say("the pooling of such a size would not give the input {input}", input=dims(shape)),
            say(
                "Use {size}, or less than a stride {stride} beside it",
                size=show(self._formula(shape)),
                stride=show(tuple(s for _, s, _ in self._windows())),
            ),
            field="output_size",
            value=show(self._sizes(shape)),
            changes={"output_size": None},
        )

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        return ((inputs[0][0], *self._sizes(inputs[0])),)

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        return tuple(
            Transposed(k, s, 1, p, size)
            for (k, s, p), size in zip(self._windows(), self._sizes(inputs[0]), strict=True)
        )

    def call(self, inputs: Sequence[Shape]) -> Call | Apply:
        values = self.values()
        windows = {
            "kernel_size": values["kernel_size"],
            "stride": joined([s for _, s, _ in self._windows()]),
            "padding": values["padding"],
        }
        if values["output_size"] is not None:
            function = f"F.max_unpool{self.ranks[0] - 1}d"
            return Apply(function, {**windows, "output_size": each(values["output_size"])})
        none = joined((0,) * (self.ranks[0] - 1))
        defaults = {"stride": values["kernel_size"], "padding": none}
        return Call(f"nn.{self.type_name()}", windows, positional=2, defaults=defaults)

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        stride = short(joined([s for _, s, _ in self._windows()]))
        return f"{show(self.values()['kernel_size'])} s{stride}", ""

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        letters = LETTERS[len(inputs[0]) - 1]
        if self.values()["output_size"] is not None:
            return
        for letter, size, found, (k, s, p) in zip(
            letters, inputs[0][1:], self._sizes(inputs[0]), self._windows(), strict=True
        ):
            yield Explanation(
                OUTPUT_TITLES[letter],
                f"({letter} − 1)·s − 2p + k",
                f"({size} − 1)·{s} − 2·{p} + {k}",
                str(found),
            )


@register
class MaxUnpool1d(MaxUnpooling):
    """Maxima of C×L back to their positions in a longer sequence."""

    ranks = (2,)

    kernel_size: int = integer(2, 1, 1024, "Length of the window.")
    stride: int | None = optional_integer(None, 1, 1024, _STEPS, "kernel_size")
    padding: int = integer(0, 0, 512, _CUT)
    output_size: int | None = optional_integer(None, 1, 65536, _SIZE, _FORMULA)


@register
class MaxUnpool2d(MaxUnpooling):
    """Maxima of C×H×W back to their positions in a larger map."""

    ranks = (3,)

    kernel_size: Pair = pair((2, 2), 1, 1024, "Height and width of the window.")
    stride: Pair | None = pair(None, 1, 1024, _STEPS, none_means="kernel_size")
    padding: Pair = pair((0, 0), 0, 512, _CUT)
    output_size: Pair | None = pair(None, 1, 65536, _SIZE, none_means=_FORMULA)


@register
class MaxUnpool3d(MaxUnpooling):
    """Maxima of C×D×H×W back to their positions in a larger volume."""

    ranks = (4,)

    kernel_size: Triple = triple((2, 2, 2), 1, 1024, "Depth, height and width of the window.")
    stride: Triple | None = triple(None, 1, 1024, _STEPS, none_means="kernel_size")
    padding: Triple = triple((0, 0, 0), 0, 512, _CUT)
    output_size: Triple | None = triple(None, 1, 65536, _SIZE, none_means=_FORMULA)
