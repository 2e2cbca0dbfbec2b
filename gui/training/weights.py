"""Where a run writes its weights, and copies of them to a place of the user's choice."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from platformdirs import user_data_path

from graph.files import write_bytes
from graph.message import UserError, say
from graph.plan import Name, Plan


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
                reason=error.strerror or str(error),
            )
        ) from error


def computes_the_same(one: Plan, other: Plan) -> bool:
    """Whether two plans differ in names at most, so that the look of one tells of the other."""
    return _computation(one) == _computation(other)


def _computation(plan: Plan) -> object:
    nodes = {step.name: step.node for step in plan.steps}
    nodes |= {name: f"input {number}" for number, (name, _) in enumerate(plan.inputs)}

    def known(names: tuple[Name, ...]) -> list[tuple[str, int]]:
        return [(nodes[name], output) for name, output in names]

    steps = {step.node: (step.operation, known(step.inputs), step.shapes) for step in plan.steps}
    return [shape for _, shape in plan.inputs], steps, known(plan.outputs)
