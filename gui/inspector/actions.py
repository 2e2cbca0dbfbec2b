"""What can be done in the inspector from elsewhere."""

from __future__ import annotations

from collections.abc import Callable

from gui.actions.action import Action, KeyScope
from gui.actions.menus import EDIT
from gui.language.text import tr


def inspector_actions(edit_field: Callable[[], None]) -> tuple[Action, ...]:
    """The actions of the inspector; ``edit_field`` shows it and begins to edit."""
    return (
        Action(
            "edit_field",
            tr("Edit first field"),
            EDIT.at(5, 2),
            edit_field,
            ("E",),
            KeyScope.CANVAS,
        ),
    )
