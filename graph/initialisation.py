"""How weights start: schemes with a name each, as calls of ``torch.nn.init``.

A layer chooses its own scheme; a training chooses one for all layers that leave it at
``default``, which is what torch does by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from graph.declaration import choice
from graph.dims import Named, plain
from graph.layer import Call, Init
from graph.plan import Plan, Repeat, Step

DEFAULT = "default"

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
    }
)

SCHEMES = (DEFAULT, *_WEIGHTS)
"""Every scheme a layer may choose."""

HELP = (
    "How the weights start: kaiming keeps the size of signals through ReLU (normal backwards, "
    "uniform forwards), xavier through tanh, normal draws with deviation 0.01. All but default "
    "start biases at 0."
)

INITIALISED = frozenset(
    {
        *(f"nn.Conv{rank}d" for rank in (1, 2, 3)),
        *(f"nn.ConvTranspose{rank}d" for rank in (1, 2, 3)),
        "nn.Linear",
        "nn.Bilinear",
    }
)
"""The modules whose weights a scheme may set."""


def init_field() -> Any:
    """The field ``init`` of a layer type with weights; its ``call`` passes it to initialised."""
    return choice(DEFAULT, SCHEMES, HELP)


def scheme_steps(scheme: str, *, bias: bool) -> tuple[Init, ...]:
    """What a scheme does to ``weight`` and, if there is one, to ``bias``."""
    if scheme == DEFAULT:
        return ()
    function, arguments = _WEIGHTS[scheme]
    steps = (Init(function, "weight", arguments),)
    return (*steps, Init("nn.init.zeros_", "bias")) if bias else steps


def initialised(call: Call) -> Call:
    """The call without its argument ``init``, which becomes what runs once the module is made."""
    arguments = dict(call.arguments)
    scheme = str(plain(arguments.pop("init")))
    return _with_scheme(replace(call, arguments=arguments), scheme)


def with_initialisation(plan: Plan, scheme: str) -> Plan:
    """The plan with a scheme for every layer that has none of its own."""

    def give(call: Call) -> Call:
        if call.init or call.target not in INITIALISED:
            return call
        return _with_scheme(call, scheme)

    return plan if scheme == DEFAULT else _changed(plan, give)


def without_initialisation(plan: Plan) -> Plan:
    """The plan whose modules start as torch makes them, for weights about to be loaded."""
    return _changed(plan, lambda call: replace(call, init=()) if call.init else call)


def _with_scheme(call: Call, scheme: str) -> Call:
    # A class that takes bias as an argument may have none; torch's own start is left to it.
    bias = call.arguments.get("bias", True)
    has_bias = bool(plain(bias)) and not isinstance(bias, Named)
    return replace(call, init=(*call.init, *scheme_steps(scheme, bias=has_bias)))


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
