"""A live chart: a title row with the legend, and a plot that stands still while it fills.

The owner appends points as they come and calls ``redraw()`` from its timer, at most ten times a
second; a chart that is hidden or has nothing new does nothing. pyqtgraph is imported when the
first chart has something to draw, since the window must be up before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import (
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget

from gui.appearance.theme import Theme, current, notifier
from gui.charts.chart_frame import ChartFrame
from gui.charts.cursor import ChartCursor, CursorOverlay, Reading, reading_at
from gui.charts.legend import LegendEntry
from gui.charts.line import Line, LineKind
from gui.charts.scale import Scale
from gui.charts.series import SMOOTHING
from gui.charts.value_table import ValueTable
from gui.language.text import tr

if TYPE_CHECKING:
    from gui.charts.plot import Plot

FITS_EVERY = 5  # redraws; in between the axes stand still
MOST_WAITS = 10


class Chart(ChartFrame):
    """Lines over a planned number of steps.

    Args:
        title: words of the title row.
        log: log y axis from the start (``set_log`` changes it).
        fraction: values are shares from 0 to 1, written in per cent.
        tight: the axis starts at the lowest useful value instead of the lowest.
        cursor: a cursor shared with other charts.
    """

    def __init__(
        self,
        title: str,
        *,
        log: bool = False,
        fraction: bool = False,
        tight: bool = False,
        cursor: ChartCursor | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, parent)
        self._scale = Scale(log=log, fraction=fraction, tight=tight)
        self._lines: dict[str, Line] = {}
        self._entries: dict[str, LegendEntry] = {}
        self._until_fit = 0
        self._smoothing = SMOOTHING
        self._plot: Plot | None = None
        self._overlay: CursorOverlay | None = None
        self._cursor = cursor or ChartCursor(self)
        self._dirty = True
        self._fresh = False  # points only: may wait until they move the picture
        self._drawn_at = 0.0
        self._waited = 0
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self.redraw)
        self.table = ValueTable(self._lines.values, self)
        """The points of all lines, to read or to copy."""
        self._add_actions(log)
        self._cursor.moved.connect(self._show_cursor)
        notifier.changed.connect(self._restyle)

    # What the owner does

    def add_line(
        self,
        key: str,
        label: str,
        kind: LineKind = LineKind.SMOOTHED,
        series_index: int = 0,
        in_legend: bool = True,
    ) -> Line:
        """Add a line and its legend entry; ``series_index`` picks colour and dash of the run."""
        if key in self._lines:
            raise ValueError(f"the chart already has a line {key!r}")
        line = Line(label, kind, series_index, self._mark_fresh)
        if line.smoothed is not None:
            line.smoothed.factor = self._smoothing
        self._lines[key] = line
        if in_legend:
            self._add_entry(key, line)
        if self._plot is not None:
            line.attach(self._plot, current())
        self._mark()
        return line

    def remove_line(self, key: str) -> None:
        """Take a line and its entry away."""
        line = self._lines.pop(key)
        if self._plot is not None:
            line.detach(self._plot)
        if (entry := self._entries.pop(key, None)) is not None:
            self.legend.removeWidget(entry)
            entry.deleteLater()
        self._mark()

    def line(self, key: str) -> Line:
        """The line of a key."""
        return self._lines[key]

    def line_keys(self) -> tuple[str, ...]:
        """Keys of all lines, in order."""
        return tuple(self._lines)

    def clear(self) -> None:
        """Forget the points of all lines, not the lines."""
        for line in self._lines.values():
            line.clear()
        self._refit()

    def set_span(self, end: float, start: float = 0.0) -> None:
        """Show x from ``start`` to ``end``: the whole planned run."""
        self._scale.set_span(start, end)
        self._refit()

    def set_smoothing(self, factor: float) -> None:
        """Weight of the past in the smoothed lines, 0 to 0.99."""
        self._smoothing = factor
        for line in self._lines.values():
            if line.smoothed is not None:
                line.smoothed.factor = factor
        self._mark()

    def set_log(self, log: bool) -> None:
        """Log or linear y axis."""
        self._log_action.setChecked(log)
        if log != self._scale.log:
            self._scale.set_log(log)
            self._refit()
            self.redraw()

    def set_visible(self, key: str, visible: bool) -> None:
        """Hide or show a line, as a click on its entry does."""
        self._lines[key].visible = visible
        if key in self._entries:
            self._entries[key].setChecked(visible)
        self._refit()
        self.redraw()

    def show_only(self, key: str) -> None:
        """Show one line alone; the second time, all."""
        alone = all(line.visible == (name == key) for name, line in self._lines.items())
        for name in self._lines:
            self.set_visible(name, alone or name == key)

    def redraw(self, force: bool = False) -> bool:
        """Draw what is new; False if there was nothing to do.

        New points alone wait until they fill a column of pixels, at most ``MOST_WAITS`` calls;
        ``force`` draws them now.
        """
        if not self.isVisible() or not (self._dirty or (self._fresh and (force or self._due()))):
            return False
        self._dirty = self._fresh = False
        self._waited = 0
        if not any(len(line.raw) for line in self._lines.values()):
            self.pages.setCurrentIndex(0)
            return True
        plot = self._ready_plot()
        self.pages.setCurrentIndex(1)
        self._fit_axes(plot)
        self._drawn_at = self._newest_x()
        pixels = max(2, round(plot.area().width() * self.devicePixelRatioF()))
        for line in self._lines.values():
            line.draw(self._scale.span, pixels, self._scale.place)
        self._show_cursor()
        return True

    def _due(self) -> bool:
        if self._plot is None:
            return True
        start, end = self._scale.span
        moved = (self._newest_x() - self._drawn_at) * self._plot.area().width()
        self._waited += 1
        return abs(moved) >= end - start or self._waited >= MOST_WAITS

    def _newest_x(self) -> float:
        """Where the run that is followed stands."""
        lines = [line for line in self._lines.values() if line.visible and len(line.raw)]
        followed = [line for line in lines if line.kind in (LineKind.SMOOTHED, LineKind.PLAIN)]
        return max((float(line.raw.x[-1]) for line in followed or lines), default=0.0)

    def visible_span(self) -> tuple[float, float]:
        """First and last x of the axis."""
        return self._scale.span

    def plot_area(self) -> QWidget:
        """The widget that shows the curves and follows the mouse; made if it was not yet."""
        viewport: QWidget = self._ready_plot().viewport()
        return viewport

    def copy_picture(self) -> None:
        """The chart as it stands, to the clipboard."""
        QGuiApplication.clipboard().setPixmap(self.grab())

    # Parts

    def _add_actions(self, log: bool) -> None:
        self.add_menu_action(tr("Copy as picture"), "Ctrl+C", self.copy_picture)
        self.add_menu_action(tr("Copy values as CSV"), "Ctrl+Shift+C", self.table.copy)
        self._log_action = self.add_menu_action(
            tr("Log axis"), "Ctrl+Shift+L", lambda: self.set_log(not self._scale.log)
        )
        self._log_action.setCheckable(True)
        self._log_action.setChecked(log)

    def _add_entry(self, key: str, line: Line) -> None:
        entry = LegendEntry(line.label)
        theme = current()
        entry.set_look(line.colour(theme), line.dash(theme), line.kind)
        entry.setFont(theme.font("small"))
        entry.clicked.connect(lambda checked: self.set_visible(key, checked))
        entry.only.connect(lambda: self.show_only(key))
        self._entries[key] = entry
        self.legend.addWidget(entry)

    def _ready_plot(self) -> Plot:
        if self._plot is None:
            from gui.charts.plot import Plot

            self._plot = Plot(self, current(), self._resized)
            self._plot.viewport().setMouseTracking(True)
            self._plot.viewport().installEventFilter(self)
            self._overlay = CursorOverlay(self._plot.viewport(), self._reading)
            self.pages.addWidget(self._plot)
            for line in self._lines.values():
                line.attach(self._plot, current())
        return self._plot

    def _fit_axes(self, plot: Plot) -> None:
        """Look at the ranges now and then: the axes cost more than the curves."""
        lines = tuple(self._lines.values())
        end = self._scale.span[1]
        passed = any(len(line.raw) and line.raw.x[-1] > end for line in lines)
        self._until_fit -= 1
        if self._until_fit > 0 and not passed:
            return
        self._until_fit = FITS_EVERY
        self._scale.fit(lines)
        plot.show_scale(self._scale.span, self._scale.height, self._scale.ticks)

    def _refit(self) -> None:
        self._scale.forget_height()
        self._until_fit = 0
        self._mark()

    # Cursor

    def _reading(self) -> Reading | None:
        lines = [line for line in self._lines.values() if line.visible and len(line.raw)]
        if self._plot is None or not lines:
            return None
        x = self._cursor.x if self._cursor.x is not None else self._newest_x()
        return reading_at(x, lines, self._scale, self._plot.area())

    def _show_cursor(self) -> None:
        if self._overlay is not None and self._plot is not None:
            self._overlay.setGeometry(self._plot.viewport().rect())
            self._overlay.raise_()
            self._overlay.update()

    def _x_at(self, position: float) -> float:
        assert self._plot is not None
        area = self._plot.area()
        share = min(max((position - area.left()) / max(area.width(), 1.0), 0.0), 1.0)
        start, end = self._scale.span
        return start + share * (end - start)

    # Qt

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
            self._cursor.move(self._x_at(event.position().x()))
        elif event.type() == QEvent.Type.Leave:
            self._cursor.move(None)
        elif event.type() == QEvent.Type.MouseButtonPress:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        start, end = self._scale.span
        x = self._cursor.x if self._cursor.x is not None else start
        targets = {
            Qt.Key.Key_Left: max(start, x - (end - start) / 100),
            Qt.Key.Key_Right: min(end, x + (end - start) / 100),
            Qt.Key.Key_Home: start,
            Qt.Key.Key_End: end,
            Qt.Key.Key_Escape: None,
        }
        key = Qt.Key(event.key())
        if key not in targets or (key == Qt.Key.Key_Escape and self._cursor.x is None):
            super().keyPressEvent(event)
            return
        self._cursor.move(targets[key])

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._mark()
        self.redraw()

    def _mark(self) -> None:
        self._dirty = True

    def _mark_fresh(self) -> None:
        self._fresh = True

    def _resized(self) -> None:
        self._until_fit = 0
        self._mark()
        self._soon.start()

    def _restyle(self, theme: Theme) -> None:
        for key, entry in self._entries.items():
            line = self._lines[key]
            entry.set_look(line.colour(theme), line.dash(theme), line.kind)
            entry.setFont(theme.font("small"))
        if self._plot is not None:
            self._plot.restyle(theme)
            for line in self._lines.values():
                line.restyle(theme)
        self._mark()
        self.redraw()
