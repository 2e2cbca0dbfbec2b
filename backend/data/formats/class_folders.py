"""A folder of class folders: which images lie where, found without opening any of them.

Each sub-folder is a class and every PNG or JPEG below it, at any depth, is one of its images.
Folders named train and validation (or val, valid, test) at the top hold the class folders of a
fixed split. The list is the same on every run: names are in natural order (2 before 10). Links
that lead out of the folder, and links to folders, are never followed.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from backend.data.base.source import DataSource, Skipped, Watch
from graph.document.files import reason_of
from graph.values.message import Message, UserError, say

SUFFIXES = (".png", ".jpg", ".jpeg")
FILE_CEILING = 1_000_000
_DEPTH_CEILING = 16
_TRAIN_NAMES = ("train", "training")
_VALIDATION_NAMES = ("validation", "valid", "val", "test", "testing")


@dataclass(frozen=True, slots=True)
class ImageFile:
    """One file that claims to be an image."""

    path: Path
    label: int
    validation: bool = False


@dataclass(frozen=True, slots=True)
class ImageFolder:
    """What a folder of class folders holds. ``fixed``: it has a validation part of its own."""

    folder: Path
    classes: tuple[str, ...]
    files: tuple[ImageFile, ...]
    skipped: tuple[Skipped, ...]
    fixed: bool


@dataclass(slots=True)
class Scan:
    """The work in progress of one scan of a folder."""

    root: Path
    watch: Watch
    skipped: list[Skipped] = field(default_factory=list)
    n_files: int = 0

    def skip(self, path: Path, reason: Message) -> None:
        self.skipped.append(Skipped(path, reason))

    def entries(self, folder: Path) -> list[os.DirEntry[str]]:
        """What lies in a folder, in natural order, without hidden names."""
        self.watch.check()
        try:
            with os.scandir(folder) as found:
                entries = [entry for entry in found if not entry.name.startswith(".")]
        except OSError as error:
            self.skip(folder, say("cannot be read: {why}", why=reason_of(error)))
            return []
        self.n_files += len(entries)
        if self.n_files > FILE_CEILING:
            raise UserError(
                say(
                    "{folder} holds more than {expected} files; choose a smaller folder.",
                    folder=str(self.root),
                    expected=FILE_CEILING,
                )
            )
        return sorted(entries, key=lambda entry: natural_key(entry.name))


def natural_key(name: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """Sort key: numbers in a name count as numbers, case does not matter at first."""
    pieces = re.split(r"([0-9]+)", name.casefold())
    return tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in pieces), name


def scan(folder: Path, watch: Watch | None = None) -> ImageFolder:
    """List the images of a folder of class folders.

    Raises UserError when it cannot be read or has no image, no class folder or only one class,
    LoadCancelled on request.
    """
    work = Scan(folder.resolve(), watch or Watch())
    check_readable(work.root)
    train, validation = parts(work)
    members = _class_files(work, train)
    classes = tuple(map(shown, members))
    files = [
        ImageFile(path, label) for label, paths in enumerate(members.values()) for path in paths
    ]
    if validation is not None:
        files += _validation_files(work, validation, tuple(members))
    _check(work, train, classes)
    return ImageFolder(
        folder=work.root,
        classes=classes,
        files=tuple(files),
        skipped=tuple(sorted(work.skipped, key=lambda skipped: natural_key(str(skipped.path)))),
        fixed=any(file.validation for file in files),
    )


def describe_images(folder: ImageFolder, spec: str, title: Message) -> DataSource:
    """What the list of files tells; the shape of the images needs them opened."""
    n_validation = sum(file.validation for file in folder.files)
    return DataSource(
        spec=spec,
        title=title,
        kind="images",
        n_train=len(folder.files) - n_validation,
        n_validation=n_validation if folder.fixed else None,
        classes=folder.classes,
    )


def check_readable(folder: Path) -> None:
    """Raise UserError if the folder cannot be listed."""
    try:
        os.scandir(folder).close()
    except OSError as error:
        raise UserError(
            say(
                "{folder} cannot be read: {why}. Choose a folder that is there and may be read.",
                folder=str(folder),
                why=reason_of(error),
            )
        ) from error


def parts(work: Scan) -> tuple[Path, Path | None]:
    """The folder of the training part, which may be the root, and that of the validation part."""
    places = {
        entry.name.casefold(): Path(entry.path)
        for entry in work.entries(work.root)
        if entry.is_dir(follow_symlinks=False)
    }
    train = next((places[name] for name in _TRAIN_NAMES if name in places), None)
    if train is None or not set(places) <= {*_TRAIN_NAMES, *_VALIDATION_NAMES}:
        return work.root, None
    found = [places[name] for name in _VALIDATION_NAMES if name in places]
    for other in found[1:]:
        work.skip(other, say("the folder {used} is the validation part", used=found[0].name))
    return train, found[0] if found else None


def _class_files(work: Scan, folder: Path) -> dict[str, list[Path]]:
    """The images of each class folder that has any."""
    members: dict[str, list[Path]] = {}
    for entry in work.entries(folder):
        path = Path(entry.path)
        if entry.is_dir(follow_symlinks=False):
            files = list(images_below(work, path))
            if files:
                members[entry.name] = files
            else:
                work.skip(path, say("there is no PNG or JPEG image in this folder"))
        elif entry.is_symlink() and path.is_dir():
            work.skip(path, say("links to folders are not followed"))
        elif path.suffix.lower() in SUFFIXES:
            work.skip(path, say("it lies in no class folder"))
    return members


def _validation_files(work: Scan, folder: Path, names: tuple[str, ...]) -> list[ImageFile]:
    """The images of ``folder`` in the class folders that the training part has, too."""
    members = _class_files(work, folder)
    labels = {name: label for label, name in enumerate(names)}
    for name in members:
        if name not in labels:
            work.skip(folder / name, say("the training part has no class of this name"))
    return [
        ImageFile(path, label, validation=True)
        for name, label in labels.items()
        for path in members.get(name, ())
    ]


def images_below(work: Scan, folder: Path, depth: int = 1) -> Iterator[Path]:
    """The PNG and JPEG files at any depth; the others are listed as skipped."""
    for entry in work.entries(folder):
        path = Path(entry.path)
        if entry.is_dir(follow_symlinks=False):
            if depth < _DEPTH_CEILING:
                yield from images_below(work, path, depth + 1)
            else:
                work.skip(path, say("folders are nested too deeply"))
        elif reason := _refusal(work, path, entry.is_symlink()):
            work.skip(path, reason)
        else:
            yield path


def _refusal(work: Scan, path: Path, is_link: bool) -> Message | None:
    """Why a file is no candidate; nothing is opened, so a pipe cannot block."""
    try:
        if is_link and not path.resolve(strict=True).is_relative_to(work.root):
            return say("it is a link that leads out of the folder")
        mode = path.stat().st_mode
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links
        return say("cannot be read: {why}", why=reason_of(error))
    if stat.S_ISDIR(mode):
        return say("links to folders are not followed")
    if path.suffix.lower() not in SUFFIXES:
        return say("its name does not end in .png, .jpg or .jpeg")
    if not stat.S_ISREG(mode):
        return say("it is not a regular file")
    return None


def shown(name: str) -> str:
    """A folder's name as text, even if its bytes are none."""
    return os.fsencode(name).decode("utf-8", "replace")


def _check(work: Scan, folder: Path, classes: tuple[str, ...]) -> None:
    if len(classes) >= 2:
        return
    if classes:
        raise UserError(
            say(
                "{folder} has only one class, {name}; at least two are needed: "
                "put the images of each class into a folder of its own.",
                folder=str(folder),
                name=classes[0],
            )
        )
    if any(skipped.path.suffix.lower() in SUFFIXES for skipped in work.skipped):
        raise UserError(
            say(
                "{folder} has images but no class folders with images; "
                "put the images of each class into a folder of its own.",
                folder=str(folder),
            )
        )
    raise UserError(
        say(
            "{folder} has neither IDX files nor class folders with PNG or JPEG images; "
            "choose a folder in which each class has a folder of its own, or one with folders "
            "images and masks.",
            folder=str(folder),
        )
    )
