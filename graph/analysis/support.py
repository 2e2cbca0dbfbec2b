"""The exact input cells behind one output cell, borders, padding and dilation holes included.

Goes backward from the cell with one set of positions per node and axis. Sets are bit masks. Along
one axis the result is the projection of the cells that can influence the chosen one.
"""

from __future__ import annotations

from graph.analysis.analysis import Analysis
from graph.layer import Shape
from graph.layers.io import Input
from graph.network import upstream
from graph.reach import Axis


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
    masks: dict[str, list[int]] = {node: [1 << position for position in cell]}
    found: dict[str, tuple[list[int], ...]] = {}
    involved = upstream(network, [node])
    for name in reversed(network.order()):
        if name not in involved or name not in masks:
            continue
        layer = network.nodes[name].layer
        facts = analysis.facts(name)
        if isinstance(layer, Input):
            continue
        shapes = facts.known_inputs()
        if shapes is None:
            continue
        for index, wire in enumerate(network.inputs(name)):
            own = _step_back(layer.reach(shapes, index), shapes[index], masks[name])
            if not all(own):
                continue  # the cell sees added rows or columns only
            present = masks.setdefault(wire.source, [0] * len(own))
            masks[wire.source] = [a | b for a, b in zip(present, own, strict=True)]
    for name in network.order():
        layer = network.nodes[name].layer
        if name in involved and isinstance(layer, Input):
            seen = masks.get(name, [0] * (len(layer.shape) - 1))
            found[name] = tuple(_positions(mask) for mask in seen)
    return found


def _step_back(axes: tuple[Axis, ...], shape: Shape, outputs: list[int]) -> list[int]:
    lengths = shape[1:]
    found = []
    for axis, length in enumerate(lengths):
        rule = axes[axis]
        # A vector has no axes: whatever made it saw the whole map.
        outer = outputs[axis] if axis < len(outputs) else 1
        found.append(rule.sources(outer, length))
    return found


def _positions(mask: int) -> list[int]:
    return [i for i in range(mask.bit_length()) if mask >> i & 1]
