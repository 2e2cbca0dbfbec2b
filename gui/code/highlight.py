"""Colours Python source by its tokens: keywords, strings, comments, numbers, types, functions."""

from __future__ import annotations

import keyword
import re

from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat, QTextDocument

from gui.appearance.theme import current, notifier

_TOKEN = re.compile(
    r"""(?P<comment>\#.*)
    |(?P<string>"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?)
    |(?P<number>\b\d[\d_]*(?:\.\d+)?(?:e[+-]?\d+)?\b)
    |(?P<name>[A-Za-z_]\w*)""",
    re.VERBOSE | re.IGNORECASE,
)
_QUOTES = '"""'
_KEYWORDS = frozenset(keyword.kwlist)
_DEFINES = re.compile(r"\b(?:def|class)\s+$")


class PythonHighlighter(QSyntaxHighlighter):
    """Follows the theme."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._formats: dict[str, QTextCharFormat] = {}
        self._take_colours()
        notifier.changed.connect(self._restyle)

    def _restyle(self) -> None:
        self._take_colours()
        self.rehighlight()

    def _take_colours(self) -> None:
        self._formats = {}
        for name, colour in current().syntax.items():
            style = QTextCharFormat()
            style.setForeground(colour)
            self._formats[name] = style

    def highlightBlock(self, text: str) -> None:
        start = 0
        if self.previousBlockState() == 1:
            end = text.find(_QUOTES)
            start = len(text) if end < 0 else end + 3
            self.setFormat(0, start, self._formats["string"])
            if end < 0:
                self.setCurrentBlockState(1)
                return
        self.setCurrentBlockState(0)
        while start < len(text):
            opening = text.find(_QUOTES, start)
            stop = len(text) if opening < 0 else opening
            if self._colour(text, start, stop) or opening < 0:
                return
            end = text.find(_QUOTES, opening + 3)
            start = len(text) if end < 0 else end + 3
            self.setFormat(opening, start - opening, self._formats["string"])
            if end < 0:
                self.setCurrentBlockState(1)

    def _colour(self, text: str, start: int, stop: int) -> bool:
        """Colour one stretch; True if a comment took the rest of the line."""
        for token in _TOKEN.finditer(text, start, stop):
            kind = token.lastgroup or ""
            if kind == "comment":
                self.setFormat(token.start(), len(text) - token.start(), self._formats[kind])
                return True
            if kind == "name":
                kind = self._kind(text, token)
            if kind:
                self.setFormat(token.start(), token.end() - token.start(), self._formats[kind])
        return False

    def _kind(self, text: str, token: re.Match[str]) -> str:
        name = token.group()
        if name in _KEYWORDS:
            return "keyword"
        if _DEFINES.search(text[: token.start()]):
            return "type" if text.lstrip().startswith("class") else "function"
        if name[0].isupper() or name in ("int", "float", "bool", "str", "tuple"):
            return "type"
        called = text[token.end() :].startswith("(")
        return "function" if called else ""
