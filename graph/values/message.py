"""Sentences for the user as data: a template and named arguments.

The window translates the template and fills in the arguments; everything else prints the
English text. A template is a literal in the source, so that tools can collect all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Union

Argument = Union[str, int, float, "Message"]


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence. ``arguments`` are sorted pairs, so that messages compare and hash."""

    template: str
    arguments: tuple[tuple[str, Argument], ...] = ()

    def text(self, translate: Callable[[str], str] | None = None) -> str:
        """The sentence, its template passed through ``translate`` first."""
        template = translate(self.template) if translate else self.template
        values = {
            name: value.text(translate) if isinstance(value, Message) else value
            for name, value in self.arguments
        }
        return template.format(**values)

    def __str__(self) -> str:
        return self.text()


def say(template: str, /, **arguments: Argument) -> Message:
    """Build a message: ``say("{node} has no input", node="conv1")``."""
    return Message(template, tuple(sorted(arguments.items())))


class UserError(Exception):
    """Something the user can mend. ``message`` is the sentence to show; never a traceback."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)
