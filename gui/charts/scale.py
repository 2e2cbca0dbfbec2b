"""The part of the plane a chart shows, and how values map to it.

x covers the planned run and grows in steps if the run passes it. y is log or linear, follows the
bulk of the values in steps, and lets a lone spike leave the picture rather than flatten the rest.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gui.charts.axes import (
    SMALLEST,
    AxisRange,
    Tick,
    linear_ticks,
    log_ticks,
    nice_step,
    percent_label,
    plain_label,
)
from gui.charts.line import Line, LineKind
from gui.charts.series import Floats

BULK = 0.01  # share of the values at either end that may be a spike
FAR = 8.0  # times the height of the bulk: farther is a spike
USEFUL = 0.1  # share of a curve that a tight axis may leave out below
MOST_DECADES = 8.0
DECADES = 307.0  # more a double does not hold


class Scale:
    """x and y range of a chart."""

    def __init__(self, *, log: bool, fraction: bool, tight: bool) -> None:
        self.fraction = fraction
        self.tight = tight
        self.x = AxisRange(start=0.0, end=1.0, known=True)
        self.set_log(log)

    @property
    def span(self) -> tuple[float, float]:
        """First and last visible x."""
        return self.x.start, self.x.end

    @property
    def height(self) -> tuple[float, float]:
        """Lowest and highest visible place on the y axis (log10 of the value on a log axis)."""
        return self.y.start, self.y.end

    def set_span(self, start: float, end: float) -> None:
        """Show this part of the x axis."""
        self.x.start, self.x.end = start, max(end, start + 1e-9)

    def forget_height(self) -> None:
        """The next ``fit`` looks at the y axis anew."""
        self.y.known = False

    def set_log(self, log: bool) -> None:
        """Change the y axis; the range is found anew."""
        self.log = log
        if log:
            self.y = AxisRange(low=-DECADES, high=DECADES)
        else:
            self.y = AxisRange(low=0.0, high=1.0) if self.fraction else AxisRange()

    def fit(self, lines: Sequence[Line]) -> None:
        """Make room for the lines that are shown."""
        newest = max((float(line.raw.x[-1]) for line in lines if len(line.raw)), default=0.0)
        if newest > self.x.end:
            step = nice_step((newest - self.x.start) / 5)
            self.x.end = float(np.ceil(newest / step + 0.5) * step)
        bounds = [pair for line in lines if line.visible and (pair := self._bounds(line))]
        if not bounds:
            return
        low, high = min(pair[0] for pair in bounds), max(pair[1] for pair in bounds)
        self.y.fit(max(low, high - MOST_DECADES) if self.log else low, high)

    def _bounds(self, line: Line) -> tuple[float, float] | None:
        values = self._mapped(line.values(self.span))
        values = values[np.isfinite(values)]
        if not len(values):
            return None
        low, high = float(values.min()), float(values.max())
        near, far = (float(value) for value in np.quantile(values, (BULK, 1 - BULK)))
        reach = FAR * max(far - near, 1e-12 * abs(far)) / 2
        if high > far + reach:
            high = far
        if low < near - reach:
            low = near
        if self.tight and line.kind is not LineKind.POINTS:
            means = self._mapped(line.mean_values(self.span))
            means = means[np.isfinite(means)]
            if len(means) >= 20:
                low = max(low, float(np.quantile(means, USEFUL)))
        return low, max(low, high)

    def place(self, values: Floats) -> Floats:
        """Values to places on the y axis; what lies far outside stands just outside."""
        height = self.y.end - self.y.start
        return np.clip(self._mapped(values), self.y.start - height, self.y.end + height)

    def _mapped(self, values: Floats) -> Floats:
        if not self.log:
            return values
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(values > 0, np.log10(np.maximum(values, SMALLEST)), np.nan)

    def ticks(self, wide: int, high: int) -> tuple[list[Tick], list[Tick]]:
        """Ticks of the bottom axis, which has room for ``wide``, and of the left, for ``high``."""
        label = percent_label if self.fraction else plain_label
        left = log_ticks if self.log else linear_ticks
        return linear_ticks(*self.span, plain_label, wide), left(*self.height, label, high)
