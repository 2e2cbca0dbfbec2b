"""A network ready to build: immutable, in execution order, with stable Python names.

A plan is hierarchical: a step runs a torch module, a function, or another plan with arguments
of its own. Builder and exporter read the same steps and names, so that their ``state_dict`` keys
are equal. Inside a nested plan, numbers may be traced (graph.values.dims): the exporter writes the
expression, the builder takes the value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.calls.call import Apply, Call, Shape

Name = tuple[str, int]
"""A value: the step (or input) that made it, and the number of its output."""


@dataclass(frozen=True, slots=True)
class Step:
    """One node to run. ``node`` is its id in the network (empty inside a layer's own plan);
    ``shapes`` are those of its outputs, ``category`` the layer's."""

    name: str
    operation: Operation
    inputs: tuple[Name, ...]
    shapes: tuple[Shape, ...]
    node: str = ""
    title: str = ""
    category: str = ""
    frozen: bool = False
    """Its parameters are not trained; running statistics still follow the data."""


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
    auxiliary: int = 0
    """How many outputs, at the end, exist in training only."""
    weights: tuple[float, ...] = ()
    """The weight of each output's loss; empty for 1 everywhere."""
    targets: tuple[str, ...] = ()
    """What each output tells (``Output.target``); empty inside a plan."""
    shared: bool = False
    """Whether other uses of the same class may have other shapes."""
    origin: str = ""
    """The name of the block it comes from."""

    def parts(self) -> tuple[tuple[Step, ...], tuple[Step, ...]]:
        """The steps that always run, then those that only auxiliary outputs need."""
        if not self.auxiliary:
            return self.steps, ()
        needed = {name for name, _ in self.outputs[: -self.auxiliary]}
        for step in reversed(self.steps):
            if step.name in needed:
                needed.update(name for name, _ in step.inputs)
        always = tuple(step for step in self.steps if step.name in needed)
        return always, tuple(step for step in self.steps if step.name not in needed)

    def walk(self, prefix: str = "") -> Iterator[tuple[str, Step]]:
        """Every step of this plan and of the plans nested in it, with its dotted path."""
        for step in self.steps:
            path = f"{prefix}{step.name}"
            yield path, step
            if isinstance(step.operation, Plan):
                yield from step.operation.walk(f"{path}.")
            elif isinstance(step.operation, Repeat):
                for number, plan in enumerate(step.operation.plans):
                    yield from plan.walk(f"{path}.{number}.")


@dataclass(frozen=True, slots=True)
class Repeat:
    """Plans in a chain, as ``nn.Sequential`` runs them: each takes the result of the one before.

    ``count`` is their number, traced where a class has it as an argument.
    """

    plans: tuple[Plan, ...]
    count: int


Operation = Call | Apply | Plan | Repeat
"""What runs at a step."""
