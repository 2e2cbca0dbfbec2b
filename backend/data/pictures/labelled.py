"""Pictures that have one class each: the list of their files, and what it tells."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from backend.data.base.source import DataSource, Skipped
from graph.values.message import Message


@dataclass(frozen=True, slots=True)
class ImageFile:
    """One file that claims to be an image. There may be a million of them."""

    name: str
    """Its path."""
    label: int
    validation: bool = False

    @property
    def path(self) -> Path:
        return Path(self.name)


@dataclass(frozen=True, slots=True)
class ImageFolder:
    """What a folder of pictures holds. ``fixed``: it has a validation part of its own."""

    folder: Path
    classes: tuple[str, ...]
    files: tuple[ImageFile, ...]
    skipped: tuple[Skipped, ...]
    fixed: bool
    notes: tuple[Message, ...] = ()


def source_of(folder: ImageFolder, spec: str, title: Message) -> DataSource:
    """What the list of files tells; the shape of the images needs them opened."""
    n_validation = sum(file.validation for file in folder.files)
    return DataSource(
        spec=spec,
        title=title,
        n_train=len(folder.files) - n_validation,
        n_validation=n_validation if folder.fixed else None,
        classes=folder.classes,
    )
