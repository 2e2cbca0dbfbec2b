"""Classic kernels of image processing as layers: known filters, frozen or as a first guess."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph.calls.call import Call, Shape
from graph.layers.base.layer import (
    Category,
    Explanation,
    FaultKind,
    Layer,
    Problem,
    macs_line,
    needs_image,
    parameters_line,
)
from graph.layers.base.reach import Axis, Window
from graph.layers.base.registration import register
from graph.layers.base.sliding import border_problem, edges, window_problem
from graph.layers.convolution import classic_kernels as kernels
from graph.layers.convolution.classic_kernels import Kernel
from graph.values.fields import choice, flag, integer, real, reals
from graph.values.message import say, say_count

KERNELS = (
    "blur",
    "box",
    "gaussian",
    "sharpen",
    "unsharp",
    "outline",
    "laplace",
    "sobel top",
    "sobel bottom",
    "sobel left",
    "sobel right",
    "gabor",
    "custom",
)
SIZED = ("box", "gaussian", "unsharp", "gabor")
"""Kernels whose size is a setting."""


@register
class FixedKernel(Layer):
    """Lays one classic kernel over every channel; the output has as many channels."""

    category = Category.CONVOLUTION
    summary = "Lays a classic kernel (blur, Sobel, Gabor, …) over every channel; frozen or trained."
    search = (
        "sobel", "gabor", "gauss", "laplace", "blur", "sharpen", "edge", "unsharp", "kernel",
    )  # fmt: skip
    short_name = "kernel"
    ranks = (3,)

    kernel: str = choice("blur", KERNELS, "Which kernel.")
    size: int = integer(3, 3, 31, "Rows and columns of box, gaussian, unsharp and gabor.", "cells")
    sigma: float = real(
        1.0,
        0.1,
        100,
        "Width of the bell of gaussian, unsharp and gabor.",
        unit="cells",
    )
    wavelength: float = real(4.0, 0.5, 1000, "Length of the wave of gabor.", unit="cells")
    orientation: float = real(
        0.0, 0, 360, "Direction in which the wave of gabor runs; 0 is to the right.", unit="°"
    )
    aspect: float = real(
        0.5, 0.01, 100, "Bell of gabor: its length along the wave over that across."
    )
    phase: float = real(0.0, 0, 360, "Shift of the wave of gabor.", unit="°")
    amount: float = real(1.0, 0, 100, "How much of image − smoothed image unsharp adds.")
    cells: tuple[float, ...] = reals(
        tuple(cell for row in kernels.CUSTOM for cell in row),
        -1e6,
        1e6,
        "The numbers of custom row by row: 9, 25, 49, 81 or 121 for 3×3 to 11×11.",
        least=9,
        most=121,
    )
    trainable: bool = flag(False, "Start from the kernel and train it, in each channel apart.")
    padding: str = choice("same", ("same", "valid"), "same keeps the size; valid adds no border.")
    padding_mode: str = choice(
        "zeros", ("zeros", "reflect", "replicate", "circular"), "What the border contains."
    )

    def rows(self) -> Kernel:
        """The kernel, ``size`` × ``size`` or 3×3. Raises ValueError for a custom one that is no
        square."""
        if self.kernel in kernels.CONSTANT:
            return kernels.CONSTANT[self.kernel]
        if self.kernel == "box":
            return kernels.box(self.size)
        if self.kernel == "gaussian":
            return kernels.gaussian(self.size, self.sigma)
        if self.kernel == "unsharp":
            return kernels.unsharp(self._side(), self.sigma, self.amount)
        if self.kernel == "gabor":
            return kernels.gabor(
                self.size, self.wavelength, self.orientation, self.sigma, self.aspect, self.phase
            )
        return kernels.square(self.cells)

    def _side(self) -> int:
        """Rows and columns; unsharp needs a middle cell, and so one more than an even size."""
        if self.kernel == "unsharp":
            return self.size // 2 * 2 + 1
        return self.size if self.kernel in SIZED else len(self.rows())

    def _edges(self) -> tuple[int, int]:
        side = self._side()
        return edges(self.padding, (side,), (1,), 0)

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        if len(shape) != 3:
            yield from needs_image(self, shape)
            return
        try:
            side = self._side()
        except ValueError:
            yield Problem(
                FaultKind.DIMENSION,
                say_count(
                    "{n} number is no square of odd side",
                    "{n} numbers are no square of odd side",
                    len(self.cells),
                ),
                say("Give 9, 25, 49, 81 or 121 numbers, row by row"),
                field="cells",
                value=str(len(self.cells)),
            )
            return
        added = self._edges()
        padded = (shape[1] + sum(added), shape[2] + sum(added))
        for problem in window_problem((side, side), (1, 1), padded):
            yield Problem(
                problem.kind,
                problem.why,
                say("Use padding same, or a smaller kernel"),
                field="padding",
                value=f"{self.padding} {side}×{side}",
                changes={"padding": "same"},
            )
        yield from border_problem(
            self.padding_mode,
            (added, added),
            shape,
            "padding_mode",
            self.padding_mode,
            say("Use a smaller kernel, or padding_mode zeros"),
        )

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        change = sum(self._edges()) - self._side() + 1
        channels, height, width = inputs[0]
        return ((channels, height + change, width + change),)

    def parameters(self, inputs: Sequence[Shape]) -> int:
        return inputs[0][0] * self._side() ** 2 if self.trainable else 0

    def macs(self, inputs: Sequence[Shape]) -> int:
        ((channels, height, width),) = self.shapes(inputs)
        return channels * height * width * self._side() ** 2

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        window = Window(self._side(), 1, 1, self._edges()[0], self.padding_mode)
        return (window, window)

    def call(self, inputs: Sequence[Shape]) -> Call:
        rows = self.rows()
        if self.kernel != "custom":  # float32 knows no more digits
            rows = tuple(tuple(round(cell, 9) for cell in row) for row in rows)
        return Call(
            "FixedKernel",
            {
                "channels": inputs[0][0],
                "kernel": rows,
                "trainable": self.trainable,
                "padding": self.padding,
                "padding_mode": self.padding_mode,
            },
            positional=1,
            defaults={"trainable": False, "padding": "same", "padding_mode": "zeros"},
        )

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        parts = [self.kernel]
        if self.kernel in SIZED and self.size != 3:
            parts.append(str(self._side()))
        if self.padding != "same":
            parts.append(self.padding)
        if self.trainable:
            parts.append("trained")
        return " ".join(parts), f"{inputs[0][0]}" if inputs else ""

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        ((channels, height, width),) = self.shapes(inputs)
        side = self._side()
        if side <= 5:
            yield Explanation(
                say("Kernel"),
                self.kernel,
                "[" + "; ".join(" ".join(_cell(c) for c in row) for row in self.rows()) + "]",
                f"{side}×{side}",
            )
        if self.trainable:
            yield parameters_line(self, inputs, "C · k · k", f"{channels} · {side} · {side}")
        yield macs_line(
            self,
            inputs,
            "C · k · k · H_out · W_out",
            f"{channels} · {side} · {side} · {height} · {width}",
        )


def _cell(value: float) -> str:
    """At most four digits, with a true minus sign."""
    return f"{value:.4g}".replace("-", "−")
