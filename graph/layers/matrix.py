"""Products of inputs: matrices with matrices, queries with keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from graph.calls.call import Apply, Shape
from graph.layers.base.layer import Category, Explanation, FaultKind, Layer, Port, Problem, dims
from graph.layers.base.matrices import RANKS, mismatch, ranks_differ
from graph.layers.base.reach import SAME, WHOLE, Axis
from graph.layers.base.registration import register
from graph.values.fields import flag
from graph.values.message import say, say_count


@register
class MatMul(Layer):
    """The product of two matrices, for each pair of a stack: (… × n × k) · (… × k × m)."""

    category = Category.LINEAR
    summary = "Multiplies two matrices, or two stacks of matrices, which both come from wires."
    search = ("matrix product", "bmm", "matmul", "dot product", "bilinear")
    ranks = RANKS
    short_name = "matmul"

    transpose_other: bool = flag(False, "Swap rows and columns of the second matrix first.")

    def input_ports(self) -> tuple[Port, ...]:
        return (Port("input"), Port("other"))

    def _other(self, shape: Shape) -> Shape:
        return (*shape[:-2], shape[-1], shape[-2]) if self.transpose_other else shape

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        ranks = list(ranks_differ(self, inputs))
        yield from ranks
        if ranks:
            return
        first, other = inputs[0], self._other(inputs[1])
        if first[-1] != other[-2]:
            why = say_count(
                "the rows of input 1 have {n} value, the columns of input 2 {m}",
                "the rows of input 1 have {n} values, the columns of input 2 {m}",
                first[-1],
                m=other[-2],
            )
            swapped = self.changed(transpose_other=not self.transpose_other)._other(inputs[1])
            fits = first[-1] == swapped[-2]
            yield Problem(
                FaultKind.MERGE_MISMATCH,
                why,
                say("Bring both to one number, or change transpose_other"),
                port="other",
                value=dims(inputs[1]),
                changes={"transpose_other": not self.transpose_other} if fits else {},
            )
        elif any(a != b and 1 not in (a, b) for a, b in zip(first[:-2], other[:-2], strict=True)):
            why = say("both stacks need equal sizes, or 1, as {first}", first=dims(first[:-2]))
            yield mismatch("other", inputs[1], why, say("Bring both stacks to one shape"))

    def _stack(self, inputs: Sequence[Shape]) -> Shape:
        return tuple(max(a, b) for a, b in zip(inputs[0][:-2], inputs[1][:-2], strict=True))

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        return ((*self._stack(inputs), inputs[0][-2], self._other(inputs[1])[-1]),)

    def macs(self, inputs: Sequence[Shape]) -> int:
        return prod(self.shapes(inputs)[0]) * inputs[0][-1]

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        shape, stack = inputs[index], self._stack(inputs)
        axes = [
            WHOLE if own == 1 and full > 1 else SAME
            for own, full in zip(shape[:-2], stack, strict=True)
        ]
        if index == 0:
            axes += [SAME, WHOLE]
        else:
            axes += [WHOLE, WHOLE if self.transpose_other else SAME]
        return tuple(axes[1:])

    def call(self, inputs: Sequence[Shape]) -> Apply:
        return Apply("torch.matmul", {"transposed": True} if self.transpose_other else {})

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        return "A · Bᵀ" if self.transpose_other else "A · B", ""

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        result = dims(self.shapes(inputs)[0])
        numbers = f"{dims(inputs[0])} · {dims(self._other(inputs[1]))}"
        yield Explanation(say("Product"), "cᵢⱼ = Σₖ aᵢₖ · bₖⱼ", numbers, result)
