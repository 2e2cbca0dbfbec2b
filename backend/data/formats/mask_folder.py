"""A folder of pictures with a mask each: which belong together, found without opening any.

``images`` holds the pictures, ``masks`` a picture of the same name and size for each, which gives
every pixel its class. Both may hold a folder for each part of a fixed split, or each part both.
``classes.txt`` beside them, if there is one, has the name of a class in each line.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from backend.data.base.class_names import CLASS_FILE, read_class_names
from backend.data.base.format import KnownSet, Opening, Place, Wish
from backend.data.base.source import DataLook, Watch
from backend.data.pictures.class_table import find_table
from backend.data.pictures.folders import FoundName, Scan, natural_key, shown
from backend.data.pictures.paired import MaskFile, MaskFolder, pair, pairs_source
from backend.data.pictures.splits import Role, role
from graph.values.message import Message, UserError, say

if TYPE_CHECKING:
    from backend.data.base.dataset import DataSet

IMAGES, MASKS = "images", "masks"
_IMAGES = (IMAGES, "image", "imgs", "img", "jpegimages", "leftimg8bit")
_MASKS = (
    *(MASKS, "mask", "segmentationclass", "segmentations", "annotations", "labels", "label"),
    *("gtfine", "gt", "groundtruth", "ground_truth"),
)
_NAMES_CEILING = 255
_NESTING = 3


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


@dataclass(frozen=True, slots=True)
class Half:
    """The folder of pictures and that of masks of one part."""

    images: str
    masks: str
    validation: bool = False


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
    files: list[MaskFile] = []
    halves = find_halves(work)
    for half in halves:
        files += pair(work, half.images, half.masks, validation=half.validation)
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


def find_halves(work: Scan) -> list[Half]:
    """Where pictures and masks lie: one for the whole, or for each part. Empty without masks.

    What lies beside is listed as skipped.
    """
    folder = str(work.root)
    for _ in range(_NESTING):
        inner = work.folders(folder)
        sides = _sides(work, inner)
        if sides is not None:
            return _inner_parts(work, sides) or [sides]
        halves = _outer_parts(work, inner)
        if halves or len(inner) != 1:
            return halves
        folder = inner[0].path
    return []


def _sides(work: Scan, folders: list[FoundName]) -> Half | None:
    """The folder of pictures and that of masks among folders."""
    by_name = {entry.name.casefold(): entry.path for entry in folders}
    images = next((by_name[name] for name in _IMAGES if name in by_name), None)
    masks = next((by_name[name] for name in _MASKS if name in by_name), None)
    if images is None or masks is None:
        return None
    usual = {IMAGES, MASKS} <= set(by_name)
    return Half(images, masks) if usual or work.has_picture(masks) else None


def _inner_parts(work: Scan, sides: Half) -> list[Half]:
    """``images/train`` and ``masks/train``, and the same for what validates."""
    images, masks = (_by_role(work.folders(side)) for side in (sides.images, sides.masks))
    both = sorted(set(images) & set(masks))
    if len(both) < 2 or both[0] is not Role.TRAIN:
        return []
    used = both[:2]
    for side in (sides.images, sides.masks):
        kept = {found[part].path for found in (images, masks) for part in used}
        _tell_aside(work, side, kept, shown(images[used[1]].name))
    return [Half(images[part].path, masks[part].path, part is not Role.TRAIN) for part in used]


def _outer_parts(work: Scan, folders: list[FoundName]) -> list[Half]:
    """``train/images`` and ``train/masks``, and the same for what validates."""
    found: dict[Role, tuple[FoundName, Half]] = {}
    for part, entry in _by_role(folders).items():
        sides = _sides(work, work.folders(entry.path))
        if sides is not None:
            found[part] = entry, sides
    if Role.TRAIN not in found:
        return []
    used = sorted(found)[:2]
    kept = {found[part][0].path for part in used}
    last = found[used[-1]][0]
    _tell_aside(work, str(Path(last.path).parent), kept, shown(last.name))
    halves = ((part, found[part][1]) for part in used)
    return [Half(half.images, half.masks, part is not Role.TRAIN) for part, half in halves]


def _by_role(folders: list[FoundName]) -> dict[Role, FoundName]:
    """Folders by the part that their name tells; of several of one part the shortest name."""
    ordered = sorted(folders, key=lambda entry: (len(entry.name), natural_key(entry.name)))
    named = [(part, entry) for entry in ordered if (part := role(entry.name)) is not None]
    return dict(reversed(named))


def _tell_aside(work: Scan, folder: str, kept: Collection[str], used: str) -> None:
    """List the folders that belong to no part."""
    for entry in work.folders(folder, telling=True):
        if entry.path in kept:
            continue
        if role(entry.name) in (Role.VALIDATION, Role.TEST):
            work.skip(entry.path, say("the folder {used} is the validation part", used=used))
        else:
            work.skip(entry.path, say("it belongs to no part of the split into folders"))


def _names(root: Path, halves: list[Half]) -> tuple[str, ...] | None:
    """The names in ``classes.txt``, beside pictures and masks or above; None without one."""
    for place in _places(root, halves):
        path = place / CLASS_FILE
        if path.is_file():
            return read_class_names(path, _NAMES_CEILING)
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
