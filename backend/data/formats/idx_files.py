"""Which IDX files belong together, by their names: MNIST's and those of its children.

``train-images-idx3-ubyte`` and three more are one set. EMNIST and QMNIST put the name of the set in
front, QMNIST's labels have two dimensions, and an archive may have left each file in a folder of
its own name.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from backend.data.base.nested import nested
from graph.values.message import UserError, say

_NAME = re.compile(
    r"(?:(?P<set>.+)[-_])?(?P<part>train|t10k|test|val)[-_.](?P<kind>images|labels)[-_.]"
    r"idx[1-3][-_.](?:ubyte|int)(?:\.gz)?",
    re.IGNORECASE,
)
_PLACES = ("", "raw", "gzip")
"""Where torchvision and EMNIST's archive put the files, seen from the folder of the set."""
_LOOKED_AT = 10_000
"""Names in a folder, of which IDX files are never so many."""


@dataclass(frozen=True, slots=True)
class IdxPart:
    """The two files of one part."""

    images: Path
    labels: Path


@dataclass(frozen=True, slots=True)
class IdxFiles:
    """The files of one set. ``name`` is what their names begin with, empty for MNIST's own."""

    folder: Path
    name: str
    train: IdxPart
    validation: IdxPart | None


def find_idx(path: Path) -> IdxFiles | None:
    """The IDX files in a folder, or those of the set that a file belongs to; None without any.

    Raises UserError when some are there and others are missing, or when there are several sets.
    """
    if path.is_file():
        match = _NAME.fullmatch(path.name)
        if match is None:
            return None
        folder = path.parent
        if _NAME.fullmatch(folder.name) and match["set"] not in _sets(folder, inside=False):
            folder = folder.parent
        return _whole(folder, (match["set"] or "").lower(), _sets(folder))
    for place in nested(path):
        for folder in (place / inner for inner in _PLACES):
            sets = _sets(folder)
            if sets:
                return _whole(folder, _only(folder, sets), sets)
    return None


FilesByPart = dict[tuple[str, str], Path]
"""Files by part (``train`` or another) and kind (``images`` or ``labels``)."""


def _sets(folder: Path, *, inside: bool = True) -> dict[str, FilesByPart]:
    """The files in a folder, and ``inside`` the folders that are called like them, by set."""
    found: dict[str, FilesByPart] = defaultdict(dict)
    for path in sorted(_named(folder), key=lambda path: (path.is_dir(), len(path.name), path.name)):
        match = _NAME.fullmatch(path.name)
        if match is None:
            continue
        if path.is_dir():
            inner = next((p for p in sorted(_named(path)) if p.is_file()), None)
            if inner is None or not inside:
                continue
            path = inner
        key = match["part"].lower(), match["kind"].lower()
        found[(match["set"] or "").lower()].setdefault(key, path)
    return dict(found)


def _named(folder: Path) -> list[Path]:
    """What in a folder is called like a file of a set, as far as one looks."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in islice(entries, _LOOKED_AT)]
    except OSError:
        return []
    return [folder / name for name in names if _NAME.fullmatch(name)]


def _only(folder: Path, sets: dict[str, FilesByPart]) -> str:
    """The name of the only set. Raises UserError when there are several."""
    if len(sets) == 1:
        return next(iter(sets))
    if "" in sets:
        return ""
    raise UserError(
        say(
            "{folder} holds several sets of IDX files: {names}. Name one by one of its files, such "
            "as {file}.",
            folder=str(folder),
            names=", ".join(sorted(sets)),
            file=str(next(iter(sets[min(sets)].values()))),
        )
    )


def _whole(folder: Path, name: str, sets: dict[str, FilesByPart]) -> IdxFiles | None:
    """The set of this name. Raises UserError when it lacks a file."""
    found = sets.get(name)
    if found is None:
        return None
    train = _part(folder, name, "train", found)
    others = sorted(
        {part for part, _ in found if part != "train"}, key=("val", "t10k", "test").index
    )
    validation = _part(folder, name, others[0], found) if others else None
    if train is None and validation is not None:
        raise UserError(
            say(
                "{folder} has the test files only; put {expected} beside {file}.",
                folder=str(folder),
                expected=_usual(name, "train", "images"),
                file=validation.images.name,
            )
        )
    return IdxFiles(folder, name, train, validation) if train is not None else None


def _part(folder: Path, name: str, part: str, found: FilesByPart) -> IdxPart | None:
    images, labels = found.get((part, "images")), found.get((part, "labels"))
    if images is not None and labels is not None:
        return IdxPart(images, labels)
    there = images or labels
    if there is None:
        return None
    raise UserError(
        say(
            "{file} is there but {expected} is missing; put both into {folder}.",
            file=there.name,
            expected=_usual(name, part, "images" if images is None else "labels"),
            folder=str(folder),
        )
    )


def _usual(name: str, part: str, kind: str) -> str:
    """What a file is usually called."""
    start = f"{name}-{part}" if name else part
    return f"{start}-{kind}-{'idx3-ubyte' if kind == 'images' else 'idx1-ubyte'}"
