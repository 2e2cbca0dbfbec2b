"""Deformable convolution: filters whose taps wander to where the image says.

An ordinary convolution computes how far each tap moves; the image is read there by bilinear
interpolation. Dai et al., "Deformable Convolutional Networks", ICCV 2017; with a weight for each
tap: Zhu et al., "Deformable ConvNets v2", CVPR 2019.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from graph.calls.call import Apply, Call, Init, Shape
from graph.calls.literals import literal
from graph.calls.plan import Plan, Step
from graph.layers.base.initialisation import init_field, initialised, value_field
from graph.layers.base.layer import (
    Category,
    Explanation,
    FaultKind,
    Layer,
    Problem,
    macs_line,
    needs_image,
    parameters_line,
)
from graph.layers.base.reach import WHOLE, Axis
from graph.layers.base.registration import register
from graph.layers.base.sliding import (
    Pair,
    bias_field,
    channels_text,
    filters_field,
    group_problem,
    groups_field,
    near_divisors,
    settings_text,
    window_problem,
    window_sizes,
)
from graph.layers.convolution.plain import DILATION_HELP, STRIDE_HELP, Conv2d
from graph.values.dims import Dim, Named
from graph.values.fields import flag, integer, pair
from graph.values.message import say, say_count

_NO_PADDING: Pair = (0, 0)
_ONE: Pair = (1, 1)
_AT_REST = (Init("nn.init.zeros_", "weight"), Init("nn.init.zeros_", "bias"))
"""Training starts from an ordinary convolution: no offsets, and equal weights of all taps."""


@register
class DeformConv2d(Layer):
    """A convolution with learned offsets: 2 numbers for each tap at each position."""

    category = Category.CONVOLUTION
    summary = "A convolution whose taps move by offsets that another convolution computes."
    search = ("deformable", "offset", "dcn", "dcnv2", "bilinear", "convolution")
    short_name = "deform"
    modules = ("ops.DeformConv2d",)
    ranks = (3,)

    out_channels: int = filters_field()
    kernel_size: Pair = pair((3, 3), 1, 1024, "Height and width of a filter.")
    stride: Pair = pair((1, 1), 1, 1024, STRIDE_HELP)
    padding: Pair = pair((0, 0), 0, 1024, "Cells of zeros added at each edge.")
    dilation: Pair = pair((1, 1), 1, 1024, DILATION_HELP)
    groups: int = groups_field()
    bias: bool = bias_field()
    offset_groups: int = integer(
        1, 1, 65536, "Input channels are split into this many groups, each with own offsets."
    )
    modulation: bool = flag(False, "Also compute a weight from 0 to 1 for each tap (version 2).")
    init: str = init_field()
    init_value: float = value_field()

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        if len(shape) != 3:
            yield from needs_image(self, shape)
            return
        yield from group_problem(shape[0], self.out_channels, self.groups)
        if shape[0] % self.offset_groups:
            near = near_divisors(shape[0], self.offset_groups)
            yield Problem(
                FaultKind.GROUPS,
                say_count(
                    "{n} input channel is not divisible",
                    "{n} input channels are not divisible",
                    shape[0],
                ),
                say("Nearest: {values}", values=" / ".join(map(str, near))),
                field="offset_groups",
                value=str(self.offset_groups),
                changes={"offset_groups": near[0]},
            )
        padded = tuple(n + 2 * p for n, p in zip(shape[1:], self.padding, strict=True))
        yield from window_problem(self.kernel_size, self.dilation, padded)

    def _taps(self) -> int:
        return self.kernel_size[0] * self.kernel_size[1]

    def _guide_channels(self) -> int:
        """Channels of the convolutions that compute offsets and weights of taps."""
        return (3 if self.modulation else 2) * self.offset_groups * self._taps()

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        sizes = window_sizes(
            inputs[0][1:], self.kernel_size, self.stride, self.padding, self.dilation
        )
        return ((self.out_channels, *sizes),)

    def parameters(self, inputs: Sequence[Shape]) -> int:
        channels, guides = inputs[0][0], self._guide_channels()
        own = self.out_channels * (channels // self.groups) * self._taps()
        return (
            own + (self.out_channels if self.bias else 0) + guides * (channels * self._taps() + 1)
        )

    def macs(self, inputs: Sequence[Shape]) -> int:
        ((channels, height, width),) = self.shapes(inputs)
        filters = channels * (inputs[0][0] // self.groups)
        return (filters + self._guide_channels() * inputs[0][0]) * self._taps() * height * width

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        return (WHOLE, WHOLE)  # an offset may lead anywhere

    def call(self, inputs: Sequence[Shape]) -> Plan:
        shape = inputs[0]
        (result,) = self.shapes(inputs)
        channels = Dim(shape[0], "in_channels")
        offset_groups = Dim(self.offset_groups, "offset_groups")
        taps = Dim(self.kernel_size[0], "kernel_size[0]") * Dim(
            self.kernel_size[1], "kernel_size[1]"
        )
        window = {
            name: Named(getattr(self, name), name)
            for name in ("kernel_size", "stride", "padding", "dilation")
        }

        def guide(name: str, amount: int) -> Step:
            defaults = Conv2d().call([shape]).defaults
            arguments = {"in_channels": channels, "out_channels": amount, **window}
            call = Call("nn.Conv2d", arguments, 3, defaults, _AT_REST)
            return Step(name, call, (("x", 0),), ((int(amount), *result[1:]),))

        deform = self._filters(channels, window)
        offsets = guide("offset", 2 * offset_groups * taps)
        # torchvision reads beyond its memory where an offset is not a number.
        finite = Step("finite", Apply("torch.nan_to_num"), (("offset", 0),), offsets.shapes)
        guides = [offsets, finite]
        sources = [("x", 0), ("finite", 0)]
        if self.modulation:
            weights = guide("modulation", offset_groups * taps)
            sigmoid = Call("nn.Sigmoid", {})
            guides += [weights, Step("mask", sigmoid, (("modulation", 0),), weights.shapes)]
            sources.append(("mask", 0))
        return self._plan(shape, (*guides, Step("deform", deform, tuple(sources), (result,))))

    def _filters(self, channels: Dim, window: dict[str, Named]) -> Call:
        filters = Call(
            "ops.DeformConv2d",
            {
                "in_channels": channels,
                "out_channels": Dim(self.out_channels, "out_channels"),
                **window,
                "groups": Dim(self.groups, "groups"),
                "bias": Named(self.bias, "bias"),
                "init": self.init,
                "init_value": self.init_value,
            },
            positional=3,
        )
        return initialised(filters)

    def _plan(self, shape: Shape, steps: tuple[Step, ...]) -> Plan:
        pairs = "tuple[int, int]"
        types = {
            "in_channels": "int",
            "out_channels": "int",
            "kernel_size": pairs,
            "stride": f"int | {pairs}",
            "padding": f"int | {pairs}",
            "dilation": f"int | {pairs}",
            "groups": "int",
            "bias": "bool",
            "offset_groups": "int",
        }
        defaults: dict[str, Any] = {
            "stride": _ONE,
            "padding": _NO_PADDING,
            "dilation": _ONE,
            "groups": 1,
            "bias": True,
            "offset_groups": 1,
        }
        arguments: dict[str, Any] = {"in_channels": shape[0]}
        for name in list(types)[1:]:
            value = getattr(self, name)
            # A pair is written out, since the class counts its parts.
            written = isinstance(value, tuple) and value != defaults.get(name)
            arguments[name] = Named(value, literal(value, short=False)) if written else value
        return Plan(
            "ModulatedDeformConv2d" if self.modulation else "DeformConv2d",
            (("x", shape),),
            steps,
            (("deform", 0),),
            doc="A convolution whose taps move by offsets computed from its input.",
            arguments=arguments,
            argument_types=types,
            argument_defaults=defaults,
        )

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        settings = settings_text(
            self.kernel_size,
            ("s", self.stride, 1),
            ("p", self.padding, 0),
            ("d", self.dilation, 1),
            ("g", self.groups, 1),
        )
        version = " v2" if self.modulation else ""
        return f"{settings}{version}", channels_text(inputs, self.out_channels)

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        ((_, height, width),) = self.shapes(inputs)
        kh, kw = self.kernel_size
        channels, guides = inputs[0][0], self._guide_channels()
        yield Explanation(
            say("Bilinear sampling at (s, t)"),
            say(
                "Σ x(α, β) · max(0, 1 − |α − s|) · max(0, 1 − |β − t|), "
                "2 · k · k offsets a position"
            ),
            f"2 · {self.offset_groups} · {kh} · {kw} · {height} · {width}",
            str(2 * self.offset_groups * kh * kw * height * width),
        )
        own = f"{self.out_channels} · {channels // self.groups} · {kh} · {kw}"
        yield parameters_line(
            self,
            inputs,
            "C_out · C_in/g · k · k + bias + C_offset · (C_in · k · k + 1)",
            f"{own} + {self.out_channels if self.bias else 0}"
            f" + {guides} · ({channels} · {kh} · {kw} + 1)",
        )
        yield macs_line(
            self,
            inputs,
            "(C_out · C_in/g + C_offset · C_in) · k · k · H_out · W_out",
            f"({self.out_channels} · {channels // self.groups} + {guides} · {channels})"
            f" · {kh} · {kw} · {height} · {width}",
        )
