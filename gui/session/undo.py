"""Qt's undo stack over the model's edits: one command holds an edit and learns its inverse."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QUndoCommand

from graph.network.network import Edit, Network
from gui.language.text import tr


class EditCommand(QUndoCommand):
    """Applies an edit once, then swaps it with its inverse at each undo and redo.

    Commands of one ``merge`` key that follow each other become one step: typing into a field.
    """

    def __init__(self, network: Network, edit: Edit, merge: int = -1) -> None:
        super().__init__(tr(edit.title()))
        self._network = network
        self._next = edit
        self._merge = merge

    def redo(self) -> None:
        self._next = self._network.do(self._next)

    def undo(self) -> None:
        self._next = self._network.do(self._next)

    def id(self) -> int:
        return self._merge

    def mergeWith(self, other: QUndoCommand) -> bool:
        # Both set the same thing, so this command's inverse undoes the two.
        return (
            isinstance(other, EditCommand)
            and other.id() == self._merge != -1
            and other._network is self._network
        )


class DoneCommand(EditCommand):
    """An edit that has been applied already when the stack takes it. What is undone or redone
    later goes through ``again``, which first shows where the edit was made."""

    def __init__(
        self,
        network: Network,
        edit: Edit,
        inverse: Edit,
        merge: int,
        again: Callable[[Callable[[], None]], None],
    ) -> None:
        super().__init__(network, edit, merge)
        self._next = inverse
        self._again = again
        self._fresh = True

    def redo(self) -> None:
        if self._fresh:
            self._fresh = False
        else:
            self._again(super().redo)

    def undo(self) -> None:
        self._again(super().undo)
