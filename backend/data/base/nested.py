"""Folders that only wrap another one, as archives leave them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

_NESTING = 3
_LOOKED_AT = 10_000
"""Names in a folder; one of more wraps nothing."""


def nested(path: Path) -> Iterator[Path]:
    """A folder, then the only folder in it, and so on for a few levels."""
    for _ in range(_NESTING):
        yield path
        inner = _only_folder(path)
        if inner is None:
            return
        path = inner


def _only_folder(folder: Path) -> Path | None:
    """The only folder in a folder that has no other, hidden ones aside."""
    try:
        with os.scandir(folder) as entries:
            found = islice(entries, _LOOKED_AT)
            inner = [entry.name for entry in found if entry.is_dir() and entry.name[0] not in "._"]
    except OSError:
        return None
    return folder / inner[0] if len(inner) == 1 else None
