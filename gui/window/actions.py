"""What can be done with the window as a whole."""

from __future__ import annotations

from typing import Protocol

from gui.actions.action import Action
from gui.actions.menus import FILE, HELP, WINDOW
from gui.language.text import tr


class Shell(Protocol):
    """What a window can do with itself."""

    def show_start(self) -> None: ...

    def close(self) -> bool: ...

    def move_area(self, step: int) -> None: ...

    def tell_about(self) -> None: ...


def window_actions(window: Shell) -> tuple[Action, ...]:
    """The actions of a window."""
    return (
        Action("start", tr("Start page"), FILE.at(4, 1), window.show_start, ("Ctrl+Shift+H",)),
        Action("quit", tr("Quit"), FILE.at(5, 1), window.close, ("Ctrl+Q",)),
        Action(
            "next_area",
            tr("Next area"),
            WINDOW.at(2, 1),
            lambda: window.move_area(1),
            ("F6",),
        ),
        Action(
            "previous_area",
            tr("Previous area"),
            WINDOW.at(2, 2),
            lambda: window.move_area(-1),
            ("Shift+F6",),
        ),
        Action("about", tr("About ConvLoom"), HELP.at(2, 1), window.tell_about, icon="info"),
    )
