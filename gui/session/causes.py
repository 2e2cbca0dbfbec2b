"""Faults by their cause: what lies inside a block is one fault, however many uses tell of it."""

from __future__ import annotations

from graph.analysis.faults import Fault
from graph.blocks.block_use import BlockUse
from graph.network.network import Network
from gui.session.session import Session

FaultCause = tuple[Network, str | None, str]
"""The network where it lies, the node there, and what is wrong."""


def faults_shown(session: Session) -> tuple[list[Fault], list[Fault]]:
    """The faults of the level shown, and in a block those of the whole network; each cause
    once, at the first place that tells of it."""
    if not session.analysis.totals().layers and not session.main_analysis.totals().layers:
        return [], []
    told: set[FaultCause] = set()
    own = _once(session.network, session.analysis.faults(), told)
    if not session.depth:
        return own, []
    return own, _once(session.project.network, session.main_analysis.faults(), told)


def _once(network: Network, faults: list[Fault], told: set[FaultCause]) -> list[Fault]:
    """Without the faults of uses whose cause is told already; ``told`` grows."""
    kept = []
    for fault in faults:
        cause = _cause(network, fault)
        if cause[0] is network or cause not in told:
            kept.append(fault)
        told.add(cause)
    return kept


def _cause(network: Network, fault: Fault) -> FaultCause:
    origin = fault.problem.origin if fault.problem is not None else None
    if origin is None or fault.node is None:
        what = f"{fault.field} {fault.value}: {fault.why}" if fault.field else str(fault.why)
        return network, fault.node, what
    node = fault.node
    for station in origin.way:
        use = network.nodes[node].layer
        assert isinstance(use, BlockUse)
        network, node = use.block.network, station.node
    return network, node, str(origin.what)
