"""Which nodes stand in which columns of the scene, so that those near a place are found soon."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF

from gui.canvas.node_item import NodeItem

CELL = 160.0


class Cells:
    """The nodes of a scene by the columns that their bodies meet."""

    def __init__(self, nodes: Mapping[str, NodeItem], clear: float) -> None:
        self._nodes, self._clear = nodes, clear
        self._cells: dict[int, set[str]] = {}

    def forget(self) -> None:
        """No node stands anywhere."""
        self._cells = {}

    def enter(self, node: str) -> None:
        """A node has come to where it is now."""
        for cell in self._columns(node):
            self._cells.setdefault(cell, set()).add(node)

    def leave(self, node: str) -> None:
        """A node is about to go from where it is."""
        for cell in self._columns(node):
            self._cells.get(cell, set()).discard(node)

    def _columns(self, node: str) -> range:
        rect = self._nodes[node].rect()
        return range(int(rect.left() // CELL), int(rect.right() // CELL) + 1)

    def _found(self, left: float, right: float) -> set[str]:
        found: set[str] = set()
        for cell in range(int(left // CELL), int(right // CELL) + 1):
            found |= self._cells.get(cell, set())
        return found

    def between(self, left: float, right: float) -> Sequence[QRectF]:
        """Bodies whose x range meets a range."""
        rects = (self._nodes[node].rect() for node in sorted(self._found(left, right)))
        return [rect for rect in rects if rect.right() > left and rect.left() < right]

    def clearances(self, left: float, right: float) -> Sequence[QRectF]:
        """What the shapes on wires keep off: bodies with their ports."""
        found = self._found(left - self._clear, right + self._clear)
        return [self._nodes[node].clearance() for node in found]
