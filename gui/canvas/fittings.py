"""What is fixed to the canvas: zoom bar and small map in its lower corners, and what it says while
it is empty."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF
from PySide6.QtWidgets import QWidget

from gui.appearance.theme import current
from gui.canvas.controls import EmptyState, ZoomBar
from gui.scene.minimap import Minimap
from gui.scene.scene import CanvasScene

MINIMAP_FROM = 1280
"""In a narrower window there is no room for the small map."""


class Fittings:
    """Lies on a viewport and keeps its places while the scene moves below."""

    def __init__(self, viewport: QWidget, scene: CanvasScene) -> None:
        self._viewport = viewport
        self.zoom_bar = ZoomBar(viewport)
        self.minimap = Minimap(scene, viewport)
        self.empty = EmptyState(viewport)

    def place(self) -> None:
        """Put everything where it belongs in the viewport."""
        gap, size = current().space("m"), self._viewport.size()
        low = size.height() - gap
        self.zoom_bar.adjustSize()
        self.zoom_bar.move(gap, low - self.zoom_bar.height())
        self.minimap.move(size.width() - self.minimap.width() - gap, low - self.minimap.height())
        self.empty.adjustSize()
        self.empty.move(
            (size.width() - self.empty.width()) // 2, (size.height() - self.empty.height()) // 2
        )

    def corners(self) -> list[QRect]:
        """What would cover nodes in the lower corners of a network shown whole, where no map is."""
        return [self.zoom_bar.geometry()]

    def show_part(self, shown: QRectF) -> None:
        """Learn what part of the scene is in view. The small map is there where it tells more than
        the view does, and has room."""
        self.minimap.show_part(shown)
        useful = not self.minimap.whole(shown)
        self.minimap.setVisible(useful and self._viewport.window().width() >= MINIMAP_FROM)

    def renew(self, shown: QRectF) -> None:
        """The scene has changed."""
        self.minimap.renew()
        self.show_part(shown)
