"""What can be done with what is known of a template."""

from __future__ import annotations

from collections.abc import Callable

from gui.actions.action import Action
from gui.actions.menus import NETWORK
from gui.language.text import tr
from gui.templates.literature import LiteraturePage


def literature_actions(literature: LiteraturePage, show: Callable[[], None]) -> tuple[Action, ...]:
    """The actions of the page of literature; ``show`` brings it up."""
    return (
        Action(
            "literature",
            tr("Literature"),
            NETWORK.at(4, 2),
            show,
            icon="learn",
            enabled=lambda: literature.template is not None,
            needs_document=True,
        ),
    )
