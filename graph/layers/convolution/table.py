"""A convolution by a table: LeNet-5's C3, whose maps do not all see the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph.calls.call import Call, Shape
from graph.layers.base.initialisation import UNSHARED_SCHEMES, init_field, initialised, value_field
from graph.layers.base.layer import (
    Category,
    Explanation,
    FaultKind,
    Problem,
    dims,
    macs_line,
    parameters_line,
)
from graph.layers.base.reach import Axis
from graph.layers.base.registration import register
from graph.layers.base.sliding import (
    Pair,
    Sliding,
    channels_text,
    settings_text,
    sizes,
    window_problem,
    window_sizes,
    windows,
)
from graph.values.fields import flag, integers
from graph.values.message import Message, say

LECUN = (
    *(123, 234, 345, 456, 156, 126),
    *(1234, 2345, 3456, 1456, 1256, 1236),
    *(1245, 2356, 1346),
    123456,
)
"""C3 of LeNet-5: 6 maps see 3 neighbours, 6 see 4, 3 see 4 with a gap, and one sees all 6."""


@register
class TableConv2d(Sliding):
    """A convolution in which each output map sees some of the input maps only.

    LeCun, Bottou, Bengio, Haffner, "Gradient-Based Learning Applied to Document Recognition",
    Proceedings of the IEEE 1998, table I.
    """

    category = Category.CONVOLUTION
    summary = "A convolution whose maps each see some input maps only: C3 of LeNet-5."
    search = ("lenet", "connection table", "sparse", "partial connection", "c3")
    short_name = "table"
    ranks = (3,)

    table: tuple[int, ...] = integers(
        LECUN,
        1,
        987_654_321,
        "For each output map the input maps that it sees, as digits: 134 sees maps 1, 3 and 4.",
        most=256,
    )
    kernel_size: Pair = sizes(2, 5, 1, "Height and width of a filter.")
    stride: Pair = sizes(2, 1, 1, "Steps between neighbouring windows.")
    padding: Pair = sizes(2, 0, 0, "Cells of zeros added at each edge.")
    bias: bool = flag(True, "Add one trainable number to each output map.")
    init: str = init_field(UNSHARED_SCHEMES)
    init_value: float = value_field()

    def _rows(self) -> tuple[tuple[int, ...], ...]:
        """The input maps of each output map, from 0 on."""
        return tuple(tuple(int(digit) - 1 for digit in str(int(row))) for row in self.table)

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        if len(shape) != 3:
            yield from self.axes_problem(shape)
            return
        for row, maps in zip(self.table, self._rows(), strict=True):
            if min(maps) < 0 or len(set(maps)) < len(maps):
                why = say("{row} must name each input map once, from 1 on", row=row)
                yield self._wrong(row, why)
                return
            if max(maps) >= shape[0]:
                why = say(
                    "{row} names a map that {input} does not have", row=row, input=dims(shape)
                )
                yield self._wrong(row, why)
                return
        padded = (shape[1] + 2 * self.padding[0], shape[2] + 2 * self.padding[1])
        yield from window_problem(self.kernel_size, (1, 1), padded)

    def _wrong(self, row: int, why: Message) -> Problem:
        mend = say("Use the digits 1 to the number of input maps, each once in a row")
        return Problem(FaultKind.DIMENSION, why, mend, field="table", value=str(row))

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        extent, once = inputs[0][1:], (1, 1)
        sizes = window_sizes(extent, self.kernel_size, self.stride, self.padding, once)
        return ((len(self.table), *sizes),)

    def _connections(self) -> int:
        """Pairs of an output map and an input map that it sees."""
        return sum(map(len, self._rows()))

    def parameters(self, inputs: Sequence[Shape]) -> int:
        height, width = self.kernel_size
        return self._connections() * height * width + (len(self.table) if self.bias else 0)

    def macs(self, inputs: Sequence[Shape]) -> int:
        ((_, rows, columns),) = self.shapes(inputs)
        height, width = self.kernel_size
        return self._connections() * height * width * rows * columns

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        return windows(self.kernel_size, self.stride, (1, 1), self.padding)

    def call(self, inputs: Sequence[Shape]) -> Call:
        call = Call(
            "TableConv2d",
            {
                "table": self._rows(),
                "kernel_size": self.kernel_size,
                "stride": self.stride,
                "padding": self.padding,
                "bias": self.bias,
                "init": self.init,
                "init_value": self.init_value,
            },
            positional=2,
            defaults={"stride": (1, 1), "padding": (0, 0), "bias": True},
        )
        return initialised(call)

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        others = ("s", self.stride, 1), ("p", self.padding, 0)
        return settings_text(self.kernel_size, *others), channels_text(inputs, len(self.table))

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        ((count, rows, columns),) = self.shapes(inputs)
        height, width = self.kernel_size
        pairs = self._connections()
        bias = f" + {count}" if self.bias else ""
        yield parameters_line(
            self,
            inputs,
            "connections · k · k + C_out" if self.bias else "connections · k · k",
            f"{pairs} · {height} · {width}{bias}",
        )
        yield macs_line(
            self,
            inputs,
            "connections · k · k · H_out · W_out",
            f"{pairs} · {height} · {width} · {rows} · {columns}",
        )
