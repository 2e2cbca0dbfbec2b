"""One line of a chart: its points, its look, and the pyqtgraph items that draw it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from gui.appearance.theme import Theme, blend
from gui.charts.series import SMOOTHING, Floats, Series, Smoothed

RAW_OPACITY = 0.38
PIXELS_PER_POINT = 2  # of curves that are smooth
MOST_PIXELS = 2000  # two points each: never more than 4 000 points per line


class LineKind(StrEnum):
    """How a line is drawn."""

    SMOOTHED = "smoothed"  # raw values thin and pale, their exponential mean over them
    RUN = "run"  # the mean alone, with the dash of its run: other runs to compare with
    PLAIN = "plain"  # the values joined as they are: the learning rate
    POINTS = "points"  # hollow circles, not joined: one per epoch
    DIAMONDS = "diamonds"  # hollow diamonds: another figure of each epoch
    PLAN = "plan"  # thin and dashed: what is still to come

    @property
    def marked(self) -> bool:
        """Whether each point is drawn alone."""
        return self in (LineKind.POINTS, LineKind.DIAMONDS)


class Line:
    """Points that are drawn in the colour of ``series_index`` (points and plan: text colours)."""

    def __init__(
        self, label: str, kind: LineKind, series_index: int, changed: Callable[[], None]
    ) -> None:
        self.label = label
        self.kind = kind
        self.series_index = series_index
        self.raw = Series()
        self.visible = True
        mean = kind in (LineKind.SMOOTHED, LineKind.RUN)
        self.smoothed = Smoothed(self.raw, SMOOTHING) if mean else None
        self._changed = changed
        self._items: list[Any] = []

    def append(self, x: float, y: float) -> None:
        """Add one point."""
        self.raw.append(x, y)
        self._changed()

    def extend(self, xs: Iterable[float], ys: Iterable[float]) -> None:
        """Add points in order of x."""
        self.raw.extend(xs, ys)
        self._changed()

    def clear(self) -> None:
        """Forget all points."""
        self.raw.clear()
        if self.smoothed is not None:
            self.smoothed.clear()
        self._changed()

    def main_series(self) -> Series:
        """What the eye follows: the smoothed curve where there is one."""
        return self.smoothed.series if self.smoothed is not None else self.raw

    def colour(self, theme: Theme) -> QColor:
        if self.kind is LineKind.POINTS:
            return theme.text.primary
        if self.kind is LineKind.PLAN:
            return theme.text.tertiary
        return theme.series[self.series_index % len(theme.series)].colour

    def dash(self, theme: Theme) -> tuple[float, ...]:
        if self.kind is LineKind.PLAN:
            return (4.0, 3.0)
        if self.kind is LineKind.RUN:
            return theme.series[self.series_index % len(theme.series)].dash
        return ()

    def attach(self, plot: Any, theme: Theme) -> None:
        """Make the items in a ``Plot``."""
        import pyqtgraph

        if self.kind.marked:
            symbol, size = ("d", 8) if self.kind is LineKind.DIAMONDS else ("o", 6)
            self._items = [pyqtgraph.ScatterPlotItem(size=size, symbol=symbol, antialias=True)]
        elif self.kind is LineKind.SMOOTHED:
            self._items = [
                pyqtgraph.PlotCurveItem(antialias=False),
                pyqtgraph.PlotCurveItem(antialias=True),
            ]
        else:
            self._items = [pyqtgraph.PlotCurveItem(antialias=True)]
        if self.kind is LineKind.SMOOTHED:
            # One long path of 2 px costs ten times its segments drawn one by one.
            self._items[1].setSegmentedLineMode("on")
        for depth, item in enumerate(self._items):
            item.setZValue(self.kind.marked or depth)
            plot.add(item)
        self.restyle(theme)

    def detach(self, plot: Any) -> None:
        """Take the items out of the plot."""
        for item in self._items:
            plot.remove(item)
        self._items = []

    def restyle(self, theme: Theme) -> None:
        """Pens in the colours of a theme."""
        colour = self.colour(theme)
        if self.kind.marked:
            for item in self._items:
                item.setPen(_pen(colour, 1.5))
                item.setBrush(theme.background.panel)
        elif self.kind is LineKind.SMOOTHED and self._items:
            # Opaque: crossing strokes of a translucent pen would add up to the full colour.
            pale = blend(colour, theme.background.panel, RAW_OPACITY)
            self._items[0].setPen(_pen(pale, 1))
            self._items[1].setPen(_pen(colour, 2))
        elif self._items:
            width = 1.0 if self.kind is LineKind.PLAN else 1.3
            self._items[0].setPen(_pen(colour, width, self.dash(theme)))

    def draw(
        self, span: tuple[float, float], pixels: int, place: Callable[[Floats], Floats]
    ) -> None:
        """Give the items what ``span`` shows; ``place`` maps values to the axis."""
        for item in self._items:
            item.setVisible(self.visible)
        if not self.visible or not self._items:
            return
        pixels = min(pixels, MOST_PIXELS)
        if self.kind.marked:
            xs, ys = self.raw.view(*span, pixels)
            ys = place(ys)
            known = np.isfinite(ys)
            self._items[0].setData(xs[known], ys[known])
            return
        if self.kind in (LineKind.SMOOTHED, LineKind.PLAIN):
            _set(self._items[0], *self.raw.view(*span, pixels), place)
        if self.kind is not LineKind.PLAIN:
            points = pixels // PIXELS_PER_POINT
            _set(self._items[-1], *self.main_series().thin(*span, points), place)

    def values(self, span: tuple[float, float]) -> Floats:
        """Finite raw values within ``span``, extremes kept: what an axis must show."""
        return _finite(self.raw.view(*span, 200)[1])

    def mean_values(self, span: tuple[float, float]) -> Floats:
        """Finite values of the main curve within ``span``."""
        return _finite(self.main_series().thin(*span, 200)[1])


def _finite(values: Floats) -> Floats:
    return values[np.isfinite(values)]


def _set(item: Any, xs: Floats, ys: Floats, place: Callable[[Floats], Floats]) -> None:
    """``setData`` the cheap way; a line with breaks takes the dearer one."""
    ys = place(ys)
    whole = bool(np.isfinite(ys).all())
    item.setData(xs, ys, connect="all" if whole else "finite", skipFiniteCheck=whole)


def _pen(colour: QColor, width: float, dash: tuple[float, ...] = ()) -> QPen:
    pen = QPen(colour, width)
    pen.setCosmetic(True)
    if dash:
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([part / width for part in dash])
    return pen
