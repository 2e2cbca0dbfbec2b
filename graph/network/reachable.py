"""Which nodes lead to some, and to which they lead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from graph.network.network import Network


def upstream(network: Network, start: Iterable[str]) -> set[str]:
    """The given nodes and all that lead to them."""
    return _spread(start, network.graph.predecessors)


def downstream(network: Network, start: Iterable[str]) -> set[str]:
    """The given nodes and all that they lead to."""
    return _spread(start, network.graph.successors)


def _spread(start: Iterable[str], neighbours: Callable[[str], Iterator[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting.extend(neighbours(node))
    return found
