"""The whole network as a picture to keep."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from gui.appearance.theme import current
from gui.scene.scene import CanvasScene

EDGE = 30
LONGEST = 16_000
"""Pixels of a side at most."""


def picture_of(scene: CanvasScene) -> QImage:
    """The network of a scene at 100 %, smaller if it would be huge."""
    area = scene.content().adjusted(-EDGE, -EDGE, EDGE, EDGE)
    scale = min(1.0, LONGEST / max(1.0, area.width(), area.height()))
    image = QImage((area.size() * scale).toSize(), QImage.Format.Format_RGB32)
    image.fill(current().background.canvas)
    zoom, ratio = scene.stage.zoom, scene.stage.ratio
    scene.stage.set_zoom(scale)
    painter = QPainter(image)
    scene.render(painter, QRectF(image.rect()), area)
    painter.end()
    scene.stage.set_zoom(zoom, ratio)
    return image
