"""A folder of pictures with a mask each: which belong together, found without opening any.

``images`` holds the pictures, ``masks`` a picture of the same name and size for each, which gives
every pixel its class. Both may hold a folder for each part of a fixed split, or each part both.
``classes.txt`` beside them, if there is one, has the name of a class in each line.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from backend.data.base.class_names import CLASS_FILE, read_class_names
from backend.data.base.format import KnownSet, Opening, Place, Wish
from backend.data.base.source import DataLook, Watch
from backend.data.pictures.class_table import find_table
from backend.data.pictures.folders import Scan, shown
from backend.data.pictures.mask_places import IMAGES, MASKS, Half, find_halves
from backend.data.pictures.paired import MaskFolder, Pairing, pairs_source
from backend.data.pictures.split_lists import find_lists
from graph.values.message import Message, UserError, say

if TYPE_CHECKING:
    from backend.data.base.dataset import DataSet

_CLASS_FILES = (CLASS_FILE, "codes.txt")
"""Names of the classes; the second is fastai's for CamVid."""
_NAMES_CEILING = 255


class MaskFolders:
    """The format of ``images`` and ``masks``."""

    known: tuple[KnownSet, ...] = ()
    openings = (
        Opening(
            what=say("a folder with images/ and masks/"),
            words=say(
                "pictures, and for each a mask of the same name and size, of class numbers (255 "
                "is void), black and white, or colours; classes.txt names a class in each line, "
                "class_dict.csv a colour; all may lie in train/ and validation/"
            ),
            action=say("Open folder of images and masks…"),
            title=say("Folder with the folders images and masks"),
            symbol="image",
        ),
    )

    def recognises(self, path: Path, watch: Watch) -> bool:
        return path.is_dir() and has_masks(path, watch)

    def look(self, place: Place, wish: Wish, watch: Watch) -> DataLook:
        from backend.data.pictures.mask_headers import look_at_masks

        folder = scan_masks(place.folder, watch)
        title = say("Images and masks in {folder}", folder=folder.folder.name)
        source = pairs_source(folder, place.spec, title)
        return look_at_masks(folder, source, wish.threshold, watch)

    def load(self, place: Place, wish: Wish, watch: Watch) -> DataSet:
        from backend.data.pictures.mask_loading import load_masks

        return load_masks(scan_masks(place.folder, watch), place.folder.name, wish, watch)


def has_masks(folder: Path, watch: Watch) -> bool:
    """Whether a folder, or its training part, has pictures and masks.

    Raises UserError where ``images`` or ``masks`` is all there is."""
    work = Scan(folder.resolve(), watch)
    if find_halves(work):
        return True
    found = {entry.name.casefold() for entry in work.folders(work.root)}
    if found in ({IMAGES}, {MASKS}):
        raise UserError(
            say(
                "{folder} has a folder {found} and no folder {lacking}; masks are pictures in "
                "masks that are called as their pictures in images. To learn classes, give each "
                "class a folder of its own.",
                folder=str(work.root),
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
    pairing = Pairing(work)
    halves = find_halves(work)
    for half in halves:
        pairing.add(half.images, half.masks, validation=half.validation)
    files = pairing.result()
    if not any(half.validation for half in halves):
        homes = [Path(half.images).parent for half in halves]
        files = find_lists([work.root, *homes]).part(work, files)
    skipped = work.left_out()
    if all(file.validation for file in files):
        raise UserError(_no_pairs(work))
    return MaskFolder(
        folder=work.root,
        classes=_names(work.root, halves),
        files=tuple(files),
        skipped=skipped,
        fixed=any(file.validation for file in files),
        table=find_table(_places(work.root, halves)),
    )


def _names(root: Path, halves: list[Half]) -> tuple[str, ...] | None:
    """The names in a file of them, beside pictures and masks or above; None without one."""
    for place in _places(root, halves):
        for name in _CLASS_FILES:
            if (place / name).is_file():
                return read_class_names(place / name, _NAMES_CEILING)
    return None


def _places(root: Path, halves: list[Half]) -> list[Path]:
    """The folders that may hold what is said about the classes: from the root to the masks."""
    masks = [Path(half.masks) for half in halves]
    between = [place for mask in masks for place in (mask, *mask.parents)]
    return list(dict.fromkeys([root, *(p for p in between if p.is_relative_to(root))]))


def _no_pairs(work: Scan) -> Message:
    if not work.skipped:
        return say(
            "There are no pictures in {folder}; put pictures into images and masks of the same "
            "names into masks.",
            folder=str(work.root),
        )
    first = work.skipped[0]
    return say(
        "No picture in {folder} has a mask; give each file in images a PNG file of the same name "
        "in masks. The first that was left out is {file}: {reason}.",
        folder=str(work.root),
        file=shown(first.path.name),
        reason=first.reason,
    )
