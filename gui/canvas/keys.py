"""What keys do on the canvas: a table from keys to the functions of its parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from gui.canvas.adding import Adding
from gui.canvas.camera import Camera
from gui.canvas.editing import Editing

Key = Qt.Key
Modifier = Qt.KeyboardModifier
PLAIN = Modifier.NoModifier
CONTROL = Modifier.ControlModifier
SHIFT = Modifier.ShiftModifier
ALT = Modifier.AltModifier

ARROWS = {
    Key.Key_Left: (-1, 0),
    Key.Key_Right: (1, 0),
    Key.Key_Up: (0, -1),
    Key.Key_Down: (0, 1),
}


@dataclass(frozen=True, slots=True)
class Hands:
    """What keys work with."""

    camera: Camera
    adding: Adding
    editing: Editing
    escape: Callable[[], None]
    leave: Callable[[bool], None]
    """Gives the keyboard to the next area, or to the one before."""


def handle(hands: Hands, event: QKeyEvent) -> bool:
    """Do what a key means; False if it means nothing here."""
    key = Key(event.key())
    held = event.modifiers() & ~Modifier.KeypadModifier
    if key in ARROWS:
        return _arrow(hands, ARROWS[key], held)
    action = _actions(hands).get((key, held))
    if action is None and key in (Key.Key_Plus, Key.Key_Equal) and not held & ~SHIFT:
        action = _zoom(hands, 1)
    if action is None:
        return False
    action()
    return True


def _zoom(hands: Hands, step: int) -> Callable[[], None]:
    return lambda: hands.camera.zoom_step(step)


def _actions(hands: Hands) -> dict[tuple[Qt.Key, Qt.KeyboardModifier], Callable[[], None]]:
    camera, adding, editing = hands.camera, hands.adding, hands.editing
    return {
        (Key.Key_Tab, PLAIN): lambda: adding.open_search(False),
        (Key.Key_Backtab, SHIFT): lambda: adding.open_search(True),
        (Key.Key_Backtab, PLAIN): lambda: adding.open_search(True),
        (Key.Key_Tab, SHIFT): lambda: adding.open_search(True),
        (Key.Key_Delete, PLAIN): lambda: editing.delete(True),
        (Key.Key_Delete, SHIFT): lambda: editing.delete(False),
        (Key.Key_Backspace, PLAIN): editing.delete_or_leave,
        (Key.Key_Return, PLAIN): editing.open_block,
        (Key.Key_Enter, PLAIN): editing.open_block,
        (Key.Key_Backspace, CONTROL): editing.cut_wires,
        (Key.Key_D, CONTROL): lambda: editing.duplicate(False),
        (Key.Key_D, CONTROL | SHIFT): lambda: editing.duplicate(True),
        (Key.Key_C, CONTROL): editing.copy,
        (Key.Key_X, CONTROL): editing.cut,
        (Key.Key_V, CONTROL): editing.paste,
        (Key.Key_A, CONTROL): editing.select_all,
        (Key.Key_F, PLAIN): camera.fit_all,
        (Key.Key_F, SHIFT): camera.fit_selection,
        (Key.Key_1, PLAIN): lambda: camera.set_zoom(1.0),
        (Key.Key_Minus, PLAIN): _zoom(hands, -1),
        (Key.Key_L, PLAIN): editing.arrange,
        (Key.Key_F2, PLAIN): editing.rename,
        (Key.Key_F6, PLAIN): lambda: hands.leave(True),
        (Key.Key_F6, SHIFT): lambda: hands.leave(False),
        (Key.Key_Escape, PLAIN): hands.escape,
    }


def _arrow(hands: Hands, direction: tuple[int, int], held: Qt.KeyboardModifier) -> bool:
    if held == ALT and direction[1]:
        hands.editing.reorder_or_leave(direction[1])
    elif held == CONTROL:
        hands.editing.nudge(direction, 10.0)
    elif held == CONTROL | SHIFT:
        hands.editing.nudge(direction, 1.0)
    elif held in (PLAIN, SHIFT):
        hands.editing.walk(direction, bool(held & SHIFT))
    else:
        return False
    return True
