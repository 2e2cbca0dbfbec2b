"""Attention by likeness: each query takes a mean of the values whose keys are like it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from types import MappingProxyType
from typing import Any

from graph.calls.call import Apply, Call, Shape
from graph.calls.plan import Plan, Step
from graph.layers.base.axis_number import whole
from graph.layers.base.layer import (
    OUTPUT,
    Category,
    Explanation,
    FaultKind,
    Layer,
    Port,
    Problem,
    dims,
    macs_line,
    parameters_line,
)
from graph.layers.base.matrices import RANKS, mismatch, ranks_differ
from graph.layers.base.reach import SAME, WHOLE, Axis
from graph.layers.base.registration import register
from graph.layers.base.sliding import near_divisors
from graph.values.dims import Named
from graph.values.fields import flag, integer, real
from graph.values.message import say, say_count

_QUERY = (Port("query"), Port("key"), Port("value"))

_DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {"dropout": 0.0, "bias": True, "add_bias_kv": False, "add_zero_attn": False}
)
"""The settings of torch's module that it need not be told, and what it takes them for."""


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
        return _QUERY

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


@register
class MultiheadAttention(Layer):
    """Attention in several parts of the features at once, between trained projections.

    Each of h heads takes its own E/h of the projected features: softmax(Q·Kᵀ / √(E/h)) · V; the
    heads side by side are projected once more. Queries are L×E, keys S×E_k and values S×E_v, one
    row for a token, and the batch stands in front of them, as with torch's ``batch_first=True``,
    which is always given. The second output is the weight of every key for every query, L×S, as
    the mean of the heads.
    Vaswani et al., "Attention Is All You Need", NIPS 2017.
    """

    category = Category.ATTENTION
    summary = "Tokens take means of others by likeness, in several parts of their features at once."
    search = (
        *("transformer", "self-attention", "cross-attention", "multi-head", "mha", "vit"),
        *("query", "key", "value", "tokens"),
    )
    short_name = "mha"
    ranks = (2,)

    num_heads: int = integer(
        1, 1, 1024, "Parts of the features, each with an attention of its own; must divide them."
    )
    self_attention: bool = flag(
        True, "One input gives queries, keys and values; else each has an input of its own."
    )
    dropout: float = real(0.0, 0.0, 1.0, "Probability of dropping a weight while training.")
    bias: bool = flag(True, "Add trainable numbers in all projections.")
    add_bias_kv: bool = flag(False, "A trainable key and value behind the others.")
    add_zero_attn: bool = flag(False, "A key and a value of zeros behind the others.")

    def input_ports(self) -> tuple[Port, ...]:
        return _QUERY[:1] if self.self_attention else _QUERY

    def output_ports(self) -> tuple[Port, ...]:
        return (OUTPUT, Port("weights"))

    def _tokens(self, inputs: Sequence[Shape]) -> tuple[Shape, Shape, Shape]:
        """The shapes of queries, keys and values."""
        query, key, value = tuple(inputs) * 3 if self.self_attention else inputs
        return query, key, value

    def _added(self) -> int:
        """Keys beside those of the input."""
        return int(self.add_bias_kv) + int(self.add_zero_attn)

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        for port, shape in zip(self.input_ports(), inputs, strict=True):
            if len(shape) != 2:
                yield Problem(
                    FaultKind.WRONG_RANK,
                    say("{type} takes tokens × features", type=self.type_name()),
                    say("Make an image tokens with Flatten from dimension 2 on, then Transpose"),
                    port=port.name,
                    value=dims(shape),
                )
                return
        query, key, value = self._tokens(inputs)
        if query[1] % self.num_heads:
            near = near_divisors(query[1], self.num_heads)
            yield Problem(
                FaultKind.GROUPS,
                say_count(
                    "must divide the {n} feature of the queries",
                    "must divide the {n} features of the queries",
                    query[1],
                ),
                say("Use {values}", values=" / ".join(map(str, near))),
                field="num_heads",
                value=str(self.num_heads),
                changes={"num_heads": near[0]},
            )
        if value[0] != key[0]:
            yield mismatch(
                "value",
                value,
                say_count(
                    "there must be one value for the {n} key",
                    "there must be a value for each of the {n} keys",
                    key[0],
                ),
                say("Take keys and values from one place"),
            )

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        query, key, _ = self._tokens(inputs)
        added = self._added()
        return query, (query[0], key[0] + added if added else key[0])

    def parameters(self, inputs: Sequence[Shape]) -> int:
        (_, width), (_, keys), (_, values) = self._tokens(inputs)
        weights = width * (width + keys + values) + width * width
        return weights + (4 * width if self.bias else 0) + (2 * width if self.add_bias_kv else 0)

    def macs(self, inputs: Sequence[Shape]) -> int:
        (length, width), (count, keys), (_, values) = self._tokens(inputs)
        projections = 2 * length * width + count * (keys + values)
        return width * (projections + 2 * length * (count + self._added()))

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        return whole(inputs[index])

    def call(self, inputs: Sequence[Shape]) -> Call | Plan:
        query, key, value = self._tokens(inputs)
        settings = {name: value for name, value in self.values().items() if name in _DEFAULTS}
        if self.self_attention:
            return self._on_one(inputs, settings)
        features = {"kdim": key[1], "vdim": value[1]}
        return Call(
            "nn.MultiheadAttention",
            {
                "embed_dim": query[1],
                "num_heads": self.num_heads,
                **settings,
                **features,
                "batch_first": True,
            },
            positional=2,
            defaults={**_DEFAULTS, **dict.fromkeys(features, query[1])},
        )

    def _on_one(self, inputs: Sequence[Shape], settings: Mapping[str, Any]) -> Plan:
        """The plan that hands one input to the module as queries, keys and values."""
        shape = inputs[0]
        arguments = {"embed_dim": shape[1], "num_heads": self.num_heads, **settings}
        named = {name: Named(value, name) for name, value in arguments.items()}
        call = Call("nn.MultiheadAttention", {**named, "batch_first": True}, positional=2)
        shapes = tuple(tuple(map(int, found)) for found in self.shapes(inputs))
        return Plan(
            "SelfAttention",
            (("x", shape),),
            (Step("attention", call, (("x", 0),) * 3, shapes),),
            (("attention", 0), ("attention", 1)),
            doc="Attention of tokens to each other, and the mean weights of its heads.",
            arguments=arguments,
            argument_types={
                "embed_dim": "int",
                "num_heads": "int",
                **{name: type(value).__name__ for name, value in _DEFAULTS.items()},
            },
            argument_defaults=_DEFAULTS,
        )

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        heads = "1 head" if self.num_heads == 1 else f"{self.num_heads} heads"
        return heads, f"{inputs[0][-1]}" if inputs else ""

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        (length, width), (count, keys), (_, values) = self._tokens(inputs)
        found, _ = self.shapes(inputs)
        part = width // self.num_heads
        yield Explanation(
            say("Attention of each head"),
            "softmax(Q · Kᵀ / √(E/h)) · V",
            f"Q: {length}×{part}, K, V: {count + self._added()}×{part}",
            dims(found),
        )
        bias = 4 * width if self.bias else 0
        more = f" + 2 · {width}" if self.add_bias_kv else ""
        yield parameters_line(
            self,
            inputs,
            "E · (2 · E + E_k + E_v) + bias" + (" + 2 · E" if self.add_bias_kv else ""),
            f"{width} · (2 · {width} + {keys} + {values}) + {bias}{more}",
        )
        yield macs_line(
            self,
            inputs,
            "E · (2 · L · E + S · (E_k + E_v) + 2 · L · (S + added))",
            f"{width} · (2 · {length} · {width} + {count} · ({keys} + {values})"
            f" + 2 · {length} · ({count} + {self._added()}))",
        )
