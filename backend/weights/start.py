"""What a training starts from instead of random weights. Nothing here imports torch."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from backend.weights.matching import WAYS, Way
from graph.values.message import UserError, say


@dataclass(frozen=True, slots=True)
class Start:
    """A safetensors file and how its tensors find their places (``matching.match``). Where
    ``strict``, everything must fit by name; else what does not fit stays as initialised."""

    path: Path
    way: Way = "name"
    table: Path | None = None
    strict: bool = True
    any_number: bool = False
    """Whether values that are infinite or not a number may be taken: a person was asked."""


def read_start(path: Path, match: str | None) -> Start:
    """The start that a person asks for: ``match`` is a way, the path of a JSON table, or None for
    all by name. Raises UserError."""
    if match is None:
        return Start(path)
    for way in WAYS:
        if match == way != "table":
            return Start(path, way, strict=False)
    if match.endswith(".json"):
        return Start(path, "table", Path(match), strict=False)
    raise UserError(
        say(
            "--match {value}: must be one of {words}, or a table's name that ends in .json",
            value=match,
            words=", ".join(way for way in WAYS if way != "table"),
        )
    )
