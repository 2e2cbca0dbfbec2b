"""The language the program speaks: a catalogue of translated texts, English where there is none.

There is one for the whole process, as a person reads one language at a time. The catalogues of
the standard library's ``gettext`` fit as they are. What is saved, compared or logged stays English.
"""

from __future__ import annotations

from gettext import NullTranslations
from typing import Protocol


class Translator(Protocol):
    """Gives a text in another language, and the text itself where it knows none."""

    def gettext(self, message: str, /) -> str:
        """The translation of an English text."""

    def ngettext(self, msgid1: str, msgid2: str, n: int, /) -> str:
        """The translation that suits a count of ``n``, from the English texts for one and many."""


ENGLISH: Translator = NullTranslations()
"""Leaves every text as it is."""

_spoken: Translator = ENGLISH


def speak(translator: Translator) -> None:
    """Give all texts from now on by ``translator``; those on the screen stay as they are."""
    global _spoken
    _spoken = translator


def spoken() -> Translator:
    """What gives the texts of the program."""
    return _spoken


def declared(text: str) -> str:
    """The text of a declaration (help, summary) in the user's language; a person's own as it is.

    A ready block brings its texts into a project in English, so where a text is known counts less
    than that it is known.
    """
    return _spoken.gettext(text) if text else ""
