"""Operators that join any number of inputs, in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from graph.calls.call import Apply, Shape
from graph.layers.base.layer import Category, Explanation, FaultKind, Layer, Port, Problem, dims
from graph.layers.base.reach import SAME, WHOLE, Axis, Window
from graph.layers.base.registration import register
from graph.values.declaration import show
from graph.values.fields import integer, real
from graph.values.message import say

INPUTS = Port("inputs", many=True)


class _Merge(Layer):
    category = Category.MERGE
    operator = True
    sign: ClassVar[str] = ""
    verb: ClassVar[str] = ""

    def input_ports(self) -> tuple[Port, ...]:
        return (INPUTS,)

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        """One wire is no error, but whoever places a merge means to join several."""
        if len(inputs) == 1:
            yield Problem(
                FaultKind.LONE_INPUT,
                say("it has one input only, which it passes on as it is"),
                say("Draw a second wire to it, or remove it"),
                warning=True,
            )

    def assumed(self, inputs: Sequence[Shape]) -> Shape | None:
        return inputs[0]

    def call(self, inputs: Sequence[Shape]) -> Apply:
        return Apply(self.verb)

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        names = "xyzuvw"
        count = len(inputs)
        if count > len(names):
            return f"x₁ {self.sign} … {self.sign} x{count}", ""
        return f" {self.sign} ".join(names[: max(count, 2)]), ""

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        yield Explanation(
            say("Every value"),
            f"x₁ {self.sign} x₂ {self.sign} …",
            f" {self.sign} ".join(dims(shape) for shape in inputs),
            dims(self.shapes(inputs)[0]),
        )


class _Even(_Merge):
    """Inputs of equal shape, joined value by value."""

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        yield from super().problems(inputs)
        for index, shape in enumerate(inputs[1:], 1):
            if shape != inputs[0]:
                yield Problem(
                    FaultKind.MERGE_MISMATCH,
                    say(
                        "{type} works value by value, so all inputs need the shape of input 1, "
                        "{first}",
                        type=self.type_name(),
                        first=dims(inputs[0]),
                    ),
                    say(
                        "Bring both to one shape: a 1×1 convolution changes channels, its stride "
                        "or a pooling changes height and width"
                    ),
                    port="inputs",
                    index=index,
                    value=dims(shape),
                )


@register
class Add(_Even):
    """Sums inputs of equal shape, value by value: x₁ + scale · (x₂ + x₃ + …).

    A scale of 0.1 to 0.3 steadies deep residual networks: Szegedy, Ioffe, Vanhoucke, Alemi,
    "Inception-v4, Inception-ResNet and the Impact of Residual Connections on Learning", AAAI 2017.
    """

    summary = "Sums its inputs value by value: the shortcut of residual networks."
    search = ("sum", "skip", "residual", "shortcut", "residual scaling")
    sign = "+"
    verb = "operator.add"

    scale: float = real(
        1.0, -100.0, 100.0, "Factor of every input but the first: residual scaling."
    )

    def call(self, inputs: Sequence[Shape]) -> Apply:
        return Apply(self.verb, {"scale": self.scale})

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        if self.scale == 1.0:
            return super().face(inputs)
        factor = show(self.scale)
        if len(inputs) > 3:
            return f"x₁ + {factor} · (x₂ + …)", ""
        return " + ".join(
            ("x", *(f"{factor}{name}" for name in "yz"[: max(len(inputs), 2) - 1]))
        ), ""

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        for line in super().explain(inputs):
            if self.scale == 1.0:
                yield line
            else:
                rule = "x₁ + s · x₂ + s · x₃ + …"
                yield Explanation(line.title, rule, f"s = {show(self.scale)}", line.result)


@register
class Subtract(_Even):
    """Takes every further input from the first, value by value: x₁ − x₂ − …."""

    summary = "Takes its second input from the first, value by value; the order counts."
    search = ("minus", "difference", "sub")
    short_name = "sub"
    sign = "−"
    verb = "operator.sub"


@register
class Concat(_Merge):
    """Puts inputs one behind the other along one dimension."""

    summary = "Puts its inputs one behind the other, usually channel behind channel."
    search = ("concatenate", "cat", "join", "dense", "inception")
    verb = "torch.cat"

    dim: int = integer(1, 1, 3, "Dimension to join along: 1 channels, 2 rows, 3 columns.")

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        yield from super().problems(inputs)
        first = inputs[0]
        if self.dim > len(first):
            yield Problem(
                FaultKind.DIMENSION,
                say("the input {input} has no such dimension", input=dims(first)),
                say("Use at most {most}", most=len(first)),
                field="dim",
                value=str(self.dim),
                changes={"dim": len(first)},
            )
            return
        axis = self.dim - 1
        for index, shape in enumerate(inputs[1:], 1):
            others = len(shape) == len(first) and all(
                a == b for i, (a, b) in enumerate(zip(shape, first, strict=True)) if i != axis
            )
            if not others:
                yield Problem(
                    FaultKind.MERGE_MISMATCH,
                    say(
                        "Concat along dimension {dim} needs all other sizes equal to input 1, "
                        "{first}",
                        dim=self.dim,
                        first=dims(first),
                    ),
                    say("Bring both to one height and width by stride, padding or pooling"),
                    port="inputs",
                    index=index,
                    value=dims(shape),
                )

    def assumed(self, inputs: Sequence[Shape]) -> Shape | None:
        axis = self.dim - 1
        if any(len(shape) != len(inputs[0]) for shape in inputs) or axis >= len(inputs[0]):
            return inputs[0]
        return self.shapes(inputs)[0]

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        axis = self.dim - 1
        first = inputs[0]
        return ((*first[:axis], sum(shape[axis] for shape in inputs), *first[axis + 1 :]),)

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        axis = self.dim - 2
        before = sum(shape[self.dim - 1] for shape in inputs[:index])
        return tuple(
            Window(before=before) if a == axis else SAME for a in range(len(inputs[index]) - 1)
        )

    def call(self, inputs: Sequence[Shape]) -> Apply:
        return Apply("torch.cat", {"dim": self.dim})

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        axis = self.dim - 1
        total = sum(s[axis] for s in inputs if axis < len(s))
        return f"dim {self.dim}", str(total) if inputs else ""

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        axis = self.dim - 1
        yield Explanation(
            say("Size of dimension {dim}", dim=self.dim),
            say("Σ of the inputs"),
            " + ".join(str(shape[axis]) for shape in inputs),
            str(self.shapes(inputs)[0][axis]),
        )


@register
class Multiply(_Merge):
    """Multiplies inputs value by value; an axis of size 1 is repeated, as a gate's are."""

    summary = "Multiplies its inputs value by value; a size of 1 is repeated, as for a gate."
    search = ("gate", "product", "scale")
    short_name = "mul"
    sign = "·"
    verb = "operator.mul"
    keeps_output = False

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        yield from super().problems(inputs)
        joined = inputs[0]
        for index, shape in enumerate(inputs[1:], 1):
            if len(shape) != len(joined) or any(
                a != b and 1 not in (a, b) for a, b in zip(shape, joined, strict=True)
            ):
                yield Problem(
                    FaultKind.MERGE_MISMATCH,
                    say(
                        "Multiply needs equal sizes, or 1, on every axis of {first}",
                        first=dims(joined),
                    ),
                    say("Bring both to one shape, or pool the gate to 1×1"),
                    port="inputs",
                    index=index,
                    value=dims(shape),
                )
            else:
                joined = tuple(max(a, b) for a, b in zip(shape, joined, strict=True))

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        return (tuple(max(sizes) for sizes in zip(*inputs, strict=True)),)

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        shape, result = inputs[index], self.shapes(inputs)[0]
        return tuple(
            WHOLE if own == 1 and full > 1 else SAME
            for own, full in zip(shape[1:], result[1:], strict=True)
        )


@register
class Maximum(_Even):
    """The largest of its inputs, value by value (Maxout: Goodfellow et al., ICML 2013)."""

    summary = "Takes the largest of its inputs, value by value."
    search = ("max", "maxout", "element-wise maximum", "largest")
    short_name = "maximum"
    verb = "torch.maximum"

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        return _called("max", inputs), ""

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        for line in super().explain(inputs):
            yield Explanation(line.title, "max(x₁, x₂, …)", line.result, line.result)


@register
class Mean(_Even):
    """The mean of its inputs, value by value: (x₁ + … + xₙ) / n."""

    summary = "Takes the mean of its inputs, value by value: several networks vote."
    search = ("average", "ensemble", "vote", "committee")
    short_name = "mean"
    sign = "+"
    verb = "operator.add"

    def call(self, inputs: Sequence[Shape]) -> Apply:
        return Apply(self.verb, {"divisor": len(inputs)})

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        return _called("mean", inputs), ""

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        for line in super().explain(inputs):
            yield Explanation(line.title, "(x₁ + … + xₙ) / n", f"n = {len(inputs)}", line.result)


def _called(name: str, inputs: Sequence[Shape]) -> str:
    if len(inputs) > 3:
        return f"{name}(x₁, …, x{len(inputs)})"
    return f"{name}({', '.join('xyz'[: max(len(inputs), 2)])})"
