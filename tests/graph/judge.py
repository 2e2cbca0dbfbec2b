"""Torch as the judge of a layer: runs its call and measures shapes, parameters and MACs."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from importlib import import_module
from math import prod
from typing import Any

import torch
from torch import nn
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from graph.calls.call import Apply, Call, Shape
from graph.calls.plan import Plan
from graph.layers.base.layer import Layer
from graph.values.dims import plain

BATCH = 2
PLACES = {"nn": nn, "torch": torch, "F": functional, "operator": operator}
LISTED = ("torch.cat", "torch.stack")
FOLDED = ("operator.mul", "operator.sub", "torch.maximum", "torch.minimum")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What torch makes of a layer for one image."""

    shapes: tuple[Shape, ...]
    parameters: int
    macs: int


def find(target: str) -> Any:
    """What a target names, looked up without the product's tables."""
    place, _, name = target.rpartition(".")
    if place == "ops":
        return getattr(import_module("torchvision.ops"), name)
    if place:
        return getattr(PLACES[place], name)
    file = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    return getattr(import_module(f"resources.modules.{file}"), name)


def run_plan(
    plan: Plan,
    values: Sequence[torch.Tensor],
    modules: list[nn.Module],
    ready: Iterator[nn.Module] | None,
) -> Any:
    known = {(name, 0): value for (name, _), value in zip(plan.inputs, values, strict=True)}
    for step in plan.steps:
        own = [known[name] for name in step.inputs]
        result = run_operation(step.operation, own, modules, ready)
        several = len(step.shapes) > 1
        known |= {(step.name, n): v for n, v in enumerate(result if several else (result,))}
    results = tuple(known[name] for name in plan.outputs)
    return results if len(results) > 1 else results[0]


def run_function(target: str, values: Sequence[torch.Tensor], arguments: dict[str, Any]) -> Any:
    first, *rest = values
    if target == "operator.add":
        total = first
        for value in rest:
            total = total + arguments.get("scale", 1) * value
        return total / arguments.get("divisor", 1)
    if target == "operator.getitem":
        bounds = slice(*(arguments.get(name) for name in ("start", "stop", "step")))
        return first[(slice(None),) * arguments["dim"] + (bounds,)]
    if arguments.pop("transposed", False):
        rest = [value.transpose(-1, -2) for value in rest]
        return find(target)(first, *rest)
    if target in LISTED:
        return find(target)(list(values), **arguments)
    if target in FOLDED:
        return reduce(find(target), values)
    return find(target)(*values, **arguments)


def run_operation(
    operation: Call | Apply | Plan,
    values: Sequence[torch.Tensor],
    modules: list[nn.Module],
    ready: Iterator[nn.Module] | None = None,
) -> Any:
    """The result of one operation in evaluation. The modules made on the way are appended to
    ``modules``; those of an earlier run are used again if they are given as ``ready``."""
    if isinstance(operation, Plan):
        return run_plan(operation, values, modules, ready)
    arguments = {name: plain(value) for name, value in operation.arguments.items()}
    if isinstance(operation, Apply):
        return run_function(operation.target, values, arguments)
    if ready is not None:
        return next(ready)(*values)
    with values[0].device:
        module = find(operation.target)(**arguments)
    modules.append(module.eval())
    return module(*values)


def deformable_flops(x: Shape, weight: Shape, *rest: Any, out_shape: Shape, **_: Any) -> int:
    """Twice the multiply-accumulates of the filters, which torch's counter leaves out; those of
    the interpolation are not counted."""
    return 2 * prod(out_shape) * prod(weight[1:])


class Judge:
    """Asks torch, on the meta device by default: shapes without numbers."""

    def __init__(self, device: str = "meta") -> None:
        self.device = torch.device(device)
        import_module("torchvision.ops")
        own = {torch.ops.torchvision.deform_conv2d: deformable_flops}
        self._counter = FlopCounterMode(display=False, custom_mapping=own)

    def __enter__(self) -> Judge:
        # The counter does not see into torch's fused attention.
        self._fused = torch.backends.mha.get_fastpath_enabled()
        torch.backends.mha.set_fastpath_enabled(False)
        self._counter.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._counter.__exit__(*error)
        torch.backends.mha.set_fastpath_enabled(self._fused)

    def verdict(self, layer: Layer, inputs: Sequence[Shape]) -> Verdict:
        """Raises whatever torch raises."""
        before = self._counter.get_total_flops()
        modules: list[nn.Module] = []
        with torch.no_grad():
            values = [torch.zeros(BATCH, *shape, device=self.device) for shape in inputs]
            for number, port in enumerate(layer.input_ports()):
                if port.indices:
                    values[number] = values[number].long()
            result = run_operation(layer.call(inputs), values, modules)
        results = result if isinstance(result, (tuple, list)) else (result,)
        flops = self._counter.get_total_flops() - before
        return Verdict(
            tuple(tuple(value.shape[1:]) for value in results),
            sum(p.numel() for module in modules for p in module.parameters()),
            flops // (2 * BATCH),
        )
