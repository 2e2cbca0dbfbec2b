"""Parts that folders prescribe: which folder is to train on, and which to validate on.

A name says its role by a word in it (train, seg_train, training_set; val, valid; test, eval), and
the sign that it means it is what lies inside: both halves hold class folders. A half, or the whole,
may lie in one folder more. Where there are a validation and a test part, the first validates.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice

from backend.data.pictures.folders import FoundName, Scan, is_picture_name, natural_key, shown
from graph.values.message import say

_NESTING = 3
_TRAIN_NAMES = ("train", "training")


class Role(IntEnum):
    """What a part is for; the lower of two that validate is taken."""

    TRAIN = 0
    VALIDATION = 1
    TEST = 2


_ROLES = {
    **dict.fromkeys(("train", "training", "trn"), Role.TRAIN),
    **dict.fromkeys(("val", "valid", "validation", "validate", "dev"), Role.VALIDATION),
    **dict.fromkeys(("test", "testing", "tst", "eval", "evaluation"), Role.TEST),
}
_TOGETHER = re.compile(rf"({'|'.join(_ROLES)})(?:set|data|images|imgs|split|part)")
"""Words that are two: trainset, testdata."""


def words(name: str) -> set[str]:
    """The words in a name, in small letters: those between other signs, and ``TrainSet`` as two."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", shown(name)).casefold()
    return set(re.findall("[a-z]+", apart))


def role(name: str) -> Role | None:
    """The role that a folder's name tells: that of the only such word in it."""
    first = (_TOGETHER.sub(r"\1", word) for word in words(name))
    roles = {_ROLES[word] for word in first if word in _ROLES}
    return roles.pop() if len(roles) == 1 else None


@dataclass(frozen=True, slots=True)
class Parts:
    """The folders that hold the class folders of each part."""

    train: str
    validation: str | None = None


def find_parts(work: Scan) -> Parts:
    """The parts of a folder of class folders; the whole trains where it prescribes none.

    Folders that belong to neither part are listed as skipped.
    """
    root = home_of(work, str(work.root)) or str(work.root)
    tops = work.folders(root)
    homes = {top: home_of(work, top.path) for top in tops if role(top.name) is Role.TRAIN}
    trains = sorted((top for top, home in homes.items() if home), key=_exact_first)
    others = [top for top in tops if role(top.name) in (Role.VALIDATION, Role.TEST)]
    if not trains or not (others or _stands_alone(work, trains[0], tops)):
        _tell_passed(work, str(work.root), root)
        return Parts(root)
    train = homes[trains[0]] or trains[0].path
    names = {shown(entry.name) for entry in work.folders(train)}
    validation = used = None
    for other in sorted(others, key=lambda top: (role(top.name), natural_key(top.name))):
        validation = _home_with(work, other.path, names)
        if validation is not None:
            used = other
            break
    _tell_passed(work, str(work.root), root)
    _tell_aside(work, root, trains[0], used)
    return Parts(train, validation)


def has_class_folders(work: Scan) -> bool:
    """Whether a folder holds class folders that tell classes apart, and not just parts."""
    parts = find_parts(work)
    filled = (top.name for top in work.folders(parts.train) if work.has_picture(top.path))
    names = list(islice(filled, 3))
    return len(names) >= 2 and not are_parts(names)


def are_parts(names: Iterable[str]) -> bool:
    """Whether folders of these names are parts of a set, not classes."""
    roles = {role(name) for name in names}
    return Role.TRAIN in roles and not roles.isdisjoint({Role.VALIDATION, Role.TEST})


def home_of(work: Scan, folder: str) -> str | None:
    """The folder that holds class folders: this one, or the only folder in it; None if no picture
    lies in a folder below."""
    for _ in range(_NESTING):
        filled = [inner for inner in work.folders(folder) if work.has_picture(inner.path)]
        if not filled:
            return None
        if len(filled) > 1:
            break
        only = filled[0].path
        inner_folders = work.folders(only)
        if work.has_picture(only, deep=False) or not any(
            work.has_picture(inner.path) for inner in inner_folders
        ):
            break  # it is a class
        folder = only
    return folder


def _home_with(work: Scan, folder: str, names: Collection[str]) -> str | None:
    """The folder that holds some of these class folders: this one, or the only folder in it."""
    for _ in range(_NESTING):
        inner = work.folders(folder)
        if any(shown(entry.name) in names and work.has_picture(entry.path) for entry in inner):
            return folder
        if len(inner) != 1:
            return None
        folder = inner[0].path
    return None


def _stands_alone(work: Scan, train: FoundName, tops: list[FoundName]) -> bool:
    """Whether a folder called train is all there is to learn from: no other holds class folders."""
    rest = [top for top in tops if top != train]
    return train.name.casefold() in _TRAIN_NAMES and not any(home_of(work, t.path) for t in rest)


def _exact_first(top: FoundName) -> tuple[bool, tuple[str, str]]:
    return top.name.casefold() not in _TRAIN_NAMES, natural_key(top.name)


def _tell_passed(work: Scan, folder: str, home: str) -> None:
    """List what lies beside the folders that lead to the one with the data."""
    while folder != home:
        for entry in work.entries(folder):
            if home == entry.path or home.startswith(entry.path + os.sep):
                inner = entry.path
            elif entry.is_folder:
                work.skip(entry.path, say("there is no picture in this folder"))
            elif is_picture_name(entry.name):
                work.skip(entry.path, say("it lies in no class folder"))
        folder = inner


def _tell_aside(work: Scan, root: str, train: FoundName, used: FoundName | None) -> None:
    """List what lies beside the parts."""
    for entry in work.entries(root):
        if not entry.is_folder:
            if is_picture_name(entry.name):
                work.skip(entry.path, say("it lies in no class folder"))
        elif entry in (train, used):
            continue
        elif used is not None and role(entry.name) in (Role.VALIDATION, Role.TEST):
            work.skip(entry.path, say("the folder {used} is the validation part", used=used.name))
        elif used is None and role(entry.name) in (Role.VALIDATION, Role.TEST):
            work.skip(entry.path, say("it holds no class folder of the training part"))
        else:
            work.skip(entry.path, say("it belongs to no part of the split into folders"))
