"""The shortcut of a residual block, with the three options of its paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph.calls.call import Call, Shape
from graph.layers.base.layer import (
    Category,
    Explanation,
    FaultKind,
    Layer,
    Problem,
    dims,
    needs_image,
    parameters_line,
)
from graph.layers.base.reach import Axis, Window
from graph.layers.base.registration import register
from graph.values.fields import choice, flag, integer
from graph.values.message import say


@register
class Shortcut(Layer):
    """Gives its input the shape of a residual block's output.

    Where channels and stride agree, A and B give the input itself. Otherwise A takes every
    stride-th position and adds channels of zeros; B, and C always, project with a 1×1 convolution
    and batch normalisation.
    He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition", CVPR 2016.
    """

    category = Category.CONVOLUTION
    summary = "Gives its input the shape of a residual block's output: the path around the block."
    search = ("skip", "projection", "identity", "residual", "resnet", "downsample")
    ranks = (3,)
    passes_input = True

    out_channels: int = integer(64, 1, 1_000_000, "Channels of the block's output.")
    stride: int = integer(1, 1, 1024, "Take every so many rows and columns.")
    option: str = choice(
        "B",
        ("A", "B", "C"),
        "A: no parameters, channels of zeros. B: a projection where the shape changes. "
        "C: always a projection.",
    )
    kernel_size: int = integer(1, 1, 7, "Window of the projection; odd, so that the size stays.")
    norm: bool = flag(
        True, "Batch normalisation behind the projection; off in blocks that normalise first."
    )

    def _projects(self, channels: int) -> bool:
        same = channels == self.out_channels and self.stride == 1
        return self.option == "C" or (self.option == "B" and not same)

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        yield from needs_image(self, shape)
        if len(shape) == 3 and self.option == "A" and shape[0] > self.out_channels:
            yield Problem(
                FaultKind.DIMENSION,
                say("option A adds channels and takes none of {n} away", n=shape[0]),
                say("Use at least {n}, or option B", n=shape[0]),
                field="out_channels",
                value=str(int(self.out_channels)),
                changes={"option": "B"},
            )

        if self.kernel_size % 2 == 0:
            yield Problem(
                FaultKind.PADDING,
                say("an even window has no middle, so the sizes of both paths would differ"),
                say("Use 1, 3, 5 or 7"),
                field="kernel_size",
                value=str(int(self.kernel_size)),
                changes={"kernel_size": self.kernel_size - 1},
            )

    def assumed(self, inputs: Sequence[Shape]) -> Shape | None:
        return self.shapes(inputs)[0] if len(inputs[0]) == 3 else None

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        _, height, width = inputs[0]
        return ((self.out_channels, *((n - 1) // self.stride + 1 for n in (height, width))),)

    def parameters(self, inputs: Sequence[Shape]) -> int:
        channels = inputs[0][0]
        if not self._projects(channels):
            return 0
        weights = channels * self.out_channels * self.kernel_size**2
        return weights + (2 * self.out_channels if self.norm else 0)

    def macs(self, inputs: Sequence[Shape]) -> int:
        channels = inputs[0][0]
        _, height, width = self.shapes(inputs)[0]
        if not self._projects(channels):
            return 0
        return channels * self.out_channels * self.kernel_size**2 * height * width

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        size = self.kernel_size if self._projects(inputs[0][0]) else 1
        return (Window(size, self.stride, before=size // 2),) * 2

    def call(self, inputs: Sequence[Shape]) -> Call:
        return Call(
            "Shortcut",
            {"in_channels": inputs[0][0], **self.values()},
            positional=4,
            defaults={"kernel_size": 1, "norm": True},
        )

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        text = f"{self.option}, stride {self.stride}" if self.stride != 1 else self.option
        return text, f"{int(inputs[0][0])}→{int(self.out_channels)}" if inputs else ""

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        yield Explanation(
            say("Shape of the block's output"),
            "C' × ⌈H / s⌉ × ⌈W / s⌉",
            f"{dims(inputs[0])}, s = {int(self.stride)}",
            dims(self.shapes(inputs)[0]),
        )
        channels, wanted = int(inputs[0][0]), int(self.out_channels)
        if self._projects(channels):
            yield parameters_line(
                self,
                inputs,
                "C · C' · k²" + (" + 2 · C'" if self.norm else ""),
                f"{channels} · {wanted} · {int(self.kernel_size)}²"
                + (f" + 2 · {wanted}" if self.norm else ""),
            )
