"""What all items of a scene share when they paint, so that no item needs to know the scene."""

from __future__ import annotations

from collections.abc import Sized
from dataclasses import dataclass, field

from gui.face import measures as m
from gui.face.bodies import BodyPictures
from gui.face.labels import Labels
from gui.face.measures import Detail

CROWDED = 400


@dataclass(slots=True)
class Stage:
    """How large and how fully everything is painted, with the pictures and places in common."""

    nodes: Sized
    """The nodes of the scene, which tell how many there are."""
    labels: Labels
    bodies: BodyPictures = field(default_factory=BodyPictures)
    zoom: float = 1.0
    level: Detail = Detail.FULL
    ratio: float = 1.0
    """Pixels of the device per pixel of the view."""
    running: bool = False
    """Whether data flows, so that wires are brighter."""

    @property
    def crowded(self) -> bool:
        """Whether to save on decoration."""
        return len(self.nodes) > CROWDED

    def set_zoom(self, zoom: float, ratio: float = 1.0) -> None:
        """Learn the zoom of the view, which decides the level of detail."""
        self.zoom, self.level, self.ratio = zoom, m.level_of(zoom), ratio
        self.labels.set_scale(1.0 if self.level is Detail.FULL else zoom)
