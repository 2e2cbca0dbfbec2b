"""Where a run writes its weights, and copies of them to a place of the user's choice."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from platformdirs import user_data_path

from graph.document.files import reason_of, write_bytes
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
