"""Channel attention with a handful of weights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import log2

from graph.calls.call import Apply, Call, Shape
from graph.calls.plan import Plan, Step
from graph.layers.attention.maps import even_kernel, gated
from graph.layers.base.initialisation import FIXED_SCHEMES, init_field, with_initialisation
from graph.layers.base.layer import Category, Explanation, Layer, Problem, needs_image
from graph.layers.base.reach import WHOLE, Axis
from graph.layers.base.registration import register
from graph.values.dims import Dim
from graph.values.fields import optional_integer
from graph.values.message import say


@register
class EfficientChannelAttention(Layer):
    """One weight per channel, from the means of the channel and its neighbours.

    s = σ(conv1d(z)) with z the mean of each map and a window of |log₂(C)/2 + 1/2| channels, taken
    to the next odd number. Wang et al., "ECA-Net: Efficient Channel Attention for Deep
    Convolutional Neural Networks", CVPR 2020.
    """

    category = Category.ATTENTION
    summary = "Weighs each channel by the means of it and a few neighbours: few parameters."
    search = ("eca", "eca-net", "gate", "channel attention")
    short_name = "eca"
    ranks = (3,)

    kernel_size: int | None = optional_integer(
        None, 1, 255, "Channels that one weight is computed from; an odd number.", "from channels"
    )
    init: str = init_field(FIXED_SCHEMES)

    def _kernel(self, channels: int) -> int:
        if self.kernel_size is not None:
            return self.kernel_size
        found = int(log2(channels) / 2 + 0.5)
        return found if found % 2 else found + 1

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        yield from needs_image(self, inputs[0])
        yield from even_kernel(self.kernel_size or 1)

    def parameters(self, inputs: Sequence[Shape]) -> int:
        return self._kernel(inputs[0][0])

    def macs(self, inputs: Sequence[Shape]) -> int:
        return inputs[0][0] * self._kernel(inputs[0][0])

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        return (WHOLE, WHOLE)

    def call(self, inputs: Sequence[Shape]) -> Plan:
        shape = inputs[0]
        kernel = self._kernel(shape[0])
        size = Dim(kernel, "kernel_size")
        conv = Call(
            "nn.Conv1d",
            {
                "in_channels": 1,
                "out_channels": 1,
                "kernel_size": size,
                "padding": size // 2,
                "bias": False,
            },
            positional=3,
        )
        row, column = (1, shape[0]), (shape[0], 1)
        steps = (
            Step("mean", Apply("torch.mean", {"dim": (2, 3)}), (("x", 0),), ((shape[0],),)),
            Step("row", Apply("torch.unsqueeze", {"dim": 1}), (("mean", 0),), (row,)),
            Step("conv", conv, (("row", 0),), (row,)),
            Step(
                "column",
                Apply("torch.transpose", {"dim0": 1, "dim1": 2}),
                (("conv", 0),),
                (column,),
            ),
            Step("excite", Apply("torch.unsqueeze", {"dim": 3}), (("column", 0),), ((*column, 1),)),
            *gated(shape, (*column, 1)),
        )
        plan = Plan(
            "EfficientChannelAttention",
            (("x", shape),),
            steps,
            (("scale", 0),),
            doc="One weight per channel, from the means of a few neighbouring channels.",
            arguments={"kernel_size": kernel},
            argument_types={"kernel_size": "int"},
        )
        return with_initialisation(plan, self.init)

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        return f"k {self._kernel(inputs[0][0])}" if inputs else "", ""

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        channels = inputs[0][0]
        yield Explanation(
            say("Weight of each channel"),
            say("s = σ(conv1d(z)),  z = mean over H×W"),
            f"k = {self._kernel(channels)}",
            f"{channels}×1×1",
        )
