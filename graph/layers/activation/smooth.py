"""Activations that are smooth everywhere."""

from __future__ import annotations

from collections.abc import Sequence

from graph.calls.call import Call, Shape
from graph.layers.activation.piecewise import IN_PLACE, Activation
from graph.layers.base.registration import register
from graph.values.fields import choice, flag, real
from graph.values.message import say


@register
class SiLU(Activation):
    """x · σ(x)"""

    summary = "The value times its sigmoid; smooth, also called swish."
    search = ("swish", "activation")
    rule = "y = x · σ(x)"

    inplace: bool = flag(False, IN_PLACE)


@register
class GELU(Activation):
    """x · Φ(x), with the normal distribution Φ

    Hendrycks, Gimpel, "Gaussian Error Linear Units", 2016.
    """

    summary = "The value times the share of a normal distribution below it."
    search = ("gaussian error linear unit", "transformer", "activation")
    rule = "y = x · Φ(x)"

    approximate: str = choice("none", ("none", "tanh"), "Exact, or by a formula with tanh.")


@register
class Mish(Activation):
    """x · tanh(log(1 + eˣ))"""

    summary = "The value times the tanh of its softplus; smooth, much like swish."
    rule = "y = x · tanh(log(1 + eˣ))"

    inplace: bool = flag(False, IN_PLACE)


@register
class Sigmoid(Activation):
    """1 / (1 + e⁻ˣ)"""

    summary = "Squeezes every value between 0 and 1."
    search = ("logistic", "gate", "activation")
    rule = "y = 1 / (1 + e⁻ˣ)"
    needs_output = True


@register
class LogSigmoid(Activation):
    """log(1 / (1 + e⁻ˣ))"""

    summary = "The logarithm of the sigmoid, stable in numbers."
    search = ("logistic", "activation")
    rule = "y = −log(1 + e⁻ˣ)"


@register
class Tanh(Activation):
    """tanh x"""

    summary = "Squeezes every value between −1 and 1."
    search = ("hyperbolic tangent", "activation")
    rule = "y = tanh x"
    needs_output = True


@register
class ScaledTanh(Activation):
    """a·tanh(s·x), which maps 1 to 1 and −1 to −1

    LeCun, Bottou, Bengio, Haffner, "Gradient-Based Learning Applied to Document Recognition",
    Proceedings of the IEEE 1998.
    """

    summary = "Tanh stretched in both directions, so that 1 stays 1: the activation of LeNet-5."
    search = ("hyperbolic tangent", "lenet", "activation")
    rule = "y = amplitude · tanh(slope · x)"

    amplitude: float = real(1.7159, -1e6, 1e6, "Values stay between −amplitude and amplitude.")
    slope: float = real(2 / 3, -1e6, 1e6, "The input is multiplied by this first.")

    def call(self, inputs: Sequence[Shape]) -> Call:
        defaults = {"amplitude": 1.7159, "slope": 2 / 3}
        return Call("ScaledTanh", self.values(), defaults=defaults)


@register
class Tanhshrink(Activation):
    """x − tanh x"""

    summary = "The value minus its hyperbolic tangent: small values become almost zero."
    search = ("hyperbolic tangent", "activation")
    rule = "y = x − tanh x"


@register
class Softsign(Activation):
    """x / (1 + |x|)"""

    summary = "Squeezes every value between −1 and 1, more gently than tanh."
    rule = "y = x / (1 + |x|)"


@register
class Softplus(Activation):
    """log(1 + e^(βx)) / β"""

    summary = "A smooth ReLU that is always positive."
    search = ("rectifier", "activation")
    rule = say("y = log(1 + e^(beta · x)) / beta; y = x where beta · x > threshold")

    beta: float = real(1.0, 0.0, 1e6, "Sharpness of the bend.", open_minimum=True)
    threshold: float = real(20.0, 0.0, 1e6, "Above this it is a straight line, for stability.")
