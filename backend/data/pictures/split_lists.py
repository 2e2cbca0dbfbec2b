"""Splits that lists prescribe: text files that name the pictures of each part, one a line.

PASCAL VOC has them in ``ImageSets/Segmentation``, others beside the pictures (``val.txt``).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from backend.data.base.class_names import read_text
from backend.data.pictures.folders import Scan, is_picture_name, shown
from backend.data.pictures.paired import MaskFile
from graph.values.message import say

_FOLDERS = ("", "splits", "ImageSets/Segmentation")
_TRAIN = "train.txt"
_VALIDATION = ("val.txt", "valid.txt", "validation.txt", "test.txt")
_BYTES_CEILING = 1 << 24


@dataclass(frozen=True, slots=True)
class SplitLists:
    """Names without endings. ``train`` is None where only the part that validates is listed."""

    train: frozenset[str] | None = None
    validation: frozenset[str] = field(default_factory=frozenset)

    def part(self, work: Scan, files: Sequence[MaskFile]) -> list[MaskFile]:
        """The files with the part that the lists tell, what trains first; those in no list are
        skipped. Without a list that fits, the files as they are."""
        named = [file for file in files if shown(file.path.stem) in self.validation]
        if not named or len(named) == len(files):
            return list(files)
        trained = []
        for file in files:
            name = shown(file.path.stem)
            if name in self.validation:
                continue
            if self.train is None or name in self.train:
                trained.append(file)
            else:
                work.skip(file.path, say("it is in no list of the split"))
        return [*trained, *(replace(file, validation=True) for file in named)]


def find_lists(folders: Iterable[Path]) -> SplitLists:
    """The lists in some folders; empty where there are none."""
    for folder in (folder / inner for folder in folders for inner in _FOLDERS):
        found = next((path for name in _VALIDATION if (path := folder / name).is_file()), None)
        if found is not None:
            train = folder / _TRAIN
            return SplitLists(_names(train) if train.is_file() else None, _names(found))
    return SplitLists()


def _names(path: Path) -> frozenset[str]:
    """The first word of each line, without folders and ending. Empty for a file that is no list."""
    try:
        if path.stat().st_size > _BYTES_CEILING:
            return frozenset()
        lines = read_text(path.read_bytes()).splitlines()
    except (OSError, UnicodeDecodeError):
        return frozenset()
    found = set()
    for line in lines:
        last = os.path.basename(line.strip().split("\t")[0].replace("\\", "/"))
        found.add(shown(os.path.splitext(last)[0] if is_picture_name(last) else last))
    return frozenset(found - {""})
