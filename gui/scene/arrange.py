"""Automatic arrangement: chains become stacks that read downwards, stacks flow left to right.

Stacks are found here; graphlay (a layered layout, deterministic) gives each its column and its
place among its neighbours. Only positions come out; a stack is nothing that is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import graphlay

from graph.calls.call import Shape
from graph.layers.base.layer import Category
from graph.network.network import Network, Position
from gui.face import measures as m
from gui.face.outline import BodyForm, form_of, size_of

JOINED_MERGE_INPUTS = 2
"""An operator of so many inputs at most continues the stack of its longest input."""
OTHER_HEIGHTS = (340.0, 540.0, 660.0, 800.0, 1000.0)
"""Heights of columns that are tried besides the usual one, to use a view well."""
TRIED_CHAINS = 60
WORTH, LONG_WORTH = 1.04, 1.25
"""How much larger another height, or another way of chaining, must show the network."""


@dataclass(frozen=True, slots=True)
class ArrangedNode:
    """A node as the arrangement sees it."""

    id: str
    width: float
    height: float
    seam: float
    """Gap to the node under it."""
    starts: bool
    """Whether a new column may well begin here."""


Stacks = tuple[tuple[ArrangedNode, ...], ...]

ViewSize = tuple[float, float]
"""Width and height of a view in pixels."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What the layout needs, copied from the model so that it can run in a thread. Where the size
    of a view is known, that way of chaining and that height of columns are taken which show the
    network largest in it."""

    chainings: tuple[Stacks, ...]
    """Ways to split the nodes into chains, the usual one first."""
    wires: tuple[tuple[str, str], ...]
    corner: Position
    view: ViewSize | None = None


ShapeOf = Callable[[str], tuple[Shape | None, Shape | None]]
"""A node's first input shape and output shape."""


def prepare(
    network: Network, nodes: Iterable[str], shape_of: ShapeOf, view: ViewSize | None = None
) -> Arrangement:
    """Collect what ``solve`` needs; the upper left corner of the nodes stays where it is."""
    chosen = set(nodes)
    order = [node for node in network.order() if node in chosen]
    wires = tuple(
        (wire.source, wire.target)
        for node in order
        for wire in network.inputs(node)
        if wire.source in chosen
    )
    blocks = {node: _block(network, node, shape_of) for node in order}
    chainings = tuple(
        tuple(tuple(blocks[node] for node in chain) for chain in chains(network, order, wires))
        for chains in ((_chains,) if view is None else (_chains, _long_chains))
    )
    corner = (
        min((network.nodes[node].position[0] for node in order), default=0.0),
        min((network.nodes[node].position[1] for node in order), default=0.0),
    )
    return Arrangement(chainings, wires, corner, view)


def _block(network: Network, node: str, shape_of: ShapeOf) -> ArrangedNode:
    before, after = shape_of(node)
    layer = network.nodes[node].layer
    width, height = size_of(network, node)
    changed = before is not None and before != after
    starts = form_of(layer) is BodyForm.FULL or layer.category is Category.RESHAPE
    return ArrangedNode(node, width, height, m.SEAM if changed else m.SEAM_PLAIN, starts)


def _chains(
    network: Network, order: list[str], wires: tuple[tuple[str, str], ...]
) -> list[list[str]]:
    """Split the nodes into chains without branches, in the order of the data."""
    leaving: dict[str, int] = dict.fromkeys(order, 0)
    entering: dict[str, list[str]] = {node: [] for node in order}
    for source, target in wires:
        leaving[source] += 1
        entering[target].append(source)
    depth: dict[str, int] = {}
    chain_of: dict[str, list[str]] = {}
    chains: list[list[str]] = []
    for node in order:
        sources = entering[node]
        depth[node] = 1 + max((depth[source] for source in sources), default=0)
        layer = network.nodes[node].layer
        joins = len(sources) == 1 or (
            form_of(layer) is BodyForm.OPERATOR and len(sources) <= JOINED_MERGE_INPUTS
        )
        free = [
            source for source in sources if leaving[source] == 1 and chain_of[source][-1] == source
        ]
        if joins and free:
            chain = chain_of[max(free, key=lambda source: depth[source])]
            chain.append(node)
        else:
            chain = [node]
            chains.append(chain)
        chain_of[node] = chain
    return chains


def _long_chains(
    _network: Network, order: list[str], wires: tuple[tuple[str, str], ...]
) -> list[list[str]]:
    """The same with branches leaving chains sideways: a U-Net becomes a way down and a way up.

    A node of several inputs continues a chain if the others come from chains before that one, so
    that nothing flows back and no wire stays within its column.
    """
    entering: dict[str, list[str]] = {node: [] for node in order}
    for source, target in wires:
        entering[target].append(source)
    chain_of: dict[str, int] = {}
    chains: list[list[str]] = []
    for node in order:
        sources = entering[node]
        number = max((chain_of[source] for source in sources), default=-1)
        same = [source for source in sources if chain_of[source] == number]
        if len(same) == 1 and chains[number][-1] == same[0]:
            chains[number].append(node)
        else:
            number = len(chains)
            chains.append([node])
        chain_of[node] = number
    return chains


def _height(blocks: Iterable[ArrangedNode]) -> float:
    blocks = tuple(blocks)
    if not blocks:
        return 0.0
    return sum(block.height + block.seam for block in blocks) - blocks[-1].seam


def _columns(chain: tuple[ArrangedNode, ...], most: float) -> list[tuple[ArrangedNode, ...]]:
    """Cut a chain higher than ``most`` into columns of about equal height, before a layer that
    starts something."""
    total = _height(chain)
    count = int(-(-total // most))
    if count <= 1:
        return [chain]
    goal = total / count
    columns: list[tuple[ArrangedNode, ...]] = []
    rest = chain
    while rest and len(columns) < count - 1:
        best, cost = len(rest), float("inf")
        for index in range(1, len(rest)):
            height = _height(rest[:index])
            off = abs(height - goal) + (0 if rest[index].starts else goal / 3)
            if height > most:
                off += goal
            if off < cost:
                best, cost = index, off
        columns.append(rest[:best])
        rest = rest[best:]
    return [*columns, rest] if rest else columns


def solve(task: Arrangement) -> dict[str, Position]:
    """Positions of all nodes. Pure: runs in any thread."""
    heights: tuple[float, ...] = (m.STACK_HEIGHT,)
    if task.view is not None and len(task.chainings[0]) <= TRIED_CHAINS:
        heights += OTHER_HEIGHTS
    best: dict[str, Position] = {}
    largest = 0.0
    tried: set[Stacks] = set()
    for chains in task.chainings if len(heights) > 1 else task.chainings[:1]:
        worth = WORTH if chains is task.chainings[0] else LONG_WORTH
        reached = largest
        for height in heights:
            stacks = tuple(part for chain in chains for part in _columns(chain, height))
            if not stacks or stacks in tried:
                continue
            tried.add(stacks)
            corners = _solve(stacks, task.wires)
            zoom = _zoom(stacks, corners, task.view)
            if not best or zoom > max(largest * WORTH, reached * worth):
                best, largest = _place(stacks, corners, task.corner), zoom
    return best


def _zoom(stacks: Stacks, corners: list[Position], view: ViewSize | None) -> float:
    """At which zoom the whole is seen in a view, at most 1."""
    if view is None:
        return 1.0
    wide = max(
        x + max(block.width for block in stack)
        for stack, (x, _) in zip(stacks, corners, strict=True)
    ) - min(x for x, _ in corners)
    high = max(y + _height(stack) for stack, (_, y) in zip(stacks, corners, strict=True)) - min(
        y for _, y in corners
    )
    return min(1.0, view[0] / max(1.0, wide), view[1] / max(1.0, high))


def _solve(stacks: Stacks, wires: tuple[tuple[str, str], ...]) -> list[Position]:
    """The upper left corner of each stack."""
    graph = graphlay.Graph()
    stack_of: dict[str, int] = {}
    for index, chain in enumerate(stacks):
        width = max(block.width for block in chain)
        graph.node(index, width=width, height=_height(chain))
        stack_of.update((block.id, index) for block in chain)
    weights: dict[tuple[int, int], int] = {}
    for source, target in wires:
        ends = stack_of[source], stack_of[target]
        if ends[0] != ends[1]:
            weights[ends] = weights.get(ends, 0) + 1
    for (start, end), weight in weights.items():
        graph.edge(start, end, weight=float(weight))
    options = {
        "direction": "leftright",
        "effort": "fast",
        "spacing": {
            "layer_gap": m.COLUMN_GAP,
            "node_gap": m.ROW_GAP,
            "dummy_gap": m.ROW_GAP,
            "isolated_gap": m.ROW_GAP,
        },
        "routing": {"style": "diagonal"},
    }
    drawing = graphlay.layout(graph, options=options)
    corners = [
        (
            node["center"]["x"] - node["size"]["width"] / 2,
            node["center"]["y"] - node["size"]["height"] / 2,
        )
        for node in drawing.nodes
    ]
    return _regular_columns(stacks, corners)


def _regular_columns(stacks: Stacks, corners: list[Position]) -> list[Position]:
    """Close the columns up: graphlay keeps room for bends of wires, which are curves here."""
    columns: dict[int, list[int]] = {}
    for index, (x, _) in enumerate(corners):
        centre = x + max(block.width for block in stacks[index]) / 2
        columns.setdefault(round(centre), []).append(index)
    placed = list(corners)
    x = 0.0
    for key in sorted(columns):
        wide = 0.0
        for index in columns[key]:
            placed[index] = (x, corners[index][1])
            wide = max(wide, *(block.width for block in stacks[index]))
        x += wide + m.COLUMN_GAP
    return placed


def _place(stacks: Stacks, corners: list[Position], corner: Position) -> dict[str, Position]:
    left = min(x for x, _ in corners)
    top = min(y for _, y in corners)
    found: dict[str, Position] = {}
    for chain, (x, y) in zip(stacks, corners, strict=True):
        row = _snap(y - top + corner[1])
        column = _snap(x - left + corner[0])
        for block in chain:
            found[block.id] = (column, row)
            row += block.height + block.seam
    return found


def _snap(value: float) -> float:
    return round(value / m.GRID_SNAP) * m.GRID_SNAP


def arrange(
    network: Network, nodes: Iterable[str], shape_of: ShapeOf, view: ViewSize | None = None
) -> dict[str, Position]:
    """New positions for some nodes, at once."""
    return solve(prepare(network, nodes, shape_of, view))


def moved(network: Network, positions: Mapping[str, Position]) -> dict[str, Position]:
    """The positions that differ from the present ones."""
    return {
        node: position
        for node, position in positions.items()
        if node in network.nodes and network.nodes[node].position != position
    }
