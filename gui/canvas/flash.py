"""Showing a node or wire to a person: it comes into view and flashes once."""

from __future__ import annotations

from PySide6.QtCore import QObject, QVariantAnimation

from gui.canvas.camera import Camera
from gui.face import measures as m
from gui.scene.node_item import NodeItem
from gui.scene.scene import CanvasScene
from gui.scene.wire_item import WireItem


class Flash(QObject):
    """The light that goes over one item at a time."""

    def __init__(self, scene: CanvasScene, camera: Camera) -> None:
        super().__init__(scene)
        self._scene, self._camera = scene, camera
        self._node: str | None = None
        self._wire: str | None = None
        self._animation = QVariantAnimation(self)
        self._animation.setStartValue(1.0)
        self._animation.setEndValue(0.0)
        self._animation.setDuration(m.MOTION["flash"])
        self._animation.valueChanged.connect(self._show)

    def reveal(self, node: str | None, wire: str | None = None) -> None:
        """Bring a node or wire into view and let it flash once."""
        item = self._item(node, wire)
        if item is None:
            return
        self._scene.glide.finish()
        self._camera.show(item.sceneBoundingRect())
        self._animation.stop()
        self._show(0.0)
        self._node, self._wire = node, wire
        if not self._scene.reduce_motion:
            self._animation.start()

    def _item(self, node: str | None, wire: str | None) -> NodeItem | WireItem | None:
        if node is not None:
            return self._scene.nodes.get(node)
        return self._scene.wires.get(wire) if wire is not None else None

    def _show(self, value: float) -> None:
        item = self._item(self._node, self._wire)
        if item is not None:
            item.flash = value
            item.update()
