"""First weights that all parts of a type share: written once, in a loop over the parts.

A class says ``for module in self.children(): if isinstance(module, nn.Conv2d): ...`` instead of a
line behind each part. The builder draws them in the same order, so that equal seeds give equal
weights.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

from graph.calls.call import Call, Init
from graph.calls.literals import literal
from graph.calls.plan import Plan, Step
from graph.export.layout import Bracketed, statement
from graph.values.dims import is_traced

LEAST = 3
"""Parts of a type for which a loop is shorter than a line each."""

Starts = Mapping[str, tuple[Init, ...]]
"""A type of part -> what writes its first weights."""


def shared_starts(plan: Plan) -> Starts:
    """The types of which all parts of the class, three or more, start alike."""
    found: dict[str, list[tuple[Init, ...]]] = {}
    for step in chain(*plan.parts()):
        if isinstance(step.operation, Call):
            found.setdefault(step.operation.target, []).append(step.operation.init)
    return {
        target: inits[0]
        for target, inits in found.items()
        if len(inits) >= LEAST
        and target.startswith("nn.")
        and inits[0]
        and all(init == inits[0] for init in inits)
        and not any(is_traced(value) for init in inits[0] for value in init.arguments.values())
    }


def started_alone(step: Step, shared: Starts) -> Step:
    """The step without what the loop does for it."""
    operation = step.operation
    if isinstance(operation, Call) and operation.target in shared:
        return replace(step, operation=replace(operation, init=()))
    return step


def start_lines(name: str, inits: Iterable[Init], indent: int) -> Iterator[str]:
    """The lines that write the first weights of the part called ``name``."""
    for init in inits:
        named = (f"{argument}={literal(value)}" for argument, value in init.arguments.items())
        yield from statement(
            "", Bracketed(init.function, (f"{name}.{init.parameter}", *named)), indent
        )


def loop_lines(shared: Starts) -> Iterator[tuple[str, Sequence[str]]]:
    """The loop over the parts: the lines of each type, the first with the head of the loop."""
    head = ["        for module in self.children():"]
    word = "if"
    for target, inits in shared.items():
        test = f"            {word} isinstance(module, {target}):"
        yield target, [*head, test, *start_lines("module", inits, 16)]
        head, word = [], "elif"
