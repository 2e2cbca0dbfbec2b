"""Goes backward through a network with one set of positions per axis and output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from graph.analysis.facts import Facts
from graph.layers.io import Input
from graph.network.network import Network

Masks = dict[tuple[str, int], tuple[int, ...]]
"""Sets of positions (bit masks), one per axis, by node and number of its output."""


def backward(network: Network, known: Mapping[str, Facts], start: Masks) -> Masks:
    """The positions of every output that those in ``start`` see: by node and number of the output
    one bit mask for each axis of the image, bit 0 for the first cell. Nothing is seen through a
    node whose input shapes are unknown. Raises KeyError for a node without facts."""
    masks = dict(start)
    for name in reversed(network.order()):
        ports = len(network.nodes[name].layer.output_ports())
        seeing = [(port, masks[name, port]) for port in range(ports) if (name, port) in masks]
        if not seeing or isinstance(network.nodes[name].layer, Input):
            continue
        facts = known[name]
        shapes = facts.known_inputs()
        if shapes is None:
            continue
        for index, wire in enumerate(network.inputs(name)):
            place = network.output_number(wire)
            for port, outputs in seeing:
                own = facts.layer.seen(shapes, index, port, outputs)
                if all(own):  # else the cell sees added rows or columns only
                    _add(masks, (wire.source, place), own)
    return masks


def _add(masks: Masks, value: tuple[str, int], own: Sequence[int]) -> None:
    present = masks.get(value, (0,) * len(own))
    masks[value] = tuple(a | b for a, b in zip(present, own, strict=True))
