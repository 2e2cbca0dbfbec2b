"""What can be done with workspaces: show each, and restore the one that is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from gui.actions.action import Action
from gui.actions.menus import WINDOW
from gui.language.text import tr
from gui.workspaces.switcher import WorkspaceSwitcher
from gui.workspaces.workspace import Workspace


def workspace_actions(
    workspaces: Iterable[Workspace], switcher: WorkspaceSwitcher, show: Callable[[str], None]
) -> Iterator[Action]:
    """One action for each workspace, and one for the present one; ``show`` leads to a workspace
    from everywhere."""
    for number, space in enumerate(workspaces):
        yield Action(
            space.name,
            space.text.text(),
            WINDOW.at(1, number),
            partial(show, space.name),
            (space.key,),
            icon=space.icon,
            checked=partial(lambda name: switcher.name == name, space.name),
        )
    yield Action(
        "restore_panels",
        tr("Restore the panels of this workspace"),
        WINDOW.at(3, 1),
        switcher.restore_default,
        needs_document=True,
    )
