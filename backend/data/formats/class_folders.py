"""Class folders: each sub-folder is a class, and every picture below it, at any depth, is one of
its images.

Folders of training and validation at the top hold the class folders of a fixed split.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from backend.data.base.format import KnownSet, Opening, Place, Wish
from backend.data.base.source import DataLook, Watch
from backend.data.pictures.folders import Scan, is_picture_name, refusal, shown
from backend.data.pictures.labelled import ImageFile, ImageFolder, source_of
from backend.data.pictures.paired import mask_of
from backend.data.pictures.splits import are_parts, find_parts, role
from graph.values.message import UserError, say

if TYPE_CHECKING:
    from backend.data.base.dataset import DataSet


class ClassFolders:
    """The format that is asked last: it takes every folder of pictures, or says what it lacks."""

    known: tuple[KnownSet, ...] = ()
    openings = (
        Opening(
            what=say("a folder of class folders with images"),
            words=say(
                "one folder of pictures for each class; all may lie in train/ and validation/"
            ),
            action=say("Open image folder…"),
            title=say("Folder with one folder per class"),
            symbol="image",
        ),
    )

    def recognises(self, path: Path, watch: Watch) -> bool:
        return path.is_dir() and Scan(path, watch).has_picture(path)

    def look(self, place: Place, wish: Wish, watch: Watch) -> DataLook:
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
    parts = find_parts(work)
    members = _class_files(work, parts.train)
    _check(work, Path(parts.train), members)
    files = [
        ImageFile(path, label) for label, paths in enumerate(members.values()) for path in paths
    ]
    if parts.validation is not None:
        files += _validation_files(work, parts.validation, tuple(members))
    return ImageFolder(
        folder=work.root,
        classes=tuple(members),
        files=tuple(files),
        skipped=work.left_out(),
        fixed=any(file.validation for file in files),
    )


def _class_files(work: Scan, folder: str) -> dict[str, list[str]]:
    """The images of each class folder that has any. Two folders whose names read the same are one
    class."""
    members: dict[str, list[str]] = {}
    for entry in work.entries(folder):
        if entry.is_folder:
            files = _without_masks(work, list(work.pictures_below(entry.path)))
            if files:
                members.setdefault(shown(entry.name), []).extend(files)
            else:
                work.skip(entry.path, say("there is no picture in this folder"))
        elif is_picture_name(entry.name):
            work.skip(entry.path, refusal(entry) or say("it lies in no class folder"))
    return members


def _without_masks(work: Scan, paths: list[str]) -> list[str]:
    """The pictures without those that are masks of others beside them; these are skipped."""
    masks = [path for path in paths if "mask" in os.path.basename(path).casefold()]
    if not masks or len(masks) == len(paths):
        return paths
    stems = {os.path.splitext(path)[0] for path in paths}
    found = {path: picture for path in masks if (picture := mask_of(path, stems)) is not None}
    for path, picture in found.items():
        name = shown(os.path.basename(picture))
        work.skip(path, say("it is the mask of {picture}", picture=name))
    return [path for path in paths if path not in found]


def _validation_files(work: Scan, folder: str, names: tuple[str, ...]) -> list[ImageFile]:
    """The images of ``folder`` in the class folders that the training part has, too."""
    members = _class_files(work, folder)
    labels = {name: label for label, name in enumerate(names)}
    for name in members:
        if name not in labels:
            work.skip(Path(folder, name), say("the training part has no class of this name"))
    return [
        ImageFile(path, label, validation=True)
        for name, label in labels.items()
        for path in members.get(name, ())
    ]


def _check(work: Scan, folder: Path, members: Mapping[str, object]) -> None:
    """Raise UserError unless there are classes to tell apart."""
    if are_parts(members):
        raise UserError(
            say(
                "{folder} has the folders {names}, whose pictures lie in no class folders; put "
                "the pictures of each class into a folder of its own inside them, or give a table "
                "of paths and labels.",
                folder=str(folder),
                names=", ".join(name for name in members if role(name) is not None),
            )
        )
    if len(members) >= 2:
        return
    if members:
        raise UserError(
            say(
                "{folder} has only one class, {name}; at least two are needed: "
                "put the images of each class into a folder of its own.",
                folder=str(folder),
                name=next(iter(members)),
            )
        )
    if any(is_picture_name(skipped.path.name) for skipped in work.skipped):
        raise UserError(
            say(
                "{folder} has images but no class folders with images; "
                "put the images of each class into a folder of its own.",
                folder=str(folder),
            )
        )
    raise UserError(
        say(
            "{folder} has no class folders with images; "
            "choose a folder in which each class has a folder of its own.",
            folder=str(folder),
        )
    )
