"""A language that no person speaks: every collected text with an accent on each of its letters.

Spoken by the program it tells what is translated and what is not: plain letters are those of a
text that no tool has collected, of a name that somebody gave, or of torch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from graph.values.language import ENGLISH, speak
from tools.visible_texts import Texts, collect, read_program

_PLAIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ACCENTED = "ÁƁĆĐÉƑǴĦÍĴĶĹḾŃÓṔɊŔŚŤÚṼẂẊÝŹáƀćđéƒǵħíĵķĺḿńóṕɋŕśťúṽẃẋýź"
_ACCENTS = str.maketrans(_PLAIN, _ACCENTED)
_NAMES = re.compile(r"(\{[^}]*\})")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]+")


def accented(template: str) -> str:
    """The text with accents, but for the names in braces."""
    parts = _NAMES.split(template)
    return "".join(part if part.startswith("{") else part.translate(_ACCENTS) for part in parts)


class Pseudo:
    """Translates what is among ``texts``."""

    def __init__(self, texts: Texts) -> None:
        self._one = {one for one, many in texts if not many}
        self._counted = {key for key in texts if key[1]}

    def gettext(self, message: str) -> str:
        return accented(message) if message in self._one else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        text = msgid1 if n == 1 else msgid2
        return accented(text) if (msgid1, msgid2) in self._counted else text


@cache
def visible() -> Texts:
    """All texts that a tool has collected."""
    return collect(read_program())


@contextmanager
def pseudo_language() -> Iterator[None]:
    """Speak it for a while."""
    speak(Pseudo(visible()))
    try:
        yield
    finally:
        speak(ENGLISH)


@cache
def _finding(names: frozenset[str]) -> re.Pattern[str]:
    """What finds names where they stand as whole words, the longest first."""
    ordered = sorted(names, key=len, reverse=True)
    return re.compile(
        "|".join(rf"(?<![A-Za-z0-9_]){re.escape(n)}(?![A-Za-z0-9_])" for n in ordered)
    )


def has_plain_words(text: str, names: frozenset[str]) -> bool:
    """Whether a text has words without accents, besides ``names``."""
    return _WORD.search(_finding(names).sub("", text)) is not None
