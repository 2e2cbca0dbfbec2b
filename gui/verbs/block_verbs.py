"""What a person does with blocks: group, unpack, open, begin, name, freeze.

Names are asked in place, over the canvas. Each verb is one step for undo.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QPoint, QRect, QRectF, QSizeF

from graph.blocks.block import Block
from graph.blocks.block_use import BlockUse, use_of
from graph.blocks.grouping import group
from graph.blocks.library_edits import RenameBlock
from graph.blocks.unpacking import unpack
from graph.layers.io import Input, Output
from graph.network.edits import AddNode, Batch, Connect, Freeze, Move
from graph.network.network import Edit, EditRefused, Network, Node, Wire
from graph.values.message import say
from gui.appearance.theme import current
from gui.canvas.controls import RenameField
from gui.canvas.view import CanvasView
from gui.face.outline import size_of, size_when_placed
from gui.language.text import tr
from gui.palette.block_shelf import BlockShelf
from gui.scene.columns import boxes_of, put_in_place
from gui.scene.laying_out import lay_out, positions_of
from gui.scene.scene import CanvasScene
from gui.session.levels import sample_scope
from gui.session.session import Session
from gui.session.trial import copied


class BlockVerbs(QObject):
    """The verbs of one canvas."""

    def __init__(self, session: Session, canvas: CanvasView, shelf: BlockShelf) -> None:
        super().__init__(canvas)
        self._session, self._canvas, self._shelf = session, canvas, shelf
        self.field = RenameField(canvas, tr("Name of the block"), kept=False)
        self._then: Callable[[str], None] | None = None
        self.field.renamed.connect(self._named)
        session.level_changed.connect(self.field.hide)
        session.document_replaced.connect(self.field.hide)

    # Names

    def _ask(self, name: str, place: QRect, then: Callable[[str], None]) -> None:
        self._then = then
        self.field.open_over("block", name, place)

    def _named(self, _key: str, name: str) -> None:
        then, self._then = self._then, None
        if then is not None:
            then(name)

    def _corner(self) -> QRect:
        """A place for a name that belongs to no node."""
        return QRect(QPoint(current().space("l"), current().space("l")), QPoint(260, 40))

    def _over(self, nodes: list[str]) -> QRect:
        """The upper edge of nodes, within the view."""
        area = QRectF()
        for node in nodes:
            area = area.united(self._canvas.scene().nodes[node].rect())
        self._canvas.camera.show(area)
        self._canvas.camera.finish()
        corner = self._canvas.camera.to_view(area).topLeft()
        room = self._canvas.viewport().rect().adjusted(4, 16, -204, -16)
        x = max(room.left(), min(room.right(), corner.x()))
        y = max(room.top(), min(room.bottom(), corner.y()))
        return QRect(x, y - 12, 200, 24)

    # Grouping

    def group(self) -> None:
        """Make the chosen nodes a block, whose name is asked first."""
        session = self._session
        nodes = list(session.selection)
        if not nodes:
            session.refuse(say("No node is chosen: choose what the block is to hold"))
            return
        name = session.project.library.free_name(tr("Block"))
        try:
            group(session.network, session.analysis, nodes, name)
        except EditRefused as error:
            session.refuse(error.message)
            return
        self._ask(name, self._over(nodes), lambda given: self._group(nodes, given))

    def _group(self, nodes: list[str], name: str) -> None:
        session = self._session
        try:
            edit = group(session.network, session.analysis, nodes, name)
        except EditRefused as error:
            session.refuse(error.message)
            return
        edit = _in_their_place(self._canvas.scene(), nodes, edit)
        use = next(part.node for part in edit.edits if isinstance(part, AddNode))
        assert isinstance(use.layer, BlockUse)
        _tidy(use.layer.block)
        if session.do(edit) is None:
            session.select([use.id])
            self._canvas.camera.show(self._canvas.scene().nodes[use.id].rect())

    def unpack(self) -> None:
        """Put what is inside in the place of the chosen uses."""
        session = self._session
        uses = [n for n in session.selection if isinstance(_layer(session, n), BlockUse)]
        if not uses:
            session.refuse(say("The chosen node uses no block, so there is nothing to unpack"))
            return
        network = session.network
        before = set(network.nodes)
        try:
            edits: list[Edit] = [unpack(network, session.analysis, use) for use in uses]
            edit = edits[0] if len(edits) == 1 else Batch(tuple(edits), say("Unpack blocks"))
            edit = _without_overlaps(session, edit)
        except EditRefused as error:
            session.refuse(error.message)
            return
        if session.do(edit) is None:
            session.select([n for n in network.order() if n not in before])
            self._canvas.camera.fit_all()

    # Beginning

    def begin(self) -> None:
        """A new block that gives what it takes, placed and opened to be filled."""
        name = self._session.project.library.free_name(tr("Block"))
        self._ask(name, self._corner(), self._begin)

    def _begin(self, name: str) -> None:
        session = self._session
        before = set(session.network.nodes)
        self._canvas.adding.add_layer(use_of(empty_block(name, self._shape())), True)
        new = set(session.network.nodes) - before
        if new:
            session.enter(new.pop())

    def _shape(self) -> tuple[int, ...]:
        """What the chosen node gives, as the sample shape of a new block's input."""
        session = self._session
        outputs = session.analysis.facts(session.selection[-1]).outputs if session.selection else ()
        return outputs[0] if outputs and outputs[0] is not None else (16, 28, 28)

    # Names and weights

    def rename(self) -> None:
        """Give the block of the chosen use, or the one that is open, another name."""
        session = self._session
        block = self._meant()
        if block is None:
            return
        place = self._over(session.selection[-1:]) if session.selection else self._corner()
        self._ask(block.name, place, lambda name: self._rename(block.name, name))

    def _rename(self, old: str, new: str) -> None:
        if new != old:
            self._session.do(RenameBlock(old, new))

    def _meant(self) -> Block | None:
        """The block of the chosen use, or the one that is open; says so if there is none."""
        session = self._session
        chosen = _layer(session, session.selection[-1]) if session.selection else None
        block = chosen.block if isinstance(chosen, BlockUse) else session.block
        if block is None:
            session.refuse(say("The chosen node uses no block"))
        return block

    def keep(self) -> None:
        """Save a copy of the block to the person's library."""
        block = self._meant()
        if block is not None:
            self._shelf.save(block)

    def freeze(self) -> None:
        """Keep the weights of the chosen nodes as they are; train them again if all are kept."""
        session = self._session
        nodes = tuple(session.selection)
        if nodes:
            frozen = all(session.network.nodes[node].frozen for node in nodes)
            session.do(Freeze(nodes, not frozen))


def _layer(session: Session, node: str) -> object:
    return session.network.nodes[node].layer


def empty_block(name: str, shape: tuple[int, ...]) -> Block:
    """A block whose output is its input."""
    network = Network()
    start, end = Node("n1", "input", Input(shape=shape)), Node("n2", "output", Output(), (0, 80))
    wire = Wire("w1", "n1", "output", "n2", "input")
    network.do(Batch((AddNode(start), AddNode(end), Connect(wire))))
    block = Block(name, network=network)
    _tidy(block)
    return block


def _tidy(block: Block) -> None:
    """Lay a new block out before anybody sees it."""
    lay_out(block.network, sample_scope(block))


def _in_their_place(canvas: CanvasScene, nodes: list[str], edit: Batch) -> Batch:
    """The edit with the use where the first of the grouped nodes stands, the gap below closed."""
    boxes = boxes_of(canvas)
    first = min((boxes[node] for node in nodes), key=lambda box: (box.left(), box.top()))
    use = next(part for part in edit.edits if isinstance(part, AddNode))
    placed = AddNode(replace(use.node, position=(first.left(), first.top())))
    parts = tuple(placed if part is use else part for part in edit.edits)
    new = QRectF(first.topLeft(), QSizeF(*size_when_placed(use.node.layer)))
    places = put_in_place(boxes, nodes, new)
    return Batch((*parts, Move(places)) if places else parts, edit.title())


def _without_overlaps(session: Session, edit: Edit) -> Edit:
    """The edit, with everything arranged anew where what it brings would lie on other nodes."""
    trial = copied(session.network)
    before = set(trial.nodes)
    trial.do(edit)
    boxes = {
        node: QRectF(*trial.nodes[node].position, *size_of(trial, node)) for node in trial.nodes
    }
    new = trial.nodes.keys() - before
    crowded = any(
        boxes[node].adjusted(-4, -4, 4, 4).intersects(box)
        for node in new
        for other, box in boxes.items()
        if other != node
    )
    if not crowded:
        return edit
    moves = Move(positions_of(trial, session.analysis.scope))
    return Batch((edit, moves), edit.title())
