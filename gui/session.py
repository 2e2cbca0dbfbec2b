"""The open document and what is chosen in it: the one object that all panels share.

Panels read ``network`` and ``analysis`` and ask for changes with ``do``; they are told by the
signals. The session knows no widget.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from graph.analysis import Analysis
from graph.edits import Edit
from graph.message import Message
from graph.network import Change, EditRefused, Network
from graph.project import UNNAMED, Project, read_project, write_project
from gui.commands import EditCommand


class Session(QObject):
    """A project being edited, with its undo history, its figures and the selection."""

    document_replaced = Signal()
    """Another project is open: network and analysis are new objects."""
    changed = Signal(object)
    """An edit was made, undone or redone; carries graph.network.Change. Figures are up to date."""
    selection_changed = Signal()
    """Read ``selection`` (node ids, first chosen first) and ``selected_wires``."""
    modified_changed = Signal(bool)
    """Whether there are unsaved changes."""
    refused = Signal(object)
    """An edit was refused; carries the Message with the reason."""
    settings_changed = Signal()
    """The project's training settings or choice of data changed."""
    reveal_requested = Signal(object, object)
    """Show a node or wire on the canvas: (node id or None, wire id or None)."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self.undo_stack.cleanChanged.connect(self._tell_modified)
        self._settings_modified = False
        self.path: Path | None = None
        self._install(Project())

    def _install(self, project: Project) -> None:
        self.project = project
        self.network: Network = project.network
        self.analysis = Analysis(self.network)
        self.analysis.follow()
        self.network.listen(self._tell_change)
        self.selection: list[str] = []
        self.selected_wires: list[str] = []
        self._settings_modified = False
        self.undo_stack.clear()

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

    def _tell_modified(self) -> None:
        self.modified_changed.emit(self.modified)

    # Changing

    def do(self, edit: Edit, merge: int = -1) -> bool:
        """Make an undoable edit; False and the signal ``refused`` if the model refuses it."""
        try:
            # Tried before the stack owns it, so that a refused edit leaves no empty step.
            inverse = self.network.do(edit)
        except EditRefused as error:
            self.refused.emit(error.message)
            return False
        self.undo_stack.push(_Done(self.network, edit, inverse, merge))
        return True

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

    def _tell_change(self, change: Change) -> None:
        kept = [n for n in self.selection if n in self.network.nodes]
        wires = [w for w in self.selected_wires if w in self.network.wires]
        self.changed.emit(change)
        if kept != self.selection or wires != self.selected_wires:
            self.select(kept, wires)

    # Choosing

    def select(self, nodes: Iterable[str], wires: Iterable[str] = ()) -> None:
        """Choose nodes and wires."""
        chosen, chosen_wires = list(nodes), list(wires)
        if (chosen, chosen_wires) != (self.selection, self.selected_wires):
            self.selection, self.selected_wires = chosen, chosen_wires
            self.selection_changed.emit()

    def reveal(self, node: str | None, wire: str | None = None) -> None:
        """Choose something and ask the canvas to show it."""
        if node is not None:
            self.select([node])
        elif wire is not None:
            self.select([], [wire])
        self.reveal_requested.emit(node, wire)


class _Done(EditCommand):
    """An edit that has been applied already when the stack takes it."""

    def __init__(self, network: Network, edit: Edit, inverse: Edit, merge: int) -> None:
        super().__init__(network, edit, merge)
        self._next = inverse
        self._fresh = True

    def redo(self) -> None:
        if self._fresh:
            self._fresh = False
        else:
            super().redo()
