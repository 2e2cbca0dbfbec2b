"""What an output's values are: scores, probabilities, or logarithms of them.

A loss takes logarithms once. A softmax need not be the last layer: what follows may keep its values
or average them, as Flatten, Dropout and pooling do. So the way is followed back from the output,
through blocks too, with an eye on the axis of the classes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from math import log, prod

from graph.calls.call import Apply, Call, Shape
from graph.calls.plan import Name, Plan, Repeat, Step
from graph.values.message import Message, say, say_count

CLASSES = 1
"""The axis of the classes in an output N×C or N×C×H×W."""


class Values(Enum):
    """What the numbers of an output mean."""

    SCORES = "scores"  # anything: the softmax of them gives probabilities
    PROBABILITIES = "probabilities"  # their sum over the classes is 1
    LOGARITHMS = "logarithms"  # of probabilities
    SHARES = "shares"  # the sigmoid of scores, class by class
    LOG_SHARES = "logarithms of shares"


@dataclass(frozen=True, slots=True)
class Ending:
    """What an output gives, and ``trouble`` if a loss on it learns worse than it could: a sentence,
    the node to change and the layer that makes the trouble."""

    values: Values
    trouble: Message | None = None
    node: str = ""


_GIVES = {
    "nn.Softmax": Values.PROBABILITIES,
    "nn.Softmax2d": Values.PROBABILITIES,
    "nn.Softmin": Values.PROBABILITIES,
    "nn.LogSoftmax": Values.LOGARITHMS,
    "nn.Sigmoid": Values.SHARES,
    "nn.LogSigmoid": Values.LOG_SHARES,
}
_EACH = frozenset({"nn.Sigmoid", "nn.LogSigmoid"})
"""Those of ``_GIVES`` that look at one value at a time, not along an axis."""

_KEEP = frozenset(
    {"nn.Identity", "nn.Dropout", "nn.Dropout1d", "nn.Dropout2d", "nn.Dropout3d", "DropPath"}
)
_SAME_ORDER = frozenset(
    {"nn.Flatten", "nn.Unflatten", "torch.reshape", "torch.squeeze", "torch.unsqueeze"}
)
"""The numbers stay in their order, only the sizes change."""
_PARTS = frozenset({"torch.split", "torch.chunk", "operator.getitem"})
_AVERAGES = frozenset(
    {*(f"nn.{kind}AvgPool{n}d" for kind in ("", "Adaptive") for n in (1, 2, 3)), "nn.Upsample"}
)
_EXACT = frozenset({"nearest", "nearest-exact"})
_WITHIN = frozenset({"linear", "bilinear", "trilinear"})
"""Modes of Upsample that give averages; others overshoot."""

_BOUNDED = {
    "nn.Tanh": (-1.0, 1.0),
    "nn.Softsign": (-1.0, 1.0),
    "nn.Hardsigmoid": (0.0, 1.0),
    "nn.ReLU6": (0.0, 6.0),
    "ScaledTanh": (-1.7159, 1.7159),
}
"""Functions whose results lie within two bounds."""
_WEIGHTLESS_OWN = frozenset({"ScaledTanh", "DropPath"})
_WEIGHTED = ("Conv", "Linear", "Bilinear", "Batch", "Layer", "Group", "Instance", "RMS", "PReLU")
"""How the names of torch's modules begin that may have weights."""


@dataclass(frozen=True, slots=True)
class _Level:
    """A plan on the way inside: the step that runs it, and which of a chain it is."""

    plan: Plan
    step: Step | None = None
    copy: int = 0


_Way = tuple[_Level, ...]


def ending_of(plan: Plan, output: Name) -> Ending:
    """What one of a plan's outputs gives. The plan is the network's own, not one inside it."""
    way: _Way = (_Level(plan),)
    axis, averaged = CLASSES, False
    name = output
    while found := _made(way, name):
        inside, step = found
        operation = step.operation
        assert isinstance(operation, (Call, Apply))
        values = _GIVES.get(operation.target)
        if values is not None:
            return _given(inside, step, operation, values, axis, averaged=averaged)
        before = _axis_before(step, operation, axis, _shape(inside, step.inputs[0]))
        if before is None:
            return _scores(inside, step, operation, _classes(plan, output))
        averaged = averaged or _blends(operation)
        axis, way, name = before, inside, step.inputs[0]
    return Ending(Values.SCORES)


def _given(
    way: _Way,
    step: Step,
    operation: Call | Apply,
    values: Values,
    axis: int,
    *,
    averaged: bool,
) -> Ending:
    """What a softmax or sigmoid gives, if it goes along the classes."""
    node = _node(way, step)
    along = int(operation.arguments.get("dim", CLASSES))
    if operation.target not in _EACH and along != axis:
        return Ending(
            Values.SCORES,
            say(
                "{node} makes values along dimension {dim} sum to 1, not those of the classes, so "
                "the loss takes them for scores: set its dim to {axis}",
                node=_title(way, step),
                dim=along,
                axis=axis,
            ),
            node,
        )
    twice = _hidden(way, step)
    if twice is not None:
        return Ending(
            values,
            say(
                "{first} already gives {values}, so {second} flattens them and the loss cannot "
                "fall far: remove one of the two",
                first=twice[0],
                values=twice[1],
                second=_title(way, step),
            ),
            node,
        )
    if averaged and values in (Values.LOGARITHMS, Values.LOG_SHARES):
        return Ending(Values.SCORES)  # the mean of logarithms is the logarithm of no probability
    return Ending(values)


def _scores(way: _Way, step: Step, operation: Call | Apply, classes: int) -> Ending:
    """Scores, unless a softmax lies behind what cannot be seen through, or they are bounded."""
    hidden = _hidden(way, step)
    node = _node(way, step)
    if hidden is not None and not _has_weights(operation):
        return Ending(
            Values.SCORES,
            say(
                "{first} gives {values}, but after {second} the loss takes them for scores and "
                "cannot fall far: let {first} be the last layer, or remove it",
                first=hidden[0],
                values=hidden[1],
                second=_title(way, step),
            ),
            node,
        )
    low, high = _bounds(operation)
    if high > low and classes > 1:
        floor = log(1 + (classes - 1) * 2.718281828459045 ** (low - high))
        return Ending(
            Values.SCORES,
            say(
                "{node} keeps the scores between {low} and {high}, so the loss of {classes} "
                "cannot fall below {floor}: remove it",
                node=_title(way, step),
                low=f"{low:g}",
                high=f"{high:g}",
                classes=say_count("{n} class", "{n} classes", classes),
                floor=f"{floor:.2f}",
            ),
            node,
        )
    return Ending(Values.SCORES)


def _bounds(operation: Call | Apply) -> tuple[float, float]:
    if operation.target == "nn.Hardtanh":
        found = {"min_val": -1.0, "max_val": 1.0, **operation.arguments}
        return float(found["min_val"]), float(found["max_val"])
    return _BOUNDED.get(operation.target, (0.0, 0.0))


def _hidden(way: _Way, step: Step) -> tuple[str, str] | None:
    """The title and the values of a softmax or sigmoid before a step, seen through whatever has no
    weights and one input."""
    while len(step.inputs) == 1 and (found := _made(way, step.inputs[0])):
        way, step = found
        operation = step.operation
        assert isinstance(operation, (Call, Apply))
        values = _GIVES.get(operation.target)
        if values is not None:
            return _title(way, step), values.value
        if _has_weights(operation):
            return None
    return None


def _has_weights(operation: Call | Apply) -> bool:
    """Whether a module may have weights, which learn what suits the loss."""
    if isinstance(operation, Apply):
        return False
    module = operation.target.removeprefix("nn.")
    if module == operation.target:  # of this program's own, or of torchvision's
        return module not in _WEIGHTLESS_OWN
    return module.startswith(_WEIGHTED) or "Attention" in module


def _axis_before(step: Step, operation: Call | Apply, axis: int, shape: Shape) -> int | None:
    """Which axis of a step's input holds what its output holds along ``axis``, unchanged or
    averaged over other axes. ``shape`` is the input's without the batch. None: none does."""
    target, arguments = operation.target, operation.arguments
    if target in _KEEP:
        return axis
    if target in _SAME_ORDER:
        return _same_place(shape, step.shapes[0], axis)
    if target == "torch.permute":
        return int(arguments["dims"][axis])
    if target == "torch.transpose":
        pair = {_axis(arguments["dim0"], shape), _axis(arguments["dim1"], shape)}
        return (pair - {axis}).pop() if axis in pair and len(pair) == 2 else axis
    if target in _PARTS:
        return axis if _axis(arguments.get("dim", 0), shape) != axis else None
    if target == "torch.mean":
        return _before_mean(arguments, axis, shape)
    if target in _AVERAGES and axis == CLASSES and _stays_within(operation):
        return axis
    return None


def _stays_within(operation: Call | Apply) -> bool:
    """Whether an average is one of values alone, without zeros from beyond the edge."""
    if operation.target == "nn.Upsample":
        return operation.arguments.get("mode", "nearest") in _EXACT | _WITHIN
    padding = operation.arguments.get("padding", 0)
    padded = any(padding) if isinstance(padding, tuple) else bool(padding)
    return not padded or operation.arguments.get("count_include_pad", True) is False


def _blends(operation: Call | Apply) -> bool:
    """Whether results are means of several values."""
    if operation.target == "nn.Upsample":
        return operation.arguments.get("mode", "nearest") not in _EXACT
    return operation.target in _AVERAGES or operation.target == "torch.mean"


def _axis(dim: int, shape: Shape) -> int:
    """An axis counted from the batch, 0, where ``dim`` may count from the end."""
    return int(dim) if dim >= 0 else len(shape) + 1 + int(dim)


def _before_mean(arguments: object, axis: int, shape: Shape) -> int | None:
    given = dict(arguments)  # type: ignore[call-overload]
    taken = {_axis(dim, shape) for dim in given["dim"]}
    if given.get("keepdim"):
        return axis if axis not in taken else None
    left = [place for place in range(len(shape) + 1) if place not in taken]
    return left[axis]


def _same_place(before: Shape, after: Shape, axis: int) -> int | None:
    """The axis of ``before`` (batch not among the sizes) whose entries are those of ``after``."""
    size, inner = after[axis - 1], prod(after[axis:])
    for place in range(len(before)):
        if before[place] == size and prod(before[place + 1 :]) == inner:
            return place + 1
    return None


# The way back through plans inside of plans


def _made(way: _Way, name: Name) -> tuple[_Way, Step] | None:
    """The step of torch's that made a value, and the way to it; None for the network's input."""
    level = way[-1]
    step = next((step for step in level.plan.steps if step.name == name[0]), None)
    if step is None:
        return _entered(way, name)
    if isinstance(step.operation, Plan):
        return _made((*way, _Level(step.operation, step)), step.operation.outputs[name[1]])
    if isinstance(step.operation, Repeat):
        last = len(step.operation.plans) - 1
        plan = step.operation.plans[last]
        return _made((*way, _Level(plan, step, last)), plan.outputs[name[1]])
    return way, step


def _entered(way: _Way, name: Name) -> tuple[_Way, Step] | None:
    """What made an input of a plan."""
    outside = _outside(way, name)
    return None if outside is None else _made(*outside)


def _outside(way: _Way, name: Name) -> tuple[_Way, Name] | None:
    """Where an input of the innermost plan comes from; None for the network's own."""
    level = way[-1]
    if level.step is None:
        return None
    number = [entry for entry, _ in level.plan.inputs].index(name[0])
    if level.copy:
        assert isinstance(level.step.operation, Repeat)
        before = level.step.operation.plans[level.copy - 1]
        inner = replace(level, plan=before, copy=level.copy - 1)
        return (*way[:-1], inner), before.outputs[number]
    return way[:-1], level.step.inputs[number]


def _shape(way: _Way, name: Name) -> Shape:
    """The shape of a value without the batch."""
    plan = way[-1].plan
    step = next((step for step in plan.steps if step.name == name[0]), None)
    shape = step.shapes[name[1]] if step is not None else dict(plan.inputs)[name[0]]
    return tuple(int(size) for size in shape)


def _classes(plan: Plan, output: Name) -> int:
    return int(_shape((_Level(plan),), output)[0])


def _outer(way: _Way, step: Step) -> Iterator[Step]:
    yield from (level.step for level in way if level.step is not None)
    yield step


def _node(way: _Way, step: Step) -> str:
    """The id of the node of the network itself that a step belongs to."""
    return next((outer.node for outer in _outer(way, step) if outer.node), "")


def _title(way: _Way, step: Step) -> str:
    """What a person calls a step: the names of the nodes on the way to it."""
    return " › ".join(outer.title for outer in _outer(way, step) if outer.title) or step.name
