"""Where a run writes its weights, and copies of them to a place of the user's choice."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from platformdirs import user_data_path

from graph.calls.call import Apply, Call
from graph.calls.plan import Name, Plan, Repeat
from graph.document.files import reason_of, write_bytes
from graph.values.dims import plain
from graph.values.message import UserError, say


def new_run_folder(name: str, now: datetime) -> Path:
    """A folder that does not exist yet, in the user's data folder. It is not made here."""
    runs = user_data_path("ConvLoom", appauthor=False) / "runs"
    plain = re.sub(r"[^\w-]+", "-", name).strip("-")[:40] or "run"
    stem = f"{now:%Y%m%d-%H%M%S}-{plain}"
    folder, number = runs / stem, 2
    while folder.exists():
        folder, number = runs / f"{stem}-{number}", number + 1
    return folder


def copy_weights(source: Path, target: Path) -> None:
    """Copy a weights file; the old target is there until the new one is whole. Raises UserError."""
    try:
        write_bytes(target, source.read_bytes())
    except OSError as error:
        raise UserError(
            say(
                "The weights could not be saved to {path}: {reason}. Choose another place.",
                path=str(target),
                reason=reason_of(error),
            )
        ) from error


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
