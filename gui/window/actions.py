"""What can be done with the window as a whole."""

from __future__ import annotations

from collections.abc import Callable

from gui.actions.action import Action
from gui.actions.menus import FILE, HELP, WINDOW
from gui.language.text import tr
from gui.window.front import Front
from gui.window.teller import Teller


def window_actions(front: Front, teller: Teller, close: Callable[[], object]) -> tuple[Action, ...]:
    """The actions of a window; ``close`` ends it."""
    return (
        Action("start", tr("Start page"), FILE.at(4, 1), front.show_start, ("Ctrl+Shift+H",)),
        Action("quit", tr("Quit"), FILE.at(5, 1), close, ("Ctrl+Q",)),
        Action(
            "next_area",
            tr("Next area"),
            WINDOW.at(2, 1),
            lambda: front.move_area(1),
            ("F6",),
        ),
        Action(
            "previous_area",
            tr("Previous area"),
            WINDOW.at(2, 2),
            lambda: front.move_area(-1),
            ("Shift+F6",),
        ),
        Action("about", tr("About ConvLoom"), HELP.at(2, 1), teller.tell_about, icon="info"),
    )
