"""What the nodes of the canvas show of a run: small pictures of their outputs, and where the time
goes."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from backend.channel.events import Probed
from gui.runs.inner_steps import steps_by_node
from gui.runs.project_run import ProjectRun
from gui.runs.strips import activity_of, strips

MOST = 64
VIEWER = "strips"


class NodePictures(QObject):
    """Watches the nodes that somebody can see."""

    thumbnails = Signal(object)
    """Pictures (QImage) for nodes of the canvas by node id; empty when the run is over."""
    activity = Signal(object)
    """Share of the network's multiply-accumulates (0..1) by node id; empty when nothing runs."""

    def __init__(self, run: ProjectRun) -> None:
        super().__init__(run)
        self._run, self._controller = run, run.controller
        self._nodes: tuple[str, ...] | None = None
        run.beginning.connect(self._watch)
        self._controller.started.connect(self._show_activity)
        self._controller.probed.connect(self._show)
        self._controller.state_changed.connect(self._show_state)

    @property
    def nodes(self) -> tuple[str, ...] | None:
        """Whose pictures are wanted; None for all."""
        return self._nodes

    def show_nodes(self, nodes: Iterable[str] | None) -> None:
        """Nodes whose pictures are wanted (those the canvas shows); None for all."""
        self._nodes = None if nodes is None else tuple(nodes)
        self._watch()

    def _watch(self) -> None:
        if self._run.plan is None:
            return
        known = steps_by_node(self._run.plan)
        own = [node for node in known if "/" not in node]
        wanted = own if self._nodes is None else [n for n in self._nodes if n in known]
        if wanted:
            self._controller.watch(VIEWER, maps=wanted[:MOST])
        else:
            self._controller.unwatch(VIEWER)

    def _show(self, event: Probed) -> None:
        if self._run.is_running:
            self.thumbnails.emit(strips(event, self._nodes))

    def _show_activity(self) -> None:
        if self._run.plan is not None:
            self.activity.emit(activity_of(self._run.plan, self._run.session))

    def _show_state(self, state: str) -> None:
        if state == "idle":
            self.activity.emit({})
            self.thumbnails.emit({})
