"""What can be done with a run: begin, pause, go one step, stop."""

from __future__ import annotations

from collections.abc import Callable

from gui.actions.action import Action
from gui.actions.menus import RUN_TOOLS, TRAIN
from gui.language.text import tr
from gui.runs.project_run import ProjectRun
from gui.training.panel import TrainingPanel


def training_actions(
    training: TrainingPanel, run: ProjectRun, train: Callable[[], None]
) -> tuple[Action, ...]:
    """The actions of a training panel; ``train`` shows it and begins or pauses."""
    return (
        Action(
            "train",
            tr("Train or pause"),
            TRAIN.at(1, 1),
            train,
            ("F5",),
            icon="train",
            short=tr("Train"),
            elsewhere=(RUN_TOOLS.at(1, 1),),
            needs_document=True,
        ),
        Action(
            "step",
            tr("One step"),
            TRAIN.at(1, 2),
            training.single_step,
            ("F10",),
            icon="step",
            short=tr("Step"),
            elsewhere=(RUN_TOOLS.at(1, 2),),
            needs_document=True,
        ),
        Action(
            "stop",
            tr("Stop"),
            TRAIN.at(1, 3),
            training.stop,
            ("Shift+F5",),
            icon="stop",
            short=tr("Stop"),
            elsewhere=(RUN_TOOLS.at(1, 3),),
            enabled=lambda: run.is_running,
        ),
    )
