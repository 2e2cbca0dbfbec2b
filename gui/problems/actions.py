"""What can be done about problems: go from one to the next, and apply a repair."""

from __future__ import annotations

from collections.abc import Callable

from gui.actions.action import Action
from gui.actions.menus import NETWORK
from gui.language.text import tr
from gui.problems.problems import Problems


def problem_actions(problems: Problems, walk: Callable[[int], None]) -> tuple[Action, ...]:
    """The actions of the list of problems; ``walk`` goes on in it and shows it."""
    return (
        Action("next_problem", tr("Next problem"), NETWORK.at(2, 1), lambda: walk(1), ("F8",)),
        Action(
            "previous_problem",
            tr("Previous problem"),
            NETWORK.at(2, 2),
            lambda: walk(-1),
            ("Shift+F8",),
        ),
        Action(
            "repair_1",
            tr("Apply first repair"),
            NETWORK.at(3, 1),
            lambda: problems.apply_repair(1),
            ("Alt+1",),
        ),
        Action(
            "repair_2",
            tr("Apply second repair"),
            NETWORK.at(3, 2),
            lambda: problems.apply_repair(2),
            ("Alt+2",),
        ),
    )
