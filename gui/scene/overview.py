"""The whole network as one picture: for small zooms and the small map, and to keep.

At a few per cent an item would be a pixel or two; one picture, made again only after a change,
keeps every frame short.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, sqrt

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QTransform

from gui.appearance.theme import current
from gui.face.measures import Detail, level_of
from gui.scene.node_item import NodeItem
from gui.scene.scene import CanvasScene

MOST_PIXELS = 6_000_000
MARGIN = 40.0
EDGE = 30.0
"""Around a network in the picture to keep."""
LONGEST = 16_000
"""Pixels of a side of that at most."""
SCALES = (0.36, 0.2, 0.12, 0.06, 0.03)
"""A picture is made at the next of these and shown smaller."""


class Overview:
    """A cached picture of all nodes and wires."""

    def __init__(self, scene: CanvasScene) -> None:
        self._scene = scene
        self._image = QImage()
        self._made_for = (Detail.HUES, 0.0)
        self.area = QRectF()

    def forget(self) -> None:
        """Make the picture again when it is next needed."""
        self._image = QImage()

    def picture(self, zoom: float) -> QImage:
        """The picture, sharp enough for ``zoom``; ``area`` is what it shows."""
        level = max(Detail.STACKS, min(Detail.HUES, level_of(zoom)))
        scale = next((s for s in reversed(SCALES) if s >= zoom), SCALES[0])
        if self._image.isNull() or self._made_for != (level, scale):
            self._made_for = (level, scale)
            self._make(scale, level)
        return self._image

    def _make(self, scale: float, level: Detail) -> None:
        scene = self._scene
        self.area = scene.content().adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        most = sqrt(MOST_PIXELS / max(1.0, self.area.width() * self.area.height()))
        scale = min(scale, most)
        size = (
            max(1, ceil(self.area.width() * scale)),
            max(1, ceil(self.area.height() * scale)),
        )
        self._image = QImage(*size, QImage.Format.Format_ARGB32_Premultiplied)
        self._image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(self._image)
        painter.setWorldTransform(
            QTransform.fromScale(scale, scale).translate(-self.area.left(), -self.area.top())
        )
        self._paint_wires(painter)
        items = scene.nodes.values()
        if level is Detail.STACKS:
            for rect, colour in self._stacks():
                painter.fillRect(rect, colour)
        else:
            hues = current().category
            for item in items:
                painter.fillRect(item.rect(), hues[item.face.category])
        painter.end()

    def _paint_wires(self, painter: QPainter) -> None:
        pen = QPen(current().wire.rest, 1)
        pen.setCosmetic(True)
        painter.setPen(pen)
        lines = []
        for wire in self._scene.wires.values():
            if wire.route is None:
                continue
            if wire.route.lane:
                painter.drawPath(wire.route.path)
            else:
                first = wire.route.path.elementAt(0)
                lines.append(QLineF(QPointF(first.x, first.y), wire.route.path.currentPosition()))
        painter.drawLines(lines)

    def _stacks(self) -> Iterable[tuple[QRectF, QColor]]:
        """One rectangle for each stack, in the hue of its costliest layer."""
        scene = self._scene
        parent: dict[str, str] = {node: node for node in scene.nodes}

        def root(node: str) -> str:
            while parent[node] != node:
                parent[node] = parent[parent[node]]
                node = parent[node]
            return node

        for name, wire in scene.wires.items():
            if wire.route is not None and wire.route.seam:
                ends = scene.network.wires[name]
                parent[root(ends.target)] = root(ends.source)
        groups: dict[str, list[NodeItem]] = {}
        for node, item in scene.nodes.items():
            groups.setdefault(root(node), []).append(item)
        facts = scene.session.analysis.facts
        hues = current().category
        for items in groups.values():
            rect = QRectF()
            for item in items:
                rect = rect.united(item.rect())
            costliest = max(items, key=lambda item: facts(item.face.id).macs)
            yield rect, hues[costliest.face.category]

    def paint(self, painter: QPainter, zoom: float) -> None:
        """Paint picture, faults and selection; the painter has the view's transform."""
        picture = self.picture(zoom)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        painter.drawImage(self.area, picture)
        self.paint_marks(painter, zoom)

    def paint_marks(self, painter: QPainter, zoom: float) -> None:
        """Errors stay visible at every zoom, and so does what is chosen."""
        theme = current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        away = 2 / zoom
        painter.setPen(_pen(theme.selection_ring))
        for item in self._scene.marked():
            painter.drawRect(item.rect().adjusted(-away, -away, away, away))
        discs = level_of(zoom) is Detail.STACKS
        painter.setPen(Qt.PenStyle.NoPen if discs else _pen(theme.error_ring))
        painter.setBrush(theme.error_ring if discs else Qt.BrushStyle.NoBrush)
        for item in self._scene.faulty():
            if discs:
                painter.drawEllipse(item.rect().center(), 4 / zoom, 4 / zoom)
            else:
                painter.drawRect(item.rect())


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


def _pen(colour: QColor) -> QPen:
    pen = QPen(colour, 2)
    pen.setCosmetic(True)
    return pen
