"""Which nodes stand in which columns of the scene, so that those near a place are found soon."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF

from gui.scene.node_item import NodeItem

CELL = 160.0


class Cells:
    """The nodes of a scene by the columns that their bodies meet."""

    def __init__(self, nodes: Mapping[str, NodeItem], clear: float) -> None:
        self._nodes, self._clear = nodes, clear
        self._cells: dict[int, set[str]] = {}
        self._bodies: dict[str, QRectF] = {}
        self._before: dict[str, QRectF | None] = {}

    def forget(self) -> None:
        """No node stands anywhere."""
        self._cells, self._bodies, self._before = {}, {}, {}

    def enter(self, node: str) -> None:
        """A node has come to where it is now, or has its size now."""
        self.leave(node)
        body = self._bodies[node] = self._nodes[node].rect()
        for cell in _columns(body):
            self._cells.setdefault(cell, set()).add(node)

    def leave(self, node: str) -> None:
        """A node goes from where it was."""
        body = self._bodies.pop(node, None)
        self._before.setdefault(node, body)
        if body is not None:
            for cell in _columns(body):
                self._cells[cell].discard(node)

    def take_changes(self) -> list[QRectF]:
        """Where bodies have come or gone since this was last asked."""
        changes: list[QRectF] = []
        for node, before in self._before.items():
            now = self._bodies.get(node)
            if now != before:
                changes += [body for body in (before, now) if body is not None]
        self._before = {}
        return changes

    def _found(self, left: float, right: float) -> set[str]:
        found: set[str] = set()
        for cell in range(int(left // CELL), int(right // CELL) + 1):
            found |= self._cells.get(cell, set())
        return found

    def between(self, left: float, right: float) -> Sequence[QRectF]:
        """Bodies whose x range meets a range."""
        rects = (self._bodies[node] for node in sorted(self._found(left, right)))
        return [rect for rect in rects if rect.right() > left and rect.left() < right]

    def clearances(self, left: float, right: float) -> Sequence[QRectF]:
        """What the shapes on wires keep off: bodies with their ports."""
        found = self._found(left - self._clear, right + self._clear)
        return [self._nodes[node].clearance() for node in found]


def _columns(body: QRectF) -> range:
    return range(int(body.left() // CELL), int(body.right() // CELL) + 1)
