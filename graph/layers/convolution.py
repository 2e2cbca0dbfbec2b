"""Convolutions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import gcd
from typing import Literal

from graph.declaration import choice, flag, integer, pair, show
from graph.layer import (
    Call,
    Category,
    Explanation,
    FaultKind,
    Layer,
    Problem,
    Shape,
    dims,
    needs_image,
    short_pair,
)
from graph.message import say
from graph.reach import Axis, Window

Pair = tuple[int, int]


def window_size(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    """⌊(H + 2p − d·(k−1) − 1) / s⌋ + 1, as torch.nn.Conv2d documents it."""
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


def near_divisors(number: int, wanted: int) -> list[int]:
    """The divisors of ``number`` next to ``wanted``, at most one on each side."""
    divisors = [d for d in range(1, number + 1) if number % d == 0]
    below = [d for d in divisors if d <= wanted][-1:]
    above = [d for d in divisors if d > wanted][:1]
    return below + above


class Conv2d(Layer):
    """Slides filters over an image: each output channel is one filter's answer everywhere."""

    category = Category.CONVOLUTION
    summary = "Slides filters over the image; each output channel is one filter's answer."
    search = ("convolution", "filter", "kernel", "depthwise", "pointwise", "grouped", "dilated")
    short_name = "conv"

    out_channels: int = integer(
        32, 1, 65536, "Number of filters, and so of output channels.", "channels"
    )
    kernel_size: Pair = pair((3, 3), 1, 1024, "Height and width of a filter.")
    stride: Pair = pair((1, 1), 1, 1024, "Steps between neighbouring windows.")
    padding: Pair | Literal["same", "valid"] = pair(
        (0, 0),
        0,
        1024,
        "Rows and columns added at each edge. same keeps the size at stride 1; valid adds none.",
        words=("same", "valid"),
    )
    dilation: Pair = pair((1, 1), 1, 1024, "Steps between the taps of a filter.")
    groups: int = integer(
        1, 1, 65536, "Channels are split into this many groups that do not see each other."
    )
    bias: bool = flag(True, "Add one trainable number to each output channel.")
    padding_mode: str = choice(
        "zeros", ("zeros", "reflect", "replicate", "circular"), "What the added rows contain."
    )

    def _before(self, axis: int) -> tuple[int, int]:
        """Padding before and after along one axis."""
        if self.padding == "valid":
            return 0, 0
        if self.padding == "same":
            total = self.dilation[axis] * (self.kernel_size[axis] - 1)
            return total // 2, total - total // 2
        padding = self.padding[axis]
        assert isinstance(padding, int)
        return padding, padding

    def _padded(self, shape: Shape) -> Pair:
        (top, bottom), (left, right) = self._before(0), self._before(1)
        return shape[1] + top + bottom, shape[2] + left + right

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        if len(shape) != 3:
            yield from needs_image(self, shape)
            return
        yield from self._channel_problems(shape[0])
        if self.padding == "same" and self.stride != (1, 1):
            yield Problem(
                FaultKind.STRIDE_WITH_SAME,
                say("padding same keeps the size, which only stride 1 can do"),
                say("Use stride 1, or give padding as numbers"),
                field="stride",
                value=show(self.stride),
                changes={"stride": (1, 1)},
            )
        yield from self._size_problems(shape)

    def _channel_problems(self, channels: int) -> Iterator[Problem]:
        fails_in, fails_out = channels % self.groups, self.out_channels % self.groups
        if not (fails_in or fails_out):
            return
        if fails_in and fails_out:
            why = say(
                "{inputs} input and {outputs} output channels are not divisible",
                inputs=channels,
                outputs=self.out_channels,
            )
        elif fails_in:
            why = say("{n} input channels are not divisible", n=channels)
        else:
            why = say("{n} output channels are not divisible", n=self.out_channels)
        near = near_divisors(gcd(channels, self.out_channels), self.groups)
        yield Problem(
            FaultKind.GROUPS,
            why,
            say("Nearest: {values}", values=" / ".join(map(str, near))),
            field="groups",
            value=str(self.groups),
            changes={"groups": near[0]},
        )

    def _size_problems(self, shape: Shape) -> Iterator[Problem]:
        padded = self._padded(shape)
        reach = [self.dilation[a] * (self.kernel_size[a] - 1) + 1 for a in (0, 1)]
        if reach[0] > padded[0] or reach[1] > padded[1]:
            fitting = tuple(
                max(1, min(self.kernel_size[a], (padded[a] - 1) // self.dilation[a] + 1))
                for a in (0, 1)
            )
            yield Problem(
                FaultKind.WINDOW_TOO_LARGE,
                say("larger than the padded input {input}", input=dims(padded)),
                say("Use at most {size}, or more padding", size=show(fitting)),
                field="kernel_size",
                value=show(self.kernel_size)
                + (f" d{short_pair(self.dilation)}" if self.dilation != (1, 1) else ""),
                changes={"kernel_size": fitting},
            )
        limit = {"reflect": -1, "circular": 0}.get(self.padding_mode)
        if limit is not None:
            most = (
                max(*self._before(0)) > shape[1] + limit or max(*self._before(1)) > shape[2] + limit
            )
            if most:
                yield Problem(
                    FaultKind.PADDING,
                    say(
                        "{mode} takes the added rows from the input {input}, which has too few",
                        mode=self.padding_mode,
                        input=dims(shape[1:]),
                    ),
                    say("Use less padding, or padding_mode zeros"),
                    field="padding",
                    value=show(self.padding),
                    changes={"padding_mode": "zeros"},
                )

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        height, width = self._padded(inputs[0])
        (kh, kw), (sh, sw), (dh, dw) = self.kernel_size, self.stride, self.dilation
        return (
            (
                self.out_channels,
                window_size(height, kh, sh, 0, dh),
                window_size(width, kw, sw, 0, dw),
            ),
        )

    def parameters(self, inputs: Sequence[Shape]) -> int:
        kh, kw = self.kernel_size
        weights = self.out_channels * (inputs[0][0] // self.groups) * kh * kw
        return weights + (self.out_channels if self.bias else 0)

    def macs(self, inputs: Sequence[Shape]) -> int:
        ((channels, height, width),) = self.shapes(inputs)
        kh, kw = self.kernel_size
        return channels * height * width * (inputs[0][0] // self.groups) * kh * kw

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        return tuple(
            Window(
                self.kernel_size[a],
                self.stride[a],
                self.dilation[a],
                self._before(a)[0],
                self.padding_mode,
            )
            for a in (0, 1)
        )

    def call(self, inputs: Sequence[Shape]) -> Call:
        return Call(
            "nn.Conv2d",
            {"in_channels": inputs[0][0], **self.values()},
            positional=3,
            defaults={
                "stride": (1, 1),
                "padding": (0, 0),
                "dilation": (1, 1),
                "groups": 1,
                "bias": True,
                "padding_mode": "zeros",
            },
        )

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        parts = [show(self.kernel_size)]
        if self.stride != (1, 1):
            parts.append(f"s{short_pair(self.stride)}")
        if isinstance(self.padding, str):
            parts.append(self.padding)
        elif self.padding != (0, 0):
            parts.append(f"p{short_pair(self.padding)}")
        if self.dilation != (1, 1):
            parts.append(f"d{short_pair(self.dilation)}")
        if self.groups > 1:
            parts.append(f"g{self.groups}")
        channels = f"{inputs[0][0]}→{self.out_channels}" if inputs else f"→{self.out_channels}"
        return " ".join(parts), channels

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        ((_, height, width),) = self.shapes(inputs)
        for axis, title, result in (
            (0, say("Output height"), height),
            (1, say("Output width"), width),
        ):
            k, s, d = self.kernel_size[axis], self.stride[axis], self.dilation[axis]
            before, after = self._before(axis)
            size = inputs[0][axis + 1]
            padding = f"2·{before}" if before == after else f"{before} + {after}"
            letter = "HW"[axis]
            yield Explanation(
                title,
                f"⌊({letter} + 2p − d·(k−1) − 1) / s⌋ + 1",
                f"⌊({size} + {padding} − {d}·{k - 1} − 1) / {s}⌋ + 1",
                str(result),
            )
        kh, kw = self.kernel_size
        per_group = inputs[0][0] // self.groups
        bias = self.out_channels if self.bias else 0
        yield Explanation(
            say("Parameters"),
            "C_out · C_in/g · k · k + bias",
            f"{self.out_channels} · {per_group} · {kh} · {kw} + {bias}",
            str(self.parameters(inputs)),
        )
        yield Explanation(
            say("Multiply-accumulates per image"),
            "C_out · C_in/g · k · k · H_out · W_out",
            f"{self.out_channels} · {per_group} · {kh} · {kw} · {height} · {width}",
            str(self.macs(inputs)),
        )
