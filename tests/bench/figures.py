"""What the measurements share: medians, percentiles, and a line that pytest does not swallow."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import pytest


def percentile(values: Sequence[float], percent: float) -> float:
    """The value below which ``percent`` of the values lie (nearest rank)."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, round(percent / 100 * (len(ranked) - 1)))]


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Median, range and number of the values."""
    middle, low, high = statistics.median(values), min(values), max(values)
    return f"{middle:.{digits}f} ({low:.{digits}f}-{high:.{digits}f}, n={len(values)})"


def tell(capsys: pytest.CaptureFixture[str], *lines: str) -> None:
    """Print lines although pytest captures the output."""
    with capsys.disabled():
        print()
        for line in lines:
            print("   ", line)
