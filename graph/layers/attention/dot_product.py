"""Attention by likeness: each query takes a mean of the values whose keys are like it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from graph.calls.call import Apply, Shape
from graph.layers.base.layer import Category, Explanation, Layer, Port, Problem, dims
from graph.layers.base.matrices import RANKS, mismatch, ranks_differ
from graph.layers.base.reach import SAME, WHOLE, Axis
from graph.layers.base.registration import register
from graph.values.fields import flag, real
from graph.values.message import say


@register
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
    ranks = RANKS

    is_causal: bool = flag(False, "A query sees only keys at its own place and before.")
    scale: float | None = real(
        None, -1000.0, 1000.0, "Factor of the products before the softmax.", none_means="1 / √E"
    )

    def input_ports(self) -> tuple[Port, ...]:
        return (Port("query"), Port("key"), Port("value"))

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        ranks = list(ranks_differ(self, inputs))
        yield from ranks
        if ranks:
            return
        query, key, value = inputs
        mend = say("Bring it there with Linear, Reshape or Transpose")
        if key[-1] != query[-1] or key[:-2] != query[:-2]:
            wanted = dims((*query[:-2], key[-2], query[-1]))
            why = say("to suit the queries, the keys need the shape {wanted}", wanted=wanted)
            yield mismatch("key", key, why, mend)
        if value[:-1] != (*query[:-2], key[-2]):
            wanted = dims((*query[:-2], key[-2], value[-1]))
            why = say("there must be a value for each key: {wanted}", wanted=wanted)
            yield mismatch("value", value, why, mend)

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
