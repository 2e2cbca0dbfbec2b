"""An order of the nodes in which every wire runs forward, kept up to date wire by wire.

Nodes stand in a linked list with ranks that grow along it. A wire from a lower to a higher rank
needs no search. Any other starts two searches among the ranks between its ends, forward from its
target and backward from its source: either they meet, and the wire would close a cycle, or the
one that ends first has found the nodes to move past the wire's other end. This is the algorithm
of Pearce and Kelly, with gaps between ranks so that only the smaller side moves.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

_GAP = 1 << 128


class Wiring(Protocol):
    """Which nodes the wires lead to and come from."""

    def successors(self, node: str, /) -> Iterator[str]: ...

    def predecessors(self, node: str, /) -> Iterator[str]: ...


class Ordering:
    """Node ids in a topological order of ``wiring``, which the caller changes alongside."""

    def __init__(self, wiring: Wiring) -> None:
        self._wiring = wiring
        self._rank: dict[str, int] = {}
        # Neighbours in the list; before the first and behind the last stands None.
        self._next: dict[str | None, str | None] = {None: None}
        self._previous: dict[str | None, str | None] = {None: None}
        self._sorted: list[str] | None = []

    def nodes(self) -> list[str]:
        """The ids by rank. Cached until something changes; do not change it."""
        if self._sorted is None:
            self._sorted = list(self._walk())
        return self._sorted

    def add(self, node: str) -> None:
        """Append a node without wires."""
        self._place([node], self._previous[None])

    def remove(self, node: str) -> None:
        """Take out a node whose wires are gone."""
        self._unlink(node)
        del self._rank[node]
        self._sorted = None

    def closes_cycle(self, source: str, target: str) -> bool:
        """Whether a wire from ``source`` to ``target`` would close a cycle."""
        if self._rank[source] < self._rank[target]:
            return False
        return source == target or self._smaller_side(source, target) is None

    def join(self, source: str, target: str) -> None:
        """Make room for a wire, before it is there; it must not close a cycle."""
        if self._rank[source] < self._rank[target]:
            return
        side = self._smaller_side(source, target)
        assert side is not None, "the wire closes a cycle"
        moved, forward = side
        ordered = sorted(moved, key=self._rank.__getitem__)
        for node in ordered:
            self._unlink(node)
        self._place(ordered, source if forward else self._previous[target])

    def _smaller_side(self, source: str, target: str) -> tuple[set[str], bool] | None:
        """The nodes between the ranks that follow ``target`` (and True) or precede ``source``
        (and False), whichever are found first; None if ``target`` leads to ``source``."""
        rank = self._rank
        low, high = rank[target], rank[source]
        ahead, behind = {target}, {source}
        next_ahead, next_behind = [target], [source]
        while next_ahead:
            for node in self._wiring.successors(next_ahead.pop()):
                if node in behind:
                    return None
                if rank[node] < high and node not in ahead:
                    ahead.add(node)
                    next_ahead.append(node)
            if not next_behind:
                return behind, False
            for node in self._wiring.predecessors(next_behind.pop()):
                if node in ahead:
                    return None
                if rank[node] > low and node not in behind:
                    behind.add(node)
                    next_behind.append(node)
        return ahead, True

    def _walk(self) -> Iterator[str]:
        node = self._next[None]
        while node is not None:
            yield node
            node = self._next[node]

    def _unlink(self, node: str) -> None:
        before, after = self._previous.pop(node), self._next.pop(node)
        self._next[before], self._previous[after] = after, before

    def _place(self, nodes: list[str], before: str | None) -> None:
        """Link nodes behind ``before`` (None: at the start), with ranks that fit there."""
        start, step = self._room(len(nodes), before)
        if step == 0:
            for place, node in enumerate(self._walk()):
                self._rank[node] = place * _GAP
            start, step = self._room(len(nodes), before)
        after = self._next[before]
        for number, node in enumerate(nodes, 1):
            self._rank[node] = start + number * step
            self._next[before], self._previous[node] = node, before
            before = node
        self._next[before], self._previous[after] = after, before
        self._sorted = None

    def _room(self, count: int, before: str | None) -> tuple[int, int]:
        """The rank to start from and the step for ``count`` nodes behind ``before``."""
        after = self._next[before]
        if before is None:
            last = 0 if after is None else self._rank[after]
            return last - (count + 1) * _GAP, _GAP
        start = self._rank[before]
        if after is None:
            return start, _GAP
        return start, (self._rank[after] - start) // (count + 1)


def natural(text: str) -> tuple[str, int, str]:
    """Sort key that puts n2 before n10."""
    head = text.rstrip("0123456789")
    tail = text[len(head) :]
    return head, int(tail[:18] or -1), text
