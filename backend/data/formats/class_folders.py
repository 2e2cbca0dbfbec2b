"""Class folders: each sub-folder is a class, and every PNG or JPEG below it, at any depth, is one
of its images.

Folders named train and validation (or val, valid, test) at the top hold the class folders of a
fixed split.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from backend.data.base.format import KnownSet, Opening, Place, Wish
from backend.data.base.source import DataLook, Watch
from backend.data.pictures.folders import (
    SUFFIXES,
    Scan,
    check_readable,
    images_below,
    in_order,
    parts,
    shown,
)
from backend.data.pictures.labelled import ImageFile, ImageFolder, source_of
from graph.values.message import UserError, say

if TYPE_CHECKING:
    from backend.data.base.dataset import DataSet


class ClassFolders:
    """The format that is asked last: it takes every folder, or says what is wrong with it."""

    known: tuple[KnownSet, ...] = ()
    openings = (
        Opening(
            what=say("a folder of class folders with images"),
            words=say("one folder of PNG or JPEG images for each class"),
            action=say("Open image folder…"),
            title=say("Folder with one folder per class"),
            symbol="image",
        ),
    )

    def recognises(self, path: Path, watch: Watch) -> bool:
        return path.is_dir()

    def look(self, place: Place, watch: Watch) -> DataLook:
        from backend.data.pictures.headers import look_at_images

        folder = scan(place.folder, watch)
        title = say("Images in {folder}", folder=folder.folder.name)
        return look_at_images(folder, source_of(folder, place.spec, title), watch)

    def load(self, place: Place, wish: Wish, watch: Watch) -> DataSet:
        from backend.data.pictures.labelled_loading import load_images

        return load_images(scan(place.folder, watch), place.folder.name, wish, watch)


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
        skipped=in_order(work.skipped),
        fixed=any(file.validation for file in files),
    )


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
