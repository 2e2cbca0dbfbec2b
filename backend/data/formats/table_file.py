"""One table: its lines, and which of its columns tell files, labels and parts.

Columns are known by their names; without such names, a column in which files are found is that of
the files, and the only other one that of the labels.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import islice
from pathlib import Path, PureWindowsPath

from backend.data.base.class_names import read_text
from backend.data.pictures.folders import SUFFIXES, is_picture_name
from backend.data.pictures.splits import Role, role
from graph.document.files import reason_of
from graph.values.message import Message, UserError, say, verbatim

_PATHS = (
    *("path", "paths", "filepath", "filepaths", "file_path", "image_path", "img_path"),
    *("filename", "filenames", "file_name", "file", "files", "image_name", "image", "images"),
    *("img", "picture", "photo", "image_id", "img_id", "id", "name"),
)
_LABELS = (
    *("label_name", "class_name", "category_name", "label", "labels", "class", "classes"),
    *("classname", "category", "target", "species", "breed", "tag", "y"),
    *("class_id", "classid", "label_id", "category_id"),
)
_PARTS = ("split", "set", "subset", "part", "partition", "data_set", "dataset", "usage", "phase")
_FLAGS = ("is_valid", "is_val", "is_validation", "is_test")
"""Names of columns, the likelier first, in small letters with _ for blanks."""
_DELIMITERS = ",;\t|"
_BYTES_CEILING = 2**28
_INNER_CEILING = 100
_FEW = 8
_WIDE = 100

NumberedLine = tuple[int, list[str]]
"""Its number in the file, and its cells."""


@dataclass(frozen=True, slots=True)
class PathTable:
    """A table that was read. Columns are numbers; ``part`` and ``flag`` are -1 where there is
    none. ``named``: files and labels are known by the names of their columns."""

    path: Path
    lines: list[NumberedLine]
    file: int
    label: int
    part: int = -1
    flag: int = -1
    named: bool = False

    def part_of(self, cells: Sequence[str]) -> Role | None:
        """The part that a line tells, if the table has such a column."""
        if self.part >= 0:
            return role(cells[self.part])
        if self.flag >= 0:
            true = cells[self.flag].strip().casefold() in ("true", "1", "yes")
            return Role.VALIDATION if true else Role.TRAIN
        return None


class Nearby:
    """Whether a path of a table is found, from a few looks beside it and one folder below."""

    def __init__(self, folder: Path) -> None:
        self._places = [str(folder)]
        try:
            with os.scandir(folder) as entries:
                found = islice(entries, _INNER_CEILING)
                self._places += [entry.path for entry in found if entry.is_dir()]
        except OSError:
            pass

    def has(self, text: str) -> bool:
        """Whether there is such a file, whose name may lack its ending."""
        if not text.strip() or "\0" in text:
            return False
        plain = PureWindowsPath(text.strip())
        names = {plain.as_posix(), plain.name}
        whole = is_picture_name(plain.name)
        endings = ("",) if whole else (*SUFFIXES, *map(str.upper, SUFFIXES))
        paths = (os.path.join(p, n + e) for p in self._places for n in names for e in endings)
        return any(map(os.path.isfile, paths))


def read_table(path: Path, nearby: Nearby) -> PathTable:
    """Read a table and find its columns. Raises UserError where that cannot be done."""
    lines = _lines(path)
    if not lines:
        raise _bad(path, say("it is empty"))
    first = lines[0][1]
    head = [re.sub(r"[\s_-]+", "_", cell.strip().casefold()) for cell in first]
    file, label = _column(head, _PATHS), _column(head, _LABELS)
    named = file >= 0 and label >= 0
    has_head = file >= 0 or label >= 0 or not any(map(nearby.has, first))
    body = lines[1:] if has_head else lines
    if not body:
        raise _bad(path, say("it has no lines"))
    if file < 0:
        cells = body[0][1]
        file = next((n for n, cell in enumerate(cells) if n != label and nearby.has(cell)), -1)
    others = [number for number in range(len(first)) if number not in (file, label)]
    if file >= 0 and label < 0 and len(others) == 1:
        label = others[0]
    if file < 0 or label < 0:
        raise _bad(path, _unknown_columns(first))
    if not has_head:
        return PathTable(path, body, file, label)
    part, flag = _column(head, _PARTS), _column(head, _FLAGS)
    return PathTable(path, body, file, label, part, flag, named)


def _column(head: Sequence[str], names: Sequence[str]) -> int:
    return next((head.index(name) for name in names if name in head), -1)


def _unknown_columns(head: Sequence[str]) -> Message:
    if len(head) > _WIDE or "pixels" in [cell.strip().casefold() for cell in head]:
        return say("its columns are pixels; save the pictures as files")
    columns = ", ".join(cell.strip() for cell in head[:_FEW])
    return say("of its columns {columns} none is known to be a path and a label", columns=columns)


def _lines(path: Path) -> list[NumberedLine]:
    """The lines that hold something."""
    try:
        if path.stat().st_size > _BYTES_CEILING:
            raise _bad(path, say("it is too large"))
        content = path.read_bytes()
    except OSError as error:
        raise _bad(path, verbatim(reason_of(error))) from error
    try:
        text = read_text(content)
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")  # as older spreadsheets write
    first = text.lstrip().partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    try:
        return [(reader.line_num, cells) for cells in reader if any(map(str.strip, cells))]
    except csv.Error as error:
        raise _bad(path, verbatim(str(error))) from error


def _bad(path: Path, why: Message) -> UserError:
    return UserError(
        say(
            "{table} cannot be used as a table of pictures: {why}. It needs a column of paths and "
            "one of labels, with the names path and label in its first line.",
            table=str(path),
            why=why,
        )
    )
