"""Train: the inside of the chosen node at the right, the run below."""

from __future__ import annotations

from graph.values.message import say
from gui.inside.live import LivePanel
from gui.language.text import tr
from gui.training.panel import TrainingPanel
from gui.widgets.parts import PanelTitle
from gui.workspaces.design import LAYERS
from gui.workspaces.panel import Panel, Side
from gui.workspaces.workspace import Seat, Workspace


def _head(live: LivePanel) -> PanelTitle:
    """The node looked at in the place of the title."""
    head = PanelTitle(tr("Live"))
    head.title.hide()
    head.row.insertWidget(0, live.head, 1)
    return head


TRAINING = Panel("training", say("Training"), Side.BOTTOM, lambda desk: TrainingPanel(desk.run))
LIVE = Panel("live", say("Live"), Side.RIGHT, lambda desk: LivePanel(desk.run), _head)

TRAIN = Workspace(
    "training",
    say("Train"),
    "Ctrl+2",
    (
        Seat(LAYERS, "dock_left"),
        Seat(LIVE, "dock_right"),
        Seat(TRAINING, "dock_bottom_training"),
    ),
)
