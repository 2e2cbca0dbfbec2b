"""The exact input cells behind one output cell, borders, padding and dilation holes included.

Goes backward from the cell with one set of positions per node and axis. Sets are bit masks. Along
one axis the result is the projection of the cells that can influence the chosen one.
"""

from __future__ import annotations

from graph.analysis.analysis import Analysis
from graph.analysis.backward import backward
from graph.layers.io import Input
from graph.network.reachable import upstream


def support(
    analysis: Analysis, node: str, cell: tuple[int, ...]
) -> dict[str, tuple[list[int], ...]]:
    """The rows and columns of each input that ``cell`` (row, column) of a node's output sees.

    Returns, per input node's id, one sorted list of positions per axis. For a vector ``cell`` is
    empty: every value counts. Empty where shapes are unknown.
    """
    network = analysis.network
    shape = analysis.facts(node).output
    if shape is None:
        return {}
    start = {(node, 0): tuple(1 << position for position in cell)}
    known = {name: analysis.facts(name) for name in network.nodes}
    masks = backward(network, known, start)
    found: dict[str, tuple[list[int], ...]] = {}
    involved = upstream(network, [node])
    for name in network.order():
        layer = network.nodes[name].layer
        if name in involved and isinstance(layer, Input):
            own = masks.get((name, 0), (0,) * (len(layer.shape) - 1))
            found[name] = tuple(_positions(mask) for mask in own)
    return found


def _positions(mask: int) -> list[int]:
    return [i for i in range(mask.bit_length()) if mask >> i & 1]
