"""What the mouse does on the canvas: which gesture a press begins, what lies under the pointer,
and layer types dragged in from the palette."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QMouseEvent

from graph.layers.base.layer import Layer
from gui.canvas.adding import Adding
from gui.canvas.draw_wire import DrawWire
from gui.canvas.gestures import Board, CutWires, Gesture, Pan, Pointer, RubberBand
from gui.canvas.move_nodes import InsertOnWire, MoveNodes
from gui.face import measures as m
from gui.face.anatomy import InputSlot, OutputSlot
from gui.language.text import plain, tr
from gui.palette.palette_tree import MIME
from gui.scene.hits import node_at, port_at, wire_at
from gui.scene.node_item import NodeItem
from gui.scene.wire_item import WireItem

GRASP = 8.0
"""How far inside a body a port can still be grasped."""


class Pointing:
    """The gesture in progress, the item under the pointer, and the layer being carried."""

    def __init__(self, board: Board, adding: Adding, open_fault: Callable[[str], None]) -> None:
        """``open_fault`` shows where in its block the fault of a use lies."""
        self._board, self._adding, self._open_fault = board, adding, open_fault
        self._gesture: Gesture | None = None
        self._space = False
        self._space_used = False
        self._hovered: NodeItem | WireItem | None = None
        self._carried: InsertOnWire | None = None

    @property
    def busy(self) -> bool:
        """Whether a gesture is in progress."""
        return self._gesture is not None

    def forget(self) -> None:
        """Drop all that belonged to another document."""
        self._gesture = self._hovered = self._carried = None

    def forget_removed(self) -> None:
        """Drop the item under the pointer if it is gone."""
        if self._hovered is not None and self._hovered.scene() is None:
            self._hovered = None

    def hold_space(self) -> None:
        """Space is down: a drag pans."""
        self._space, self._space_used = True, False

    def release_space(self) -> bool:
        """Space is up; True if nothing was dragged meanwhile."""
        unused = self._space and not self._space_used
        self._space = False
        return unused

    def _pointer(self, event: QMouseEvent | QDropEvent) -> Pointer:
        place = event.position()
        return Pointer(
            self._board.camera.to_scene(place.toPoint()), place.toPoint(), event.modifiers()
        )

    def press(self, event: QMouseEvent) -> None:
        """Begin the gesture that a press means."""
        if self._gesture is not None:
            self.cancel()
        self._board.camera.finish()
        self._board.hint.hide()
        pointer = self._pointer(event)
        self._gesture = self._choose(event.button(), pointer)
        if self._gesture is not None:
            self._gesture.start(pointer)
        event.accept()

    def _choose(self, button: Qt.MouseButton, pointer: Pointer) -> Gesture | None:
        """The gesture that a press begins."""
        control = pointer.modifiers & Qt.KeyboardModifier.ControlModifier
        if button == Qt.MouseButton.MiddleButton:
            return Pan(self._board)
        if button == Qt.MouseButton.RightButton:
            return CutWires(self._board) if control else None
        if button != Qt.MouseButton.LeftButton:
            return None
        if self._space:
            self._space_used = True
            return Pan(self._board)
        if self._board.camera.zoom >= 0.35 and not pointer.adding:
            marked = self._badge_at(pointer.scene)
            if marked is not None:
                self._open_fault(marked)
                return None
            reach = m.PORT_HIT / min(1.0, self._board.camera.zoom)
            hit = port_at(self._board.scene(), pointer.scene, reach, GRASP)
            if hit is not None:
                return self._wire_gesture(*hit)
        node = node_at(self._board.scene(), pointer.scene)
        if node is not None:
            return MoveNodes(self._board, node.face.id)
        wire = wire_at(self._board.scene(), pointer.scene, self._wire_reach())
        if wire is not None:
            self._board.session.select([], [wire.wire])
            return None
        return RubberBand(self._board)

    def _wire_reach(self) -> float:
        """How near to a wire counts as on it, in the scene."""
        return m.WIRE_HIT / 2 / min(1.0, self._board.camera.zoom)

    def _badge_at(self, point: QPointF) -> str | None:
        """The use whose badge is at a point, if it tells of a fault inside its block."""
        item = self._board.scene().badge_at(point)
        if item is None:
            return None
        fault = self._board.scene().fault(item.face.id)
        inside = fault is not None and fault.problem is not None and fault.problem.origin
        return item.face.id if inside else None

    def _wire_gesture(self, item: NodeItem, slot: InputSlot | OutputSlot) -> DrawWire:
        """From a port; an input that has a wire gives up the wire's end."""
        ask = self._adding.search_from
        if isinstance(slot, InputSlot) and slot.wire is not None:
            wire = self._board.session.network.wires[slot.wire]
            out = self._board.scene().nodes[wire.source].output_slot(wire.output)
            if out is not None:
                return DrawWire(self._board, ask, wire.source, out, taking=wire.id)
        return DrawWire(self._board, ask, item.face.id, slot)

    def open_block(self, event: QMouseEvent) -> bool:
        """Open the block that a double click hits; False if it hits none."""
        pointer = self._pointer(event)
        if event.button() != Qt.MouseButton.LeftButton or pointer.adding:
            return False
        node = node_at(self._board.scene(), pointer.scene)
        if node is None or not self._board.session.enter(node.face.id):
            return False
        event.accept()
        return True

    def choose_at(self, point: QPointF) -> None:
        """Choose the node or wire at a point, unless it is chosen already; nothing on the void."""
        session = self._board.session
        node = node_at(self._board.scene(), point)
        if node is not None:
            if node.face.id not in session.selection:
                session.select([node.face.id])
            return
        wire = wire_at(self._board.scene(), point, self._wire_reach())
        session.select([], [wire.wire] if wire is not None else [])

    def tooltip(self, point: QPointF) -> str:
        """What there is to say of the port or node at a point."""
        marked = self._badge_at(point)
        if marked is not None:
            faults = self._board.scene().nodes[marked].face.faults
            return plain("\n".join((*faults, tr("Click here to see where."))))
        hit = port_at(self._board.scene(), point, m.PORT_HIT / 2, GRASP)
        if hit is not None and hit[1].title:
            return hit[1].title
        node = node_at(self._board.scene(), point)
        return node.tooltip() if node is not None else ""

    def move(self, event: QMouseEvent) -> None:
        """Go on with the gesture, or see what the pointer is over."""
        pointer = self._pointer(event)
        if self._gesture is not None:
            self._gesture.move(pointer)
        else:
            self._hover(pointer)
        event.accept()

    def release(self, event: QMouseEvent) -> None:
        """End the gesture."""
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.end(self._pointer(event))
        event.accept()

    def escape(self) -> None:
        """Cancel what is going on, else choose nothing, else leave the block."""
        session = self._board.session
        self._board.hint.hide()
        if self.cancel():
            return
        if session.selection or session.selected_wires:
            session.select([])
        else:
            session.leave()

    def cancel(self) -> bool:
        """Cancel the gesture; False if there is none."""
        gesture, self._gesture = self._gesture, None
        if gesture is None:
            return False
        gesture.cancel()
        return True

    def _hover(self, pointer: Pointer) -> None:
        item: NodeItem | WireItem | None = None
        if not self._board.camera.afar:
            item = node_at(self._board.scene(), pointer.scene)
            if item is None:
                hit = port_at(self._board.scene(), pointer.scene, m.PORT_HIT, GRASP)
                item = hit[0] if hit else None
            item = item or wire_at(self._board.scene(), pointer.scene, m.WIRE_HIT / 2)
        self.hover_over(item)

    def hover_over(self, item: NodeItem | WireItem | None) -> None:
        """Mark what is under the pointer."""
        if item is self._hovered:
            return
        for changed, state in ((self._hovered, False), (item, True)):
            if changed is not None:
                changed.set_hovered(state)
        self._hovered = item

    # Dragging from the palette

    def carry_in(self, event: QDragEnterEvent) -> None:
        """A drag enters: take it if it carries something that can be placed."""
        layer = self._dragged(event.mimeData())
        if layer is None:
            event.ignore()
            return
        self._board.camera.finish()
        self._carried = InsertOnWire(self._board, layer)
        event.acceptProposedAction()

    def carry(self, event: QDragMoveEvent) -> None:
        """Light the wire into which the layer would fall."""
        if self._carried is not None:
            self._carried.over(self._board.camera.to_scene(event.position().toPoint()))
            event.acceptProposedAction()

    def drop(self, event: QDropEvent) -> None:
        """Place the layer."""
        layer = self._dragged(event.mimeData())
        if layer is None:
            return
        point = self._board.camera.to_scene(event.position().toPoint())
        wire = self._carried.over(point) if self._carried is not None else None
        self.carry_out()
        self._adding.drop(_name_of(event.mimeData()), point, wire)
        event.acceptProposedAction()
        self._board.setFocus(Qt.FocusReason.MouseFocusReason)

    def carry_out(self) -> None:
        """The drag has left or ended."""
        if self._carried is not None:
            self._carried.cancel()
            self._carried = None

    def _dragged(self, data: QMimeData) -> Layer | None:
        """What a drag carries."""
        if not data.hasFormat(MIME):
            return None
        return self._adding.dragged(_name_of(data))


def _name_of(data: QMimeData) -> str:
    """What is dragged: the name of a type, or the key of a block or ready-made layer."""
    return bytes(data.data(MIME).data()).decode("utf-8", "replace")
