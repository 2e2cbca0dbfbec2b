"""Attention: the network weighs its own channels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph.calls.call import Apply, Call, Shape
from graph.calls.plan import Plan, Step
from graph.layers.base.initialisation import FIXED_SCHEMES, init_field, with_initialisation
from graph.layers.base.layer import (
    Category,
    Explanation,
    FaultKind,
    Layer,
    Problem,
    needs_image,
    parameters_line,
)
from graph.layers.base.reach import WHOLE, Axis
from graph.layers.base.registration import register
from graph.layers.convolution.plain import Conv2d
from graph.values.dims import Dim, Named
from graph.values.fields import choice, flag, integer
from graph.values.message import say, say_count


def empty_middle(channels: int, reduction: int) -> Iterator[Problem]:
    """Yield the problem if dividing the channels, 1 or more, by ``reduction`` leaves none."""
    if channels < reduction:
        yield Problem(
            FaultKind.REDUCTION,
            say_count(
                "{n} input channel leaves none in the middle",
                "{n} input channels leave none in the middle",
                channels,
            ),
            say("Use at most {n}", n=channels),
            field="reduction",
            value=str(reduction),
            changes={"reduction": max(1, channels // 4)},
        )


def there_and_back(channels: int, middle: int, bias: bool) -> int:
    """The parameters of two 1×1 convolutions: to the middle and back to the channels."""
    return 2 * channels * middle + (channels + middle if bias else 0)


@register
class SqueezeExcitation(Layer):
    """One weight per channel, computed from the means of all channels.

    s = σ(W·ReLU(V·z)) with z the mean of each map; output = x·s.
    Hu, Shen, Sun, "Squeeze-and-Excitation Networks", CVPR 2018.
    """

    category = Category.ATTENTION
    summary = "Weighs each channel by a number computed from the means of all channels."
    search = ("se", "gate", "channel attention", "squeeze and excitation")
    short_name = "se"

    reduction: int = integer(16, 1, 1024, "Channels are divided by this in the middle.")
    bias: bool = flag(True, "Add trainable numbers in both 1×1 convolutions.")
    gate: str = choice(
        "sigmoid", ("sigmoid", "hardsigmoid"), "What turns numbers into weights from 0 to 1."
    )
    init: str = init_field(FIXED_SCHEMES)

    def _middle(self, channels: int) -> int:
        return channels // self.reduction

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        if len(shape) != 3:
            yield from needs_image(self, shape)
            return
        yield from empty_middle(shape[0], self.reduction)

    def parameters(self, inputs: Sequence[Shape]) -> int:
        channels = inputs[0][0]
        return there_and_back(channels, self._middle(channels), self.bias)

    def macs(self, inputs: Sequence[Shape]) -> int:
        return 2 * inputs[0][0] * self._middle(inputs[0][0])

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        return (WHOLE, WHOLE)

    def call(self, inputs: Sequence[Shape]) -> Plan:
        shape = inputs[0]
        channels = Dim(shape[0], "channels")
        middle = channels // Dim(self.reduction, "reduction")
        bias = Named(self.bias, "bias")

        def pointwise(source: int, target: int) -> Call:
            layer = Conv2d(out_channels=int(target), kernel_size=(1, 1))
            call = layer.call([(int(source), 1, 1)])
            wanted = {"in_channels": source, "out_channels": target, "bias": bias}
            return Call(call.target, {**call.arguments, **wanted}, 3, call.defaults)

        vector, small = (int(channels), 1, 1), (int(middle), 1, 1)
        gate = Call("nn.Sigmoid" if self.gate == "sigmoid" else "nn.Hardsigmoid", {})
        pool = Call("nn.AdaptiveAvgPool2d", {"output_size": (1, 1)}, positional=1)
        steps = (
            Step("pool", pool, (("x", 0),), (vector,)),
            Step("squeeze", pointwise(channels, middle), (("pool", 0),), (small,)),
            Step("relu", Call("nn.ReLU", {}), (("squeeze", 0),), (small,)),
            Step("excite", pointwise(middle, channels), (("relu", 0),), (vector,)),
            Step("gate", gate, (("excite", 0),), (vector,)),
            Step("scale", Apply("operator.mul"), (("x", 0), ("gate", 0)), (shape,)),
        )
        plan = Plan(
            "SqueezeExcitation",
            (("x", shape),),
            steps,
            (("scale", 0),),
            doc="One weight per channel, from the mean of every channel.",
            arguments={"channels": shape[0], "reduction": self.reduction, "bias": self.bias},
            argument_types={"channels": "int", "reduction": "int", "bias": "bool"},
            argument_defaults={"reduction": 16, "bias": True},
        )
        return with_initialisation(plan, self.init)

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        middle = f"{inputs[0][0]}→{self._middle(inputs[0][0])}" if inputs else ""
        return f"r {self.reduction}", middle

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        channels, middle = inputs[0][0], self._middle(inputs[0][0])
        yield Explanation(
            say("Weight of each channel"),
            say("s = σ(W · ReLU(V · z)),  z = mean over H×W"),
            f"V: {channels}→{middle}, W: {middle}→{channels}",
            f"{channels}×1×1",
        )
        yield parameters_line(
            self,
            inputs,
            "2 · C · C/r + bias",
            f"2 · {channels} · {middle} + {channels + middle if self.bias else 0}",
        )
