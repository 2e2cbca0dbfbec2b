"""A line of text for a number: what was typed is kept, and read as a number where it is one."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QToolButton, QWidget

from gui.appearance.icons import icon
from gui.appearance.theme import current
from gui.language.text import MINUS, THIN_SPACE

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_REAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]{1,4})?", re.IGNORECASE)
_UNDO = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)


def parse(text: str, *, real: bool = False) -> int | float | str:
    """The number that a person wrote, or the text itself."""
    plain = text.strip().replace(THIN_SPACE, "").replace(" ", "").replace(MINUS, "-")
    if _WHOLE.fullmatch(plain):
        return float(plain) if real else int(plain)
    plain = plain.replace(",", ".")
    if real and _REAL.fullmatch(plain):
        return float(plain)
    return text.strip()


def small_button(name: str, parent: QWidget) -> QToolButton:
    """A button that fits into a row of a form."""
    button = QToolButton(parent)
    button.setIcon(icon(name))
    side = current().size("field")
    button.setIconSize(QSize(side - 8, side - 8))
    button.setStyleSheet(
        f"QToolButton {{ padding: 0; min-width: {side - 2}px; max-width: {side - 2}px;"
        f" min-height: {side - 2}px; max-height: {side - 2}px; }}"
    )
    return button


class Entry(QLineEdit):
    """A line of text with its unit or allowed values inside, at the right end.

    Up and down change a whole number. Undo and redo belong to the document, not to the line.
    """

    def __init__(self, parent: QWidget, *, steps: bool = False) -> None:
        super().__init__(parent)
        self._hint = ""
        self._steps = steps
        self.setFont(current().font("mono"))
        self.setMinimumWidth(current().pixels(30))

    def set_hint(self, text: str) -> None:
        """Show a unit or the allowed values."""
        if text != self._hint:
            self._hint = text
            self.update()

    def hint(self) -> str:
        return self._hint

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and any(event.matches(key) for key in _UNDO)
        ):
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        value = parse(self.text())
        if step is None or not self._steps or not isinstance(value, int):
            super().keyPressEvent(event)
            return
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            step *= 10
        self.setText(str(value + step))
        self.textEdited.emit(self.text())

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._hint:
            return
        theme = current()
        painter = QPainter(self)
        painter.setFont(theme.font("small"))
        painter.setPen(theme.text.tertiary)
        margin = theme.pixels(7)
        taken = self.fontMetrics().horizontalAdvance(self.text()) + 2 * margin
        room = QRect(taken, 0, self.width() - taken - margin, self.height())
        if painter.fontMetrics().horizontalAdvance(self._hint) <= room.width():
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(room, flags, self._hint)
        painter.end()
