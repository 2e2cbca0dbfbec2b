"""Torch as the judge of a layer: runs its call and measures shapes, parameters and MACs."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from graph.dims import plain
from graph.layer import Apply, Call, Layer, Shape
from graph.plan import Plan

BATCH = 2
FUNCTIONS = {"operator.add": operator.add, "operator.mul": operator.mul}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What torch makes of a layer for one image."""

    shapes: tuple[Shape, ...]
    parameters: int
    macs: int


def run_operation(
    operation: Call | Apply | Plan,
    values: Sequence[torch.Tensor],
    modules: list[nn.Module],
    ready: Iterator[nn.Module] | None = None,
) -> Any:
    """The result of one operation in evaluation. The modules made on the way are appended to
    ``modules``; those of an earlier run are used again if they are given as ``ready``."""
    if isinstance(operation, Plan):
        known = {
            (name, 0): value for (name, _), value in zip(operation.inputs, values, strict=True)
        }
        for step in operation.steps:
            known[step.name, 0] = run_operation(
                step.operation, [known[name] for name in step.inputs], modules, ready
            )
        return known[operation.outputs[0]]
    arguments = {name: plain(value) for name, value in operation.arguments.items()}
    if isinstance(operation, Apply):
        if operation.target == "torch.cat":
            return torch.cat(list(values), **arguments)
        return reduce(FUNCTIONS[operation.target], values)
    assert operation.target.startswith("nn.")
    if ready is not None:
        return next(ready)(*values)
    with values[0].device:
        module = getattr(nn, operation.target[3:])(**arguments)
    modules.append(module.eval())
    return module(*values)


class Judge:
    """Asks torch, on the meta device by default: shapes without numbers."""

    def __init__(self, device: str = "meta") -> None:
        self.device = torch.device(device)
        self._counter = FlopCounterMode(display=False)

    def __enter__(self) -> Judge:
        self._counter.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._counter.__exit__(*error)

    def verdict(self, layer: Layer, inputs: Sequence[Shape]) -> Verdict:
        """Raises whatever torch raises."""
        before = self._counter.get_total_flops()
        modules: list[nn.Module] = []
        with torch.no_grad():
            values = [torch.zeros(BATCH, *shape, device=self.device) for shape in inputs]
            result = run_operation(layer.call(inputs), values, modules)
        results = result if isinstance(result, tuple) else (result,)
        flops = self._counter.get_total_flops() - before
        return Verdict(
            tuple(tuple(value.shape[1:]) for value in results),
            sum(p.numel() for module in modules for p in module.parameters()),
            flops // (2 * BATCH),
        )
