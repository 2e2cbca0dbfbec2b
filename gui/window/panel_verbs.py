"""What is done with a panel that first has to come up."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gui.canvas.view import CanvasView
from gui.window.front import Front
from gui.workspaces.design import INSPECTOR, PROBLEMS
from gui.workspaces.panel import Desk
from gui.workspaces.registry import LITERATURE
from gui.workspaces.training import TRAINING


class PanelVerbs(QObject):
    """The verbs of one window."""

    def __init__(self, desk: Desk, canvas: CanvasView, front: Front) -> None:
        super().__init__(front)
        self._canvas, self._front = canvas, front
        self._inspector, self._problems = desk[INSPECTOR], desk[PROBLEMS]
        self._training, self._literature = desk[TRAINING], desk[LITERATURE]

    def edit_field(self) -> None:
        """Put the keyboard into the inspector."""
        self._front.show_dock(INSPECTOR.name)
        self._inspector.edit_first_field()

    def show_problems(self) -> None:
        """Show what is wrong."""
        self._front.show_page(self._problems)

    def walk_problems(self, step: int) -> None:
        """Go to the next (1) or previous (−1) problem and show it."""
        self.show_problems()
        self._problems.walk(step)

    def next_problem(self) -> None:
        """Go to the next problem and show it."""
        self.walk_problems(1)

    def open_fault(self, node: str) -> None:
        """Show where in its block the fault of a use lies."""
        fault = self._canvas.scene().fault(node)
        if fault is not None:
            self.show_problems()
            self._problems.open_inside(self._canvas.session.place, fault)

    def train(self) -> None:
        """Train, or pause a run; the training page comes up."""
        self._front.show_page(self._training)
        self._training.train_or_pause()

    def show_literature(self) -> None:
        """Show what the literature says of the template."""
        self._front.show_page(self._literature)
