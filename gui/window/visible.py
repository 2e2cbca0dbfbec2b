"""Which nodes the canvas shows, told to the pictures of the run: only these are looked into."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from gui.canvas.view import CanvasView
from gui.runs.node_pictures import NodePictures

PERIOD = 150
"""Milliseconds between two looks at what is visible."""


class VisibleNodes(QObject):
    """Follows the view and the scene, a few times a second at most."""

    def __init__(self, canvas: CanvasView, pictures: NodePictures, parent: QObject) -> None:
        super().__init__(parent)
        self._canvas, self._pictures = canvas, pictures
        self._nodes: list[str] | None = None
        self._later = QTimer(self, singleShot=True, interval=PERIOD)
        self._later.timeout.connect(self.look)
        canvas.part_changed.connect(self.soon)
        canvas.scene().pictured.connect(self.soon)
        canvas.session.document_replaced.connect(self.soon)

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
