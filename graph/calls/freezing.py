"""Freezing nodes of a plan by name, for a training that keeps what others have learned."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from graph.calls.plan import Plan
from graph.values.declaration import show
from graph.values.message import UserError, say


def freeze(plan: Plan, names: Collection[str]) -> Plan:
    """The plan with these steps frozen, beside those that are already; names of steps or of nodes.

    Raises UserError for a name that the plan does not have.
    """
    known = {step.name for step in plan.steps} | {step.title for step in plan.steps if step.title}
    for name in names:
        if name not in known:
            raise UserError(
                say(
                    "{name} cannot be frozen: the network has {nodes}.",
                    name=show(name),
                    nodes=", ".join(step.name for step in plan.steps),
                )
            )
    steps = (
        replace(step, frozen=step.frozen or step.name in names or step.title in names)
        for step in plan.steps
    )
    return replace(plan, steps=tuple(steps))
