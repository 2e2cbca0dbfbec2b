"""A workspace as a declaration: the panels that stand around the canvas for one kind of work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graph.values.message import Message
from gui.workspaces.panel import Panel, Side


@dataclass(frozen=True, slots=True)
class Seat:
    """A panel of a workspace with its size before anybody changes it: the name of a measure of the
    theme, or a share of the window's width."""

    panel: Panel[Any]
    size: str = ""
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Workspace:
    """What a workspace is called, the key that leads to it, and what it shows. ``name`` is what
    saved arrangements and actions know it by."""

    name: str
    text: Message
    key: str
    seats: tuple[Seat, ...]
    icon: str = ""

    def shows(self, dock: str) -> bool:
        """Whether the dock of that name is there from the start."""
        return any(dock_of(seat.panel) == dock for seat in self.seats)

    def page(self) -> Panel[Any] | None:
        """The page of the bottom dock that comes to the front."""
        return next((s.panel for s in self.seats if s.panel.side is Side.BOTTOM), None)


BOTTOM = "bottom"
"""The name of the dock that all panels at the bottom share."""


def dock_of(panel: Panel[Any]) -> str:
    """The name of the dock that holds a panel."""
    return BOTTOM if panel.side is Side.BOTTOM else panel.name
