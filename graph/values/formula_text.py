"""Reads the text of a formula into a tree, without Python's own parser.

The language is a part of Python's expressions: numbers, words in quotation marks, names, calls,
tuples, the usual signs, comparisons, and, or, not, if-else. The trees are those of ``ast``, so that
``ast.unparse`` writes them. The interpreter's parser is not asked, because a project that is
opened must run nothing, and a watcher cannot tell parsing from compiling.
"""

from __future__ import annotations

import ast
import keyword
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass


class NotFormulaError(ValueError):
    """The text is no expression at all."""


class Foreign(ast.expr):
    """Stands for a text with signs or words that no formula has, such as brackets or ``lambda``."""

    _fields = ()


_TOKEN = re.compile(
    r"""(?P<space>[ \t\f]+)
    |(?P<number>(?:\d(?:_?\d)*\.?(?:\d(?:_?\d)*)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?)
    |(?P<word>[^\W\d]\w*)
    |(?P<text>'[^'\\\n]*'|"[^"\\\n]*")
    |(?P<sign>\*\*|//|==|!=|<=|>=|[-+*/%<>(),])""",
    re.VERBOSE,
)
_LITERALS: Mapping[str, bool | None] = {"True": True, "False": False, "None": None}
_OWN_WORDS = frozenset({"and", "or", "not", "if", "else"})
_PREFIXES = frozenset({"r", "u", "b", "f", "t", "br", "rb", "fr", "rf", "tr", "rt"})
_FOREIGN_WORDS = frozenset(keyword.kwlist) - _OWN_WORDS - _LITERALS.keys()

TERNARY, OR, AND, NOT, COMPARE, SUM, PRODUCT, UNARY, POWER = range(9)
"""How tightly signs bind, from the loosest."""

_BINARY: Mapping[str, tuple[int, type[ast.operator]]] = {
    "+": (SUM, ast.Add),
    "-": (SUM, ast.Sub),
    "*": (PRODUCT, ast.Mult),
    "/": (PRODUCT, ast.Div),
    "//": (PRODUCT, ast.FloorDiv),
    "%": (PRODUCT, ast.Mod),
}
_COMPARED: Mapping[str, type[ast.cmpop]] = {
    "==": ast.Eq,
    "!=": ast.NotEq,
    "<": ast.Lt,
    "<=": ast.LtE,
    ">": ast.Gt,
    ">=": ast.GtE,
}
_JOINED: Mapping[str, tuple[int, type[ast.boolop]]] = {"or": (OR, ast.Or), "and": (AND, ast.And)}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # number, word, text, sign; empty at the end
    text: str


_END = _Token("", "")


def read_formula(text: str) -> ast.expr:
    """The tree of a formula. Raises NotFormulaError where a sign or a part is missing or too many;
    gives Foreign where the text uses what no formula has."""
    tokens = _tokens(text.strip())
    if tokens is None:
        return Foreign()
    reader = _Reader(tokens)
    found = reader.several()
    reader.expect("")
    return found


def _tokens(text: str) -> list[_Token] | None:
    found: list[_Token] = []
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            return None
        place = match.end()
        kind = match.lastgroup or ""
        if kind == "space":
            continue
        if kind == "word" and (not match.group().isidentifier() or match.group() in _FOREIGN_WORDS):
            return None
        if kind == "number" and _goes_on(match.group(), text[place:]):
            return None  # 0x10, 1j and the like
        if kind == "text" and found and _belongs(found[-1], text[: match.start()]):
            return None
        found.append(_Token(kind, match.group()))
    return found


def _goes_on(number: str, rest: str) -> bool:
    """Whether letters behind a number are more of it: none of ``1if`` are, as in Python."""
    word = re.match(r"\w+", rest)
    return word is not None and (number == "0" or word.group() not in _OWN_WORDS)


def _belongs(before: _Token, text: str) -> bool:
    """Whether a text in quotation marks goes on one before it, or has a prefix such as r''."""
    prefixed = before.kind == "word" and text.endswith(before.text)
    return before.kind == "text" or (prefixed and before.text.lower() in _PREFIXES)


class _Reader:
    """Reads by precedence: ``expression(level)`` takes what binds at least as tightly."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._place = 0

    @property
    def _next(self) -> _Token:
        return self._tokens[self._place] if self._place < len(self._tokens) else _END

    def _take(self) -> _Token:
        token = self._next
        self._place += 1
        return token

    def _takes(self, text: str) -> bool:
        """Whether this sign or word comes next; it is then taken."""
        if self._next.text != text or self._next.kind not in ("sign", "word"):
            return False
        self._place += 1
        return True

    def expect(self, text: str) -> None:
        """Take a sign, or be at the end. Raises NotFormulaError."""
        if text == "" and self._next is _END:
            return
        if not self._takes(text):
            raise NotFormulaError

    def several(self) -> ast.expr:
        """Expressions with commas between are a tuple."""
        first = self.expression(TERNARY)
        if self._next.text != ",":
            return first
        items = [first]
        while self._takes(","):
            if self._next is _END or self._next.text == ")":
                break
            items.append(self.expression(TERNARY))
        return ast.Tuple(items, ast.Load())

    def expression(self, level: int) -> ast.expr:
        left = self._prefix(level)
        while True:
            sign = self._next.text if self._next.kind in ("sign", "word") else ""
            if sign in _BINARY and _BINARY[sign][0] >= level:
                self._place += 1
                binds, kind = _BINARY[sign]
                left = ast.BinOp(left, kind(), self.expression(binds + 1))
            elif sign in _COMPARED and level <= COMPARE:
                left = self._comparison(left)
            elif sign in _JOINED and _JOINED[sign][0] >= level:
                binds, joint = _JOINED[sign]
                values = [left]
                while self._takes(sign):
                    values.append(self.expression(binds + 1))
                left = ast.BoolOp(joint(), values)
            elif sign == "if" and level == TERNARY:
                self._place += 1
                test = self.expression(OR)
                self.expect("else")
                return ast.IfExp(test, left, self.expression(TERNARY))
            else:
                return left

    def _comparison(self, left: ast.expr) -> ast.expr:
        ops: list[ast.cmpop] = []
        others: list[ast.expr] = []
        while self._next.kind == "sign" and self._next.text in _COMPARED:
            ops.append(_COMPARED[self._take().text]())
            others.append(self.expression(SUM))
        return ast.Compare(left, ops, others)

    def _prefix(self, level: int) -> ast.expr:
        if level <= NOT and self._takes("not"):
            return ast.UnaryOp(ast.Not(), self.expression(NOT))
        if level <= UNARY and self._takes("-"):
            return ast.UnaryOp(ast.USub(), self.expression(UNARY))
        if level <= UNARY and self._takes("+"):
            return ast.UnaryOp(ast.UAdd(), self.expression(UNARY))
        found = self._called(self._atom())
        if self._takes("**"):
            return ast.BinOp(found, ast.Pow(), self.expression(UNARY))
        return found

    def _called(self, found: ast.expr) -> ast.expr:
        while self._takes("("):
            arguments: list[ast.expr] = []
            while not self._takes(")"):
                arguments.append(self.expression(TERNARY))
                if not self._takes(","):
                    self.expect(")")
                    break
            found = ast.Call(found, arguments, [])
        return found

    def _atom(self) -> ast.expr:
        token = self._take()
        if token.kind == "number":
            return ast.Constant(_number(token.text))
        if token.kind == "text":
            return ast.Constant(token.text[1:-1])
        if token.kind == "word" and token.text in _LITERALS:
            return ast.Constant(_LITERALS[token.text])
        if token.kind == "word" and token.text not in _OWN_WORDS:
            return ast.Name(unicodedata.normalize("NFKC", token.text), ast.Load())
        if token.kind == "sign" and token.text == "(":
            if self._takes(")"):
                return ast.Tuple([], ast.Load())
            found = self.several()
            self.expect(")")
            return found
        raise NotFormulaError


def _number(text: str) -> int | float:
    if text.replace("_", "").isdecimal():
        if text[0] == "0" and text.strip("0_"):
            raise NotFormulaError  # 012, which is no number in Python
        return int(text)
    return float(text)
