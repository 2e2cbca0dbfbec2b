"""A panel as a declaration, and the desk where each panel of a window is made, once.

A panel has a name, a title and a side of the window. Those at the bottom are pages of one dock, any
other has a dock of its own. Saved arrangements know a dock by its panel's name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Generic, TypeVar, cast

from PySide6.QtWidgets import QWidget

from graph.values.message import Message
from gui.actions.action import Action
from gui.palette.block_shelf import BlockShelf
from gui.runs.project_run import ProjectRun
from gui.session.session import Session
from gui.widgets.parts import PanelTitle


class Side(Enum):
    """Where a panel stands."""

    LEFT = auto()
    RIGHT = auto()
    BOTTOM = auto()


W = TypeVar("W", bound=QWidget)


def _nothing(_panel: QWidget) -> tuple[Action, ...]:
    return ()


@dataclass(frozen=True, slots=True, eq=False)
class Panel(Generic[W]):
    """What stands beside the canvas. ``head`` gives the title bar of its dock, where that shows
    more than the title; ``offers`` what can be done with it from elsewhere."""

    name: str
    title: Message
    side: Side
    make: Callable[[Desk], W]
    head: Callable[[W], PanelTitle] | None = None
    offers: Callable[[W], Iterable[Action]] = _nothing


class Desk:
    """What the panels of one window are made from, and the panels themselves."""

    def __init__(self, session: Session, shelf: BlockShelf, run: ProjectRun) -> None:
        self.session, self.shelf, self.run = session, shelf, run
        self._made: dict[str, QWidget] = {}

    def __getitem__(self, panel: Panel[W]) -> W:
        """The widget of a panel, made when it is asked for first."""
        if panel.name not in self._made:
            self._made[panel.name] = panel.make(self)
        return cast(W, self._made[panel.name])
