"""More positions from fewer: interpolation, and channels rearranged into positions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from graph.calls.call import Call, Shape
from graph.layers.base.layer import (
    Category,
    Explanation,
    FaultKind,
    Layer,
    Problem,
    dims,
    needs_image,
    needs_rank,
)
from graph.layers.base.reach import Axis, Window
from graph.layers.base.registration import register
from graph.layers.base.resampling_reach import Stretch
from graph.layers.base.sliding import LETTERS, OUTPUT_TITLES, joined
from graph.values.declaration import show
from graph.values.fields import choice, flag, integer, integers, reals
from graph.values.message import say, say_count

_BY_RANK = {2: ("linear",), 3: ("bilinear", "bicubic"), 4: ("trilinear",)}
"""The modes that interpolate, by the axes of the input."""

_NEAREST = ("nearest", "nearest-exact")
_RULES = {"bilinear": "linear", "trilinear": "linear", "bicubic": "cubic"}


@register
class Upsample(Layer):
    """Interpolates C×L, C×H×W or C×D×H×W to a given size or by a given factor."""

    category = Category.POOLING
    summary = "Enlarges or shrinks a map by interpolation; nothing is learnt."
    search = (
        "interpolate",
        "resize",
        "upscale",
        "unpooling",
        "upsampling",
        "nearest",
        "bilinear",
        "bicubic",
    )
    ranks = (2, 3, 4)

    size: tuple[int, ...] | None = integers(
        None,
        1,
        8192,
        "Output size: one number for all axes, or one for each.",
        most=3,
        none_means="by scale_factor",
    )
    scale_factor: tuple[float, ...] = reals(
        (2.0,),
        1 / 64,
        64,
        "Output size over input size, where no size is given: one for all axes, or one for each.",
        most=3,
    )
    mode: str = choice(
        "nearest",
        (*_NEAREST, "linear", "bilinear", "bicubic", "trilinear"),
        "How values between the cells are found; linear for C×L, bilinear and bicubic for C×H×W, "
        "trilinear for C×D×H×W.",
    )
    align_corners: bool = flag(
        False, "Lay the outer cells of input and output on each other; not with nearest."
    )
    recompute_scale_factor: bool = flag(
        False, "Interpolate by the ratio of the rounded sizes; only with scale_factor."
    )

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        if len(shape) not in self.ranks:
            yield from needs_rank(self, shape)
            return
        name, values = ("size", self.size) if self.size else ("scale_factor", self.scale_factor)
        if values and len(values) not in (1, len(shape) - 1):
            yield self._problem(
                name,
                say_count(
                    "the input {input} has {n} such axis",
                    "the input {input} has {n} such axes",
                    len(shape) - 1,
                    input=dims(shape),
                ),
                say("Give one number, or one for each axis"),
                values[:1],
            )
        elif min(self._sizes(shape)) < 1:
            yield self._problem(
                "scale_factor",
                say("nothing is left of the input {input}", input=dims(shape)),
                say("Use a larger factor"),
                (1.0,),
            )
        fitting = _BY_RANK[len(shape)]
        if self.mode not in (*_NEAREST, *fitting):
            yield self._problem(
                "mode",
                say("does not suit the input {input}", input=dims(shape)),
                say("Use {modes}", modes=", ".join((*_NEAREST, *fitting))),
                fitting[0],
            )
        if self.align_corners and self.mode in _NEAREST:
            why = say("{mode} has no corners to align", mode=self.mode)
            yield self._problem("align_corners", why, say("Switch it off"), False)
        if self.recompute_scale_factor and self.size:
            why = say("there is no factor beside an output size")
            yield self._problem("recompute_scale_factor", why, say("Switch it off"), False)

    def _problem(self, field: str, why: Any, mend: Any, value: Any) -> Problem:
        found = show(getattr(self, field))
        return Problem(
            FaultKind.DIMENSION, why, mend, field=field, value=found, changes={field: value}
        )

    def _factors(self, shape: Shape) -> tuple[float, ...]:
        single = len(self.scale_factor) == 1
        return self.scale_factor * (len(shape) - 1) if single else self.scale_factor

    def _sizes(self, shape: Shape) -> tuple[int, ...]:
        if self.size:
            return self.size * (len(shape) - 1) if len(self.size) == 1 else self.size
        return tuple(
            int(float(size) * factor)
            for size, factor in zip(shape[1:], self._factors(shape), strict=True)
        )

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        if self.size is None and all(factor.is_integer() for factor in self.scale_factor):
            factors = self._factors(inputs[0])
            sizes = (n * int(f) for n, f in zip(inputs[0][1:], factors, strict=True))
            return ((inputs[0][0], *sizes),)  # whole numbers stay traced
        return ((inputs[0][0], *self._sizes(inputs[0])),)

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        shape = inputs[0]
        rule = _RULES.get(self.mode, self.mode)
        by_size = self.size is not None or self.recompute_scale_factor
        return tuple(
            Stretch(count, length / count if by_size else 1 / factor, rule, self.align_corners)
            for count, length, factor in zip(
                self._sizes(shape),
                shape[1:],
                (0.0,) * (len(shape) - 1) if by_size else self._factors(shape),
                strict=True,
            )
        )

    def call(self, inputs: Sequence[Shape]) -> Call:
        arguments: dict[str, Any] = {}
        if self.size:
            arguments["size"] = joined(self.size)
        else:
            single = len(self.scale_factor) == 1
            arguments["scale_factor"] = self.scale_factor[0] if single else self.scale_factor
        arguments["mode"] = self.mode
        if self.align_corners or self.mode not in _NEAREST:
            arguments["align_corners"] = self.align_corners
        if self.recompute_scale_factor:
            arguments["recompute_scale_factor"] = True
        return Call("nn.Upsample", arguments, defaults={"mode": "nearest"})

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        target = f"→ {show(self.size)}" if self.size else f"×{_factor(self.scale_factor)}"
        return f"{target} {self.mode}", ""

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        if self.size:
            yield Explanation(
                say("Output size"), "size", show(self.size), dims(self._sizes(inputs[0]))
            )
            return
        letters = LETTERS[len(inputs[0]) - 1]
        for letter, size, factor, found in zip(
            letters, inputs[0][1:], self._factors(inputs[0]), self._sizes(inputs[0]), strict=True
        ):
            yield Explanation(
                OUTPUT_TITLES[letter],
                f"⌊{letter} · scale_factor⌋",
                f"⌊{size} · {factor:g}⌋",
                str(found),
            )


def _factor(values: tuple[float, ...]) -> str:
    return "×".join(f"{value:g}" for value in values)


class _Shuffle(Layer):
    category = Category.POOLING
    ranks = (3,)
    passes_input = True

    def call(self, inputs: Sequence[Shape]) -> Call:
        return Call(f"nn.{self.type_name()}", self.values(), positional=1)

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        (factor,) = self.values().values()
        channels = f"{inputs[0][0]}→{self.shapes(inputs)[0][0]}" if inputs else ""
        return f"r {factor}", channels


@register
class PixelShuffle(_Shuffle):
    """C·r²×H×W becomes C×H·r×W·r: groups of r² channels become r×r positions.

    Shi et al., "Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel
    Convolutional Neural Network", CVPR 2016.
    """

    summary = "Turns groups of r² channels into r×r positions: an image r times as large."
    search = (
        "sub-pixel convolution",
        "subpixel",
        "depth to space",
        "super-resolution",
        "upsampling",
        "upscale",
    )

    upscale_factor: int = integer(2, 1, 64, "The factor r of height and width.")

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        square = self.upscale_factor**2
        if len(shape) != 3:
            yield from needs_image(self, shape)
        elif shape[0] % square:
            best = max(r for r in range(1, 65) if shape[0] % r**2 == 0)
            yield Problem(
                FaultKind.GROUPS,
                say_count(
                    "{n} input channel does not divide by {square} (r²)",
                    "{n} input channels do not divide by {square} (r²)",
                    shape[0],
                    square=square,
                ),
                say("Use {factor}, or a multiple of {square} channels", factor=best, square=square),
                field="upscale_factor",
                value=str(self.upscale_factor),
                changes={"upscale_factor": best},
            )

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        channels, height, width = inputs[0]
        r = self.upscale_factor
        return ((channels // r**2, height * r, width * r),)

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        r = self.upscale_factor
        return tuple(Stretch(size * r, 1 / r, "nearest") for size in inputs[0][1:])

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        numbers = f"{dims(inputs[0])}, r = {self.upscale_factor}"
        yield Explanation(
            say("Output shape"), "C/r² × H·r × W·r", numbers, dims(self.shapes(inputs)[0])
        )


@register
class PixelUnshuffle(_Shuffle):
    """C×H·r×W·r becomes C·r²×H×W: the reverse of PixelShuffle."""

    summary = "Turns r×r positions into r² channels: an image r times smaller, nothing lost."
    search = ("space to depth", "focus", "reorg", "downsampling")

    downscale_factor: int = integer(2, 1, 64, "The factor r of height and width.")

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        if len(shape) != 3:
            yield from needs_image(self, shape)
        elif any(size % self.downscale_factor for size in shape[1:]):
            best = max(r for r in range(1, 65) if not any(size % r for size in shape[1:]))
            yield Problem(
                FaultKind.DIMENSION,
                say("height and width of {input} do not divide by it", input=dims(shape)),
                say("Use {factor}", factor=best),
                field="downscale_factor",
                value=str(self.downscale_factor),
                changes={"downscale_factor": best},
            )

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        channels, height, width = inputs[0]
        r = self.downscale_factor
        return ((channels * r**2, height // r, width // r),)

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        return (Window(self.downscale_factor, self.downscale_factor),) * 2

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        numbers = f"{dims(inputs[0])}, r = {self.downscale_factor}"
        yield Explanation(
            say("Output shape"), "C·r² × H/r × W/r", numbers, dims(self.shapes(inputs)[0])
        )
