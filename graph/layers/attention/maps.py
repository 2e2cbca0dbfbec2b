"""Attention over channels and positions: a gate between 0 and 1 for each channel or each cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from graph.calls.call import Apply, Call, Shape
from graph.calls.plan import Plan, Step
from graph.layers.attention.squeeze import empty_middle, there_and_back
from graph.layers.base.initialisation import FIXED_SCHEMES, init_field, with_initialisation
from graph.layers.base.layer import Category, Explanation, FaultKind, Layer, Problem, needs_image
from graph.layers.base.reach import WHOLE, Axis, Window
from graph.layers.base.registration import register
from graph.values.dims import Dim, Named
from graph.values.fields import flag, integer
from graph.values.message import say


def even_kernel(kernel_size: int) -> Iterator[Problem]:
    """Yield the problem of a window, of 1 cell or more, without a middle."""
    if kernel_size % 2 == 0:
        yield Problem(
            FaultKind.PADDING,
            say("an even window has no middle, so the map would change its size"),
            say("Use an odd number"),
            field="kernel_size",
            value=str(kernel_size),
            changes={"kernel_size": kernel_size + 1},
        )


def gated(shape: Shape, gate: Shape) -> tuple[Step, ...]:
    """The last steps of a plan on an input ``x`` of this shape: the step ``excite`` becomes a gate
    between 0 and 1, and the input times it the result. A size of 1 in ``gate`` is repeated."""
    return (
        Step("gate", Call("nn.Sigmoid", {}), (("excite", 0),), (gate,)),
        Step("scale", Apply("operator.mul"), (("x", 0), ("gate", 0)), (shape,)),
    )


@register
class ChannelAttention(Layer):
    """One weight per channel, computed from the means and the maxima of all channels.

    s = σ(W·ReLU(V·mean) + W·ReLU(V·max)). The first half of CBAM: Woo, Park, Lee, Kweon, "CBAM:
    Convolutional Block Attention Module", ECCV 2018.
    """

    category = Category.ATTENTION
    summary = "Weighs each channel by a number computed from the means and maxima of all channels."
    search = ("cbam", "gate", "squeeze", "channel gate")
    ranks = (3,)

    reduction: int = integer(16, 1, 1024, "Channels are divided by this in the middle.")
    bias: bool = flag(True, "Add trainable numbers in both 1×1 convolutions.")
    init: str = init_field(FIXED_SCHEMES)

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        yield from needs_image(self, shape)
        if len(shape) == 3:
            yield from empty_middle(shape[0], self.reduction)

    def parameters(self, inputs: Sequence[Shape]) -> int:
        channels = inputs[0][0]
        return there_and_back(channels, channels // self.reduction, self.bias)

    def macs(self, inputs: Sequence[Shape]) -> int:
        return 4 * inputs[0][0] * (inputs[0][0] // self.reduction)

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        return (WHOLE, WHOLE)

    def call(self, inputs: Sequence[Shape]) -> Plan:
        plan = self.plan(inputs[0], self.reduction, self.bias)
        return with_initialisation(plan, self.init)

    def plan(self, shape: Shape, reduction: int, bias: Any) -> Plan:
        """The plan for C×H×W, with these values as arguments: traced ones where it stands inside
        another plan, whose channels are then traced, too."""
        channels = Dim(shape[0], "channels")
        middle = channels // Dim(self.reduction, "reduction")

        def pointwise(source: int, target: int) -> Call:
            arguments = {"in_channels": source, "out_channels": target, "kernel_size": 1}
            wanted = Named(self.bias, "bias")
            return Call("nn.Conv2d", {**arguments, "bias": wanted}, positional=3)

        one, two = (int(channels), 1, 1), (int(channels), 1, 2)
        small = (int(middle), 1, 2)
        size = {"output_size": (1, 1)}
        # Means and maxima lie side by side, so that one convolution serves both.
        steps = (
            Step("mean", Call("nn.AdaptiveAvgPool2d", size, positional=1), (("x", 0),), (one,)),
            Step("peak", Call("nn.AdaptiveMaxPool2d", size, positional=1), (("x", 0),), (one,)),
            Step("pair", Apply("torch.cat", {"dim": 3}), (("mean", 0), ("peak", 0)), (two,)),
            Step("squeeze", pointwise(channels, middle), (("pair", 0),), (small,)),
            Step("relu", Call("nn.ReLU", {}), (("squeeze", 0),), (small,)),
            Step("expand", pointwise(middle, channels), (("relu", 0),), (two,)),
            Step(
                "excite", Apply("torch.sum", {"dim": 3, "keepdim": True}), (("expand", 0),), (one,)
            ),
            *gated(shape, one),
        )
        return Plan(
            "ChannelAttention",
            (("x", shape),),
            steps,
            (("scale", 0),),
            doc="One weight per channel, from the mean and the maximum of every channel.",
            arguments={"channels": shape[0], "reduction": reduction, "bias": bias},
            argument_types={"channels": "int", "reduction": "int", "bias": "bool"},
        )

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        channels = inputs[0][0] if inputs else 0
        return f"r {self.reduction}", f"{channels}→{channels // self.reduction}" if inputs else ""

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        channels = inputs[0][0]
        middle = channels // self.reduction
        yield Explanation(
            say("Weight of each channel"),
            "s = σ(W · ReLU(V · mean) + W · ReLU(V · max))",
            f"V: {channels}→{middle}, W: {middle}→{channels}",
            f"{channels}×1×1",
        )


@register
class SpatialAttention(Layer):
    """One weight per position, from the mean and the maximum over the channels.

    s = σ(conv([mean, max])). The second half of CBAM (Woo et al., ECCV 2018).
    """

    category = Category.ATTENTION
    summary = "Weighs each position by a window over the mean and the maximum of the channels."
    search = ("cbam", "gate", "position", "where")
    ranks = (3,)

    kernel_size: int = integer(7, 1, 255, "Height and width of the window; an odd number.")
    bias: bool = flag(False, "Add a trainable number.")
    init: str = init_field(FIXED_SCHEMES)

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        yield from needs_image(self, inputs[0])
        yield from even_kernel(self.kernel_size)

    def parameters(self, inputs: Sequence[Shape]) -> int:
        return 2 * self.kernel_size * self.kernel_size + self.bias

    def macs(self, inputs: Sequence[Shape]) -> int:
        _, height, width = inputs[0]
        return 2 * self.kernel_size * self.kernel_size * height * width

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        return (Window(size=self.kernel_size, before=self.kernel_size // 2),) * 2

    def call(self, inputs: Sequence[Shape]) -> Plan:
        plan = self.plan(inputs[0], self.kernel_size, self.bias)
        return with_initialisation(plan, self.init)

    def plan(self, shape: Shape, kernel_size: int, bias: Any) -> Plan:
        """The plan for C×H×W, with these values as arguments: traced ones where it stands inside
        another plan."""
        size = Dim(self.kernel_size, "kernel_size")
        arguments = {"in_channels": 2, "out_channels": 1, "kernel_size": size, "padding": size // 2}
        conv = Call("nn.Conv2d", {**arguments, "bias": Named(self.bias, "bias")}, positional=3)
        over = {"dim": 1, "keepdim": True}
        one, two = (1, *shape[1:]), (2, *shape[1:])
        steps = (
            Step("mean", Apply("torch.mean", over), (("x", 0),), (one,)),
            Step("peak", Apply("torch.amax", over), (("x", 0),), (one,)),
            Step("pair", Apply("torch.cat", {"dim": 1}), (("mean", 0), ("peak", 0)), (two,)),
            Step("excite", conv, (("pair", 0),), (one,)),
            *gated(shape, one),
        )
        return Plan(
            "SpatialAttention",
            (("x", shape),),
            steps,
            (("scale", 0),),
            doc="One weight per position, from the mean and the maximum over the channels.",
            arguments={"kernel_size": kernel_size, "bias": bias},
            argument_types={"kernel_size": "int", "bias": "bool"},
        )

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        return f"{self.kernel_size}×{self.kernel_size}", ""

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        _, height, width = inputs[0]
        yield Explanation(
            say("Weight of each position"),
            say("s = σ(conv([mean, max] over C))"),
            say(
                "{size}×{size} over 2×{height}×{width}",
                size=self.kernel_size,
                height=height,
                width=width,
            ),
            f"1×{height}×{width}",
        )


@register
class CBAM(Layer):
    """Channel attention, then spatial attention.

    Woo, Park, Lee, Kweon, "CBAM: Convolutional Block Attention Module", ECCV 2018.
    """

    category = Category.ATTENTION
    summary = "Weighs first each channel, then each position."
    search = ("convolutional block attention module", "channel attention", "spatial attention")
    ranks = (3,)

    reduction: int = integer(16, 1, 1024, "Channels are divided by this in the middle.")
    kernel_size: int = integer(7, 1, 255, "Window of the spatial attention; an odd number.")
    bias: bool = flag(True, "Add trainable numbers in both 1×1 convolutions.")
    init: str = init_field(FIXED_SCHEMES)

    def _channel(self) -> ChannelAttention:
        return ChannelAttention(reduction=self.reduction, bias=self.bias)

    def _spatial(self) -> SpatialAttention:
        return SpatialAttention(kernel_size=self.kernel_size)

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        yield from self._channel().problems(inputs)
        yield from even_kernel(self.kernel_size)

    def parameters(self, inputs: Sequence[Shape]) -> int:
        return self._channel().parameters(inputs) + self._spatial().parameters(inputs)

    def macs(self, inputs: Sequence[Shape]) -> int:
        return self._channel().macs(inputs) + self._spatial().macs(inputs)

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        return (WHOLE, WHOLE)

    def call(self, inputs: Sequence[Shape]) -> Plan:
        shape = inputs[0]
        inner = (Dim(shape[0], "channels"), *shape[1:])
        reduction, kernel = Dim(self.reduction, "reduction"), Dim(self.kernel_size, "kernel_size")
        channel = self._channel().plan(inner, reduction, Named(self.bias, "bias"))
        spatial = self._spatial().plan(shape, kernel, False)
        steps = (
            Step("channel", channel, (("x", 0),), (shape,)),
            Step("spatial", spatial, (("channel", 0),), (shape,)),
        )
        plan = Plan(
            "CBAM",
            (("x", shape),),
            steps,
            (("spatial", 0),),
            doc="Channel attention, then spatial attention.",
            arguments={
                "channels": shape[0],
                "reduction": self.reduction,
                "kernel_size": self.kernel_size,
                "bias": self.bias,
            },
            argument_types={
                "channels": "int",
                "reduction": "int",
                "kernel_size": "int",
                "bias": "bool",
            },
            argument_defaults={"reduction": 16, "kernel_size": 7, "bias": True},
        )
        return with_initialisation(plan, self.init)

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        return f"r {self.reduction}, {self.kernel_size}×{self.kernel_size}", ""

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        yield from self._channel().explain(inputs)
        yield from self._spatial().explain(inputs)
