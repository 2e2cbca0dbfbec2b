"""The line that stands in a field's place while a formula gives its value.

It begins with ``=``. What the formula gives now stands at its right end; the words it may use are
offered while they are typed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QCompleter, QWidget

from graph.values.declaration import show
from graph.values.formula import FUNCTIONS
from gui.forms.entry import Entry
from gui.language.text import tr

SIGN = "="
_WORD = re.compile(r"[A-Za-z_][A-Za-z_0-9]*$")


class FormulaEntry(Entry):
    """``=channels * 4``"""

    typed = Signal(str)
    """The formula, without its sign."""
    replaced = Signal(str)
    """Something else was typed: the beginning of a plain value."""
    ended = Signal()
    """Escape: no formula any more."""
    focused = Signal(bool)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = QStringListModel(self)
        self._completer = QCompleter(self._words, self)
        self._completer.setWidget(self)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.activated.connect(self._complete)
        popup = self._completer.popup()
        assert popup is not None
        self._list = popup
        self.textEdited.connect(self._edited)

    def set_words(self, words: Mapping[str, Any]) -> None:
        """The words that a formula may use here, with their values."""
        self._words.setStringList([*sorted(words), *FUNCTIONS])
        known = ", ".join(f"{name} {show(value)}" for name, value in sorted(words.items()))
        self.setToolTip(tr("Known here: {words}", words=known))

    def write(self, formula: str) -> None:
        """Show a formula; tells nobody."""
        self.setText(SIGN + formula)

    def formula(self) -> str:
        """What stands here, without its sign."""
        return self.text().removeprefix(SIGN).strip()

    def words_offered(self) -> QAbstractItemView:
        """The list of words under the line, visible while there are any to choose from."""
        return self._list

    def _edited(self, text: str) -> None:
        if text and not text.startswith(SIGN):
            self._list.hide()
            self.replaced.emit(text)
            return
        self._offer()
        self.typed.emit(self.formula())

    def _offer(self) -> None:
        """Offer the words that begin with what stands before the cursor."""
        found = _WORD.search(self.text()[: self.cursorPosition()])
        if found is None:
            self._list.hide()
            return
        self._completer.setCompletionPrefix(found.group())
        if self._completer.completionCount() == 0 or (
            self._completer.completionCount() == 1
            and self._completer.currentCompletion() == found.group()
        ):
            self._list.hide()
            return
        self._list.setCurrentIndex(self._completer.completionModel().index(0, 0))
        self._completer.complete()

    def _complete(self, word: str) -> None:
        place = self.cursorPosition()
        found = _WORD.search(self.text()[:place])
        start = found.start() if found else place
        text = self.text()
        self.setText(f"{text[:start]}{word}{text[place:]}")
        self.setCursorPosition(start + len(word))
        self.typed.emit(self.formula())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        choosing = self._list.isVisible()
        if choosing and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
            event.ignore()  # the list takes it
            return
        if event.key() == Qt.Key.Key_Escape:
            if choosing:
                self._list.hide()
            else:
                self.ended.emit()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focused.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.focused.emit(False)
