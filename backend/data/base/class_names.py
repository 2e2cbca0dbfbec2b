"""Lists of class names: text files with one name a line, the first that of class 0."""

from __future__ import annotations

import codecs
from pathlib import Path

from graph.document.files import reason_of
from graph.values.message import Message, UserError, say, say_count, verbatim

CLASS_FILE = "classes.txt"
_BYTES_CEILING = 1 << 20


def read_class_names(path: Path, most: int | None = None) -> tuple[str, ...]:
    """The names in a file, in order; blank lines do not count.

    The text is UTF-8, with or without its mark, or UTF-16 with one. Raises UserError if it is
    another, has a name twice, fewer than two names, or more than ``most``.
    """
    try:
        if path.stat().st_size > _BYTES_CEILING:
            raise _refusal(path, say("it is too large"))
        lines = read_text(path.read_bytes()).splitlines()
    except UnicodeDecodeError as error:
        raise _refusal(path, say("it is not UTF-8 text")) from error
    except OSError as error:
        raise _refusal(path, verbatim(reason_of(error))) from error
    names = tuple(line.strip() for line in lines if line.strip())
    twice = next((name for number, name in enumerate(names) if name in names[:number]), None)
    if not all(name.isprintable() for name in names):
        raise _refusal(path, say("it is not UTF-8 text"))
    if twice is not None:
        raise _refusal(path, say("it has the name {name} twice", name=twice))
    if len(names) < 2 or len(names) > (most or len(names)):
        raise _refusal(path, say_count("it has {n} name", "it has {n} names", len(names)))
    return names


def read_text(content: bytes) -> str:
    """Text in UTF-8, or in UTF-16 if it says so. Raises UnicodeDecodeError."""
    utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if utf16 else "utf-8-sig")


def _refusal(path: Path, why: Message) -> UserError:
    return UserError(
        say(
            "{path} cannot be used as a list of class names: {why}. Write the name of one class "
            "in each line as UTF-8 text, each once, or leave the file out.",
            path=str(path),
            why=why,
        )
    )
