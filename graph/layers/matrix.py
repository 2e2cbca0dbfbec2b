"""Products of inputs: matrices with matrices, queries with keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from graph.calls.call import Apply, Shape
from graph.layers.base.layer import Category, Explanation, FaultKind, Layer, Port, Problem, dims
from graph.layers.base.reach import SAME, WHOLE, Axis
from graph.values.fields import flag, real
from graph.values.message import Message, say

_RANKS = (2, 3, 4)


def _mismatch(port: str, shape: Shape, why: Message, mend: Message) -> Problem:
    return Problem(FaultKind.MERGE_MISMATCH, why, mend, port=port, value=dims(shape))


def _ranks_differ(layer: Layer, inputs: Sequence[Shape]) -> Iterator[Problem]:
    """Yield a problem unless all inputs have the same number of axes, two to four."""
    ports = layer.input_ports()
    for port, shape in zip(ports, inputs, strict=True):
        if len(shape) not in _RANKS or len(shape) != len(inputs[0]):
            yield Problem(
                FaultKind.WRONG_RANK,
                say(
                    "{type} takes matrices, or stacks of them, with as many axes in all inputs",
                    type=layer.type_name(),
                ),
                say("Bring all to N×M or K×N×M with Reshape or Unflatten"),
                port=port.name,
                value=dims(shape),
            )
            return


class MatMul(Layer):
    """The product of two matrices, for each pair of a stack: (… × n × k) · (… × k × m)."""

    category = Category.LINEAR
    summary = "Multiplies two matrices, or two stacks of matrices, which both come from wires."
    search = ("matrix product", "bmm", "matmul", "dot product", "bilinear")
    ranks = _RANKS
    short_name = "matmul"

    transpose_other: bool = flag(False, "Swap rows and columns of the second matrix first.")

    def input_ports(self) -> tuple[Port, ...]:
        return (Port("input"), Port("other"))

    def _other(self, shape: Shape) -> Shape:
        return (*shape[:-2], shape[-1], shape[-2]) if self.transpose_other else shape

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        ranks = list(_ranks_differ(self, inputs))
        yield from ranks
        if ranks:
            return
        first, other = inputs[0], self._other(inputs[1])
        if first[-1] != other[-2]:
            why = say(
                "the rows of input 1 have {n} values, the columns of input 2 {m}",
                n=first[-1],
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
            yield _mismatch("other", inputs[1], why, say("Bring both stacks to one shape"))

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


class ScaledDotProductAttention(Layer):
    """Each query takes a mean of the values, weighted by its likeness to their keys.

    softmax(Q · Kᵀ / √E) · V, with queries … × L × E, keys … × S × E and values … × S × F.
    Vaswani et al., "Attention Is All You Need", NIPS 2017.
    """

    category = Category.ATTENTION
    summary = "Each query takes a mean of the values, weighted by its likeness to their keys."
    search = ("transformer", "query", "key", "value", "self-attention", "softmax attention")
    keeps_output = True
    short_name = "attention"
    ranks = _RANKS

    is_causal: bool = flag(False, "A query sees only keys at its own place and before.")
    scale: float | None = real(
        None, -1000.0, 1000.0, "Factor of the products before the softmax.", none_means="1 / √E"
    )

    def input_ports(self) -> tuple[Port, ...]:
        return (Port("query"), Port("key"), Port("value"))

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        ranks = list(_ranks_differ(self, inputs))
        yield from ranks
        if ranks:
            return
        query, key, value = inputs
        mend = say("Bring it there with Linear, Reshape or Transpose")
        if key[-1] != query[-1] or key[:-2] != query[:-2]:
            wanted = dims((*query[:-2], key[-2], query[-1]))
            why = say("to suit the queries, the keys need the shape {wanted}", wanted=wanted)
            yield _mismatch("key", key, why, mend)
        if value[:-1] != (*query[:-2], key[-2]):
            wanted = dims((*query[:-2], key[-2], value[-1]))
            why = say("there must be a value for each key: {wanted}", wanted=wanted)
            yield _mismatch("value", value, why, mend)

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        return ((*inputs[0][:-1], inputs[2][-1]),)

    def macs(self, inputs: Sequence[Shape]) -> int:
        query, key, value = inputs
        return prod(query[:-1]) * key[-2] * (query[-1] + value[-1])

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        kept = [SAME] * (len(inputs[index]) - 2)
        last = ([SAME, WHOLE], [WHOLE, WHOLE], [WHOLE, SAME])[index]
        return (*kept, *last)[1:]

    def call(self, inputs: Sequence[Shape]) -> Apply:
        causal = {"is_causal": True} if self.is_causal else {}
        scale = {"scale": self.scale} if self.scale is not None else {}
        return Apply("F.scaled_dot_product_attention", {**causal, **scale})

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        return "causal" if self.is_causal else "", ""

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        query, key, value = inputs
        yield Explanation(
            say("Attention"),
            "softmax(Q · Kᵀ / √E) · V",
            f"({dims(query)} · {dims(key)}ᵀ) · {dims(value)}",
            dims(self.shapes(inputs)[0]),
        )
