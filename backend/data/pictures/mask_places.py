"""Where pictures and their masks lie: side by side, for each part, or mixed in one folder.

``images`` and ``masks`` may stand for the whole, hold a folder for each part of a split, or stand
in each part; a folder may also say both in its name (``train_images``, ``train_masks``); or
pictures and masks lie together, and the names of the masks tell them apart.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from backend.data.pictures.folders import FoundName, Scan, natural_key, shown
from backend.data.pictures.paired import has_mixed_pairs
from backend.data.pictures.splits import Role, role, words
from graph.values.message import say

IMAGES, MASKS = "images", "masks"
_IMAGES = (IMAGES, "image", "imgs", "img", "jpegimages", "leftimg8bit")
_MASKS = (
    *(MASKS, "mask", "segmentationclass", "segmentations", "annotations", "labels", "label"),
    *("gtfine", "gt", "groundtruth", "ground_truth"),
)
_NESTING = 3


@dataclass(frozen=True, slots=True)
class Half:
    """The folder of pictures and that of masks of one part."""

    images: str
    masks: str
    validation: bool = False


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
        halves = _outer_parts(work, inner) or _named_parts(work, inner)
        if halves:
            return halves
        if has_mixed_pairs(work, folder):
            return [Half(folder, folder)]
        filled = [entry for entry in inner if work.has_picture(entry.path)]
        if len(filled) != 1:
            return []
        folder = filled[0].path
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
    """``images/train`` and ``masks/train``, and the same for what validates; ``masks`` itself may
    hold those of both."""
    images, masks = (_by_role(work.folders(side)) for side in (sides.images, sides.masks))
    if not masks and not work.folders(sides.masks):
        whole = FoundName("", sides.masks, True, False)
        masks = dict.fromkeys(images, whole)
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
        if sides is None and has_mixed_pairs(work, entry.path):
            sides = Half(entry.path, entry.path)
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


def _named_parts(work: Scan, folders: list[FoundName]) -> list[Half]:
    """``train_images`` (or ``train``) and ``train_masks``, and the same for what validates."""
    masks = [entry for entry in folders if not words(entry.name).isdisjoint(_MASKS)]
    images = _by_role([entry for entry in folders if entry not in masks])
    partners = _by_role(masks)
    used = sorted(set(images) & set(partners))[:2]
    if Role.TRAIN not in used or not work.has_picture(partners[Role.TRAIN].path):
        return []
    kept = {found[part].path for found in (images, partners) for part in used}
    above = str(Path(images[Role.TRAIN].path).parent)
    _tell_aside(work, above, kept, shown(images[used[-1]].name))
    return [Half(images[part].path, partners[part].path, part is not Role.TRAIN) for part in used]


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
