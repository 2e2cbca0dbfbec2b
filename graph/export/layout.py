"""Writes Python in the layout of the ruff formatter, so that formatting it changes nothing.

An expression is text, or a Group: brackets around items. What does not fit the line is broken at
the outermost bracket: first the items on one indented line, then one item a line with a comma
behind each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

WIDTH = 88


@dataclass(frozen=True, slots=True)
class Bracketed:
    """``head(item, item)`` or, with another pair of brackets, a list."""

    head: str
    items: tuple[Expression, ...]
    brackets: str = "()"

    def __str__(self) -> str:
        inside = ", ".join(str(item) for item in self.items)
        return f"{self.head}{self.brackets[0]}{inside}{self.brackets[1]}"


@dataclass(frozen=True, slots=True)
class JoinedOperands:
    """Operands joined by one sign, ``a + b + c``, and what follows their brackets: ``/ 3``."""

    sign: str
    operands: tuple[str, ...]
    tail: str = ""

    def __str__(self) -> str:
        joined = f" {self.sign} ".join(self.operands)
        return f"({joined}) {self.tail}" if self.tail else joined


@dataclass(frozen=True, slots=True)
class Unpacked:
    """``*[element for i in range(n)]``: items made in a loop."""

    element: Bracketed
    clause: str

    def __str__(self) -> str:
        return f"*[{self.element} {self.clause}]"


Expression = str | Bracketed | JoinedOperands | Unpacked


def statement(prefix: str, value: Expression, indent: int, suffix: str = "") -> list[str]:
    """The lines of ``prefix value suffix`` at an indentation of ``indent`` spaces."""
    space = " " * indent
    line = f"{space}{prefix}{value}{suffix}"
    if len(line) <= WIDTH or isinstance(value, str):
        return [line]
    if isinstance(value, JoinedOperands):
        return _broken_chain(prefix, value, indent)
    if isinstance(value, Unpacked):
        element = statement("", value.element, indent + 4)
        clause = f"{' ' * (indent + 4)}{value.clause}"
        return [f"{space}{prefix}*[", *element, clause, f"{space}]{suffix}"]
    if not value.items:
        return [line]
    opening = f"{space}{prefix}{value.head}{value.brackets[0]}"
    inner = " " * (indent + 4)
    joined = f"{inner}{', '.join(str(item) for item in value.items)}"
    listed = len(value.items) > 1 and (not value.head or value.head.endswith("="))
    if len(joined) <= WIDTH and not listed:  # a tuple or list goes one item a line
        return [opening, joined, f"{space}{value.brackets[1]}{suffix}"]
    if len(value.items) == 1 and isinstance(value.items[0], Bracketed):
        body = statement("", value.items[0], indent + 4)
    else:
        body = [
            line for item in value.items for line in statement("", item, indent + 4, suffix=",")
        ]
    return [opening, *body, f"{space}{value.brackets[1]}{suffix}"]


def _broken_chain(prefix: str, chain: JoinedOperands, indent: int) -> list[str]:
    space, inner = " " * indent, " " * (indent + 4)
    whole = f"{inner}{JoinedOperands(chain.sign, chain.operands)}"
    first, *rest = chain.operands
    body = (
        [whole]
        if len(whole) <= WIDTH
        else [f"{inner}{first}"] + [f"{inner}{chain.sign} {operand}" for operand in rest]
    )
    return [f"{space}{prefix}(", *body, f"{space}) {chain.tail}".rstrip()]


def docstring(text: str, indent: int = 0) -> list[str]:
    """The text in triple quotes, on as many lines as it needs."""
    space = " " * indent
    line = f'{space}"""{text}"""'
    if len(line) <= WIDTH:
        return [line]
    room = WIDTH - indent
    parts = wrap(f'"""{text}', room if len(text) + 3 > room else room - 3)
    return [f"{space}{part}" for part in (*parts, '"""')]


def with_comment(lines: Sequence[str], comment: str) -> list[str]:
    """Put a comment behind a statement of one line, where the line has room for it."""
    if len(lines) == 1 and comment and len(lines[0]) + len(comment) + 4 <= WIDTH:
        return [f"{lines[0]}  # {comment}"]
    return list(lines)
