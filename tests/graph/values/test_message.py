"""Messages: what they say, in which language, and that nobody's braces count."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from graph.values.language import ENGLISH, speak
from graph.values.message import Message, UserError, message_of, say, say_count, verbatim

HOSTILE = ("{x}", "a}b{", "{", "}", "{0}", "{}", "{n!r:>{n}}", "%s %(x)s", "$x ${x}", "{{x}}")


class Slavic:
    """Answers in capitals, with a third form for two to four: what a translation may need."""

    def gettext(self, message: str) -> str:
        return {"broken {n}": "{m}", "torn {n}": "{n"}.get(message, message.replace("node", "УЗЕЛ"))

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        assert msgid1 == "{n} image"
        forms = ("{n} снимок", "{n} снимка", "{n} снимков")
        few = 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14
        return forms[0 if n % 10 == 1 and n % 100 != 11 else 1 if few else 2]


@pytest.fixture
def slavic() -> Iterator[None]:
    speak(Slavic())
    yield
    speak(ENGLISH)


def images(n: int) -> Message:
    return say_count("{n} image", "{n} images", n)


def test_a_message_fills_in_its_arguments() -> None:
    message = say("{node} has {n} inputs", node="conv1", n=2)
    assert message.text() == str(message) == "conv1 has 2 inputs"
    assert message == say("{node} has {n} inputs", n=2, node="conv1")
    assert len({message, say("{node} has {n} inputs", n=2, node="conv1")}) == 1


def test_a_count_chooses_the_form() -> None:
    assert [str(images(n)) for n in (0, 1, 2)] == ["0 images", "1 image", "2 images"]
    assert images(1) != images(2)
    written = say_count("one image", "{n} images", 18432, n="18 432")
    assert written.text() == "18 432 images"
    assert say_count("one image", "{n} images", 1).text() == "one image"


@pytest.mark.usefixtures("slavic")
def test_another_language_has_as_many_forms_as_it_needs() -> None:
    texts = [images(n).text() for n in (1, 2, 5, 11, 22, 31)]
    assert texts == [
        "1 снимок",
        "2 снимка",
        "5 снимков",
        "11 снимков",
        "22 снимка",
        "31 снимок",
    ]
    whole = say("the node: {what}", what=images(3))
    assert whole.text() == "the УЗЕЛ: 3 снимка"
    assert str(whole) == "the node: 3 images"


@pytest.mark.usefixtures("slavic")
@pytest.mark.parametrize("template", ["broken {n}", "torn {n}"])
def test_a_translation_that_does_not_fit_is_not_shown(template: str) -> None:
    message = Message(template, (("n", 3),))
    assert message.text() == template.replace("{n}", "3")
    assert say("{what}!", what=message).text() == message.text() + "!"


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_person_wrote_is_never_a_template(text: str) -> None:
    assert verbatim(text).text() == text
    outer = say("{name}: {why}", name=text, why=say("no {thing}", thing=verbatim(text)))
    assert outer.text() == f"{text}: no {text}"
    assert say_count("{n} of {what}", "{n} of {what}", 2, what=text).text() == f"2 of {text}"


@pytest.mark.parametrize("text", HOSTILE)
def test_errors_of_others_are_told_as_they_are(text: str) -> None:
    assert message_of(ValueError(text)).text() == text
    assert message_of(UserError(say("{path} is bad", path=text))).text() == f"{text} is bad"
    assert str(UserError(verbatim(text))) == text
