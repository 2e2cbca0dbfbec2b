"""All data there is to train on: known names, and what the user points at.

A spec is a known name or a path; the formats are asked in turn which of them knows it. Nothing
here imports torch, and looking loads no images; opening does.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from backend.data.base.format import (
    DataFormat,
    KnownSet,
    Opening,
    Place,
    SizeFit,
    Wish,
)
from backend.data.base.shapes import check_sides
from backend.data.base.source import DataSource, Watch
from backend.data.formats.registry import FORMATS
from backend.data.pictures.folders import check_readable
from graph.values.message import Message, UserError, say

if TYPE_CHECKING:
    from backend.data.base.dataset import DataSet


def known_sets() -> Iterator[KnownSet]:
    """The data sets that have names, the default one first."""
    return (known for form in FORMATS for known in form.known)


def openings() -> Iterator[Opening]:
    """What else may be opened, the most general first."""
    return (opening for form in reversed(FORMATS) for opening in form.openings)


_ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar", ".zst")

NAMES = tuple(known.name for known in known_sets())
DEFAULT = NAMES[0]


def list_sources() -> tuple[DataSource, ...]:
    """The sources known by name, the default one first; some may be missing on this machine."""
    found = (find(name) for name in NAMES)
    return tuple(form.look(place, Wish(), Watch()).source for form, place in found)


def find(spec: str, watch: Watch | None = None) -> tuple[DataFormat, Place]:
    """The format of what a spec names, and where it is; nothing of it was loaded.

    Raises UserError for an unknown name and for a path without usable data.
    """
    for form in FORMATS:
        if any(spec == known.name for known in form.known):
            return form, Place(spec)
    place = Place(spec, _path(spec))
    if place.folder.is_dir():
        check_readable(place.folder)
    for form in FORMATS:
        if form.recognises(place.folder, watch or Watch()):
            return form, place
    raise UserError(_no_format(place.folder))


def check(spec: str) -> None:
    """Raise UserError where it is certain at a glance that a spec cannot be opened."""
    form, place = find(spec)
    if place.path is None:
        missing = form.look(place, Wish(), Watch()).source.missing
        if missing is not None:
            raise UserError(missing)


def open_data(
    spec: str,
    *,
    size: tuple[int, int] | None = None,
    fit: SizeFit = "resize",
    threshold: int | None = None,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> DataSet:
    """Load what a spec names.

    ``size`` (H, W) and ``fit`` say what images of different sizes are brought to; the other
    sources have one size already. ``threshold`` parts masks in shades of grey. ``progress``
    receives steps done and in total; the count starts anew for each large file. Raises UserError
    for anything the user can mend, and LoadCancelled soon after ``cancelled`` says True.
    """
    watch = Watch(progress, cancelled)
    watch.check()
    if size is not None:
        check_sides(size)
    form, place = find(spec, watch)
    return form.load(place, Wish(size, fit, threshold), watch)


def help_text() -> str:
    """What may be opened, for the command line."""
    names = [say("{name}: {words}.", name=known.name, words=known.words) for known in known_sets()]
    paths = [say("Or {what}: {words}.", what=each.what, words=each.words) for each in openings()]
    return " ".join(line.text() for line in (*names, *paths))


def _path(spec: str) -> Path:
    """The folder or file that a spec names. Raises UserError when there is none."""
    try:
        path = Path(spec).expanduser()
        exists = path.exists()
    except (OSError, ValueError, RuntimeError):  # too long, a NUL byte, no such home
        path, exists = Path(), False
    if exists and spec:
        return path.resolve()
    if spec.startswith("~") or os.sep in spec or (os.altsep or os.sep) in spec:
        raise UserError(
            say("There is no folder {path}; check the path or choose another folder.", path=spec)
        )
    raise UserError(
        say(
            "There is no data set {name}; known are {known}, or give the path of {openings}.",
            name=spec or "“”",
            known=", ".join(NAMES),
            openings=_either(opening.what for opening in openings()),
        )
    )


def _no_format(path: Path) -> Message:
    if path.is_dir():
        return say(
            "{folder} holds nothing to train on; choose {openings}.",
            folder=str(path),
            openings=_either(opening.what for opening in openings()),
        )
    if path.name.lower().endswith(_ARCHIVES):
        return say(
            "{path} is an archive; unpack it and choose what was in it.",
            path=str(path),
        )
    return say(
        "{path} is a file; choose {openings}.",
        path=str(path),
        openings=_either(opening.what for opening in openings()),
    )


def _either(choices: Iterable[Message]) -> Message:
    """``a, b or c``."""
    first, *others = choices
    result = first
    for choice in others[:-1]:
        result = say("{first}, {second}", first=result, second=choice)
    return say("{first} or {last}", first=result, last=others[-1]) if others else first
