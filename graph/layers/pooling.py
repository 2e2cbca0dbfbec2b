"""Pooling: fewer positions, same channels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph.declaration import flag, optional_integer, pair, show
from graph.layer import (
    OUTPUT,
    Call,
    Category,
    Explanation,
    FaultKind,
    Layer,
    Port,
    Problem,
    Shape,
    dims,
    needs_image,
    short_pair,
)
from graph.message import say
from graph.reach import Axis, Bins, Window

Pair = tuple[int, int]
INDICES = Port("indices", indices=True)


def pooled_size(
    size: int, kernel: int, stride: int, padding: int, dilation: int, ceil_mode: bool
) -> int:
    """torch's pooling_output_shape: with ceil_mode the last window must start inside the padding
    before the end, so it never lies in the added part alone."""
    room = size + 2 * padding - dilation * (kernel - 1) - 1
    count = (room + (stride - 1 if ceil_mode else 0)) // stride + 1
    if ceil_mode and (count - 1) * stride >= size + padding:
        count -= 1
    return count


class _Pool2d(Layer):
    """What max and average pooling share."""

    category = Category.POOLING

    kernel_size: Pair = pair((2, 2), 1, 1024, "Height and width of the window.")
    stride: Pair | None = pair(None, 1, 1024, "Steps between windows.", none_means="kernel_size")
    padding: Pair = pair((0, 0), 0, 512, "Rows and columns added at each edge.")
    ceil_mode: bool = flag(False, "Round the output size up: the last window may stick out.")

    def _stride(self) -> Pair:
        return self.stride or self.kernel_size

    def _dilation(self) -> Pair:
        return (1, 1)

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        if len(shape) != 3:
            yield from needs_image(self, shape)
            return
        # torch does not count the dilation here
        half = (self.kernel_size[0] // 2, self.kernel_size[1] // 2)
        if self.padding[0] > half[0] or self.padding[1] > half[1]:
            yield Problem(
                FaultKind.PADDING,
                say("pooling allows at most half the window {size}", size=show(self.kernel_size)),
                say("Use at most {value}", value=show(half)),
                field="padding",
                value=show(self.padding),
                changes={
                    "padding": tuple(min(p, h) for p, h in zip(self.padding, half, strict=True))
                },
            )
        padded = [shape[a + 1] + 2 * self.padding[a] for a in (0, 1)]
        dilation = self._dilation()
        if any(self._size(shape, a) < 1 for a in (0, 1)):
            fitting = tuple(
                max(1, min(self.kernel_size[a], (padded[a] - 1) // dilation[a] + 1)) for a in (0, 1)
            )
            yield Problem(
                FaultKind.WINDOW_TOO_LARGE,
                say("larger than the padded input {input}", input=dims(padded)),
                say("Use at most {size}, or pool less before", size=show(fitting)),
                field="kernel_size",
                value=show(self.kernel_size),
                changes={"kernel_size": fitting},
            )

    def _size(self, shape: Shape, axis: int) -> int:
        return pooled_size(
            shape[axis + 1],
            self.kernel_size[axis],
            self._stride()[axis],
            self.padding[axis],
            self._dilation()[axis],
            self.ceil_mode,
        )

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        shape = inputs[0]
        result = (shape[0], self._size(shape, 0), self._size(shape, 1))
        return (result,) * len(self.output_ports())

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        return tuple(
            Window(self.kernel_size[a], self._stride()[a], self._dilation()[a], self.padding[a])
            for a in (0, 1)
        )

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        parts = [show(self.kernel_size), f"s{short_pair(self._stride())}"]
        if self.padding != (0, 0):
            parts.append(f"p{short_pair(self.padding)}")
        return " ".join(parts), ""

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        ((_, height, width), *_) = self.shapes(inputs)
        brackets = "⌈⌉" if self.ceil_mode else "⌊⌋"
        for axis, title, result in (
            (0, say("Output height"), height),
            (1, say("Output width"), width),
        ):
            k, s, d, p = (
                self.kernel_size[axis],
                self._stride()[axis],
                self._dilation()[axis],
                self.padding[axis],
            )
            yield Explanation(
                title,
                f"{brackets[0]}({'HW'[axis]} + 2p − d·(k−1) − 1) / s{brackets[1]} + 1",
                f"{brackets[0]}({inputs[0][axis + 1]} + 2·{p} − {d}·{k - 1} − 1) / {s}"
                f"{brackets[1]} + 1",
                str(result),
            )


class MaxPool2d(_Pool2d):
    """Keeps the largest value of each window."""

    summary = "Keeps the largest value of each window."
    search = ("max pooling", "maximum", "subsampling")
    short_name = "maxpool"

    dilation: Pair = pair((1, 1), 1, 1024, "Steps between the cells of a window.")
    return_indices: bool = flag(False, "A second output with the positions of the maxima.")

    def _dilation(self) -> Pair:
        return self.dilation

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        found = tuple(super().problems(inputs))
        yield from found
        if not found and any(self._misses(inputs[0], axis) for axis in (0, 1)):
            # torch answers −∞ here, and its backward pass writes beyond its memory.
            yield Problem(
                FaultKind.PADDING,
                say(
                    "with dilation {dilation} a window steps over the input {input} and sees "
                    "added cells only",
                    dilation=show(self.dilation),
                    input=dims(inputs[0][1:]),
                ),
                say("Use less padding, or dilation 1"),
                field="padding",
                value=show(self.padding),
                changes={"dilation": (1, 1)},
            )

    def _misses(self, shape: Shape, axis: int) -> bool:
        """Whether a window that starts before the input has no cell in it."""
        kernel, step = self.kernel_size[axis], self.dilation[axis]
        for start in range(-self.padding[axis], 0, self._stride()[axis]):
            taps = -(start // step)  # the first tap at or behind the edge
            if taps >= kernel or start + taps * step >= shape[axis + 1]:
                return True
        return False

    def output_ports(self) -> tuple[Port, ...]:
        return (OUTPUT, INDICES) if self.return_indices else (OUTPUT,)

    def call(self, inputs: Sequence[Shape]) -> Call:
        return Call(
            "nn.MaxPool2d",
            {
                "kernel_size": self.kernel_size,
                "stride": self._stride(),
                "padding": self.padding,
                "dilation": self.dilation,
                "return_indices": self.return_indices,
                "ceil_mode": self.ceil_mode,
            },
            positional=2,
            defaults={
                "stride": self.kernel_size,
                "padding": (0, 0),
                "dilation": (1, 1),
                "return_indices": False,
                "ceil_mode": False,
            },
        )


class AvgPool2d(_Pool2d):
    """Takes the mean of each window."""

    summary = "Takes the mean of each window."
    search = ("average pooling", "mean", "subsampling")
    short_name = "avgpool"

    count_include_pad: bool = flag(True, "Count the added cells when dividing.")
    divisor_override: int | None = optional_integer(
        None, 1, 1_048_576, "Divide by this number.", "cells in the window"
    )

    def call(self, inputs: Sequence[Shape]) -> Call:
        return Call(
            "nn.AvgPool2d",
            {
                "kernel_size": self.kernel_size,
                "stride": self._stride(),
                "padding": self.padding,
                "ceil_mode": self.ceil_mode,
                "count_include_pad": self.count_include_pad,
                "divisor_override": self.divisor_override,
            },
            positional=2,
            defaults={
                "stride": self.kernel_size,
                "padding": (0, 0),
                "ceil_mode": False,
                "count_include_pad": True,
                "divisor_override": None,
            },
        )


class _AdaptivePool2d(Layer):
    """What the adaptive poolings share: the output size is chosen, the window follows."""

    category = Category.POOLING

    def _count(self) -> Pair:
        return (1, 1)

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        yield from needs_image(self, inputs[0])

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        return ((inputs[0][0], *self._count()),) * len(self.output_ports())

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        return tuple(Bins(count) for count in self._count())

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        return f"→ {show(self._count())}", ""

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        yield Explanation(
            say("Window of output row i"),
            "⌊i·H / n⌋ … ⌈(i+1)·H / n⌉ − 1",
            f"n = {self._count()[0]}, H = {inputs[0][1]}",
            dims(self.shapes(inputs)[0]),
        )


class _SizedPool2d(_AdaptivePool2d):
    """An adaptive pooling whose output size is a setting."""

    output_size: Pair = pair((1, 1), 1, 1024, "Height and width of the output.")

    def _count(self) -> Pair:
        return self.output_size


class AdaptiveAvgPool2d(_SizedPool2d):
    """Mean over windows chosen so that the output has a given size."""

    summary = "Mean over windows chosen so that the output has a given size."
    search = ("average pooling", "adaptive")
    short_name = "avgpool"

    def call(self, inputs: Sequence[Shape]) -> Call:
        return Call("nn.AdaptiveAvgPool2d", {"output_size": self.output_size}, positional=1)


class AdaptiveMaxPool2d(_SizedPool2d):
    """Maximum over windows chosen so that the output has a given size."""

    summary = "Maximum over windows chosen so that the output has a given size."
    search = ("max pooling", "adaptive")
    short_name = "maxpool"

    return_indices: bool = flag(False, "A second output with the positions of the maxima.")

    def output_ports(self) -> tuple[Port, ...]:
        return (OUTPUT, INDICES) if self.return_indices else (OUTPUT,)

    def call(self, inputs: Sequence[Shape]) -> Call:
        return Call(
            "nn.AdaptiveMaxPool2d",
            self.values(),
            positional=1,
            defaults={"return_indices": False},
        )


class GlobalAvgPool2d(_AdaptivePool2d):
    """One number per channel: the mean of its map."""

    summary = "One number per channel: the mean of its whole map."
    search = ("global average pooling", "gap", "mean")
    short_name = "gap"

    def call(self, inputs: Sequence[Shape]) -> Call:
        return Call("nn.AdaptiveAvgPool2d", {"output_size": (1, 1)}, positional=1)
