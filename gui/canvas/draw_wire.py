"""The gesture that draws a wire, or takes the end of one elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF

from gui.canvas import changes
from gui.canvas.gestures import START_DISTANCE, Board, Pointer
from gui.face import measures as m
from gui.face.anatomy import InputSlot, OutputSlot
from gui.face.overlay import Marks
from gui.face.routes import curve
from gui.language.text import shape as shape_text
from gui.scene.hits import node_at, port_at
from gui.scene.node_item import NodeItem

Ask = Callable[[str, InputSlot | OutputSlot, Pointer], None]
"""Asks for a layer to be connected to a port of a node, where a wire was let go."""


@dataclass(frozen=True, slots=True)
class Goal:
    """Where the loose end would go."""

    source: str
    output: str
    target: str
    port: str
    index: int | None
    point: QPointF


class DrawWire:
    """Draws from an output to an input or backwards. Faults are allowed, nonsense is not.

    With ``taking``, the end of an existing wire is loose: it is plugged in elsewhere, or cut.
    """

    def __init__(
        self,
        board: Board,
        ask: Ask,
        node: str,
        slot: InputSlot | OutputSlot,
        taking: str | None = None,
    ) -> None:
        self._board = board
        self._ask = ask
        self._node = node
        self._slot = slot
        self._taking = taking
        self._goal: Goal | None = None
        self._trial = changes.Trial()
        self._press = QPoint()
        self._moved = False

    @property
    def _forward(self) -> bool:
        return isinstance(self._slot, OutputSlot)

    def start(self, pointer: Pointer) -> None:
        self._press = pointer.view

    def move(self, pointer: Pointer) -> None:
        if not self._moved:
            if (pointer.view - self._press).manhattanLength() < START_DISTANCE:
                return
            self._moved = True
            self._dim_taken(True)
        self._goal = self._find_goal(pointer.scene)
        end = pointer.scene if self._goal is None else self._goal.point
        fixed = self._fixed_point()
        path = curve(fixed, end) if self._forward else curve(end, fixed)
        allowed = True
        if self._goal is not None:
            allowed = self._try(self._goal, pointer)
        else:
            self._board.hint.hide()
        port = self._goal.point if self._goal is not None else None
        self._board.overlay.show_marks(Marks(wire=path, port=port, allowed=allowed))

    def _fixed_point(self) -> QPointF:
        item = self._board.scene().nodes[self._node]
        slot = self._slot
        if isinstance(slot, OutputSlot):
            return item.output_point(slot)
        return item.input_point(slot)

    def _try(self, goal: Goal, pointer: Pointer) -> bool:
        board = self._board
        self._trial = changes.try_wire(
            board.session,
            goal.source,
            goal.output,
            goal.target,
            goal.port,
            goal.index,
            self._taking,
        )
        trial = self._trial
        if trial.refusal is not None:
            board.hint.show_text(pointer.view, trial.refusal.text(), "error")
            return False
        if trial.problem is not None:
            text = trial.doubt or trial.problem.text()
            board.hint.show_text(pointer.view, text, "warning")
            return True
        shape = changes.carried(board.session, goal.source, goal.output)
        if shape is not None:
            board.hint.show_text(pointer.view, shape_text(shape), "")
        else:
            board.hint.hide()
        return True

    def _find_goal(self, point: QPointF) -> Goal | None:
        scene = self._board.scene()
        reach = m.PORT_HIT / min(1.0, self._board.camera.zoom)
        hit = port_at(scene, point, reach, reach)
        if hit is not None and hit[0].face.id != self._node:
            item, slot = hit
            if isinstance(slot, InputSlot) == self._forward:
                return self._goal_at(item, slot)
        item_below = node_at(scene, point)
        if item_below is None or item_below.face.id == self._node:
            return None
        return self._goal_on_body(item_below)

    def _goal_on_body(self, item: NodeItem) -> Goal | None:
        """A body takes the wire at its first free port; a merge at the end of its inputs."""
        if not self._forward:
            outputs = item.face.outputs
            return self._goal_at(item, outputs[0]) if outputs else None
        slots = item.face.inputs
        if not slots:
            return None
        free = next((slot for slot in slots if slot.wire is None), None)
        if free is None and slots[-1].many:
            last = slots[-1]
            point = item.input_point(last) + QPointF(0, m.PORT_STEP / 2)
            return self._join(item.face.id, last.port, None, point)
        return self._goal_at(item, free or slots[0])

    def _goal_at(self, item: NodeItem, slot: InputSlot | OutputSlot) -> Goal:
        if isinstance(slot, OutputSlot):
            own = self._slot
            assert isinstance(own, InputSlot)
            index = own.index if own.many and own.wire is not None else None
            return Goal(
                item.face.id, slot.port, self._node, own.port, index, item.output_point(slot)
            )
        index = slot.index if slot.many and slot.wire is not None else None
        return self._join(item.face.id, slot.port, index, item.input_point(slot))

    def _join(self, target: str, port: str, index: int | None, point: QPointF) -> Goal:
        return Goal(self._node, self._slot.port, target, port, index, point)

    def end(self, pointer: Pointer) -> None:
        self.move(pointer)
        goal, trial = self._goal, self._trial
        self.cancel()
        board, session = self._board, self._board.session
        if not self._moved:
            self._choose()
        elif goal is not None:
            if trial.refusal is not None:
                session.refuse(trial.refusal)
                board.hint.show_text(pointer.view, trial.refusal.text(), "error", vanish=True)
                return
            edit = changes.connect(
                session.network,
                goal.source,
                goal.output,
                goal.target,
                goal.port,
                goal.index,
                self._taking,
            )
            if edit is not None:
                session.do(edit)
        elif self._taking is not None:
            edit = changes.cut([self._taking])
            if edit is not None:
                session.do(edit)
        elif node_at(board.scene(), pointer.scene) is None:
            self._ask(self._node, self._slot, pointer)

    def _choose(self) -> None:
        """Choose the wire that was clicked, or the node whose port it was."""
        if self._taking is not None:
            self._board.session.select([], [self._taking])
        else:
            self._board.session.select([self._node])

    def cancel(self) -> None:
        self._board.overlay.clear()
        self._board.hint.hide()
        self._dim_taken(False)

    def _dim_taken(self, taken: bool) -> None:
        item = self._board.scene().wires.get(self._taking) if self._taking else None
        if item is not None:
            item.setVisible(not taken)
