"""What all layers with a sliding window share, along one, two or three axes.

Sizes are one integer for a signal C×L, and two or three for an image C×H×W or a volume C×D×H×W,
as torch.nn has them. The rules work on tuples, so each is written once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from math import gcd
from typing import Any

from graph.calls.call import Shape
from graph.layers.base.layer import FaultKind, Layer, Problem, dims, needs_image
from graph.layers.base.reach import Window
from graph.values.declaration import show
from graph.values.dims import is_traced
from graph.values.fields import flag, integer, pair, triple
from graph.values.message import Message, say, say_count

Pair = tuple[int, int]
Triple = tuple[int, int, int]
Sizes = int | tuple[int, ...]

LETTERS = {1: "L", 2: "HW", 3: "DHW"}
"""What the axes of a signal, an image and a volume are called in formulas."""

OUTPUT_TITLES: dict[str, Message] = {
    "L": say("Output length"),
    "D": say("Output depth"),
    "H": say("Output height"),
    "W": say("Output width"),
}


def sizes(axes: int, default: int, minimum: int, help: str, *, words: tuple[str, ...] = ()) -> Any:
    """A field of one number for each of one to three axes, all of the same default."""
    if axes == 1:
        return integer(default, minimum, 1024, help, words=words)
    if axes == 2:
        return pair((default, default), minimum, 1024, help, words=words)
    return triple((default, default, default), minimum, 1024, help, words=words)


def filters_field() -> Any:
    """The field ``out_channels`` of a convolution."""
    return integer(32, 1, 65536, "Number of filters, and so of output channels.", "channels")


def groups_field() -> Any:
    """The field ``groups`` of a convolution."""
    return integer(
        1, 1, 65536, "Channels are split into this many groups that do not see each other."
    )


def bias_field() -> Any:
    """The field ``bias`` of a convolution."""
    return flag(True, "Add one trainable number to each output channel.")


def each(value: Sizes) -> tuple[int, ...]:
    """The numbers axis by axis, one to three, of what a field holds."""
    return value if isinstance(value, tuple) else (value,)


def joined(values: Sequence[int]) -> Sizes:
    """Numbers axis by axis as a field holds them: one alone stands without its tuple."""
    return values[0] if len(values) == 1 else tuple(values)


def short(value: Sizes) -> str:
    """``3`` for (3, 3), ``1×7`` for (1, 7)."""
    numbers = each(value)
    return str(numbers[0]) if len(set(numbers)) == 1 else show(numbers)


def settings_text(kernel_size: Sizes, *others: tuple[str, Sizes | str, int]) -> str:
    """The window on a node's face, ``3×3 s2 p1``.

    ``others`` are a letter, the setting, and the number of which nothing is said where it stands
    along every axis; a word stands without the letter.
    """
    parts = [show(kernel_size)]
    for letter, value, usual in others:
        if isinstance(value, str):
            parts.append(value)
        elif set(each(value)) != {usual}:
            parts.append(f"{letter}{short(value)}")
    return " ".join(parts)


def channels_text(inputs: Sequence[Shape], out_channels: int) -> str:
    """The channels on a node's face, ``16→32``, for inputs of shape C×…; without the first where no
    input is known."""
    return f"{inputs[0][0]}→{out_channels}" if inputs else f"→{out_channels}"


def window_size(size: int, kernel: int, stride: int, padding: int, dilation: int) -> int:
    """Positions of a window along an axis of ``size`` cells, below 1 where it does not fit.

    ⌊(H + 2p − d·(k−1) − 1) / s⌋ + 1, as torch.nn.Conv2d documents it. Traced numbers stay traced.
    """
    if stride == 1 and not is_traced((kernel, stride, padding, dilation)):
        added = 2 * padding - dilation * (kernel - 1)
        return size + added if added >= 0 else size - -added
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


def window_sizes(
    extent: Sequence[int], kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes
) -> tuple[int, ...]:
    """``window_size`` along each axis; ``extent`` is a shape without its channels."""
    settings = map(each, (kernel, stride, padding, dilation))
    return tuple(window_size(*along) for along in zip(extent, *settings, strict=True))


@lru_cache(maxsize=512)
def windows(
    kernel: tuple[int, ...],
    stride: tuple[int, ...],
    dilation: tuple[int, ...],
    before: tuple[int, ...],
    mode: str = "zeros",
) -> tuple[Window, ...]:
    """The reach of a sliding window, axis by axis; ``before`` are the cells added in front."""
    axes = zip(kernel, stride, dilation, before, strict=True)
    return tuple(Window(k, s, d, cells, mode) for k, s, d, cells in axes)


def edges(
    padding: Sizes | str, kernel: tuple[int, ...], dilation: tuple[int, ...], axis: int
) -> tuple[int, int]:
    """Cells added before and after along one axis, for numbers or one of the words.

    valid adds none, same d·(k−1) in all (the odd one behind), full d·(k−1) on each side.
    """
    total = dilation[axis] * (kernel[axis] - 1)
    if padding == "valid":
        return 0, 0
    if padding == "same":
        return total // 2, total - total // 2
    if isinstance(padding, str):
        return total, total
    return each(padding)[axis], each(padding)[axis]


def near_divisors(number: int, wanted: int) -> list[int]:
    """The divisors of ``number``, 1 or more, next to ``wanted``, at most one on each side."""
    divisors = [d for d in range(1, number + 1) if number % d == 0]
    below = [d for d in divisors if d <= wanted][-1:]
    above = [d for d in divisors if d > wanted][:1]
    return below + above


def group_problem(channels: int, out_channels: int, groups: int) -> Iterator[Problem]:
    """Yield the problem of input and output channels, 1 or more, of which one or both cannot be
    split into ``groups`` equal parts; the divisors nearest to it are offered."""
    fails_in, fails_out = channels % groups, out_channels % groups
    if not (fails_in or fails_out):
        return
    if fails_in and fails_out:
        why = say_count(
            "{inputs} input and {n} output channel are not divisible",
            "{inputs} input and {n} output channels are not divisible",
            out_channels,
            inputs=channels,
        )
    elif fails_in:
        why = say_count(
            "{n} input channel is not divisible", "{n} input channels are not divisible", channels
        )
    else:
        why = say_count(
            "{n} output channel is not divisible",
            "{n} output channels are not divisible",
            out_channels,
        )
    near = near_divisors(gcd(channels, out_channels), groups)
    yield Problem(
        FaultKind.GROUPS,
        why,
        say("Nearest: {values}", values=" / ".join(map(str, near))),
        field="groups",
        value=str(groups),
        changes={"groups": near[0]},
    )


def too_few_cells(mode: str, added: Sequence[tuple[int, int]], extent: Sequence[int]) -> bool:
    """Whether an input has too few cells for the border that ``mode`` copies from it.

    ``added`` are the cells before and after along each axis of ``extent``, a shape without its
    channels. reflect needs one cell more than it adds, circular as many; the others always do.
    """
    limit = {"reflect": -1, "circular": 0}.get(mode)
    return limit is not None and any(
        max(pair) > size + limit for pair, size in zip(added, extent, strict=True)
    )


def border_problem(
    mode: str, added: Sequence[tuple[int, int]], shape: Shape, field: str, value: str, mend: Message
) -> Iterator[Problem]:
    """Yield the problem of ``too_few_cells`` in C×L, C×H×W or C×D×H×W.

    ``field`` and ``value`` are what is named as wrong; a ``padding_mode`` of zeros mends it.
    """
    if too_few_cells(mode, added, shape[1:]):
        yield Problem(
            FaultKind.PADDING,
            say(
                "{mode} takes the added rows from the input {input}, which has too few",
                mode=mode,
                input=dims(shape[1:]),
            ),
            mend,
            field=field,
            value=value,
            changes={"padding_mode": "zeros"},
        )


def window_problem(
    kernel: tuple[int, ...], dilation: tuple[int, ...], padded: tuple[int, ...]
) -> Iterator[Problem]:
    """Yield the problem of a window larger than the padded input.

    ``padded`` are the cells along each axis with those added, without the channels.
    """
    span = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
    if all(s <= size for s, size in zip(span, padded, strict=True)):
        return
    fitting = tuple(
        max(1, min(k, (size - 1) // d + 1))
        for k, size, d in zip(kernel, padded, dilation, strict=True)
    )
    spread = f" d{short(dilation)}" if set(dilation) != {1} else ""
    yield Problem(
        FaultKind.WINDOW_TOO_LARGE,
        say("larger than the padded input {input}", input=dims(padded)),
        say("Use at most {size}, or more padding", size=show(joined(fitting))),
        field="kernel_size",
        value=show(joined(kernel)) + spread,
        changes={"kernel_size": joined(fitting)},
    )


class Sliding(Layer):
    """A layer along all axes behind the channels, whose number ``ranks`` tells."""

    @property
    def axes(self) -> int:
        """How many: 1 for a signal, 2 for an image, 3 for a volume."""
        return self.ranks[0] - 1

    def axes_problem(self, shape: Shape) -> Iterator[Problem]:
        """Yield the problem unless ``shape`` has as many axes behind its channels."""
        if self.axes == 2:
            yield from needs_image(self, shape)
        elif len(shape) != self.axes + 1:
            letters = "×".join("C" + LETTERS[self.axes])
            yield Problem(
                FaultKind.WRONG_RANK,
                say("{type} takes {allowed}", type=self.type_name(), allowed=letters),
                say("Use the layer for this number of axes, or another input"),
                port="input",
                value=dims(shape),
            )
