"""Design: the layers at the left, what is chosen at the right, problems below."""

from __future__ import annotations

from graph.values.message import say
from gui.inspector.inspector import Inspector
from gui.palette.fold import FoldingPalette
from gui.palette.palette import LayerPalette
from gui.problems.problems import Problems
from gui.workspaces.panel import Panel, Side
from gui.workspaces.workspace import Seat, Workspace

LAYERS = Panel(
    "layers",
    say("Layers"),
    Side.LEFT,
    lambda desk: FoldingPalette(LayerPalette(desk.session, desk.shelf), desk.shelf),
)
INSPECTOR = Panel(
    "inspector",
    say("Inspector"),
    Side.RIGHT,
    lambda desk: Inspector(desk.session),
    lambda inspector: inspector.head,
)
PROBLEMS = Panel("problems", say("Problems"), Side.BOTTOM, lambda desk: Problems(desk.session))

DESIGN = Workspace(
    "design",
    say("Design"),
    "Ctrl+1",
    (Seat(LAYERS, "dock_left"), Seat(INSPECTOR, "dock_right"), Seat(PROBLEMS, "dock_bottom")),
)
