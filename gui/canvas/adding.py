"""Adding layers: beside what is chosen, at the pointer, through the search."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QPointF, QRectF, Qt
from PySide6.QtWidgets import QWidget

from graph.blocks.block import Block
from graph.blocks.block_use import BlockUse
from graph.blocks.library import library_of
from graph.blocks.library_edits import DefineBlock
from graph.calls.call import Shape
from graph.layers.base.layer import Layer
from graph.network.edits import AddNode, Batch
from graph.network.network import Edit, Network, Position
from graph.ready.presets import Preset
from gui.canvas import additions, changes
from gui.canvas.gestures import Board, Pointer
from gui.face import measures as m
from gui.face.anatomy import InputSlot, OutputSlot
from gui.language.kinds import kind_name
from gui.language.text import tr
from gui.palette.presets import place_preset, preset_of, suited
from gui.palette.search import SearchPopup
from gui.palette.stock import Stock
from gui.scene.columns import place_on_wire
from gui.session.session import Session


class Adding(QObject):
    """Places layers on one canvas and connects them."""

    def __init__(self, board: Board, stock: Stock, parent: QWidget) -> None:
        """``parent`` is the widget on which the search opens."""
        super().__init__(parent)
        self._board, self._stock = board, stock
        self.search = SearchPopup(parent, stock)
        self._place: Callable[[Layer], None] | None = None
        self.search.chosen.connect(self._take)
        self.search.closed.connect(self._search_closed)

    @property
    def session(self) -> Session:
        return self._board.session

    def forget(self) -> None:
        """Drop what belongs to the last document."""
        self._place = None
        self.search.close_list()

    def place(
        self,
        layer: Layer,
        point: QPointF,
        sources: tuple[tuple[str, str], ...] = (),
        target: tuple[str, str, int | None] | None = None,
        wire: str | None = None,
        still: bool = False,
    ) -> None:
        """Place a layer with its middle at a point, connected or within a wire."""
        network = self.session.network
        size = (m.OPERATOR_WIDTH if layer.operator else m.WIDTH, m.HEADER)
        position = on_grid(point.x() - size[0] / 2, point.y() - size[1] / 2)
        if wire is not None and wire in network.wires and changes.can_insert(layer):
            place = place_on_wire(self._board.scene(), layer, wire)
            if place is not None:
                position = place.position
            addition = additions.add_on_wire(network, layer, position, wire)
            if place is not None and place.others:
                addition = additions.with_moves(addition, place.others)
        else:
            addition = additions.add(network, layer, position, sources, target)
        self.add(addition, still)

    def dragged(self, key: str) -> Layer | None:
        """The layer of what is dragged: a type, a block or a ready-made layer."""
        preset = preset_of(key)
        return preset.make() if preset is not None else self._stock.layer(key)

    def drop(self, key: str, point: QPointF, wire: str | None) -> None:
        """Place what was dragged here: a type, a block or a ready-made layer."""
        preset = preset_of(key)
        if preset is None:
            layer = self._stock.layer(key)
            if layer is not None:
                self.place(layer, point, wire=wire, still=True)
            return
        shape = self.session.analysis.wire_shape(wire)[0] if wire is not None else None
        fresh = suited(preset, shape)
        place_preset(self.session, preset, lambda: self.place(fresh, point, wire=wire, still=True))

    def add(self, addition: additions.Addition, still: bool = False) -> None:
        """Make an addition and choose what came. The view follows if that is not wholly within
        it, unless ``still``: who drops a layer sees where it falls. Blocks that the project does
        not have come with the first use of them."""
        if self.session.do(with_blocks(self.session.network, addition.edit)) is None:
            self.session.select(addition.nodes)
            if still:
                return
            area = QRectF()
            for node in addition.nodes:
                area = area.united(self._board.scene().nodes[node].rect())
            self._board.camera.show(area, margin=0.0)

    def add_named(self, key: str, connect: bool = True) -> None:
        """Place a layer of a type, or a use of a block, by the chosen nodes."""
        layer = self._stock.layer(key)
        if layer is not None:
            self.add_layer(layer, connect)

    def add_preset(self, preset: Preset) -> None:
        """Place a ready-made layer by the chosen nodes, connected where shapes allow."""
        fresh = suited(preset, self._selected_shape())
        place_preset(self.session, preset, lambda: self.add_layer(fresh, True))

    def add_layer(self, layer: Layer, connect: bool) -> None:
        """Place a layer by the chosen nodes, connected where shapes allow."""
        session, network = self.session, self.session.network
        wires = [w for w in session.selected_wires if w in network.wires]
        if connect and wires and not session.selection and changes.can_insert(layer):
            middle = self._board.scene().wires[wires[0]].sceneBoundingRect().center()
            self.place(layer, middle, wire=wires[0])
            return
        chosen = [node for node in session.selection if network.nodes[node].layer.output_ports()]
        if not chosen:
            self.place(layer, self._free_place(self._board.camera.centre()))
            return
        sources = self._sources(layer, chosen) if connect else ()
        self.add(additions.add(network, layer, self._beside(chosen[-1], layer), sources))

    def _sources(self, layer: Layer, chosen: list[str]) -> tuple[tuple[str, str], ...]:
        """The outputs of chosen nodes that a new layer takes; says so if its shape does not fit."""
        session = self.session
        ports = layer.input_ports()
        if not ports:
            return ()
        wanted = chosen if ports[0].many else chosen[-1:]
        sources = []
        for node in wanted:
            output = session.network.nodes[node].layer.output_ports()[0].name
            shape = changes.carried(session, node, output)
            if changes.fits(layer, shape):
                sources.append((node, output))
            else:
                self._board.tell(
                    tr(
                        "{type} does not fit behind {name}, so it was not connected",
                        type=kind_name(layer),
                        name=session.network.nodes[node].name,
                    ),
                    tone="warning",
                )
        return tuple(sources)

    def _beside(self, node: str, layer: Layer) -> Position:
        """Under a node if that continues its stack and is free, else at the top right of it."""
        scene, network = self._board.scene(), self.session.network
        rect = scene.nodes[node].rect()
        probe = scene.nodes[node]
        height = 0.0
        top = rect.top()
        for _ in range(len(network.nodes)):
            wires = network.inputs(probe.face.id)
            above = scene.nodes[wires[0].source] if wires else None
            way = scene.wires[wires[0].id].route if wires else None
            if above is None or way is None or not way.seam:
                break
            probe, top = above, above.rect().top()
        height = rect.bottom() - top
        below = QRectF(rect.left(), rect.bottom() + m.SEAM, m.WIDTH, m.FULL_HEIGHT)
        if (
            layer.input_ports()
            and not network.outputs(node)
            and height + below.height() <= m.STACK_HEIGHT
            and self._is_free(below)
        ):
            return below.left(), below.top()
        right = QPointF(
            rect.right() + m.COLUMN_GAP, top if not network.outputs(node) else rect.top()
        )
        free = self._free_place(right + QPointF(m.WIDTH / 2, m.HEADER / 2))
        return on_grid(free.x() - m.WIDTH / 2, free.y() - m.HEADER / 2)

    def _is_free(self, area: QRectF) -> bool:
        scene = self._board.scene()
        near = scene.items(area.adjusted(-4, -4, 4, 4))
        return not any(
            item.rect().intersects(area) for item in scene.nodes.values() if item in near
        )

    def _free_place(self, point: QPointF) -> QPointF:
        """The nearest place from a point downwards where a node covers no other."""
        area = QRectF(0, 0, m.WIDTH, m.FULL_HEIGHT)
        area.moveCenter(point)
        for _ in range(200):
            if self._is_free(area):
                break
            area.translate(0, m.GRID_STEP)
        return area.center()

    # The search

    def open_search(self, connect: bool) -> None:
        """Ask for a layer at the pointer, for the chosen wire, or to connect to the chosen node."""
        session, board = self.session, self._board
        place = board.pointer_place()
        point = board.camera.to_scene(place)
        wires = [w for w in session.selected_wires if w in session.network.wires]
        if wires:
            shape = session.analysis.wire_shape(wires[0])[0]
            self._ask(
                place,
                lambda layer: self.place(layer, point, wire=wires[0]),
                shape,
                changes.can_insert,
            )
            return
        shape = self._selected_shape()
        if connect and session.selection:
            self._ask(place, lambda layer: self.add_layer(layer, True), shape, _takes_input)
        else:
            # Not on a node that is there: who adds one after the other leaves the pointer alone.
            self._ask(place, lambda layer: self.place(layer, self._free_place(point)), shape)

    def _selected_shape(self) -> Shape | None:
        chosen = self.session.selection
        if not chosen:
            return None
        outputs = self.session.analysis.facts(chosen[-1]).outputs
        return outputs[0] if outputs else None

    def search_from(self, node: str, slot: InputSlot | OutputSlot, pointer: Pointer) -> None:
        """Ask for a layer to be connected to a port, where the pointer let a wire go."""
        port, point = slot.port, pointer.scene
        if isinstance(slot, OutputSlot):
            shape = changes.carried(self.session, node, port)
            self._ask(
                pointer.view,
                lambda layer: self.place(
                    layer, point + QPointF(m.WIDTH / 2, 0), sources=((node, port),)
                ),
                shape,
                _takes_input,
            )
            return
        index = slot.index if slot.many and slot.wire is not None else None
        self._ask(
            pointer.view,
            lambda layer: self.place(
                layer, point - QPointF(m.WIDTH / 2, 0), target=(node, port, index)
            ),
            None,
            _gives_output,
        )

    def _ask(
        self,
        place: QPoint,
        then: Callable[[Layer], None],
        shape: Shape | None,
        suits: Callable[[Layer], bool] | None = None,
    ) -> None:
        self._place = then
        self.search.open_at(place, shape, suits)

    def _take(self, layer: Layer, preset: Preset | None) -> None:
        then, self._place = self._place, None
        if then is not None and preset is not None:
            place_preset(self.session, preset, lambda: then(layer))
        elif then is not None:
            then(layer)

    def _search_closed(self) -> None:
        self._board.setFocus(Qt.FocusReason.PopupFocusReason)


def with_blocks(network: Network, edit: Edit) -> Edit:
    """The edit, and before it the definitions of the blocks that it uses and nobody has defined."""
    known = library_of(network).blocks
    new: dict[str, Block] = {}

    def note(block: Block) -> None:
        if known.get(block.name) is not block and block.name not in new:
            for inner in block.uses():
                note(inner)
            new[block.name] = block

    for part in edit.edits if isinstance(edit, Batch) else (edit,):
        if isinstance(part, AddNode) and isinstance(part.node.layer, BlockUse):
            note(part.node.layer.block)
    if not new:
        return edit
    return Batch((*(DefineBlock(block) for block in new.values()), edit), edit.title())


def _takes_input(layer: Layer) -> bool:
    ports = layer.input_ports()
    return bool(ports) and not ports[0].indices


def _gives_output(layer: Layer) -> bool:
    return bool(layer.output_ports())


def on_grid(x: float, y: float) -> Position:
    """The nearest place that nodes snap to."""
    step = m.GRID_SNAP
    return round(x / step) * step, round(y / step) * step
