"""Pictures that have a mask each: the list of their files, and what it tells.

A mask is called as its picture, or says in its name that it is one (``street_mask``). Names are
compared in composed letters, so that files from a Mac find their partners.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from backend.data.base.source import DataSource, Skipped
from backend.data.pictures.class_table import ClassTable
from backend.data.pictures.folders import Scan, is_picture_name, shown
from graph.values.message import Message, UserError, say, say_count

_OF_MASKS = re.compile(
    r"(?:(?:mask|seg|label|gt)[ _.-]+)?(?P<name>.+?)"
    r"(?:[ _.-]+(?:gtfine|gtcoarse))?"
    r"(?:[ _.-]+(?:masks?|seg|segmentation|labels?|labelids|labeltrainids|gt|groundtruth|"
    r"annotations?|matte|trimap|[lp]))?"
)
_TELLS = re.compile(
    r"(?:^|[/ _.-])mask[ _.-][^/]+$|[ _.-](?:masks?|seg|segmentation|labels?|gt|matte)$",
    re.IGNORECASE,
)
"""What tells a mask from the picture that lies beside it."""
_SAYS_MASK = re.compile(r"(?P<name>.+)[ _.-]masks?(?:[ _.-][0-9]+)?", re.IGNORECASE)
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


def check_left(folder: MaskFolder, files: Sequence[MaskFile], skipped: Sequence[Skipped]) -> None:
    """Raise UserError unless one of the usable ``files`` is of the training part."""
    if any(not file.validation for file in files):
        return
    paths = {file.path for file in folder.files}
    bad = next(item for item in skipped if item.path in paths)
    raise UserError(
        say_count(
            "The {n} picture in {folder} cannot be used with its mask. The first one is {file}: "
            "{reason}.",
            "None of the {n} pictures in {folder} can be used with its mask. The first one is "
            "{file}: {reason}.",
            len(folder.files),
            folder=str(folder.folder),
            file=str(bad.path),
            reason=bad.reason,
        )
    )


@dataclass(slots=True)
class Pairing:
    """Finds the mask of each picture, folder by folder; what has no partner is skipped."""

    work: Scan
    _files: list[MaskFile] = field(default_factory=list)
    _alone: dict[str, Message] = field(default_factory=dict)
    """Masks without a picture so far, by path."""
    _used: set[str] = field(default_factory=set)

    def add(self, images: str, masks: str, *, validation: bool = False) -> None:
        """The pictures below a folder that have a mask below another, or below the same."""
        if images == masks:
            mixed = list(self.work.pictures_below(images))
            partners, pictures = _parted(self._by_name(images, mixed))
        else:
            pictures = self._by_name(images, self.work.pictures_below(images))
            exact_first = sorted(self.work.pictures_below(masks), key=_is_lossy)
            partners = self._by_name(masks, exact_first)
        found = {name: partners.pop(name) for name in pictures if name in partners}
        plain = {_plain(name, _OF_PICTURES): name for name in pictures if name not in found}
        for name, path in partners.items():
            picture = plain.get(_plain(name, _OF_MASKS))
            if picture is None:
                self._alone[path] = say("there is no picture of this name")
            elif picture in found:
                other = _last(found[picture])
                self._alone[path] = say("{other} is the mask of its picture", other=other)
            else:
                found[picture] = path
        for name, path in pictures.items():
            if name not in found:
                self.work.skip(path, say("there is no mask of this name"))
        self._used |= set(found.values())
        self._files += [
            MaskFile(Path(path), Path(found[name]), validation)
            for name, path in pictures.items()
            if name in found
        ]

    def result(self) -> list[MaskFile]:
        """The pairs, those of what was added first before the others."""
        for path, reason in self._alone.items():
            if path not in self._used:
                self.work.skip(path, reason)
        return self._files

    def _by_name(self, folder: str, paths: Iterable[str]) -> dict[str, str]:
        """Files by their path below ``folder`` without its ending."""
        found: dict[str, str] = {}
        for path in paths:
            name = shown(os.path.splitext(os.path.relpath(path, folder))[0])
            if found.setdefault(name, path) != path and path not in self._used:
                self.work.skip(path, say("{other} has the same name", other=_last(found[name])))
        return found


def has_mixed_pairs(work: Scan, folder: str) -> bool:
    """Whether pictures and masks lie together in a folder: half of the names are those of masks of
    the others."""
    names = filter(is_picture_name, work.some_names(folder))
    stems = {shown(os.path.splitext(name)[0]): name for name in names}
    masks, pictures = _parted(stems)
    plain = {_plain(name, _OF_PICTURES) for name in pictures}
    fitting = sum(_plain(name, _OF_MASKS) in plain for name in masks)
    return fitting > 0 and 2 * fitting >= len(pictures)


def mask_of(name: str, others: Collection[str]) -> str | None:
    """The picture of which a file is the mask by its name (``a_mask.png``, ``a_mask_1.png``), if it
    is one of ``others``, which are names without endings."""
    match = _SAYS_MASK.fullmatch(os.path.splitext(name)[0])
    return match["name"] if match is not None and match["name"] in others else None


def _parted(names: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Masks and pictures among files in one folder, by their names."""
    masks = {name: path for name, path in names.items() if _TELLS.search(name)}
    return masks, {name: path for name, path in names.items() if name not in masks}


def _plain(name: str, pattern: re.Pattern[str]) -> str:
    """A name without what it says of its kind: ``a/street`` for ``a/mask_street.jpg``."""
    folder, last = os.path.split(name)
    if is_picture_name(last):
        last = os.path.splitext(last)[0]
    match = pattern.fullmatch(last.casefold())
    return os.path.join(folder.casefold(), match["name"] if match else last.casefold())


def _is_lossy(path: str) -> bool:
    """Whether a name tells a format that changes values. Of two masks of one name the other is
    taken."""
    return path.lower().endswith(_LOSSY)


def _last(path: str) -> str:
    return shown(os.path.basename(path))
