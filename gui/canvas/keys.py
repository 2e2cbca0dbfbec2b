"""What keys do on the canvas: a table from keys to the view's methods."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

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


def handle(view: CanvasView, event: QKeyEvent) -> bool:
    """Do what a key means; False if it means nothing here."""
    key = Key(event.key())
    held = event.modifiers() & ~Modifier.KeypadModifier
    if key in ARROWS:
        return _arrow(view, ARROWS[key], held)
    action = _actions(view).get((key, held))
    if action is None and key in (Key.Key_Plus, Key.Key_Equal) and not held & ~SHIFT:
        action = _zoom(view, 1)
    if action is None:
        return False
    action()
    return True


def _zoom(view: CanvasView, step: int) -> Callable[[], None]:
    return lambda: view.zoom_step(step)


def _actions(
    view: CanvasView,
) -> dict[tuple[Qt.Key, Qt.KeyboardModifier], Callable[[], None]]:
    return {
        (Key.Key_Tab, PLAIN): lambda: view.open_search(False),
        (Key.Key_Backtab, SHIFT): lambda: view.open_search(True),
        (Key.Key_Backtab, PLAIN): lambda: view.open_search(True),
        (Key.Key_Tab, SHIFT): lambda: view.open_search(True),
        (Key.Key_Delete, PLAIN): lambda: view.delete_selection(True),
        (Key.Key_Delete, SHIFT): lambda: view.delete_selection(False),
        (Key.Key_Backspace, PLAIN): view.delete_or_leave,
        (Key.Key_Return, PLAIN): view.open_block,
        (Key.Key_Enter, PLAIN): view.open_block,
        (Key.Key_Backspace, CONTROL): view.cut_selected_wires,
        (Key.Key_D, CONTROL): lambda: view.duplicate(False),
        (Key.Key_D, CONTROL | SHIFT): lambda: view.duplicate(True),
        (Key.Key_C, CONTROL): view.copy,
        (Key.Key_X, CONTROL): view.cut,
        (Key.Key_V, CONTROL): view.paste,
        (Key.Key_A, CONTROL): view.select_all,
        (Key.Key_F, PLAIN): view.fit,
        (Key.Key_F, SHIFT): view.fit_selection,
        (Key.Key_1, PLAIN): lambda: view.set_zoom(1.0),
        (Key.Key_Minus, PLAIN): _zoom(view, -1),
        (Key.Key_L, PLAIN): view.arrange,
        (Key.Key_F2, PLAIN): view.rename_selected,
        (Key.Key_F6, PLAIN): lambda: view.leave(True),
        (Key.Key_F6, SHIFT): lambda: view.leave(False),
        (Key.Key_Escape, PLAIN): view.escape,
    }


def _arrow(view: CanvasView, direction: tuple[int, int], held: Qt.KeyboardModifier) -> bool:
    if held == ALT and direction[1]:
        view.reorder_inputs(direction[1])
    elif held == CONTROL:
        view.nudge(direction, 10.0)
    elif held == CONTROL | SHIFT:
        view.nudge(direction, 1.0)
    elif held in (PLAIN, SHIFT):
        view.walk(direction, bool(held & SHIFT))
    else:
        return False
    return True
