"""Tables of colours: files beside masks that say which colour stands for which class.

A line has a name and three numbers, red, green and blue, in the form of CamVid
(``64 128 64  Animal``), of ``class_dict.csv`` (``Animal,64,128,64``) or of CVAT's ``labelmap.txt``
(``Animal:64,128,64::``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from backend.data.base.class_names import read_text
from graph.document.files import reason_of
from graph.values.message import Message, UserError, say, say_count, verbatim

TABLE_FILES = (
    *("class_dict.csv", "class_dict_seg.csv", "classes.csv"),
    *("labelmap.txt", "label_colors.txt", "label_colours.txt", "colormap.txt"),
)
"""The names such files have, in the order in which they are looked for."""
_BYTES_CEILING = 1 << 20
_CLASS_CEILING = 255
_NUMBERS = r"([0-9]{1,3})[\s,;]+([0-9]{1,3})[\s,;]+([0-9]{1,3})"
_COLOUR_FIRST = re.compile(rf"{_NUMBERS}[\s,;:]+(?P<name>[^\s,;:].*)")
_NAME_FIRST = re.compile(rf"(?P<name>.*[^\s,;:])[\s,;:]+{_NUMBERS}(?:[\s,;:].*)?")


@dataclass(frozen=True, slots=True)
class ClassTable:
    """Colours 0xRRGGBB with the name of their class, in the order of the file."""

    path: Path
    colours: tuple[tuple[int, str], ...]


def find_table(folders: Iterable[Path]) -> ClassTable | None:
    """The first table in some folders, if there is one. Raises UserError for one that cannot be
    used."""
    for folder in folders:
        for name in TABLE_FILES:
            if (folder / name).is_file():
                return read_table(folder / name)
    return None


def read_table(path: Path) -> ClassTable:
    """The colours of a file. A first line without numbers is its head; blank lines and comments
    (``#``) do not count. Raises UserError for any other line that is none of a table."""
    try:
        if path.stat().st_size > _BYTES_CEILING:
            raise _refusal(path, say("it is too large"))
        lines = read_text(path.read_bytes()).splitlines()
    except UnicodeDecodeError as error:
        raise _refusal(path, say("it is not UTF-8 text")) from error
    except OSError as error:
        raise _refusal(path, verbatim(reason_of(error))) from error
    found: dict[int, str] = {}
    for number, line in enumerate(lines, 1):
        text = line.strip()
        match = _COLOUR_FIRST.fullmatch(text) or _NAME_FIRST.fullmatch(text)
        if match is None:
            if text and not text.startswith("#") and number > 1:
                raise _refusal(path, say("line {n} has no name with a colour", n=number))
            continue
        red, green, blue = (int(part) for part in match.groups() if part.isdecimal())
        if max(red, green, blue) > 255:
            raise _refusal(path, say("line {n} has a number above 255", n=number))
        colour = red << 16 | green << 8 | blue
        if colour in found:
            raise _refusal(path, say("line {n} has a colour for the second time", n=number))
        found[colour] = match["name"].strip("\"' ")
    if not 2 <= len(found) <= _CLASS_CEILING:
        raise _refusal(path, say_count("it has {n} colour", "it has {n} colours", len(found)))
    return ClassTable(path, tuple(found.items()))


def _refusal(path: Path, why: Message) -> UserError:
    return UserError(
        say(
            "{path} cannot be used as a table of colours: {why}. Write a name and three numbers "
            "for each class in a line, as in {example}, or leave the file out.",
            path=str(path),
            why=why,
            example="road,128,64,128",
        )
    )
