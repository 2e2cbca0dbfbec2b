"""Numbers as a person reads them, and sentences in the language that is spoken."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest

from graph.values.language import ENGLISH, declared, speak
from graph.values.message import say
from gui.language.text import (
    duration,
    full,
    memory,
    number,
    percent,
    shape,
    short,
    tr,
    tr_count,
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (full(18432), "18\u2009432"),
        (full(-1000), "−1\u2009000"),
        (short(800), "800"),
        (short(18432), "18.4\u00a0k"),
        (short(3612672), "3.61\u00a0M"),
        (short(999_999), "1.00\u00a0M"),
        (short(1.5e9), "1.50\u00a0G"),
        (short(math.nan), "NaN"),
        (memory(512), "512\u00a0B"),
        (memory(6.13 * 2**20), "6.13\u00a0MiB"),
        (memory(288 * 2**10), "288\u00a0KiB"),
        (shape((64, 14, 14)), "64×14×14"),
        (duration(57), "00:57"),
        (duration(3729), "1:02:09"),
        (duration(math.inf), "–"),
        (percent(0.389), "38.9\u00a0%"),
        (percent(0.921, 2), "92.10\u00a0%"),
        (number(0.1834), "0.183"),
        (number(-0.021), "−0.0210"),
        (number(8.4e-6), "8.4e−6"),
        (number(-math.inf), "−∞"),
    ],
)
def test_numbers_read_as_designed(written: str, expected: str) -> None:
    assert written == expected


class German:
    """Knows a few sentences; one of them lost its argument's name."""

    def gettext(self, message: str) -> str:
        table = {
            "{node} has no input": "{node}: kein Eingang",
            "{name} is saved": "{nom} ist gespeichert",
            "Number of filters.": "Anzahl der Filter.",
        }
        return table.get(message, message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return "{n} Schicht" if n == 1 else "{n} Schichten"


@pytest.fixture
def german() -> Iterator[None]:
    speak(German())
    yield
    speak(ENGLISH)


@pytest.mark.usefixtures("german")
def test_sentences_are_in_the_language_that_is_spoken() -> None:
    assert tr("{node} has no input", node="a{b}") == "a{b}: kein Eingang"
    assert tr("Open") == "Open"
    nested = say("{node} has no input", node="conv1")
    assert tr("Look: {what}", what=nested) == "Look: conv1: kein Eingang"


@pytest.mark.usefixtures("german")
def test_a_translation_that_lost_an_argument_is_not_shown() -> None:
    assert tr("{name} is saved", name="a.py") == "a.py is saved"


@pytest.mark.usefixtures("german")
def test_what_is_counted_is_written_with_all_digits() -> None:
    assert tr_count("{n} layer", "{n} layers", 1) == "1 Schicht"
    assert tr_count("{n} layer", "{n} layers", 18432) == "18\u2009432 Schichten"
    assert tr_count("{n} layer", "{n} layers", 18432, n="18.4 k") == "18.4 k Schichten"


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize("text", ["", "What {I} wrote.", "a}b{"])
def test_what_a_person_declared_stays(text: str) -> None:
    assert declared(text) == text
    assert declared("Number of filters.") == "Anzahl der Filter."
