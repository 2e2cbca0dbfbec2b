"""How weights start: schemes with a name each, as calls of ``torch.nn.init``.

A layer chooses its own scheme; a training chooses one for all layers that leave it at
``default``, which is what torch does by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from graph.calls.call import Call, Init
from graph.calls.plan import Plan, Repeat, Step
from graph.layers.base.layer import Layer
from graph.values.dims import Named, plain
from graph.values.fields import choice, real

DEFAULT = "default"
CONSTANT = "constant"
CLASSIC = "classic"

VALUE = 0.01
"""What constant weights are unless one chooses."""

_RECTIFIED = "relu"

_WEIGHTS: Mapping[str, tuple[str, Mapping[str, Any]]] = MappingProxyType(
    {
        # He, Zhang, Ren, Sun, "Delving Deep into Rectifiers", ICCV 2015.
        "kaiming_normal": (
            "nn.init.kaiming_normal_",
            {"mode": "fan_out", "nonlinearity": _RECTIFIED},
        ),
        "kaiming_uniform": (
            "nn.init.kaiming_uniform_",
            {"mode": "fan_in", "nonlinearity": _RECTIFIED},
        ),
        # Glorot, Bengio, "Understanding the Difficulty of Training Deep Feedforward Neural
        # Networks", AISTATS 2010.
        "xavier_normal": ("nn.init.xavier_normal_", {}),
        "xavier_uniform": ("nn.init.xavier_uniform_", {}),
        "normal": ("nn.init.normal_", {"std": 0.01}),
        "orthogonal": ("nn.init.orthogonal_", {}),
        "zeros": ("nn.init.zeros_", {}),
        CONSTANT: ("nn.init.constant_", {}),
        CLASSIC: ("init_classic_", {}),
    }
)

SCHEMES = (DEFAULT, *_WEIGHTS)
"""Every scheme there is."""

FIXED_SCHEMES = tuple(name for name in SCHEMES if name not in (CONSTANT, CLASSIC))
"""The schemes that need no number and suit every layer."""

LAYER_SCHEMES = (*FIXED_SCHEMES, CONSTANT)
"""What most layers may choose."""

UNSHARED_SCHEMES = (DEFAULT, "normal", "zeros", CONSTANT)
"""What suits weights with an axis of positions or connections, from which torch would miscount
the inputs."""

HELP = (
    "How the weights start: kaiming keeps the size of signals through ReLU (normal backwards, "
    "uniform forwards), xavier through tanh, normal draws with deviation 0.01. All but default "
    "start biases at 0."
)

CLASSIC_HELP = (
    "classic starts the first filters of {which} as blur, sharpen, outline, Sobel, Laplace, Gauss "
    "and Gabor kernels, shared out over the input channels."
)

_VALUE_HELP = "Every weight, where the weights start constant."

_GIVEN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **{f"nn.Conv{rank}d": LAYER_SCHEMES for rank in (1, 2, 3)},
        **{f"nn.ConvTranspose{rank}d": LAYER_SCHEMES for rank in (1, 2, 3)},
        **{f"LocallyConnected{rank}d": UNSHARED_SCHEMES for rank in (1, 2)},
        "TableConv2d": UNSHARED_SCHEMES,
        "nn.Linear": LAYER_SCHEMES,
        "nn.Bilinear": LAYER_SCHEMES,
        "ops.DeformConv2d": LAYER_SCHEMES,
    }
)
"""The modules whose weights a training may set, with the schemes that suit them."""


_WITHOUT_BIAS = frozenset({"RadialBasis"})


def init_field(schemes: tuple[str, ...] = LAYER_SCHEMES) -> Any:
    """The field ``init`` of a layer type with weights; its ``call`` passes it to initialised."""
    more = " " + CLASSIC_HELP.format(which="the layer") if CLASSIC in schemes else ""
    return choice(DEFAULT, schemes, HELP + more)


def value_field() -> Any:
    """The field ``init_value`` that belongs to ``init`` where that may be constant."""
    return real(VALUE, -1000, 1000, _VALUE_HELP)


def unused(layer: Layer) -> frozenset[str]:
    """The fields about first weights that have no effect; a form shows them dimmed."""
    values = layer.values()
    without = "init_value" in values and values["init"] != CONSTANT
    return frozenset({"init_value"} if without else ())


def scheme_steps(scheme: str, *, bias: bool, value: float = VALUE) -> tuple[Init, ...]:
    """What a scheme does to ``weight`` and, if there is one, to ``bias``. ``value`` is that of
    the constant."""
    if scheme == DEFAULT:
        return ()
    function, arguments = _WEIGHTS[scheme]
    if scheme == CONSTANT:
        arguments = {"val": value}
    steps = (Init(function, "weight", arguments),)
    return (*steps, Init("nn.init.zeros_", "bias")) if bias else steps


def initialised(call: Call) -> Call:
    """The call without its arguments ``init`` and ``init_value``, which become what runs once the
    module is made. Raises KeyError for a call without ``init``."""
    arguments = dict(call.arguments)
    scheme = str(plain(arguments.pop("init")))
    value = float(plain(arguments.pop("init_value", VALUE)))
    return _with_scheme(replace(call, arguments=arguments), scheme, value)


def with_initialisation(plan: Plan, scheme: str, value: float = VALUE) -> Plan:
    """The plan with a scheme for every layer that has none of its own and that it suits; classic
    is for the first convolution of images alone. ``value`` is that of constant."""
    given = 0

    def give(call: Call) -> Call:
        nonlocal given
        if call.init or not _suits(call, scheme) or (given and scheme == CLASSIC):
            return call
        given += 1
        return _with_scheme(call, scheme, value)

    return plan if scheme == DEFAULT else _changed(plan, give)


def _suits(call: Call, scheme: str) -> bool:
    if scheme != CLASSIC:
        return scheme in _GIVEN.get(call.target, ())
    size = plain(call.arguments["kernel_size"]) if call.target == "nn.Conv2d" else 0
    return bool(min(size if isinstance(size, tuple) else (size,)) >= 3)


def without_initialisation(plan: Plan) -> Plan:
    """The plan whose modules start as torch makes them, for weights about to be loaded."""
    return _changed(plan, lambda call: replace(call, init=()) if call.init else call)


def _with_scheme(call: Call, scheme: str, value: float = VALUE) -> Call:
    # A class that takes bias as an argument may have none; torch's own start is left to it.
    bias = call.arguments.get("bias", call.target not in _WITHOUT_BIAS)
    has_bias = bool(plain(bias)) and not isinstance(bias, Named)
    steps = scheme_steps(scheme, bias=has_bias, value=value)
    return replace(call, init=(*call.init, *steps))


def _changed(plan: Plan, change: Callable[[Call], Call]) -> Plan:
    def of(step: Step) -> Step:
        operation = step.operation
        if isinstance(operation, Call):
            return replace(step, operation=change(operation))
        if isinstance(operation, Plan):
            return replace(step, operation=_changed(operation, change))
        if isinstance(operation, Repeat):
            plans = tuple(_changed(one, change) for one in operation.plans)
            return replace(step, operation=replace(operation, plans=plans))
        return step

    return replace(plan, steps=tuple(of(step) for step in plan.steps))
