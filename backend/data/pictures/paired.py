"""Pictures that have a mask each: the list of their files, and what it tells.

A mask is called as its picture, or says in its name that it is one (``street_mask``). Names are
compared in composed letters, so that files from a Mac find their partners.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from backend.data.base.source import DataSource, Skipped
from backend.data.pictures.class_table import ClassTable
from backend.data.pictures.folders import Scan, is_picture_name, shown
from graph.values.message import Message, say

_OF_MASKS = re.compile(
    r"(?:(?:mask|seg|label|gt)[ _.-]+)?(?P<name>.+?)"
    r"(?:[ _.-]+(?:gtfine|gtcoarse))?"
    r"(?:[ _.-]+(?:masks?|seg|segmentation|labels?|labelids|labeltrainids|gt|groundtruth|"
    r"annotations?|matte|trimap|l))?"
)
_OF_PICTURES = re.compile(r"(?P<name>.+?)(?:[ _.-]+(?:images?|img|sat|rgb|leftimg8bit))?")
_LOSSY = (".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".avif")


@dataclass(frozen=True, slots=True)
class MaskFile:
    """A picture and its mask; neither was opened."""

    path: Path
    mask: Path
    validation: bool = False


@dataclass(frozen=True, slots=True)
class MaskFolder:
    """What a folder of pictures and masks holds. ``classes`` is None where no file names them;
    ``fixed``: it has a validation part of its own."""

    folder: Path
    classes: tuple[str, ...] | None
    files: tuple[MaskFile, ...]
    skipped: tuple[Skipped, ...]
    fixed: bool
    table: ClassTable | None = None


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


def pair(work: Scan, images: str, masks: str, *, validation: bool = False) -> list[MaskFile]:
    """The pictures below a folder that have a mask below another; what has no partner is
    skipped."""
    pictures = _by_name(work, images, work.pictures_below(images))
    partners = _by_name(work, masks, sorted(work.pictures_below(masks), key=_lossless_first))
    found = {name: partners.pop(name) for name in pictures if name in partners}
    plain = {_plain(name, _OF_PICTURES): name for name in pictures if name not in found}
    for name, path in partners.items():
        picture = plain.get(_plain(name, _OF_MASKS))
        if picture is None:
            work.skip(path, say("there is no picture of this name"))
        elif picture in found:
            work.skip(path, say("{other} is the mask of its picture", other=_last(found[picture])))
        else:
            found[picture] = path
    for name, path in pictures.items():
        if name not in found:
            work.skip(path, say("there is no mask of this name"))
    return [
        MaskFile(Path(path), Path(found[name]), validation)
        for name, path in pictures.items()
        if name in found
    ]


def _by_name(work: Scan, folder: str, paths: Iterable[str]) -> dict[str, str]:
    """Files by their path below ``folder`` without its ending."""
    found: dict[str, str] = {}
    for path in paths:
        name = shown(os.path.splitext(os.path.relpath(path, folder))[0])
        if name in found:
            work.skip(path, say("{other} has the same name", other=_last(found[name])))
        else:
            found[name] = path
    return found


def _plain(name: str, pattern: re.Pattern[str]) -> str:
    """A name without what it says of its kind: ``a/street`` for ``a/mask_street.jpg``."""
    folder, last = os.path.split(name)
    if is_picture_name(last):
        last = os.path.splitext(last)[0]
    match = pattern.fullmatch(last.casefold())
    return os.path.join(folder.casefold(), match["name"] if match else last.casefold())


def _lossless_first(path: str) -> bool:
    """Of two masks of one name the exact one is taken. The sort keeps the order of equals."""
    return path.lower().endswith(_LOSSY)


def _last(path: str) -> str:
    return shown(os.path.basename(path))
