"""The three charts of a run (loss, accuracy, learning rate) with one cursor and one smoothing."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSlider, QSplitter, QVBoxLayout, QWidget

from backend.channel.events import EpochDone, Progress, Started
from gui.appearance.theme import current, notifier
from gui.charts.chart import Chart
from gui.charts.cursor import ChartCursor
from gui.charts.line import LineKind
from gui.charts.series import GREATEST_SMOOTHING, SMOOTHING
from gui.language.text import number, tr
from gui.widgets.parts import Label

PERIOD = 100
"""Milliseconds between two drawings, at least."""

TRAIN, VALIDATION, RATE, PLAN = "train", "validation", "rate", "plan"
OVERLAP = "overlap"


class TrainingCharts(QSplitter):
    """Charts side by side; they take events and draw when asked, ten times a second at most."""

    action_requested = Signal()
    """The button of the empty state was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.cursor_line = ChartCursor(self)
        self.loss = Chart(tr("Loss"), log=True, cursor=self.cursor_line)
        self.accuracy = Chart(tr("Accuracy"), fraction=True, tight=True, cursor=self.cursor_line)
        self.rate = Chart(tr("Learning rate"), cursor=self.cursor_line)
        for chart in (self.loss, self.accuracy):
            chart.add_line(TRAIN, tr("train"))
            chart.add_line(VALIDATION, tr("validation"), LineKind.POINTS)
        self.rate.add_line(PLAN, tr("plan"), LineKind.PLAN, in_legend=False)
        self.rate.add_line(RATE, tr("rate"), LineKind.PLAIN, in_legend=False)
        self.rate.legend.addStrut(current().size("hit_min"))  # as high as the others' legends
        self.loss.action_requested.connect(self.action_requested)
        self.smoothing = QSlider(Qt.Orientation.Horizontal)
        self._smoothing_label = Label("", "hint")
        self._clock = QElapsedTimer()
        self.addWidget(self.loss)
        self.addWidget(self.accuracy)
        self.addWidget(self._rate_column())
        for index, stretch in enumerate((38, 30, 24)):
            self.setStretchFactor(index, stretch)
        self.setSizes([380, 280, 260])
        self.setChildrenCollapsible(False)
        self.setHandleWidth(1)
        self._restyle()
        notifier.changed.connect(self._restyle)

    def _rate_column(self) -> QWidget:
        column = QWidget(self)
        self.smoothing.setRange(0, round(GREATEST_SMOOTHING * 100))
        self.smoothing.setValue(round(SMOOTHING * 100))
        self.smoothing.setAccessibleName(tr("Smoothing of loss and accuracy"))
        self.smoothing.setToolTip(tr("How much of the past the thick lines carry along"))
        self.smoothing.valueChanged.connect(self._smooth)
        self._smoothing_label.setBuddy(self.smoothing)
        self._slider_row = QHBoxLayout()
        self._slider_row.addWidget(self._smoothing_label)
        self._slider_row.addWidget(self.smoothing, 1)
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.rate, 1)
        layout.addLayout(self._slider_row)
        self._smooth(self.smoothing.value())
        return column

    def _restyle(self) -> None:
        theme = current()
        self._slider_row.setContentsMargins(theme.space("m"), 0, theme.space("m"), 2)
        self._slider_row.setSpacing(theme.space("s"))
        self._smoothing_label.setMinimumWidth(
            self._smoothing_label.fontMetrics().horizontalAdvance(tr("Smoothing {x}", x="0.88"))
        )
        shares = 290 if OVERLAP in self.accuracy.line_keys() else 228
        for chart, width in ((self.loss, 205), (self.accuracy, shares), (self.rate, 170)):
            chart.setMinimumWidth(theme.pixels(width))

    @property
    def charts(self) -> tuple[Chart, Chart, Chart]:
        return self.loss, self.accuracy, self.rate

    def set_empty(self, text: str, action: str = "") -> None:
        """What stands where the first chart will be while there is no run."""
        self.loss.set_empty(text, action)

    def clear(self) -> None:
        """Forget the run."""
        for chart in self.charts:
            chart.clear()
        self.rate.set_note("")
        self.redraw(now=True)

    def begin(self, event: Started) -> None:
        """A new run: empty charts over all its planned steps."""
        self.clear()
        self._show_masks(event.masks)
        for chart in self.charts:
            chart.set_span(event.total_steps)
        steps, rates = zip(*event.planned, strict=True) if event.planned else ((), ())
        self.rate.line(PLAN).extend(steps, rates)

    def _show_masks(self, masks: bool) -> None:
        """Whether shares are of pixels; then the overlap of the masks is drawn, too."""
        self.accuracy.set_title(tr("Pixel accuracy") if masks else tr("Accuracy"))
        if masks != (OVERLAP in self.accuracy.line_keys()):
            if masks:
                self.accuracy.add_line(OVERLAP, tr("IoU"), LineKind.DIAMONDS, series_index=1)
            else:
                self.accuracy.remove_line(OVERLAP)
            self._restyle()

    def advance(self, event: Progress) -> None:
        """Add the points of new steps."""
        if not event.points:
            return
        steps = [point.step for point in event.points]
        self.loss.line(TRAIN).extend(steps, [point.loss for point in event.points])
        self.accuracy.line(TRAIN).extend(steps, [point.accuracy for point in event.points])
        self.rate.line(RATE).extend(steps, [point.learning_rate for point in event.points])
        self.rate.set_note(tr("now {rate}", rate=_short(event.points[-1].learning_rate)))

    def add_epoch(self, event: EpochDone) -> None:
        """Add the circles of an epoch's validation."""
        self.loss.line(VALIDATION).append(event.step, event.validation_loss)
        self.accuracy.line(VALIDATION).append(event.step, event.validation_accuracy)
        if event.validation_iou is not None and OVERLAP in self.accuracy.line_keys():
            self.accuracy.line(OVERLAP).append(event.step, event.validation_iou)

    def redraw(self, now: bool = False) -> None:
        """Draw what is new, unless that was done just before."""
        if not now and self._clock.isValid() and self._clock.elapsed() < PERIOD:
            return
        self._clock.start()
        for chart in self.charts:
            chart.redraw(force=now)

    def _smooth(self, hundredths: int) -> None:
        factor = hundredths / 100
        self._smoothing_label.setText(tr("Smoothing {x}", x=f"{factor:.2f}"))
        for chart in (self.loss, self.accuracy):
            chart.set_smoothing(factor)
            chart.redraw()


def _short(rate: float) -> str:
    return number(rate, 2 if rate < 1 else 3)
