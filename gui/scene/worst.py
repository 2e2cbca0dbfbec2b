"""The faults that a scene shows: of each node and each wire the worst."""

from __future__ import annotations

from dataclasses import dataclass, field

from graph.analysis.analysis import Analysis
from graph.analysis.faults import Fault
from graph.layers.base.layer import FaultKind
from graph.network.network import Network


@dataclass(frozen=True, slots=True)
class WorstFaults:
    """The worst fault of each faulty node, and the error of each faulty wire."""

    nodes: dict[str, Fault] = field(default_factory=dict)
    wires: dict[str, Fault] = field(default_factory=dict)


def worst_faults(network: Network, analysis: Analysis) -> WorstFaults:
    """The worst faults of a network."""
    found = WorstFaults()
    for fault in analysis.faults():  # errors come first
        if fault.node is not None and not _follows(network, fault):
            found.nodes.setdefault(fault.node, fault)
        if fault.wire is not None and not fault.warning:
            found.wires.setdefault(fault.wire, fault)
    return found


def _follows(network: Network, fault: Fault) -> bool:
    """Whether a fault only repeats what the end of its branch says: no way to an output."""
    if fault.kind is not FaultKind.UNREACHABLE or not fault.warning or fault.node is None:
        return False
    return bool(network.outputs(fault.node))
