"""Normalisation: mean 0 and variance 1 over some of the axes, then a trainable scale and shift."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import ClassVar

from graph.calls.call import Call, Shape
from graph.layers.base.axis_number import whole
from graph.layers.base.layer import (
    Category,
    Explanation,
    FaultKind,
    Layer,
    Problem,
    dims,
    needs_rank,
    parameters_line,
)
from graph.layers.base.reach import SAME, WHOLE, Axis
from graph.layers.base.registration import register
from graph.layers.base.sliding import near_divisors
from graph.values.declaration import fields_of
from graph.values.fields import flag, integer, real
from graph.values.message import Message, say, say_count

_EPS = "Added to the variance before the root."
_MOMENTUM = "Weight of the newest batch in the running statistics."
_AFFINE = "Trainable scale and shift per channel."
_TRACK = "Keep running statistics and use them in evaluation."
_RULE = "y = γ · (x − mean) / √(var + ε) + β"


class Normalisation(Layer):
    """What all share: settings become the module's arguments as they are."""

    category = Category.NORMALISATION
    over: ClassVar = say("Every channel, over the batch and all positions")
    rule: ClassVar[str] = _RULE

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        if self.ranks:
            yield from needs_rank(self, inputs[0])

    def _call(self, **first: object) -> Call:
        """The call with the arguments that the input decides in front."""
        fields = fields_of(type(self)).items()
        defaults = {name: spec.default for name, spec in fields if name not in first}
        arguments = {**first, **{n: v for n, v in self.values().items() if n not in first}}
        return Call(f"nn.{self.type_name()}", arguments, positional=len(first), defaults=defaults)

    def call(self, inputs: Sequence[Shape]) -> Call:
        return self._call(num_features=inputs[0][0])

    def _explain_parameters(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        return "γ and β: 2 · C", f"2 · {inputs[0][0]}"

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        eps = self.values().get("eps")
        yield Explanation(self.over, self.rule, "" if eps is None else f"ε = {eps:g}", "y")
        if self.parameters(inputs):
            yield parameters_line(self, inputs, *self._explain_parameters(inputs))


class _PerChannel(Normalisation):
    """With a trainable scale and shift of each channel where the setting ``affine`` is on."""

    def parameters(self, inputs: Sequence[Shape]) -> int:
        return 2 * inputs[0][0] if self.values()["affine"] else 0


class BatchNormalisation(_PerChannel):
    summary = "Gives each channel mean 0 and variance 1 over the batch, then scales and shifts it."
    search = ("batch normalization", "bn")
    short_name = "bn"

    eps: float = real(1e-5, 0.0, 1.0, _EPS, open_minimum=True)
    momentum: float | None = real(0.1, 0.0, 1.0, _MOMENTUM, none_means="cumulative average")
    affine: bool = flag(True, _AFFINE)
    track_running_stats: bool = flag(True, _TRACK)


@register
class BatchNorm2d(BatchNormalisation):
    """Normalises each channel by its mean and variance over the batch and all positions."""

    ranks = (3,)


@register
class BatchNorm1d(BatchNormalisation):
    """Normalises each feature of F, or each channel of C×L, over the batch and all positions."""

    ranks = (1, 2)


@register
class BatchNorm3d(BatchNormalisation):
    """Normalises each channel of a volume C×D×H×W over the batch and all positions."""

    ranks = (4,)


class LastAxesNormalisation(Normalisation):
    """Normalises over the last axes of each image; every value there has its own scale."""

    ranks = (1, 2, 3, 4)
    over = say("Every image, over its last axes")

    normalized_axes: int = integer(1, 1, 3, "How many of the last axes are normalised together.")

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        if self.normalized_axes > len(shape):
            yield Problem(
                FaultKind.DIMENSION,
                say("the input {input} has fewer axes", input=dims(shape)),
                say("Use at most {most}", most=len(shape)),
                field="normalized_axes",
                value=str(self.normalized_axes),
                changes={"normalized_axes": len(shape)},
            )

    def _normalised(self, inputs: Sequence[Shape]) -> Shape:
        return tuple(inputs[0][-self.normalized_axes :])

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        last = len(inputs[index]) - self.normalized_axes
        return tuple(WHOLE if axis >= last else SAME for axis in range(1, len(inputs[index])))

    def call(self, inputs: Sequence[Shape]) -> Call:
        call = self._call(normalized_shape=self._normalised(inputs))
        arguments = {n: v for n, v in call.arguments.items() if n != "normalized_axes"}
        return Call(call.target, arguments, positional=1, defaults=call.defaults)

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        return (dims(self._normalised(inputs)), "") if inputs else ("", "")


@register
class LayerNorm(LastAxesNormalisation):
    """Normalises over the last one, two or three axes.

    Ba, Kiros, Hinton, "Layer Normalization", 2016.
    """

    summary = "Gives the last axes of each image mean 0 and variance 1, then scales and shifts."
    search = ("layer normalization", "ln", "transformer")

    eps: float = real(1e-5, 0.0, 1.0, _EPS, open_minimum=True)
    elementwise_affine: bool = flag(True, "Trainable scale (and shift) for every value.")
    bias: bool = flag(True, "Trainable shift; only with elementwise_affine.")

    def parameters(self, inputs: Sequence[Shape]) -> int:
        return (1 + self.bias) * prod(self._normalised(inputs)) if self.elementwise_affine else 0

    def _explain_parameters(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        size = dims(self._normalised(inputs))
        return ("γ and β: 2 · n", f"2 · {size}") if self.bias else ("γ: n", size)


@register
class RMSNorm(LastAxesNormalisation):
    """Divides by the root of the mean square over the last axes; the mean stays.

    Zhang, Sennrich, "Root Mean Square Layer Normalization", NeurIPS 2019.
    """

    summary = "Divides the last axes of each image by the root of their mean square."
    search = ("root mean square", "layer normalization", "transformer")
    rule = "y = γ · x / √(mean(x²) + ε)"

    eps: float | None = real(
        None, 0.0, 1.0, "Added to the mean square before the root.", none_means="smallest step"
    )
    elementwise_affine: bool = flag(True, "Trainable scale for every value.")

    def parameters(self, inputs: Sequence[Shape]) -> int:
        return prod(self._normalised(inputs)) if self.elementwise_affine else 0

    def _explain_parameters(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        return "γ: n", dims(self._normalised(inputs))


def _one_value(why: Message) -> Problem:
    return Problem(
        FaultKind.DIMENSION,
        say("{why}, and one value alone has no variance", why=why),
        say("Place it before the map becomes so small, or take it away"),
        port="input",
    )


@register
class GroupNorm(_PerChannel):
    """Normalises groups of channels over all positions of each image.

    Wu, He, "Group Normalization", ECCV 2018. One group is layer normalisation over C×H×W.
    """

    summary = "Gives each group of channels mean 0 and variance 1 within each image."
    search = ("group normalization", "gn")
    ranks = (1, 2, 3, 4)
    over = say("Every group of channels of every image")

    num_groups: int = integer(1, 1, 65536, "Groups of channels; they must divide the channels.")
    eps: float = real(1e-5, 0.0, 1.0, _EPS, open_minimum=True)
    affine: bool = flag(True, _AFFINE)

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        channels = shape[0]
        if channels % self.num_groups:
            near = near_divisors(channels, self.num_groups)
            best = min(near, key=lambda divisor: abs(divisor - self.num_groups))
            yield Problem(
                FaultKind.GROUPS,
                say_count(
                    "must divide the {n} input channel",
                    "must divide the {n} input channels",
                    channels,
                ),
                say("Use {values}", values=" / ".join(map(str, near))),
                field="num_groups",
                value=str(self.num_groups),
                changes={"num_groups": best},
            )
        elif prod(shape) == self.num_groups:
            yield _one_value(say("each group of {input} has one value", input=dims(shape)))

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        return whole(inputs[index])

    def call(self, inputs: Sequence[Shape]) -> Call:
        return self._call(num_groups=self.num_groups, num_channels=inputs[0][0])

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        return f"g {self.num_groups}", ""


class InstanceNormalisation(_PerChannel):
    """Like batch normalisation, but over the positions of each image alone.

    Ulyanov, Vedaldi, Lempitsky, "Instance Normalization: The Missing Ingredient for Fast
    Stylization", 2016.
    """

    summary = "Gives each channel of each image mean 0 and variance 1 over its positions."
    search = ("instance normalization", "style", "contrast normalization")
    short_name = "instancenorm"
    over = say("Every channel of every image, over its positions")

    eps: float = real(1e-5, 0.0, 1.0, _EPS, open_minimum=True)
    momentum: float | None = real(0.1, 0.0, 1.0, _MOMENTUM, none_means="no change")
    affine: bool = flag(False, _AFFINE)
    track_running_stats: bool = flag(False, _TRACK)

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        (shape,) = inputs
        if len(shape) not in self.ranks:
            yield from needs_rank(self, shape)
        elif prod(shape[1:]) == 1:
            yield _one_value(say("each channel of {input} has one value", input=dims(shape)))

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        return whole(inputs[index])


@register
class InstanceNorm1d(InstanceNormalisation):
    """Normalises each channel of C×L over its positions."""

    ranks = (2,)


@register
class InstanceNorm2d(InstanceNormalisation):
    """Normalises each channel of C×H×W over its positions."""

    ranks = (3,)


@register
class InstanceNorm3d(InstanceNormalisation):
    """Normalises each channel of C×D×H×W over its positions."""

    ranks = (4,)


@register
class LocalResponseNorm(Normalisation):
    """Divides each value by the strength of its neighbours in the channels beside it.

    Krizhevsky, Sutskever, Hinton, "ImageNet Classification with Deep Convolutional Neural
    Networks", NeurIPS 2012.
    """

    summary = "Divides each value by the strength of the same position in the channels beside it."
    search = ("lrn", "lateral inhibition", "alexnet", "brightness normalization")
    short_name = "lrn"
    ranks = (2, 3, 4)
    over = say("Every value, over n channels around its own")
    rule = "y = x / (k + α/n · Σ x²)^β"

    size: int = integer(5, 1, 1024, "Number n of channels in the sum.", "channels")
    alpha: float = real(1e-4, 0.0, 1e6, "Weight α of the mean square.")
    beta: float = real(0.75, 0.0, 100.0, "The power β of the divisor.")
    k: float = real(1.0, 0.0, 1e6, "Added to the divisor; above zero, or a dark image gives 0/0.")

    def call(self, inputs: Sequence[Shape]) -> Call:
        return self._call(size=self.size)

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        numbers = f"n = {self.size}, α = {self.alpha:g}, β = {self.beta:g}, k = {self.k:g}"
        yield Explanation(self.over, self.rule, numbers, "y")
