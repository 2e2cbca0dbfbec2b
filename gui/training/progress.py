"""How far a training is: a bar with epoch and step, and a row of figures beside it."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from backend.channel.events import EpochDone, Preparing, Progress, Started
from gui.appearance.theme import current, notifier
from gui.language.text import NOTHING, duration, full, percent, tr
from gui.widgets.parts import Elided, Label

FINE = 10_000  # parts of the bar


class RunProgress(QWidget):
    """``Epoch 2 / 5  step 283 / 430`` with the share of the whole run, over a bar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._started: Started | None = None
        self._head = Label("", "name", self)
        self._detail = Elided("", "small", self, colour="secondary")
        self._share = Label("", "mono", self)
        self._bar = QProgressBar(self)
        self._bar.setRange(0, FINE)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("Progress of the training"))
        row = QHBoxLayout()
        row.addWidget(self._head)
        row.addWidget(self._detail, 1)
        row.addWidget(self._share)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addStretch(1)
        column.addLayout(row)
        column.addWidget(self._bar)
        column.addStretch(1)
        self.clear()

    def sizeHint(self) -> QSize:
        return QSize(current().pixels(220), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(current().pixels(150), super().minimumSizeHint().height())

    def clear(self, text: str = "") -> None:
        """No run; ``text`` says what there is instead."""
        self._started = None
        self._bar.setRange(0, FINE)
        self._set(text, "", 0.0, "")

    def prepare(self, event: Preparing) -> None:
        """Work before the first step, with or without a known end."""
        self._bar.setRange(0, FINE if event.total else 0)
        share = event.done / event.total if event.total else 0.0
        far = percent(share) if event.total else full(event.done) if event.done else ""
        self._set(tr("Preparing"), event.message.text(), share, far)

    def begin(self, event: Started) -> None:
        """The run is known."""
        self._started = event
        self._bar.setRange(0, FINE)
        self._show(0, 1)

    def advance(self, event: Progress) -> None:
        """Some steps were made."""
        self._show(event.step, event.epoch)

    def _show(self, step: int, epoch: int) -> None:
        run = self._started
        if run is None:
            return
        share = step / max(run.total_steps, 1)
        within = step - (epoch - 1) * run.steps_per_epoch
        self._set(
            tr("Epoch {epoch} / {epochs}", epoch=epoch, epochs=run.epochs),
            tr("step {step} / {steps}", step=full(within), steps=full(run.steps_per_epoch)),
            share,
            percent(share),
        )

    def _set(self, head: str, detail: str, share: float, words: str) -> None:
        self._head.setText(head)
        self._detail.set_text(detail)
        self._share.setText(words)
        self._bar.setValue(round(share * FINE))
        self._bar.setAccessibleDescription(f"{head} {detail} {words}".strip())

    def texts(self) -> tuple[str, str, str]:
        """Headline, detail and share as they stand."""
        return self._head.text(), self._detail.text(), self._share.text()


class Figure(QFrame):
    """A value over its name, in a column that does not change its width with each digit."""

    def __init__(self, name: str, widest: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._widest = widest
        self.value = Label(NOTHING, "mono", self)
        self.name = Label(name, "hint", self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addStretch(1)
        column.addWidget(self.value)
        column.addWidget(self.name)
        column.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)

    def sizeHint(self) -> QSize:
        widest = self.value.fontMetrics().horizontalAdvance(self._widest)
        hint = super().sizeHint()
        return QSize(max(widest + 2, hint.width()), hint.height())

    def show_value(self, value: str, name: str | None = None) -> None:
        """Another value, and another name if the name tells more (``best, epoch 3``)."""
        self.value.setText(value)
        if name is not None and name != self.name.text():
            self.name.setText(name)
            self.updateGeometry()
        self.setAccessibleName(f"{self.name.text()}: {value}")


class RunFigures(QWidget):
    """Speed, times and the best validation. What finds no room is left out from the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.best = Figure(tr("best validation"), "100.0 %", self)
        self.remaining = Figure(tr("remaining"), "00:00:00", self)
        self.speed = Figure(tr("images / s"), "000 000", self)
        self.elapsed = Figure(tr("elapsed"), "00:00:00", self)
        self._figures = (self.best, self.remaining, self.speed, self.elapsed)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._lines = []
        for figure in self._figures:
            line = QFrame(self)
            self._lines.append(line)
            self._row.addWidget(line)
            self._row.addWidget(figure)
        self._row.addStretch(1)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._restyle()
        notifier.changed.connect(self._restyle)

    def _restyle(self) -> None:
        theme = current()
        self._row.setSpacing(theme.space("s"))
        for line in self._lines:
            line.setFixedWidth(1)
            line.setStyleSheet(f"background: {theme.border.subtle.name()};")

    def sizeHint(self) -> QSize:
        widths = (figure.sizeHint().width() + self._gap() for figure in self._figures)
        return QSize(sum(widths), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def _gap(self) -> int:
        return 2 * self._row.spacing() + 1

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.width() + self._row.spacing()
        for figure, line in zip(self._figures, self._lines, strict=True):
            room -= figure.sizeHint().width() + self._gap()
            figure.setVisible(room >= 0)
            line.setVisible(room >= 0)

    def clear(self) -> None:
        """No run."""
        for figure in self._figures:
            figure.show_value(NOTHING)
        self.best.show_value(NOTHING, tr("best validation"))

    def advance(self, event: Progress) -> None:
        """Some steps were made."""
        self.speed.show_value(full(round(event.images_per_second)))
        self.elapsed.show_value(duration(event.elapsed))
        self.remaining.show_value(duration(event.remaining))

    def end(self) -> None:
        """The run is over: nothing remains."""
        self.remaining.show_value(NOTHING)

    def add_epoch(self, event: EpochDone) -> None:
        """An epoch is over."""
        if event.best:
            value, words = percent(event.validation_accuracy, 2), tr("best validation")
            if event.validation_iou is not None:
                overlap = percent(event.validation_iou, 1)
                value = tr("{pixels} · IoU {overlap}", pixels=value, overlap=overlap)
                words = tr("best pixel accuracy")
            words = tr("{best}, epoch {epoch}", best=words, epoch=event.epoch)
            self.best.show_value(value, words)
