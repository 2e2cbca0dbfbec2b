"""What the canvas does to the model when a key, a menu or the search asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from PySide6.QtCore import QObject, QPointF, QRectF, QThreadPool, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from graph.calls.call import Shape
from graph.network.edits import Batch, Move, Rename
from graph.network.network import Position
from graph.values.message import UserError, say
from gui.canvas import additions, changes, clipboard
from gui.canvas.adding import Adding, on_grid
from gui.canvas.controls import Question, RenameField
from gui.canvas.gestures import Board
from gui.canvas.step import neighbour
from gui.face import measures as m
from gui.language.text import tr, tr_count
from gui.scene import arrange
from gui.session.session import Session

COPY_OFFSET = 40.0
THREADED_NODES = 600
AT_ONCE = 60
"""Of so many nodes at most several arrangements are tried within a frame or two."""
NUDGE_KEY = 0x6E75


class Editing(QObject):
    """The editing commands of one canvas."""

    _solved = Signal(object, object)

    def __init__(self, board: Board, adding: Adding, parent: QWidget) -> None:
        """``parent`` is the widget on which questions are asked and names written."""
        super().__init__(parent)
        self._board, self._adding = board, adding
        self.question = Question(parent)
        self.field = RenameField(parent)
        self._reordered: tuple[str, str] | None = None
        self._pasted: tuple[str, int] = ("", 0)
        self.field.renamed.connect(self._rename)
        self._solved.connect(self._arranged)

    @property
    def session(self) -> Session:
        return self._board.session

    def forget(self) -> None:
        """Drop what belongs to the last document."""
        self.field.hide()
        self.question.hide()
        self._reordered = None

    # Deleting

    def delete(self, reconnect: bool) -> None:
        """Delete what is chosen; where reconnecting would not fit, ask in place."""
        session = self.session
        nodes, wires = list(session.selection), list(session.selected_wires)
        if not nodes and not wires:
            return
        deletion = changes.delete(session, nodes, wires, reconnect)
        if not deletion.doubt:
            session.do(deletion.edit)
            return
        gap = changes.delete(session, nodes, wires, False)
        place = self._board.camera.to_view(self._board.scene().nodes[nodes[0]].rect())
        self.question.ask(
            place.bottomLeft(),
            tr("Reconnected, the shapes would not fit: {what}", what=deletion.doubt),
            (tr("Leave a gap"), lambda: session.do(gap.edit)),
            (tr("Reconnect"), lambda: session.do(deletion.edit)),
        )

    def delete_or_leave(self) -> None:
        """Delete what is chosen; with nothing chosen, leave the block."""
        if self.session.selection or self.session.selected_wires:
            self.delete(True)
        else:
            self.session.leave()

    def cut_wires(self) -> None:
        """Cut the chosen wires, or all wires of the chosen nodes."""
        network = self.session.network
        wires = list(self.session.selected_wires)
        if not wires:
            found = {
                wire.id: None
                for node in self.session.selection
                for wire in (*network.inputs(node), *network.outputs(node))
            }
            wires = list(found)
        edit = changes.cut(wires)
        if edit is not None:
            self.session.do(edit)

    # Copies

    def duplicate(self, with_inputs: bool) -> None:
        """Copies beside the originals."""
        session, network = self.session, self.session.network
        chosen = session.selection
        if not chosen:
            return
        part = clipboard.part_of(network, chosen)
        outer = [
            wire
            for node in chosen
            for wire in network.inputs(node)
            if with_inputs and wire.source not in part.nodes
        ]
        offset = (COPY_OFFSET, COPY_OFFSET)
        self._adding.add(additions.place_copies(network, part, offset, say("Duplicate"), outer))

    def copy(self) -> None:
        """The chosen nodes as text on the clipboard."""
        if self.session.selection:
            text = clipboard.to_text(self.session.network, self.session.selection)
            QGuiApplication.clipboard().setText(text)
            self._pasted = (text, 0)

    def cut(self) -> None:
        """Copy, then delete."""
        if self.session.selection:
            self.copy()
            self._pasted = (self._pasted[0], -1)
            self.delete(False)

    def paste(self) -> None:
        """Layers from the clipboard's text: by an offset, or where the view is if they are far."""
        text = QGuiApplication.clipboard().text()
        try:
            part = clipboard.at_home(clipboard.from_text(text), self.session.project.library)
        except UserError as error:
            self.session.refuse(error.message)
            return
        times = self._pasted[1] + 1 if self._pasted[0] == text else 1
        self._pasted = (text, times)
        offset = (COPY_OFFSET * times, COPY_OFFSET * times)
        corner = QPointF(
            min(node.position[0] for node in part.nodes.values()),
            min(node.position[1] for node in part.nodes.values()),
        )
        shown = self._board.camera.shown()
        if not shown.contains(corner + QPointF(*offset)):
            goal = shown.center() - QPointF(m.WIDTH / 2, m.WIDTH / 2)
            x, y = on_grid(goal.x() - corner.x(), goal.y() - corner.y())
            offset = (x, y)
        self._adding.add(additions.place_copies(self.session.network, part, offset, say("Paste")))

    # Names, order, places

    def rename(self) -> None:
        """Open the field over the name of the node chosen last."""
        if not self.session.selection:
            return
        node = self.session.selection[-1]
        camera, item = self._board.camera, self._board.scene().nodes[node]
        camera.show(item.rect())
        camera.finish()
        header = item.rect()
        header.setHeight(m.HEADER)
        self.field.open_over(node, self.session.network.nodes[node].name, camera.to_view(header))

    def _rename(self, node: str, name: str) -> None:
        nodes = self.session.network.nodes
        if node in nodes and nodes[node].name != name:
            self.session.do(Rename(node, name))

    def reorder(self, step: int) -> bool:
        """Move the chosen wire of a merge, or an input of the chosen merge; False if there is
        none."""
        wire = self._wire_to_move(step)
        if wire is None:
            return False
        edit = changes.reorder(self.session.network, wire, step)
        if edit is not None:
            self.session.do(edit)
        return True

    def reorder_or_leave(self, step: int) -> None:
        """Move an input of a merge up (-1) or down (1); up without one leaves the block."""
        if not self.reorder(step) and step < 0:
            self.session.leave()

    def _wire_to_move(self, step: int) -> str | None:
        session, network = self.session, self.session.network
        for wire in session.selected_wires:
            found = network.wires[wire]
            if network.port(found.target, found.input).many:
                return wire
        if not session.selection:
            return None
        node = session.selection[-1]
        wires = [w for w in network.inputs(node) if network.port(node, w.input).many]
        ids = [wire.id for wire in wires]
        if not ids:
            return None
        from_chosen = [w.id for w in wires if w.source in session.selection[:-1]]
        if self._reordered is not None and self._reordered[0] == node and self._reordered[1] in ids:
            wire = self._reordered[1]
        elif from_chosen:
            wire = from_chosen[0]
        else:
            wire = ids[-1] if step < 0 else ids[0]
        self._reordered = (node, wire)
        return wire

    def nudge(self, direction: tuple[int, int], distance: float) -> None:
        """Move the chosen nodes a little; steps that follow each other are one."""
        network = self.session.network
        chosen = self.session.selection
        if not chosen:
            return
        self._board.scene().glide.finish()
        x, y = direction[0] * distance, direction[1] * distance
        positions = {
            node: (network.nodes[node].position[0] + x, network.nodes[node].position[1] + y)
            for node in chosen
        }
        self._board.scene().next_glide = 0
        # One key for one selection, so that moving something else is a step of its own.
        self.session.do(Move(positions), merge=NUDGE_KEY + hash(tuple(chosen)) % 1_000_000)

    def select_all(self) -> None:
        """Choose every node."""
        self.session.select(self.session.network.order())

    def open_block(self) -> None:
        """Open the block that the chosen node uses."""
        if self.session.selection:
            self.session.enter(self.session.selection[-1])

    def walk(self, direction: tuple[int, int], extend: bool) -> None:
        """Choose the next node along a wire, the first node if none is chosen."""
        session, scene = self.session, self._board.scene()
        order = session.network.order()
        if not session.selection:
            if order:
                session.select(order[:1])
        else:
            found = neighbour(scene, session.selection[-1], direction)
            if found is None:
                return
            if extend:
                session.select([node for node in session.selection if node != found] + [found])
            else:
                session.select([found])
        if session.selection:
            self._board.camera.show(scene.nodes[session.selection[-1]].rect())

    # Arranging

    def arrange(self) -> None:
        """Arrange the chosen nodes (two or more) or all; large networks in a thread."""
        network = self.session.network
        chosen = self.session.selection
        nodes = chosen if len(chosen) > 1 else list(network.nodes)
        if not nodes:
            return
        size = self._board.viewport().size()
        view = (float(size.width()), float(size.height())) if len(nodes) <= AT_ONCE else None
        task = arrange.prepare(network, nodes, self._shapes, view)
        if len(nodes) <= THREADED_NODES:
            self._arranged(network, arrange.solve(task))
            return
        self._board.tell(tr_count("Arranging {n} layer …", "Arranging {n} layers …", len(nodes)))

        def solve() -> None:
            positions = arrange.solve(task)
            with suppress(RuntimeError):  # the window may have closed meanwhile
                self._solved.emit(network, positions)

        QThreadPool.globalInstance().start(solve)

    def _shapes(self, node: str) -> tuple[Shape | None, Shape | None]:
        facts = self.session.analysis.facts(node)
        return (facts.inputs[0] if facts.inputs else None), facts.output

    def _arranged(self, network: object, positions: dict[str, Position]) -> None:
        session = self.session
        if network is not session.network:
            return
        moved = arrange.moved(session.network, positions)
        if not moved:
            return
        self._board.scene().next_glide = m.MOTION["arrange"]
        session.do(Batch((Move(moved),), say("Arrange")))
        if len(positions) == len(session.network.nodes):
            self._fit(positions)

    def _fit(self, positions: Mapping[str, Position]) -> None:
        """Show where the nodes are going."""
        nodes = self._board.scene().nodes
        bodies = [nodes[n].face.body().translated(x, y) for n, (x, y) in positions.items()]
        area = QRectF()
        for body in bodies:
            area = area.united(body)
        self._board.camera.fit(area, bodies=bodies)
