"""Finding pictures in folders: what lies where, found without opening any of it.

The list is the same on every run: names are in natural order (2 before 10). Hidden names and what
systems leave in folders (thumbnails, recycle bins) are left aside. Links are followed wherever they
lead, but never round in a circle. A scan is bounded, tells how far it is and can be cancelled.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from backend.data.base.source import Skipped, Watch
from graph.document.files import reason_of
from graph.values.message import Message, UserError, say, say_count

SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".bmp", ".dib", ".gif", ".webp", ".avif"),
    *(".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".pnm"),
)
"""How the names of pictures end."""
FILE_CEILING = 2_000_000
USELESS_CEILING = 100_000
"""Entries that are no pictures, beyond which a folder is hardly one of data."""
PROBE_CEILING = 20_000
"""Entries to look at while a format is recognised."""
_DEPTH_CEILING = 16
_REPORT_EVERY = 1_000
LISTED = 1_000
"""Files that are no pictures and are listed one by one; further ones are counted."""

ASIDE_FOLDERS = frozenset(
    {
        "__macosx",
        "resource.frk",
        "network trash folder",
        "temporary items",
        "@eadir",
        "#recycle",
        "#snapshot",
        "@recycle",
        "@recently-snapshot",
        "@tmp",
        "lost+found",
        "$recycle.bin",
        "recycler",
        "recycled",
        "system volume information",
        "found.000",
        "config.msi",
        "$winreagent",
        "@synoresource",
        "_gsdata_",
        "__pycache__",
    }
)
"""Folders of macOS, Synology, QNAP, Linux, Windows, GoodSync and Python, in small letters."""
ASIDE_FILES = frozenset({"thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "icon\r"})
"""Files that systems put beside pictures."""


class FoundName(NamedTuple):
    """One name in a folder; links are what they lead to, and neither if that is nothing."""

    name: str
    path: str
    is_folder: bool
    is_file: bool


@dataclass(slots=True)
class Scan:
    """The work in progress of one scan of a folder."""

    root: Path
    watch: Watch
    skipped: list[Skipped] = field(default_factory=list)
    n_seen: int = 0
    n_useless: int = 0
    n_probed: int = 0

    def skip(self, path: str | Path, reason: Message) -> None:
        self.skipped.append(Skipped(Path(path), reason))

    def entries(self, folder: str | Path, *, telling: bool = True) -> list[FoundName]:
        """What lies in a folder, in natural order, without what is left aside.

        With ``telling``, folders that are left aside or cannot be read are listed as skipped.
        """
        found = []
        try:
            for entry in _listed(folder):
                self._count()
                if entry.name.startswith("."):
                    continue
                if not _is_aside(entry):
                    found.append(entry)
                elif entry.is_folder and telling:
                    self.skip(entry.path, say("it holds what a system keeps beside the data"))
        except OSError as error:
            if telling:
                self.skip(folder, say("cannot be read: {why}", why=reason_of(error)))
        return sorted(found, key=lambda entry: natural_key(entry.name))

    def folders(self, folder: str | Path, *, telling: bool = False) -> list[FoundName]:
        """The folders in a folder."""
        return [entry for entry in self.entries(folder, telling=telling) if entry.is_folder]

    def pictures_below(self, folder: str | Path) -> Iterator[str]:
        """The paths of pictures at any depth; what else lies there is listed as skipped."""
        above = tuple(identity(place) for place in (folder, *Path(folder).parents))
        return self._below(folder, above, 1)

    def _below(self, folder: str | Path, above: tuple[object, ...], depth: int) -> Iterator[str]:
        for entry in self.entries(folder):
            if not entry.is_folder:
                reason = refusal(entry)
                if reason is None:
                    yield entry.path
                else:
                    self.skip_useless(entry.path, reason)
                continue
            here = identity(entry.path)
            if here in above:
                self.skip(entry.path, say("it is a link to a folder that it lies in itself"))
            elif depth >= _DEPTH_CEILING:
                self.skip(entry.path, say("folders are nested too deeply"))
            else:
                yield from self._below(entry.path, (*above, here), depth + 1)

    def skip_useless(self, path: str, reason: Message) -> None:
        """Skip a file that is no picture. Raises UserError when there are too many of them."""
        self.n_useless += 1
        if self.n_useless <= LISTED:
            self.skip(path, reason)
        if self.n_useless > max(USELESS_CEILING, self.n_seen * 2 // 3):
            raise UserError(
                say(
                    "{folder} holds more than {n} files that are no pictures; choose the folder "
                    "of the data set itself.",
                    folder=str(self.root),
                    n=USELESS_CEILING,
                )
            )

    def left_out(self) -> tuple[Skipped, ...]:
        """All that was skipped, in natural order."""
        further = self.n_useless - LISTED
        if further > 0:
            reason = say_count(
                "{n} further file is no picture", "{n} further files are no pictures", further
            )
            self.skip(self.root, reason)
            self.n_useless = LISTED
        return in_order(self.skipped)

    def some_names(self, folder: str | Path) -> list[str]:
        """The names of files in a folder, of very many as many as are looked at to recognise it."""
        self.watch.check()
        try:
            return [f.name for f in islice(_listed(folder), PROBE_CEILING) if f.is_file]
        except OSError:
            return []

    def has_picture(self, folder: str | Path, *, deep: bool = True) -> bool:
        """Whether a picture lies in a folder, if ``deep`` at any depth. True after
        ``PROBE_CEILING`` entries: then only a whole scan can tell."""
        return self._has_picture(folder, 1 if deep else _DEPTH_CEILING)

    def _has_picture(self, folder: str | Path, depth: int) -> bool:
        inner = []
        try:
            for entry in _listed(folder):
                self.watch.check()
                self.n_probed += 1
                if self.n_probed > PROBE_CEILING:
                    return True
                if entry.name.startswith(".") or _is_aside(entry):
                    continue
                if entry.is_folder:
                    inner.append(entry.path)
                elif is_picture_name(entry.name):
                    return True
        except OSError:
            return False
        return depth < _DEPTH_CEILING and any(self._has_picture(i, depth + 1) for i in inner)

    def _count(self) -> None:
        self.n_seen += 1
        if self.n_seen % _REPORT_EVERY == 0:
            self.watch.step(self.n_seen, 0)
        elif self.n_seen % 64 == 1:
            self.watch.check()
        if self.n_seen > FILE_CEILING:
            raise UserError(
                say(
                    "{folder} holds more than {expected} files; choose a smaller folder.",
                    folder=str(self.root),
                    expected=FILE_CEILING,
                )
            )


def _listed(folder: str | Path) -> Iterator[FoundName]:
    """The names in a folder as the system gives them. Raises OSError."""
    with os.scandir(folder) as found:
        for entry in found:
            try:
                yield FoundName(entry.name, entry.path, entry.is_dir(), entry.is_file())
            except OSError:  # a link to itself
                yield FoundName(entry.name, entry.path, False, False)


def _is_aside(entry: FoundName) -> bool:
    return entry.name.casefold() in (ASIDE_FOLDERS if entry.is_folder else ASIDE_FILES)


def identity(folder: str | Path) -> object:
    """What two paths of one folder have in common."""
    try:
        found = os.stat(folder)
    except OSError:
        return os.fspath(folder)
    return found.st_dev, found.st_ino


def is_picture_name(name: str) -> bool:
    """Whether a name ends as that of a picture."""
    return os.path.splitext(name)[1].lower() in SUFFIXES


def refusal(entry: FoundName) -> Message | None:
    """Why a file is no candidate; nothing is opened, so that a pipe cannot block."""
    if not is_picture_name(entry.name):
        return say("its name does not end in .png, .jpg or as that of another picture")
    if entry.is_file:
        return None
    try:
        os.stat(entry.path)
    except OSError as error:
        return say("cannot be read: {why}", why=reason_of(error))
    return say("it is not a regular file")


def natural_key(name: str) -> tuple[str, str]:
    """Sort key: numbers in a name count as numbers, case does not matter at first."""
    return re.sub("[0-9]+", _number_key, name.casefold()), name


def _number_key(number: re.Match[str]) -> str:
    """Digits behind their count, below every letter: a longer number comes later."""
    digits = number.group().lstrip("0")
    return f"\0{chr(len(digits))}{digits}"


def in_order(skipped: Iterable[Skipped]) -> tuple[Skipped, ...]:
    """What was left out, in the natural order of the paths."""
    return tuple(sorted(skipped, key=lambda item: natural_key(str(item.path))))


def shown(name: str) -> str:
    """A name as text in composed letters, even if its bytes are no text."""
    return unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "replace"))


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
