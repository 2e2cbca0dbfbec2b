"""The steps of a plan by the nodes they come from, those inside blocks included."""

from __future__ import annotations

from collections.abc import Iterator

from graph.calls.plan import Plan, Repeat, Step


def steps_by_node(plan: Plan) -> dict[str, Step]:
    """Every step that is a node: ``node``, ``use/inner``, or ``use/0/inner`` in a chain."""
    return dict(_steps(plan, ""))


def _steps(plan: Plan, place: str) -> Iterator[tuple[str, Step]]:
    for step in plan.steps:
        if not step.node:
            continue
        path = f"{place}{step.node}"
        yield path, step
        if isinstance(step.operation, Plan):
            yield from _steps(step.operation, f"{path}/")
        elif isinstance(step.operation, Repeat):
            for number, inner in enumerate(step.operation.plans):
                yield from _steps(inner, f"{path}/{number}/")
