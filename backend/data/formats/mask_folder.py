"""A folder of pictures with a mask each: which belong together, found without opening any.

``images`` holds PNG or JPEG pictures, ``masks`` a PNG of the same name and size for each. In a
mask every pixel has the number of its class, or it is black and white. ``classes.txt`` beside
them, if there is one, has the name of a class in each line, beginning with class 0. Folders named
train and validation (or val, valid, test) may hold an ``images`` and a ``masks`` each.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from backend.data.base.format import KnownSet, Opening, Place, Wish
from backend.data.base.source import DataLook, Watch
from backend.data.pictures.folders import (
    Scan,
    check_readable,
    images_below,
    in_order,
    parts,
    shown,
)
from backend.data.pictures.paired import MaskFile, MaskFolder, pairs_source
from graph.document.files import reason_of
from graph.values.message import Message, UserError, say, say_count

if TYPE_CHECKING:
    from backend.data.base.dataset import DataSet

IMAGES, MASKS, NAMES = "images", "masks", "classes.txt"
_NAMES_CEILING = 256
_NAMES_BYTES = 1 << 16


class MaskFolders:
    """The format of ``images`` and ``masks``."""

    known: tuple[KnownSet, ...] = ()
    openings = (
        Opening(
            what=say("a folder with images/ and masks/"),
            words=say(
                "PNG or JPEG images, and for each a PNG of the same name and size whose values "
                "are class numbers, or 0 and 255; classes.txt, if there is one, names a class in "
                "each line; all may lie in train/ and validation/"
            ),
            action=say("Open folder of images and masks…"),
            title=say("Folder with the folders images and masks"),
            symbol="image",
        ),
    )

    def recognises(self, path: Path, watch: Watch) -> bool:
        return path.is_dir() and has_masks(path)

    def look(self, place: Place, watch: Watch) -> DataLook:
        from backend.data.pictures.mask_headers import look_at_masks

        folder = scan_masks(place.folder, watch)
        title = say("Images and masks in {folder}", folder=folder.folder.name)
        return look_at_masks(folder, pairs_source(folder, place.spec, title), watch)

    def load(self, place: Place, wish: Wish, watch: Watch) -> DataSet:
        from backend.data.pictures.mask_loading import load_masks

        return load_masks(scan_masks(place.folder, watch), place.folder.name, wish, watch)


def has_masks(folder: Path) -> bool:
    """Whether a folder, or its training part, has ``images`` and ``masks``.

    Raises UserError where one of the two is all there is."""
    work = Scan(folder.resolve(), Watch())
    train, _ = parts(work)
    found = _places(work, train)
    if {IMAGES, MASKS} <= set(found):
        return True
    if set(found) in ({IMAGES}, {MASKS}):
        raise UserError(
            say(
                "{folder} has a folder {found} and no folder {lacking}; masks are PNG files in "
                "masks that are called as their pictures in images. To learn classes, give each "
                "class a folder of its own.",
                folder=str(train),
                found=min(found),
                lacking=MASKS if IMAGES in found else IMAGES,
            )
        )
    return False


def scan_masks(folder: Path, watch: Watch | None = None) -> MaskFolder:
    """List pictures and masks that belong together.

    Raises UserError when there are none or the names of the classes cannot be read, LoadCancelled
    on request.
    """
    work = Scan(folder.resolve(), watch or Watch())
    check_readable(work.root)
    train, validation = parts(work)
    files = _pairs(work, train, validation=False)
    if validation is not None:
        files += _pairs(work, validation, validation=True)
    if all(file.validation for file in files):
        raise UserError(_no_pairs(train, work))
    return MaskFolder(
        folder=work.root,
        classes=_names(work.root) or _names(train),
        files=tuple(files),
        skipped=in_order(work.skipped),
        fixed=any(file.validation for file in files),
    )


def _places(work: Scan, folder: Path) -> dict[str, Path]:
    """The folders in a folder, by their names in small letters."""
    return {
        entry.name.casefold(): Path(entry.path)
        for entry in work.entries(folder)
        if entry.is_dir(follow_symlinks=False)
    }


def _pairs(work: Scan, folder: Path, *, validation: bool) -> list[MaskFile]:
    """The pictures below ``images`` that have a mask; what has no partner is skipped."""
    places = _places(work, folder)
    if not {IMAGES, MASKS} <= set(places):
        work.skip(folder, say("it has no folders images and masks"))
        return []
    masks = _by_name(work, places[MASKS], masks=True)
    files = []
    for name, path in _by_name(work, places[IMAGES], masks=False).items():
        mask = masks.pop(name, None)
        if mask is None:
            work.skip(path, say("there is no mask of this name"))
        else:
            files.append(MaskFile(path, mask, validation))
    for path in masks.values():
        work.skip(path, say("there is no picture of this name"))
    return files


def _by_name(work: Scan, folder: Path, *, masks: bool) -> dict[Path, Path]:
    """Files by their path below ``folder`` without its ending."""
    found: dict[Path, Path] = {}
    for path in images_below(work, folder):
        name = path.relative_to(folder).with_suffix("")
        if masks and path.suffix.lower() != ".png":
            work.skip(path, say("a mask must be a PNG file, because JPEG changes values"))
        elif name in found:
            work.skip(path, say("{other} has the same name", other=shown(found[name].name)))
        else:
            found[name] = path
    return found


def _names(folder: Path) -> tuple[str, ...] | None:
    """The lines of ``classes.txt``; None if there is no such file."""
    path = folder / NAMES
    try:
        if not path.is_file():
            return None
        if path.stat().st_size > _NAMES_BYTES:
            raise _bad_names(path, say("it is too large"))
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise _bad_names(path, say("it is not UTF-8 text")) from error
    except OSError as error:
        raise _bad_names(path, say("{why}", why=reason_of(error))) from error
    names = tuple(line.strip() for line in lines if line.strip())
    if not 2 <= len(names) <= _NAMES_CEILING:
        raise _bad_names(path, say_count("it has {n} name", "it has {n} names", len(names)))
    return names


def _bad_names(path: Path, why: Message) -> UserError:
    return UserError(
        say(
            "{path} cannot be used: {why}. Write the name of one class in each line, 2 to {most} "
            "of them, or leave the file out.",
            path=str(path),
            why=why,
            most=_NAMES_CEILING,
        )
    )


def _no_pairs(folder: Path, work: Scan) -> Message:
    if not work.skipped:
        return say(
            "There are no pictures in {folder}; put PNG or JPEG files into images and PNG files of "
            "the same names into masks.",
            folder=str(folder),
        )
    first = work.skipped[0]
    return say(
        "No picture in {folder} has a mask; give each file in images a PNG file of the same name "
        "in masks. The first that was left out is {file}: {reason}.",
        folder=str(folder),
        file=shown(first.path.name),
        reason=first.reason,
    )
