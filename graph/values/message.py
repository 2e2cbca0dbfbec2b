"""Sentences for the user as data: a template and named arguments.

What is shown is translated as it is shown, by ``text``; everything else keeps the English text,
``str(message)``. A template is a literal in the source, so that tools can collect all of them;
what a person wrote is an argument and never a template.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

from graph.values.language import ENGLISH, Translator, spoken

Argument = Union[str, int, float, "Message"]


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence. ``arguments`` are sorted pairs, so that messages compare and hash. Where
    ``count`` chooses the form, ``template`` is for one and ``plural`` for any other number."""

    template: str
    arguments: tuple[tuple[str, Argument], ...] = ()
    plural: str = ""
    count: int = 1

    def text(self) -> str:
        """The sentence in the user's language; in English if a translation does not fit it."""
        try:
            return self._written(spoken())
        except (LookupError, ValueError):
            return str(self)

    def __str__(self) -> str:
        return self._written(ENGLISH)

    def _written(self, translator: Translator) -> str:
        if self.plural:
            template = translator.ngettext(self.template, self.plural, self.count)
        else:
            template = translator.gettext(self.template)
        values = {
            name: value._written(translator) if isinstance(value, Message) else value
            for name, value in self.arguments
        }
        return template.format(**values)


def say(template: str, /, **arguments: Argument) -> Message:
    """Build a message: ``say("{node} has no input", node="conv1")``."""
    return Message(template, tuple(sorted(arguments.items())))


def say_count(one: str, many: str, count: int, /, **arguments: Argument) -> Message:
    """Build a message about ``count`` things: ``say_count("{n} image", "{n} images", 3)``.

    ``n`` is the count unless an argument gives it as it is written. A language may have more forms
    than two, so a sentence holds one count; others are messages among its arguments.
    """
    return Message(one, tuple(sorted({"n": count, **arguments}.items())), many, count)


def verbatim(text: str) -> Message:
    """What a person or another library wrote, as it stands: no template, whatever it holds."""
    return say("{text}", text=text)


class UserError(Exception):
    """Something the user can mend. ``message`` is the sentence to show; never a traceback."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


def message_of(error: Exception) -> Message:
    """What to tell of an error: its own sentence, or what another library says of it."""
    return error.message if isinstance(error, UserError) else verbatim(str(error))
