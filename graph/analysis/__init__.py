"""What can be said of a network without running it: shapes, cost, receptive field, faults."""

from __future__ import annotations

from graph.analysis.analysis import Analysis, Totals
from graph.analysis.facts import Facts
from graph.analysis.faults import Fault, Repair

__all__ = ["Analysis", "Facts", "Fault", "Repair", "Totals"]
