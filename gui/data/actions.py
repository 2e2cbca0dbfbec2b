"""What can be done about the data of a training."""

from __future__ import annotations

from collections.abc import Callable

from gui.actions.action import Action
from gui.actions.menus import DATA
from gui.language.text import tr


def data_actions(open_folder: Callable[[], None]) -> tuple[Action, ...]:
    """The actions of the choice of data; ``open_folder`` asks for images and takes them."""
    return (
        Action(
            "open_folder",
            tr("Open image folder…"),
            DATA.at(1, 1),
            open_folder,
            ("Ctrl+Shift+O",),
            icon="folder",
        ),
    )
