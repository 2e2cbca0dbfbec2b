"""A network ready to build: immutable, in execution order, with stable Python names.

A plan is hierarchical: a step runs a torch module, a function, or another plan with arguments
of its own. Builder and exporter read the same steps and names, so that their ``state_dict`` keys
are equal. Inside a nested plan, numbers may be traced (graph.dims): the exporter writes the
expression, the builder takes the value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.layer import Apply, Call, Shape

Name = tuple[str, int]
"""A value: the step (or input) that made it, and the number of its output."""


@dataclass(frozen=True, slots=True)
class Step:
    """One node to run. ``node`` is its id in the network (empty inside a layer's own plan);
    ``shapes`` are those of its outputs, ``category`` the layer's."""

    name: str
    operation: Call | Apply | Plan
    inputs: tuple[Name, ...]
    shapes: tuple[Shape, ...]
    node: str = ""
    title: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Steps in order. ``arguments`` are the class's constructor arguments with the values of this
    use; ``argument_types`` and ``argument_defaults`` belong to the class."""

    class_name: str
    inputs: tuple[tuple[str, Shape], ...]
    steps: tuple[Step, ...]
    outputs: tuple[Name, ...]
    doc: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    argument_types: Mapping[str, str] = field(default_factory=dict)
    argument_defaults: Mapping[str, Any] = field(default_factory=dict)

    def walk(self, prefix: str = "") -> Iterator[tuple[str, Step]]:
        """Every step of this plan and of the plans nested in it, with its dotted path."""
        for step in self.steps:
            path = f"{prefix}{step.name}"
            yield path, step
            if isinstance(step.operation, Plan):
                yield from step.operation.walk(f"{path}.")
