"""Mouse gestures as objects: each has start, move, end and cancel.

A gesture moves pictures only; the model changes once, when it ends. Here are the short ones;
those that draw wires and move nodes have files of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtWidgets import QWidget

from gui.canvas import changes
from gui.canvas.camera import Camera
from gui.canvas.controls import PointerHint
from gui.face.overlay import Marks, MarksOverlay
from gui.scene.node_item import NodeItem
from gui.scene.scene import CanvasScene
from gui.scene.wire_item import WireItem
from gui.session.session import Session

START_DISTANCE = 4


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where the pointer is, in the scene and in the view, and which keys are held."""

    scene: QPointF
    view: QPoint
    modifiers: Qt.KeyboardModifier

    @property
    def adding(self) -> bool:
        """Whether a selection is extended."""
        keys = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
        return bool(self.modifiers & keys)


class Board(Protocol):
    """What gestures, keys and edits by hand need of the canvas they work on."""

    @property
    def session(self) -> Session: ...

    @property
    def camera(self) -> Camera: ...

    @property
    def overlay(self) -> MarksOverlay:
        """What a gesture shows while it lasts; another one after each change of level."""

    @property
    def hint(self) -> PointerHint: ...

    def scene(self) -> CanvasScene: ...

    def viewport(self) -> QWidget: ...

    def pointer_place(self) -> QPoint:
        """Where the pointer is in the view; the middle if it is elsewhere."""

    def tell(self, text: str, place: QPoint | None = None, tone: str = "") -> None:
        """Say something at the pointer, or at a place in the view, for a while."""

    def setFocus(self, reason: Qt.FocusReason, /) -> None: ...


class Gesture(Protocol):
    """What the view needs of a gesture."""

    def start(self, pointer: Pointer) -> None: ...

    def move(self, pointer: Pointer) -> None: ...

    def end(self, pointer: Pointer) -> None: ...

    def cancel(self) -> None: ...


class Pan:
    """Moves the view with the pointer."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._last = QPoint()

    def start(self, pointer: Pointer) -> None:
        self._last = pointer.view
        self._board.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def move(self, pointer: Pointer) -> None:
        delta = pointer.view - self._last
        self._last = pointer.view
        self._board.camera.scroll_by(delta)

    def end(self, pointer: Pointer) -> None:
        self.cancel()

    def cancel(self) -> None:
        self._board.viewport().unsetCursor()


class RubberBand:
    """Selects the nodes that a rectangle touches."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._origin = QPointF()
        self._before: list[str] = []

    def start(self, pointer: Pointer) -> None:
        self._origin = pointer.scene
        session = self._board.session
        self._before = list(session.selection) if pointer.adding else []
        session.select(self._before)

    def move(self, pointer: Pointer) -> None:
        band = QRectF(self._origin, pointer.scene).normalized()
        self._board.overlay.show_marks(Marks(band=band))
        touched = [
            item.face.id
            for item in self._board.scene().items(band)
            if isinstance(item, NodeItem) and item.rect().intersects(band)
        ]
        order = {node: place for place, node in enumerate(self._board.session.network.order())}
        touched.sort(key=order.__getitem__)
        kept = [node for node in self._before if node not in touched]
        self._board.session.select(kept + touched)

    def end(self, pointer: Pointer) -> None:
        self._board.overlay.clear()

    def cancel(self) -> None:
        self._board.overlay.clear()
        self._board.session.select(self._before)


class CutWires:
    """Cuts every wire that a stroke crosses."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._points: list[QPointF] = []

    def start(self, pointer: Pointer) -> None:
        self._points = [pointer.scene]

    def move(self, pointer: Pointer) -> None:
        self._points.append(pointer.scene)
        self._board.overlay.show_marks(Marks(cut=tuple(self._points)))

    def end(self, pointer: Pointer) -> None:
        self.move(pointer)
        crossed = self._crossed()
        self.cancel()
        edit = changes.cut(crossed)
        if edit is not None:
            self._board.session.do(edit)

    def cancel(self) -> None:
        self._board.overlay.clear()

    def _crossed(self) -> list[str]:
        area = QRectF(self._points[0], self._points[0])
        for point in self._points:
            area = area.united(QRectF(point, point).adjusted(-1, -1, 1, 1))
        found = []
        for item in self._board.scene().items(area):
            if isinstance(item, WireItem) and _cross(self._points, item.points()):
                found.append(item.wire)
        return sorted(found)


def _cross(stroke: list[QPointF], wire: tuple[QPointF, ...]) -> bool:
    return any(_pieces_cross(a, b, c, d) for a, b in pairwise(stroke) for c, d in pairwise(wire))


def _pieces_cross(a: QPointF, b: QPointF, c: QPointF, d: QPointF) -> bool:
    def side(p: QPointF, q: QPointF, r: QPointF) -> float:
        return (q.x() - p.x()) * (r.y() - p.y()) - (q.y() - p.y()) * (r.x() - p.x())

    return side(a, b, c) * side(a, b, d) <= 0 and side(c, d, a) * side(c, d, b) <= 0
