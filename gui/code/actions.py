"""What can be done with the source where it stands."""

from __future__ import annotations

from gui.actions.action import Action
from gui.actions.menus import NETWORK
from gui.code.code import CodePanel
from gui.language.text import tr


def code_actions(code: CodePanel) -> tuple[Action, ...]:
    """The actions of the panel with the source."""
    return (
        Action(
            "copy_source",
            tr("Copy Python source"),
            NETWORK.at(5, 1),
            code.copy,
            ("Ctrl+Shift+E",),
        ),
    )
