"""Finding pictures in folders: what lies where, found without opening any of it.

The list is the same on every run: names are in natural order (2 before 10). Folders named train and
validation (or val, valid, test) hold the parts of a fixed split. Links that lead out of the folder,
and links to folders, are never followed.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from backend.data.base.source import Skipped, Watch
from graph.document.files import reason_of
from graph.values.message import Message, UserError, say

SUFFIXES = (".png", ".jpg", ".jpeg")
FILE_CEILING = 1_000_000
_DEPTH_CEILING = 16
_TRAIN_NAMES = ("train", "training")
_VALIDATION_NAMES = ("validation", "valid", "val", "test", "testing")


@dataclass(slots=True)
class Scan:
    """The work in progress of one scan of a folder."""

    root: Path
    watch: Watch
    skipped: list[Skipped] = field(default_factory=list)
    n_files: int = 0

    def skip(self, path: Path, reason: Message) -> None:
        self.skipped.append(Skipped(path, reason))

    def entries(self, folder: Path) -> list[os.DirEntry[str]]:
        """What lies in a folder, in natural order, without hidden names."""
        self.watch.check()
        try:
            with os.scandir(folder) as found:
                entries = [entry for entry in found if not entry.name.startswith(".")]
        except OSError as error:
            self.skip(folder, say("cannot be read: {why}", why=reason_of(error)))
            return []
        self.n_files += len(entries)
        if self.n_files > FILE_CEILING:
            raise UserError(
                say(
                    "{folder} holds more than {expected} files; choose a smaller folder.",
                    folder=str(self.root),
                    expected=FILE_CEILING,
                )
            )
        return sorted(entries, key=lambda entry: natural_key(entry.name))


def natural_key(name: str) -> tuple[tuple[tuple[int, int, str], ...], str]:
    """Sort key: numbers in a name count as numbers, case does not matter at first."""
    pieces = re.split(r"([0-9]+)", name.casefold())
    return tuple((0, int(p), "") if p.isdecimal() else (1, 0, p) for p in pieces), name


def in_order(skipped: Iterable[Skipped]) -> tuple[Skipped, ...]:
    """What was left out, in the natural order of the paths."""
    return tuple(sorted(skipped, key=lambda item: natural_key(str(item.path))))


def check_readable(folder: Path) -> None:
    """Raise UserError if the folder cannot be listed."""
    try:
        os.scandir(folder).close()
    except OSError as error:
        raise UserError(
            say(
                "{folder} cannot be read: {why}. Choose a folder that is there and may be read.",
                folder=str(folder),
                why=reason_of(error),
            )
        ) from error


def parts(work: Scan) -> tuple[Path, Path | None]:
    """The folder of the training part, which may be the root, and that of the validation part."""
    places = {
        entry.name.casefold(): Path(entry.path)
        for entry in work.entries(work.root)
        if entry.is_dir(follow_symlinks=False)
    }
    train = next((places[name] for name in _TRAIN_NAMES if name in places), None)
    if train is None or not set(places) <= {*_TRAIN_NAMES, *_VALIDATION_NAMES}:
        return work.root, None
    found = [places[name] for name in _VALIDATION_NAMES if name in places]
    for other in found[1:]:
        work.skip(other, say("the folder {used} is the validation part", used=found[0].name))
    return train, found[0] if found else None


def images_below(work: Scan, folder: Path, depth: int = 1) -> Iterator[Path]:
    """The PNG and JPEG files at any depth; the others are listed as skipped."""
    for entry in work.entries(folder):
        path = Path(entry.path)
        if entry.is_dir(follow_symlinks=False):
            if depth < _DEPTH_CEILING:
                yield from images_below(work, path, depth + 1)
            else:
                work.skip(path, say("folders are nested too deeply"))
        elif reason := _refusal(work, path, entry.is_symlink()):
            work.skip(path, reason)
        else:
            yield path


def _refusal(work: Scan, path: Path, is_link: bool) -> Message | None:
    """Why a file is no candidate; nothing is opened, so a pipe cannot block."""
    try:
        if is_link and not path.resolve(strict=True).is_relative_to(work.root):
            return say("it is a link that leads out of the folder")
        mode = path.stat().st_mode
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links
        return say("cannot be read: {why}", why=reason_of(error))
    if stat.S_ISDIR(mode):
        return say("links to folders are not followed")
    if path.suffix.lower() not in SUFFIXES:
        return say("its name does not end in .png, .jpg or .jpeg")
    if not stat.S_ISREG(mode):
        return say("it is not a regular file")
    return None


def shown(name: str) -> str:
    """A folder's name as text, even if its bytes are none."""
    return os.fsencode(name).decode("utf-8", "replace")
