"""From a plan to a torch module: nested ``torch.fx.GraphModule``s, shaped like the plan.

Only what stands in the tables of backend.model.allowed is ever called. Names are the plan's, so the
keys of ``state_dict`` equal those of the exported file's class, and the same weights give the same
outputs, bit for bit on the CPU for images in torch's own memory.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import reduce
from itertools import chain
from typing import Any

import torch
from torch import fx, nn
from torch.overrides import TorchFunctionMode

from backend.model.allowed import CHAINED, FUNCTIONS, INITIALISERS, LISTED, module_type
from backend.model.heads import MAIN, HeadedModule
from graph.calls.call import Apply, Call, Init
from graph.calls.plan import Name, Plan, Repeat, Step
from graph.export.shared_start import shared_starts, started_alone
from graph.layers.base.initialisation import without_initialisation
from graph.values.dims import plain
from graph.values.message import Message, UserError, say

STEP = "step"
"""``node.meta[STEP]`` of an fx node is the name of the plan's step whose result it is."""

_TAKEN = frozenset(dir(fx.GraphModule))
"""Names of parts that would hide what a module is made of."""


class BuildError(UserError):
    """A plan that torch cannot build. ``node`` is the id of the node, if it has one."""

    def __init__(self, message: Message, node: str | None = None) -> None:
        super().__init__(message)
        self.node = node


def build(plan: Plan, *, seed: int = 0, initialise: bool = True) -> fx.GraphModule:
    """The module of a plan, in training mode on the CPU.

    It takes float32 N×C×H×W for each input of the plan, and gives one tensor, or a tuple for
    several outputs; auxiliary outputs come in training mode only. ``seed`` decides the first
    weights; torch's own random state is not touched. With ``initialise=False`` random weights are
    left undefined, which is many times faster, for weights about to be loaded. Raises BuildError.
    """
    if plan.auxiliary and plan.auxiliary == len(plan.outputs):
        raise BuildError(
            say("All outputs are auxiliary, so nothing is left to give; turn it off for one.")
        )
    with _Drawing(torch.Generator().manual_seed(seed) if initialise else None):
        return _build(plan if initialise else without_initialisation(plan))


def node_paths(plan: Plan) -> dict[str, str]:
    """The dotted path of each node's step. A node inside a block is called ``use/node``, in a
    chain ``use/0/node``."""
    return dict(_node_paths(plan, "", ""))


def _node_paths(plan: Plan, path: str, place: str) -> Iterator[tuple[str, str]]:
    for step in plan.steps:
        if not step.node:
            continue
        name, node = f"{path}{step.name}", f"{place}{step.node}"
        yield node, name
        if isinstance(step.operation, Plan):
            yield from _node_paths(step.operation, f"{name}.", f"{node}/")
        elif isinstance(step.operation, Repeat):
            for number, inner in enumerate(step.operation.plans):
                yield from _node_paths(inner, f"{name}.{number}.", f"{node}/{number}/")


def _build(plan: Plan) -> fx.GraphModule:
    graph = fx.Graph()
    modules: dict[str, nn.Module] = {}
    values: dict[Name, fx.Node] = {}
    for name, _ in plan.inputs:
        values[name, 0] = graph.placeholder(name)
    shared = shared_starts(plan)
    for step in chain(*plan.parts()):
        with _named(step):
            inputs = [values[name] for name in step.inputs]
            result = _add_step(graph, modules, started_alone(step, shared), inputs)
            result.meta[STEP] = step.name
            values.update(_outputs(graph, step, result))
    for step in chain(*plan.parts()):
        if isinstance(step.operation, Call) and step.operation.target in shared:
            _start(modules[step.name], shared[step.operation.target])
    results = tuple(values[name] for name in plan.outputs)
    output = graph.output(results[0] if len(results) == 1 else results)
    if not plan.auxiliary:
        return fx.GraphModule(modules, graph, plan.class_name)
    output.meta[MAIN] = len(results) - plan.auxiliary
    return HeadedModule(modules, graph, plan.class_name)


def _add_step(
    graph: fx.Graph, modules: dict[str, nn.Module], step: Step, inputs: list[fx.Node]
) -> fx.Node:
    operation = step.operation
    if isinstance(operation, Apply):
        return _apply(graph, operation, inputs)
    if step.name in modules or step.name in _TAKEN:
        raise ValueError(f"the name {step.name} is taken")
    module = _made(operation)
    modules[step.name] = module.requires_grad_(False) if step.frozen else module
    return graph.create_node("call_module", step.name, tuple(inputs), name=step.name)


def _made(operation: Call | Plan | Repeat) -> nn.Module:
    if isinstance(operation, Plan):
        return _build(operation)
    if isinstance(operation, Repeat):
        return nn.Sequential(*(_build(plan) for plan in operation.plans))
    return _module(operation)


def _module(call: Call) -> nn.Module:
    arguments = {name: plain(value) for name, value in call.arguments.items()}
    module = module_type(call.target)(**arguments)
    _start(module, call.init)
    return module


def _start(module: nn.Module, inits: Iterable[Init]) -> None:
    """Write the first weights."""
    for init in inits:
        given = {name: plain(value) for name, value in init.arguments.items()}
        INITIALISERS[init.function](module.get_parameter(init.parameter), **given)


def _apply(graph: fx.Graph, operation: Apply, inputs: list[fx.Node]) -> fx.Node:
    arguments = {name: plain(value) for name, value in operation.arguments.items()}
    target = operation.target
    if target in LISTED:
        return graph.call_function(LISTED[target], (inputs,), arguments)
    if arguments.pop("transposed", False):  # the second matrix of a product
        inputs = [inputs[0], graph.call_function(getattr, (inputs[1], "mT"))]
    if target in FUNCTIONS:
        return graph.call_function(FUNCTIONS[target], tuple(inputs), arguments)
    if target == "operator.getitem":
        bounds = slice(*(arguments.get(name) for name in ("start", "stop", "step")))
        index = (*(slice(None),) * arguments["dim"], bounds)
        return graph.call_function(operator.getitem, (inputs[0], index))
    if target not in CHAINED:
        raise ValueError(f"{target} is not a function of this program")
    first, *rest = inputs
    if arguments.get("scale", 1.0) != 1.0:
        rest = [graph.call_function(operator.mul, (arguments["scale"], x)) for x in rest]
    joined = reduce(lambda a, b: graph.call_function(CHAINED[target], (a, b)), rest, first)
    if arguments.get("divisor", 1) == 1 or not rest:
        return joined
    return graph.call_function(operator.truediv, (joined, arguments["divisor"]))


def _outputs(graph: fx.Graph, step: Step, result: fx.Node) -> Iterator[tuple[Name, fx.Node]]:
    if len(step.shapes) == 1:
        yield (step.name, 0), result
        return
    for number in range(len(step.shapes)):
        yield (step.name, number), graph.call_function(operator.getitem, (result, number))


@contextmanager
def _named(step: Step) -> Iterator[None]:
    """Name the step in whatever torch raises while it is built."""
    try:
        yield
    except BuildError as error:
        if step.node:  # the outermost node is the one that stands in the network
            raise BuildError(error.message, step.node) from error
        raise
    except Exception as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        message = say(
            "{node} cannot be built: {reason}. Check its settings.",
            node=step.title or step.name,
            reason=reason.rstrip("."),
        )
        raise BuildError(message, step.node or None) from error


class _Drawing(TorchFunctionMode):
    """Draws random weights from a generator of its own, or leaves them out; in this thread only.

    The numbers are those that follow ``torch.manual_seed``, while a training in another thread
    keeps torch's generator for itself.
    """

    _FUNCTIONS = frozenset(
        {
            nn.init.uniform_,
            nn.init.normal_,
            nn.init.kaiming_uniform_,
            torch.Tensor.uniform_,
            torch.Tensor.normal_,
            torch.Tensor.bernoulli_,
            torch.Tensor.exponential_,
        }
    )
    """All that fills a tensor with random numbers, whatever calls it: the other functions of
    nn.init come down to these."""

    def __init__(self, generator: torch.Generator | None) -> None:
        super().__init__()
        self._generator = generator

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        if function not in self._FUNCTIONS:
            return function(*args, **kwargs)
        if self._generator is None:
            return args[0] if args else kwargs["tensor"]
        if kwargs.get("generator") is None:
            kwargs = {**kwargs, "generator": self._generator}
        return function(*args, **kwargs)
