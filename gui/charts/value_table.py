"""The points of curves as a table of text; a long one is written in the background."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from PySide6.QtCore import QObject, QThreadPool, Signal
from PySide6.QtGui import QGuiApplication

from gui.charts.line import Line
from gui.charts.series import Series
from gui.language.text import tr

ROWS_AT_ONCE = 20_000
"""More rows are written in the background."""

Columns = Sequence[tuple[str, Series]]


class ValueTable(QObject):
    """The values of a chart, smoothed ones beside raw ones."""

    _written = Signal(str)

    def __init__(self, lines: Callable[[], Iterable[Line]], parent: QObject) -> None:
        super().__init__(parent)
        self._lines = lines
        self._written.connect(self._take)

    def text(self) -> str:
        """All points of all lines."""
        return as_csv(self._columns())

    def copy(self) -> None:
        """The table to the clipboard."""
        columns = self._columns()
        if sum(len(series) for _, series in columns) <= ROWS_AT_ONCE:
            self._take(as_csv(columns))
            return
        frozen = []
        for name, series in columns:
            copy = Series()
            copy.extend(series.x, series.y)
            frozen.append((name, copy))
        QThreadPool.globalInstance().start(_task(frozen, self._written.emit))

    def _take(self, text: str) -> None:
        QGuiApplication.clipboard().setText(text)

    def _columns(self) -> list[tuple[str, Series]]:
        columns = []
        for line in self._lines():
            columns.append((line.label, line.raw))
            if line.smoothed is not None:
                columns.append((tr("{line} smoothed", line=line.label), line.smoothed.series))
        return columns


def _task(columns: Columns, done: Callable[[str], None]) -> Callable[[], None]:
    """A task for the thread pool; a chart that is gone by then gets nothing."""

    def run() -> None:
        text = as_csv(columns)
        try:
            done(text)
        except RuntimeError:
            return

    return run


def as_csv(columns: Columns) -> str:
    """All points as a table: one row for each x, an empty cell where a curve has no point."""
    xs = np.unique(np.concatenate([series.x for _, series in columns] or [np.empty(0)]))
    cells = []
    for _, series in columns:
        column = [""] * len(xs)
        rows = np.searchsorted(xs, series.x)
        for row, value in zip(rows.tolist(), series.y.tolist(), strict=True):
            column[row] = repr(value)
        cells.append(column)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["step", *(name for name, _ in columns)])
    writer.writerows(zip(map(_plain, xs.tolist()), *cells, strict=True))
    return out.getvalue()


def _plain(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)
