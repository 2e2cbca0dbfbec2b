"""What keys do on the canvas: its actions by their keys.

In a window most of them are shortcuts and are done before the canvas hears of them. Those that a
field over the canvas needs for itself, as Tab, Enter, Escape and the arrows, arrive only here.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from gui.actions.action import Action

SAME = {Qt.Key.Key_Return: Qt.Key.Key_Enter, Qt.Key.Key_Backtab: Qt.Key.Key_Tab}
"""Keys that a person takes for one. With Shift, Tab is Backtab."""


class KeyTable:
    """The actions of one canvas by their keys."""

    def __init__(self, actions: Iterable[Action]) -> None:
        self._actions = {QKeySequence(key): action for action in actions for key in action.keys}

    def press(self, event: QKeyEvent) -> bool:
        """Do what a key means; False if it means nothing here."""
        action = self._actions.get(_pressed(event))
        if action is None or not action.enabled():
            return False
        action.run()
        return True


def _pressed(event: QKeyEvent) -> QKeySequence:
    """The key with what is held, as an action names it."""
    key = Qt.Key(event.key())
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if key == Qt.Key.Key_Backtab:
        held |= Qt.KeyboardModifier.ShiftModifier
    return QKeySequence(QKeyCombination(held, SAME.get(key, key)))
