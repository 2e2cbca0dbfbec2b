"""Qt's undo stack over the model's edits: one command holds an edit and learns its inverse."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QUndoCommand

from graph.network.network import Edit, Network

Again = Callable[[Callable[[], None]], None]
"""Calls a function that undoes or redoes, where the edit was made."""


class EditCommand(QUndoCommand):
    """An edit that has been applied when the stack takes it; then swaps it with its inverse at each
    undo and redo, through ``again``.

    Commands of one ``merge`` key that follow each other become one step: typing into a field.
    """

    def __init__(
        self, network: Network, edit: Edit, inverse: Edit, merge: int, again: Again
    ) -> None:
        super().__init__(edit.title().text())
        self._network = network
        self._next = inverse
        self._merge = merge
        self._again = again
        self._fresh = True

    def redo(self) -> None:
        if self._fresh:  # Qt calls it when the stack takes the command
            self._fresh = False
        else:
            self._again(self._swap)

    def undo(self) -> None:
        self._again(self._swap)

    def _swap(self) -> None:
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
