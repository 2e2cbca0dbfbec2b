"""Trainable subsampling: a mean whose weight and bias are learnt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from graph.calls.call import Call, Init, Shape
from graph.calls.plan import Plan, Step
from graph.layers.base.layer import Explanation, parameters_line
from graph.layers.base.registration import register
from graph.layers.pooling.plain import Pooling2d
from graph.values.dims import Dim, Named
from graph.values.message import say

_AS_MEAN = (Init("nn.init.ones_", "weight"), Init("nn.init.zeros_", "bias"))


@register
class WeightedAvgPool2d(Pooling2d):
    """y = w·mean + b over each window, with one w and one b per channel.

    Training starts from the plain mean, w = 1 and b = 0: LeCun's coefficient of the sum over a
    2×2 window is then 1/4.

    The subsampling of LeNet-5: LeCun, Bottou, Bengio, Haffner, "Gradient-Based Learning Applied
    to Document Recognition", Proceedings of the IEEE 1998.
    """

    summary = "Mean of each window, times a trainable weight per channel, plus a trainable bias."
    search = ("subsampling", "trainable pooling", "average pooling", "lenet")
    short_name = "subsample"

    def parameters(self, inputs: Sequence[Shape]) -> int:
        return 2 * inputs[0][0]

    def macs(self, inputs: Sequence[Shape]) -> int:
        return prod(self.shapes(inputs)[0])

    def call(self, inputs: Sequence[Shape]) -> Plan:  # type: ignore[override]
        channels = Dim(inputs[0][0], "channels")
        result = self.shapes([(int(channels), *inputs[0][1:])])[0]
        arguments = {
            "kernel_size": self.kernel_size,
            "stride": self.strides(),
            "padding": self.padding,
            "ceil_mode": self.ceil_mode,
        }
        mean = Call(
            "nn.AvgPool2d", {name: Named(value, name) for name, value in arguments.items()}, 2
        )
        weights = {
            "in_channels": channels,
            "out_channels": channels,
            "kernel_size": (1, 1),
            "groups": channels,
        }
        steps = (
            Step("mean", mean, (("x", 0),), (result,)),
            Step("weigh", Call("nn.Conv2d", weights, 3, init=_AS_MEAN), (("mean", 0),), (result,)),
        )
        extent = "int | tuple[int, int]"
        return Plan(
            "WeightedAvgPool2d",
            (("x", inputs[0]),),
            steps,
            (("weigh", 0),),
            doc="Mean of each window, times a weight per channel, plus a bias per channel.",
            arguments={"channels": inputs[0][0], **arguments},
            argument_types={
                "channels": "int",
                "kernel_size": extent,
                "stride": extent,
                "padding": extent,
                "ceil_mode": "bool",
            },
            argument_defaults={"padding": (0, 0), "ceil_mode": False},
        )

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        yield Explanation(say("Every window"), "y = w · mean + b", say("w, b per channel"), "y")
        yield parameters_line(self, inputs, "2 · C", f"2 · {inputs[0][0]}")
        yield from super().explain(inputs)
