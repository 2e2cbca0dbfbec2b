"""A growing curve that can be drawn at any zoom for the price of its pixels.

Points are only ever appended. Above them stands a pyramid: smallest and largest value of each 16,
64, 256 ... points. A view takes the level that fits its pixels, so a million points draw as
quickly as ten thousand and no spike is lost. A value that is not finite is a break in the line.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

FIRST_BUCKET = 16
LEVEL_FACTOR = 4
SMOOTHING = 0.88
GREATEST_SMOOTHING = 0.99
_BLOCK = 32  # points smoothed by one matrix product


class _Column:
    """A numpy array that grows by doubling."""

    def __init__(self, capacity: int = 1024) -> None:
        self._data = np.empty(capacity)
        self.count = 0

    @property
    def values(self) -> Floats:
        return self._data[: self.count]

    def append(self, value: float) -> None:
        self._reserve(self.count + 1)
        self._data[self.count] = value
        self.count += 1

    def extend(self, values: Floats) -> None:
        end = self.count + len(values)
        self._reserve(end)
        self._data[self.count : end] = values
        self.count = end

    def _reserve(self, size: int) -> None:
        if size > len(self._data):
            grown = np.empty(max(size, 2 * len(self._data)))
            grown[: self.count] = self.values
            self._data = grown


class Series:
    """Points (x, y) with x never falling."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget all points."""
        self._x, self._y = _Column(), _Column()
        self._low: list[_Column] = []
        self._high: list[_Column] = []

    def __len__(self) -> int:
        return self._x.count

    @property
    def x(self) -> Floats:
        """All x, a view that the next append may leave behind."""
        return self._x.values

    @property
    def y(self) -> Floats:
        """All y as they came, not finite ones too."""
        return self._y.values

    def append(self, x: float, y: float) -> None:
        """Add one point; as ``extend``."""
        if not isfinite(x) or (len(self) and x < self._x.values[-1]):
            raise ValueError("x must be finite and must not fall")
        self._x.append(x)
        self._y.append(y)

    def extend(self, xs: ArrayLike | Iterable[float], ys: ArrayLike | Iterable[float]) -> None:
        """Add points in order.

        Raises:
            ValueError: lengths differ, or an x is not finite or falls.
        """
        x = np.atleast_1d(np.asarray(xs, dtype=np.float64))
        y = np.atleast_1d(np.asarray(ys, dtype=np.float64))
        if x.shape != y.shape or x.ndim != 1:
            raise ValueError(f"xs and ys must be equally long, not {x.shape} and {y.shape}")
        if not len(x):
            return
        previous = self._x.values[-1:] if len(self) else x[:1]
        if not np.isfinite(x).all() or (np.diff(x, prepend=previous) < 0).any():
            raise ValueError("x must be finite and must not fall")
        self._x.extend(x)
        self._y.extend(y)

    def last(self) -> tuple[float, float] | None:
        """The newest point."""
        return (float(self.x[-1]), float(self.y[-1])) if len(self) else None

    def value_at(self, x: float) -> float | None:
        """y of the newest point at or before ``x``; None before the first."""
        index = int(np.searchsorted(self.x, x, side="right")) - 1
        return float(self.y[index]) if index >= 0 else None

    def view(self, x0: float, x1: float, pixels: int) -> tuple[Floats, Floats]:
        """At most ``2 * pixels`` points (of two pixels or more) that show x0..x1 with every peak.

        One point on either side is included, so that the line reaches the edges. What is not
        finite comes as NaN.
        """
        start = max(0, int(np.searchsorted(self.x, x0, side="left")) - 1)
        end = min(len(self), int(np.searchsorted(self.x, x1, side="right")) + 1)
        pixels = max(2, pixels)
        if end - start <= 2 * pixels:
            return self.x[start:end].copy(), _finite(self.y[start:end])
        return self._reduced(start, end, pixels)

    def thin(self, x0: float, x1: float, points: int) -> tuple[Floats, Floats]:
        """About ``points`` of the points in x0..x1, evenly chosen: for curves that are smooth
        already, or whose dashes the up and down of a ``view`` would fill."""
        start = max(0, int(np.searchsorted(self.x, x0, side="left")) - 1)
        end = min(len(self), int(np.searchsorted(self.x, x1, side="right")) + 1)
        stride = 1
        while (end - start) > points * stride:
            stride *= 2
        chosen = np.arange(-(-start // stride) * stride, end, stride)
        if len(chosen) and chosen[-1] != end - 1:
            chosen = np.append(chosen, end - 1)
        return self.x[chosen], _finite(self.y[chosen])

    def _reduced(self, start: int, end: int, pixels: int) -> tuple[Floats, Floats]:
        """Smallest and largest value of each bucket; buckets lie at multiples of their size, so
        that old parts of the picture stand still while points arrive."""
        self._grow()
        wanted = -(-(end - start) // (pixels - 1))  # one pixel stays for the first, partial bucket
        level, size = -1, 1
        while level + 1 < len(self._low) and FIRST_BUCKET * LEVEL_FACTOR ** (level + 2) <= wanted:
            level, size = level + 1, FIRST_BUCKET * LEVEL_FACTOR ** (level + 1)
        bucket = -(-wanted // size) * size
        first = start // bucket * bucket
        edges = np.arange(first, end, bucket)
        low, high = self._extremes(level, size, first, end, bucket)
        points = np.stack((low, high), axis=1).ravel()
        return np.repeat(self.x[edges], 2), points

    def _extremes(
        self, level: int, size: int, first: int, end: int, bucket: int
    ) -> tuple[Floats, Floats]:
        """(low, high) of each bucket from ``first`` to ``end``."""
        if level < 0:
            values = _finite(self.y[first:end])
            starts = np.arange(0, end - first, bucket)
            return np.fmin.reduceat(values, starts), np.fmax.reduceat(values, starts)
        filled = min(self._low[level].count, end // size)
        tail = _finite(self.y[filled * size : end])  # what the level does not hold yet
        result = []
        for column, reduce in ((self._low, np.fmin), (self._high, np.fmax)):
            values = column[level].values[first // size : filled]
            if len(tail):
                values = np.append(values, reduce.reduce(tail))
            result.append(reduce.reduceat(values, np.arange(0, len(values), bucket // size)))
        return result[0], result[1]

    def _grow(self) -> None:
        """Bring the pyramid up to date: full buckets only."""
        level, size = 0, FIRST_BUCKET
        while size <= len(self):
            if level == len(self._low):
                self._low.append(_Column(64))
                self._high.append(_Column(64))
            for columns, reduce in ((self._low, np.fmin), (self._high, np.fmax)):
                done, full = columns[level].count, len(self) // size
                if level:
                    below = columns[level - 1].values[done * LEVEL_FACTOR : full * LEVEL_FACTOR]
                    rows = below.reshape(-1, LEVEL_FACTOR)
                else:
                    rows = _finite(self.y[done * size : full * size]).reshape(-1, size)
                columns[level].extend(reduce.reduce(rows, axis=1))
            level, size = level + 1, size * LEVEL_FACTOR


class Smoothed:
    """The exponential mean of a series, kept up to date as the series grows.

    ``s[k] = factor * s[k-1] + (1 - factor) * y[k]``, from ``s[0] = y[0]``. Values that are not
    finite break the line and leave the mean alone.
    """

    def __init__(self, source: Series, factor: float = SMOOTHING) -> None:
        self._source = source
        self._series = Series()
        self._state: float | None = None
        self._factor = SMOOTHING
        self.factor = factor

    @property
    def factor(self) -> float:
        """Weight of the past, 0 (none) to 0.99."""
        return self._factor

    @factor.setter
    def factor(self, value: float) -> None:
        self._factor = min(max(float(value), 0.0), GREATEST_SMOOTHING)
        self.clear()
        rows, columns = np.indices((_BLOCK, _BLOCK))
        decay = self._factor ** np.maximum(rows - columns, 0)
        self._kernel = np.where(rows >= columns, decay * (1 - self._factor), 0.0)
        self._carry = self._factor ** np.arange(1, _BLOCK + 1)

    def clear(self) -> None:
        """Start again from the source's first point."""
        self._series.clear()
        self._state = None

    @property
    def series(self) -> Series:
        """The smoothed curve, up to the source's newest point."""
        done = len(self._series)
        if done < len(self._source):
            y = self._source.y[done:]
            finite = np.isfinite(y)
            smooth = np.full(len(y), np.nan)
            smooth[finite] = self._smooth(y[finite])
            self._series.extend(self._source.x[done:], smooth)
        return self._series

    def _smooth(self, y: Floats) -> Floats:
        """Smooth finite values, block by block: one matrix product, then the carried mean."""
        if not len(y):
            return y
        padded = np.zeros(-(-len(y) // _BLOCK) * _BLOCK)
        padded[: len(y)] = y
        blocks = padded.reshape(-1, _BLOCK) @ self._kernel.T
        state = float(y[0]) if self._state is None else self._state
        ends, shrink = blocks[:, -1].tolist(), float(self._carry[-1])
        starts = np.empty(len(blocks))
        for index, end in enumerate(ends):
            starts[index] = state
            state = end + shrink * state
        result = (blocks + starts[:, None] * self._carry).ravel()[: len(y)]
        self._state = float(result[-1])
        return result


def _finite(values: Floats) -> Floats:
    """A copy with NaN for all that is not finite."""
    return np.where(np.isfinite(values), values, np.nan)
