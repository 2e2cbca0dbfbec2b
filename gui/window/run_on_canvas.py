"""The run on the canvas: pictures on the nodes that are visible, and bright wires while it runs."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from gui.canvas.view import CanvasView
from gui.runs.node_pictures import NodePictures
from gui.runs.run_controller import RunController

PERIOD = 150
"""Milliseconds between two looks at what is visible."""


class RunOnCanvas(QObject):
    """Follows the run, and the view and the scene a few times a second at most: only visible nodes
    are looked into."""

    def __init__(
        self, canvas: CanvasView, controller: RunController, pictures: NodePictures
    ) -> None:
        super().__init__(canvas)
        self._canvas, self._pictures = canvas, pictures
        self._nodes: list[str] | None = None
        self._later = QTimer(self, singleShot=True, interval=PERIOD)
        self._later.timeout.connect(self.look)
        scene = canvas.scene()
        canvas.part_changed.connect(self.soon)
        scene.pictured.connect(self.soon)
        canvas.session.document_replaced.connect(self.soon)
        pictures.thumbnails.connect(scene.set_thumbnails)
        pictures.activity.connect(scene.set_activity)
        controller.state_changed.connect(self._show_state)

    def soon(self) -> None:
        """Look when the present period is over."""
        if not self._later.isActive():
            self._later.start()

    def look(self) -> None:
        """Tell the nodes that are visible now, if they are others than before."""
        nodes = self._canvas.visible_nodes()
        if nodes != self._nodes:
            self._nodes = nodes
            self._pictures.show_nodes(nodes)

    def _show_state(self, state: str) -> None:
        self._canvas.scene().set_running(state == "running")
