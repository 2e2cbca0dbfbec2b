"""Pictures that have a mask each: the list of their files, and what it tells."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from backend.data.base.source import DataSource, Skipped
from graph.values.message import Message


@dataclass(frozen=True, slots=True)
class MaskFile:
    """A picture and its mask; neither was opened."""

    path: Path
    mask: Path
    validation: bool = False


@dataclass(frozen=True, slots=True)
class MaskFolder:
    """What a folder of pictures and masks holds. ``classes`` is None without ``classes.txt``;
    ``fixed``: it has a validation part of its own."""

    folder: Path
    classes: tuple[str, ...] | None
    files: tuple[MaskFile, ...]
    skipped: tuple[Skipped, ...]
    fixed: bool


def pairs_source(folder: MaskFolder, spec: str, title: Message) -> DataSource:
    """What the list of files tells; shapes and values need them opened."""
    n_validation = sum(file.validation for file in folder.files)
    return DataSource(
        spec=spec,
        title=title,
        n_train=len(folder.files) - n_validation,
        n_validation=n_validation if folder.fixed else None,
        classes=folder.classes,
        masks=True,
    )
