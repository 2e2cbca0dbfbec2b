"""All workspaces in the order of the window's switch, and the panels that belong to none of them.

A further workspace is one file, and one name here.
"""

from __future__ import annotations

from typing import Any

from graph.values.message import say
from gui.bars.output import OutputList
from gui.templates.literature import LiteraturePage
from gui.workspaces.code import CODE
from gui.workspaces.design import DESIGN
from gui.workspaces.panel import Panel, Side
from gui.workspaces.training import TRAIN
from gui.workspaces.workspace import Workspace

WORKSPACES: tuple[Workspace, ...] = (DESIGN, TRAIN, CODE)

OUTPUT = Panel("output", say("Output"), Side.BOTTOM, lambda _desk: OutputList())
LITERATURE = Panel(
    "literature", say("Literature"), Side.BOTTOM, lambda desk: LiteraturePage(desk.session)
)
PAGES: tuple[Panel[Any], ...] = (OUTPUT, LITERATURE)


def panels() -> tuple[Panel[Any], ...]:
    """Each panel once: those of the workspaces in their order, then the others."""
    seated = [seat.panel for workspace in WORKSPACES for seat in workspace.seats]
    return tuple(dict.fromkeys((*seated, *PAGES)))
