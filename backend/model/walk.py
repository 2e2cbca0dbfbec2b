"""A forward pass that can be watched: every step of a plan's module, with its dotted path.

Used to look inside and to find where something went wrong, never for training itself.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.fx.node import map_arg

from backend.model.build import STEP, node_paths
from backend.model.heads import running_graph
from graph.calls.plan import Plan, Step

Visit = Callable[[str, Tensor], None]
"""Called with the path of a step and its first output, right after it was computed: later steps
may overwrite it in place."""


class StopWalk(Exception):
    """Raised by a visitor that has seen enough."""


class Walk:
    """Runs a module made by ``build`` step by step. ``path`` is the step at work.

    Own code, because torch's Interpreter draws a progress bar with a thread behind it.
    """

    def __init__(self, module: fx.GraphModule, visit: Visit, prefix: str = "") -> None:
        self._module = module
        self._visit = visit
        self._prefix = prefix
        self.path = ""

    def run(self, *inputs: Tensor) -> Any:
        """The module's result, a tensor or a tuple of several, for one batch for each of its
        inputs, N×C×H×W or N×F. Raises what a step or the visitor raises; ``path`` then says which
        step."""
        values: dict[fx.Node, Any] = {}
        waiting = iter(inputs)
        for node in running_graph(self._module).nodes:
            if node.op == "placeholder":
                values[node] = next(waiting)
                continue
            name = node.meta.get(STEP)
            if name is not None:
                self.path = f"{self._prefix}{name}"
            arguments = map_arg(node.args, values.__getitem__)
            if node.op == "output":
                return arguments[0]
            if node.op == "call_module":
                values[node] = self._call(node.target, arguments)
            else:
                values[node] = node.target(*arguments, **node.kwargs)
            if name is not None:
                self._visit(f"{self._prefix}{name}", _first(values[node]))
        raise ValueError("a graph ends with its output")

    def _call(self, name: str, arguments: tuple[Any, ...]) -> Any:
        module = self._module.get_submodule(name)
        if isinstance(module, nn.Sequential):
            for number in range(len(module)):
                arguments = (self._call(f"{name}.{number}", arguments),)
            return arguments[0]
        if not isinstance(module, fx.GraphModule):
            return module(*arguments)
        inner = Walk(module, self._visit, f"{self._prefix}{name}.")
        try:
            return inner.run(*arguments)
        except Exception:
            self.path = inner.path or self.path
            raise


def find_step(plan: Plan, path: str) -> Step | None:
    """The step at a dotted path, or the innermost one around it that is a node."""
    steps = dict(plan.walk())
    while path and (path not in steps or not steps[path].node):
        path = path.rpartition(".")[0]
    return steps.get(path)


def first_not_finite(module: fx.GraphModule, x: Tensor) -> tuple[str, str] | None:
    """The path of the first step, in the order of execution, with a non-finite parameter or
    output on the batch ``x``, N×C×H×W, and which of the two: "parameter" or "output". None if
    there is none. Raises what a step raises."""
    found: list[tuple[str, str]] = []

    def visit(path: str, value: Tensor) -> None:
        owner = _module_at(module, path)
        own = [] if owner is None or isinstance(owner, fx.GraphModule) else owner.parameters()
        if not all(bool(torch.isfinite(parameter).all()) for parameter in own):
            found.append((path, "parameter"))
        elif not bool(torch.isfinite(value).all()):
            found.append((path, "output"))
        if found:
            raise StopWalk

    with torch.no_grad(), suppress(StopWalk):
        Walk(module, visit).run(x)
    return found[0] if found else None


def first_failing(module: fx.GraphModule, x: Tensor) -> str | None:
    """The path of the step that raises on the batch ``x``, N×C×H×W; None if none does."""
    walk = Walk(module, _ignore)
    with torch.no_grad():
        try:
            walk.run(x)
        except Exception:
            return walk.path or None
    return None


def _ignore(path: str, value: Tensor) -> None:
    """A visitor that only walks."""


def path_of(plan: Plan, key: str) -> str | None:
    """The path that a node's id or a dotted path names; None if there is no such step."""
    found = node_paths(plan).get(key)
    if found is None and any(path == key for path, _ in plan.walk()):
        return key
    return found


def _module_at(module: nn.Module, path: str) -> nn.Module | None:
    try:
        return module.get_submodule(path)
    except AttributeError:
        return None  # a function


def _first(result: Any) -> Tensor:
    value = result[0] if isinstance(result, tuple) else result
    assert isinstance(value, Tensor)
    return value
