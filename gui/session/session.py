"""The open document and what is chosen in it: the one object that all panels share.

Panels read ``network`` and ``analysis`` and ask for changes with ``do``; they are told by the
signals. Where a block is open these are the block's; what trains and is exported is always
``project.network`` with ``main_analysis``. The session knows no widget.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from graph.analysis.analysis import Analysis
from graph.analysis.faults import Fault
from graph.blocks.block import Block
from graph.blocks.block_use import BlockUse
from graph.document.project import UNNAMED, Project, read_project, write_project
from graph.network.network import Change, Edit, EditRefused, Network
from graph.values.message import Message, say
from gui.session.levels import Changes, Door, DoorPath, Level, way_inside
from gui.session.open_levels import OpenLevels
from gui.session.undo import EditCommand


class Session(QObject):
    """A project being edited, with its undo history, its figures and the selection."""

    document_replaced = Signal()
    """Another project is open: network and analysis are new objects."""
    level_changed = Signal()
    """Another level is shown (a block was opened or left): network, analysis and selection are
    others. The document is the same."""
    changed = Signal(object)
    """The network shown has changed: an edit was made, undone or redone, here or where it has its
    figures from; carries graph.network.network.Change. Figures are up to date."""
    main_changed = Signal(object)
    """The same for the document's own network, whatever level is shown."""
    blocks_changed = Signal()
    """Blocks came or went, or have another name or other parameters."""
    selection_changed = Signal()
    """Read ``selection`` (node ids, first chosen first) and ``selected_wires``."""
    modified_changed = Signal(bool)
    """Whether there are unsaved changes."""
    history_changed = Signal()
    """There is something to undo or to redo, or there no longer is."""
    refused = Signal(object)
    """Something cannot be done; carries the Message with the reason. For those who show reasons:
    who asked for an edit gets the same Message from ``do``."""
    settings_changed = Signal()
    """The project's training settings or choice of data changed."""
    closing = Signal()
    """The window is about to end: whoever works in a thread ends that now."""
    reveal_requested = Signal(object, object)
    """Show a node or wire on the canvas: (node id or None, wire id or None)."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        # Told by the session, since the stack tells even while both are being taken down.
        self.undo_stack.cleanChanged.connect(self._tell_modified)
        self.undo_stack.canUndoChanged.connect(self._tell_history)
        self.undo_stack.canRedoChanged.connect(self._tell_history)
        self._settings_modified = False
        self._gathering = False
        self._changes: dict[int, Changes] = {}
        self._blocks_touched = False
        self._let_go: Callable[[], None] = lambda: None
        self.path: Path | None = None
        self._install(Project())

    def _install(self, project: Project) -> None:
        self._let_go()
        self.project = project
        self.levels = levels = OpenLevels(project.network, self._hear)
        unlisten = project.library.listen(self._hear_blocks)

        def let_go() -> None:
            levels.close()
            unlisten()

        self._let_go = let_go
        self._settings_modified = False
        self.undo_stack.clear()

    # Levels

    @property
    def network(self) -> Network:
        """The network that is shown."""
        return self.levels[-1].network

    @property
    def analysis(self) -> Analysis:
        """The figures of the network that is shown."""
        return self.levels[-1].analysis

    @property
    def main_analysis(self) -> Analysis:
        """The figures of the document's own network."""
        return self.levels[0].analysis

    @property
    def block(self) -> Block | None:
        """The block that is open, if one is."""
        return self.levels[-1].block

    @property
    def selection(self) -> list[str]:
        return self.levels[-1].selection

    @property
    def selected_wires(self) -> list[str]:
        return self.levels[-1].selected_wires

    @property
    def depth(self) -> int:
        """How many blocks are open, one in another."""
        return len(self.levels) - 1

    @property
    def place(self) -> DoorPath:
        """The way to the level that is shown."""
        return self.levels.place

    def enter(self, use: str) -> bool:
        """Open the block that a node of the level shown uses; False if it uses none."""
        node = self.network.nodes.get(use)
        if node is None or not isinstance(node.layer, BlockUse):
            return False
        self.show_place((*self.place, Door(use, node.layer.block)))
        return True

    def enter_block(self, block: Block) -> None:
        """Open a block by itself, with sample shapes and the defaults of its parameters."""
        self.show_place((Door(None, block),))

    def leave(self) -> bool:
        """Go one level up, to the use that was left; False if nothing is open."""
        if not self.depth:
            return False
        self.go_to(self.depth - 1)
        return True

    def go_to(self, depth: int) -> None:
        """Go up to the level with so many blocks around it; the use left there is chosen."""
        if not 0 <= depth < self.depth:
            return
        self.levels.go_up(depth)
        self._tell_level()

    def show_place(self, place: DoorPath) -> None:
        """Show another level, or as much of the way to it as there is."""
        if self.levels.show(place):
            self._tell_level()

    def choose_copy(self, depth: int, copy: int) -> None:
        """Look at another one of the chain into which a level looks, counted from 0; what is open
        inside follows."""
        self.show_place(self.levels.with_copy(depth, copy))

    def step_copy(self, step: int) -> None:
        """Look at the next (1) or previous (−1) one of the innermost chain that is open."""
        depth = self.levels.innermost_chain()
        if depth is None:
            self.refuse(say("No chain of blocks is open: open a block that is repeated"))
        else:
            self.choose_copy(depth, max(0, self.place[depth - 1].copy + step))

    def _tell_level(self) -> None:
        self.level_changed.emit()
        self.selection_changed.emit()

    # The document

    def new(self, project: Project | None = None) -> None:
        """Open a fresh project (a template, or an empty one) that has no file yet."""
        self._install(project or Project())
        self.path = None
        self._tell_replaced()

    def open(self, path: Path) -> None:
        """Read a project file. Raises UserError and then keeps the present document."""
        project = read_project(path)
        self._install(project)
        self.path = path
        self._tell_replaced()

    def save(self, path: Path) -> None:
        """Write the project file. Raises UserError; the old file is then untouched."""
        if self.path is None and self.project.name == UNNAMED:
            self.project.name = path.stem
        write_project(path, self.project)
        self.path = path
        self._settings_modified = False
        self.undo_stack.setClean()
        self.modified_changed.emit(False)

    @property
    def template(self) -> str:
        """The name of the template that the project came from; empty if from none."""
        return self.project.template

    @property
    def modified(self) -> bool:
        return self._settings_modified or not self.undo_stack.isClean()

    def _tell_replaced(self) -> None:
        self.document_replaced.emit()
        self.selection_changed.emit()
        self.settings_changed.emit()
        self.modified_changed.emit(False)

    def _tell_history(self) -> None:
        self.history_changed.emit()

    def _tell_modified(self) -> None:
        self.modified_changed.emit(self.modified)

    # Changing

    def do(self, edit: Edit, merge: int = -1) -> Message | None:
        """Make an undoable edit. None if it is done; the reason, which the person is told, if the
        model refuses it."""
        network = self.network
        place = self.place
        try:
            with self._as_one():
                # Tried before the stack owns it, so that a refused edit leaves no empty step.
                inverse = network.do(edit)
        except EditRefused as error:
            self.refuse(error.message)
            return error.message

        def again(apply: Callable[[], None]) -> None:
            self.show_place(place)
            with self._as_one():
                apply()

        self.undo_stack.push(EditCommand(network, edit, inverse, merge, again))
        return None

    @contextmanager
    def _as_one(self) -> Iterator[None]:
        """What changes meanwhile, in whatever networks, is told at the end, once."""
        outer, self._gathering = self._gathering, True
        try:
            yield
        finally:
            self._gathering = outer
            if not outer:
                self._tell_changes()

    def _hear(self, level: Level, change: Change) -> None:
        self._changes.setdefault(id(level), Changes()).note(change, level.analysis.updated)
        if not self._gathering:
            self._tell_changes()

    def _hear_blocks(self) -> None:
        self._blocks_touched = True
        if not self._gathering:
            self._tell_changes()

    def _tell_changes(self) -> None:
        changes, self._changes = self._changes, {}
        blocks, self._blocks_touched = self._blocks_touched, False
        depth = self.depth
        for level in self.levels.settle():
            everything = Change(updated=set(level.network.nodes))
            changes.setdefault(id(level), Changes()).note(everything, ())
        main, shown = self.levels[0], self.levels[-1]
        deselected = shown.tidy_selection()
        if blocks:
            self.blocks_changed.emit()
        if self.depth != depth:
            self._tell_level()
        elif id(shown) in changes:
            self.changed.emit(changes[id(shown)].whole(shown.network))
            if deselected:
                self.selection_changed.emit()
        if id(main) in changes:
            self.main_changed.emit(changes[id(main)].whole(main.network))

    def refuse(self, message: Message) -> None:
        """Tell the user why something cannot be done."""
        self.refused.emit(message)

    def set_training(self, values: dict[str, Any]) -> None:
        """Keep the training settings (field name -> value) in the project."""
        if values != self.project.training:
            self.project.training = dict(values)
            self._touch_settings()

    def set_data(self, values: dict[str, Any]) -> None:
        """Keep the choice of data (``{"source": spec}``) in the project."""
        if values != self.project.data:
            self.project.data = dict(values)
            self._touch_settings()

    def _touch_settings(self) -> None:
        self._settings_modified = True
        self.settings_changed.emit()
        self.modified_changed.emit(True)

    # Choosing

    def select(self, nodes: Iterable[str], wires: Iterable[str] = ()) -> None:
        """Choose nodes and wires."""
        chosen, chosen_wires = list(nodes), list(wires)
        if (chosen, chosen_wires) != (self.selection, self.selected_wires):
            level = self.levels[-1]
            level.selection, level.selected_wires = chosen, chosen_wires
            self.selection_changed.emit()

    def reveal(self, node: str | None, wire: str | None = None) -> None:
        """Choose something and ask the canvas to show it."""
        if node is not None:
            self.select([node])
        elif wire is not None:
            self.select([], [wire])
        self.reveal_requested.emit(node, wire)

    def reveal_in(self, place: DoorPath, node: str | None, wire: str | None = None) -> None:
        """The same for something of another level, which is shown first."""
        self.show_place(place)
        self.reveal(node, wire)

    def reveal_inside(self, place: DoorPath, fault: Fault) -> str | None:
        """Show where inside a block the fault of a use lies that is at a place; the node there, or
        None if it lies inside none."""
        origin = fault.problem.origin if fault.problem is not None else None
        if origin is None or fault.node is None:
            return None
        network = place[-1].block.network if place else self.project.network
        way, node = way_inside(place, network, fault.node, origin)
        self.reveal_in(way, node)
        return node
