"""A border around the input, as a layer of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from graph.calls.call import Call, Shape
from graph.layers.base.layer import Category, Explanation, FaultKind, Problem, dims
from graph.layers.base.reach import Axis, Window
from graph.layers.base.registration import register
from graph.layers.base.sliding import OUTPUT_TITLES, Sliding, too_few_cells
from graph.values.fields import choice, integer, real
from graph.values.message import say

MODES = {
    "zeros": "ZeroPad",
    "constant": "ConstantPad",
    "reflect": "ReflectionPad",
    "replicate": "ReplicationPad",
    "circular": "CircularPad",
}
"""What the border may contain, and what torch calls a layer that adds it."""


def _torch_names(axes: int) -> tuple[str, ...]:
    """The modules that add a border along so many axes."""
    return tuple(f"nn.{name}{axes}d" for name in MODES.values())


class Padding(Sliding):
    """What Pad1d, Pad2d and Pad3d have in common."""

    category = Category.RESHAPE
    short_name = "pad"
    search = (
        "padding",
        "border",
        "zero",
        "reflection",
        "replicate",
        "replication",
        "circular",
        "mirror",
    )
    edges: ClassVar[tuple[tuple[str, str, str], ...]] = ()
    """The letter of each axis behind the channels, and the fields before and after along it."""

    mode: str = choice("zeros", tuple(MODES), "What the border contains.")
    value: float = real(0.0, -1e6, 1e6, "The number in the border of mode constant.")

    def _added(self) -> list[tuple[int, int]]:
        return [(getattr(self, before), getattr(self, after)) for _, before, after in self.edges]

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        if len(shape) != self.axes + 1:
            yield from self.axes_problem(shape)
            return
        for (_, *fields), added, size in zip(self.edges, self._added(), shape[1:], strict=True):
            for field, cells in zip(fields, added, strict=True):
                if not too_few_cells(self.mode, [(cells, cells)], [size]):
                    continue
                yield Problem(
                    FaultKind.PADDING,
                    say(
                        "{mode} takes the added cells from the input {input}, which has too few",
                        mode=self.mode,
                        input=dims(shape[1:]),
                    ),
                    say("Use less padding, or mode zeros"),
                    field=field,
                    value=str(cells),
                    changes={"mode": "zeros"},
                )

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        channels, *extent = inputs[0]
        grown = (n + b + a for n, (b, a) in zip(extent, self._added(), strict=True))
        return ((channels, *grown),)

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        mode = "zeros" if self.mode == "constant" else self.mode
        return tuple(Window(before=before, mode=mode) for before, _ in self._added())

    def call(self, inputs: Sequence[Shape]) -> Call:
        # torch names the last axis first.
        cells = tuple(number for pair in reversed(self._added()) for number in pair)
        arguments: dict[str, object] = {"padding": cells}
        if self.mode == "constant":
            arguments["value"] = self.value
        return Call(f"nn.{MODES[self.mode]}{self.axes}d", arguments, positional=2)

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        numbers = [number for pair in self._added() for number in pair]
        equal = len(set(numbers)) == 1
        text = str(numbers[0]) if equal else " ".join(f"{b}+{a}" for b, a in self._added())
        mode = "" if self.mode == "zeros" else f" {self.mode}"
        return f"{text}{mode}", ""

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        ((_, *extent),) = self.shapes(inputs)
        for axis, (letter, before, after) in enumerate(self.edges):
            first, last = self._added()[axis]
            yield Explanation(
                OUTPUT_TITLES[letter],
                f"{letter} + {before} + {after}",
                f"{inputs[0][axis + 1]} + {first} + {last}",
                str(extent[axis]),
            )


@register
class Pad1d(Padding):
    """A border at both ends of a signal C×L."""

    summary = "Adds a border at the ends of a signal."
    ranks = (2,)
    modules = _torch_names(1)
    edges = (("L", "left", "right"),)

    left: int = integer(1, 0, 1024, "Cells added in front.", "cells")
    right: int = integer(1, 0, 1024, "Cells added behind.", "cells")


@register
class Pad2d(Padding):
    """A border around an image C×H×W."""

    summary = "Adds a border around the image: zeros, a number, a mirror image or copies."
    renamed = ("Pad",)
    ranks = (3,)
    modules = _torch_names(2)
    edges = (("H", "top", "bottom"), ("W", "left", "right"))

    left: int = integer(1, 0, 1024, "Columns added at the left.", "cells")
    right: int = integer(1, 0, 1024, "Columns added at the right.", "cells")
    top: int = integer(1, 0, 1024, "Rows added at the top.", "cells")
    bottom: int = integer(1, 0, 1024, "Rows added at the bottom.", "cells")


@register
class Pad3d(Padding):
    """A border around a volume C×D×H×W."""

    summary = "Adds a border around a volume."
    ranks = (4,)
    modules = _torch_names(3)
    edges = (("D", "front", "back"), ("H", "top", "bottom"), ("W", "left", "right"))

    left: int = integer(1, 0, 1024, "Columns added at the left.", "cells")
    right: int = integer(1, 0, 1024, "Columns added at the right.", "cells")
    top: int = integer(1, 0, 1024, "Rows added at the top.", "cells")
    bottom: int = integer(1, 0, 1024, "Rows added at the bottom.", "cells")
    front: int = integer(1, 0, 1024, "Layers added in front.", "cells")
    back: int = integer(1, 0, 1024, "Layers added behind.", "cells")
