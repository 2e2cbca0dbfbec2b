"""Whether two plans compute the same: then what is seen of one tells of the other."""

from __future__ import annotations

from graph.calls.call import Apply, Call
from graph.calls.plan import Name, Plan, Repeat
from graph.values.dims import plain


def computes_the_same(one: Plan, other: Plan, *, training: bool = False) -> bool:
    """Whether two plans compute the same once trained, so that the look of one tells of the other.

    Names, first weights, what is frozen and the weights of losses make no difference, nor do
    auxiliary outputs, unless they are asked for with ``training``.
    """
    return _computation(one, training) == _computation(other, training)


def _computation(plan: Plan, training: bool) -> object:
    places = {step.name: step.node or step.name for step in plan.steps}
    places |= {name: f"input {number}" for number, (name, _) in enumerate(plan.inputs)}

    def known(names: tuple[Name, ...]) -> list[tuple[str, int]]:
        return [(places[name], output) for name, output in names]

    steps = plan.steps if training else plan.parts()[0]
    main = len(plan.outputs) - plan.auxiliary
    return (
        [plain(shape) for _, shape in plan.inputs],
        {
            places[step.name]: (_operation(step.operation, training), known(step.inputs))
            for step in steps
        },
        known(plan.outputs if training else plan.outputs[:main]),
        main,
    )


def _operation(operation: Call | Apply | Plan | Repeat, training: bool) -> object:
    if isinstance(operation, Plan):
        return _computation(operation, training)
    if isinstance(operation, Repeat):
        return [_computation(plan, training) for plan in operation.plans]
    arguments = {name: plain(value) for name, value in operation.arguments.items()}
    return operation.target, arguments
