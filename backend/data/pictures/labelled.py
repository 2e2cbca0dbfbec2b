"""Pictures that have one class each: the list of their files, and what it tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from backend.data.base.source import DataSource, Skipped
from graph.values.message import Message, UserError, say, say_count


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


def check_classes_left(
    folder: ImageFolder, files: Sequence[ImageFile], skipped: Sequence[Skipped]
) -> None:
    """Raise UserError unless the readable ``files`` of the training part are of two classes."""
    labels = {file.label for file in files if not file.validation}
    if len(labels) >= 2:
        return
    listed = {file.path for file in folder.files}
    bad = next(item for item in skipped if item.path in listed)
    if labels:
        raise UserError(
            say(
                "{folder} has readable images of one class only, {name}; at least two are needed. "
                "The first unreadable file is {file}: {reason}.",
                folder=str(folder.folder),
                name=folder.classes[labels.pop()],
                file=str(bad.path),
                reason=bad.reason,
            )
        )
    raise UserError(
        say_count(
            "The {n} image in {folder} cannot be read. The first one is {file}: {reason}.",
            "None of the {n} images in {folder} can be read. The first one is {file}: {reason}.",
            len(folder.files),
            folder=str(folder.folder),
            file=str(bad.path),
            reason=bad.reason,
        )
    )
