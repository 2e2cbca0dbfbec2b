"""The row over the charts: Train, Step and Stop, the progress, the figures, the settings switch."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QWidget

from gui.appearance.icons import icon
from gui.appearance.theme import current, notifier, set_property
from gui.language.text import tr
from gui.training.progress import RunFigures, RunProgress

HEIGHT = 46


class RunControls(QWidget):
    """Buttons that say what they will do now. Keys stand in the tips."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.train = QPushButton(self)
        self.step = QPushButton(tr("Step"), self)
        self.stop = QPushButton(tr("Stop"), self)
        self.progress = RunProgress(self)
        self.figures = RunFigures(self)
        self.settings = QToolButton(self)
        self.settings.setIcon(icon("settings"))
        self.settings.setText(tr("Settings"))
        self.settings.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.settings.setCheckable(True)
        self.settings.setChecked(True)
        self.settings.setToolTip(tr("Show data and settings"))
        self.settings.setAccessibleName(tr("Data and settings"))
        self.step.setToolTip(tr("One step, then wait (F10)"))
        self.stop.setToolTip(tr("End the training after the present step (Shift+F5)"))
        self._row = QHBoxLayout(self)
        for widget in (self.settings, self.train, self.step, self.stop):
            self._row.addWidget(widget)
            widget.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._row.addWidget(self.progress, 1)
        self._row.addWidget(self.figures, 2)
        self.show_state("idle")
        self._restyle()
        notifier.changed.connect(self._restyle)

    def _restyle(self) -> None:
        theme = current()
        self._row.setContentsMargins(theme.space("m"), 0, theme.space("m"), 0)
        self._row.setSpacing(theme.space("s"))
        self.setFixedHeight(theme.pixels(HEIGHT))
        # Wide enough for all its words, so that the row does not move when they change.
        words = (tr("Train"), tr("Pause"), tr("Resume"))
        metrics = self.train.fontMetrics()
        widest = max(metrics.horizontalAdvance(word) for word in words)
        self.train.setMinimumWidth(widest + theme.pixels(54))

    def show_state(self, state: str) -> None:
        """``"idle"``, ``"preparing"``, ``"running"`` or ``"paused"``."""
        text, symbol = {
            "idle": (tr("Train"), "train"),
            "paused": (tr("Resume"), "train"),
        }.get(state, (tr("Pause"), "pause"))
        main = state in ("idle", "paused")
        self.train.setText(text)
        self.train.setIcon(icon(symbol, "on_accent" if main else "primary"))
        self.train.setToolTip(tr("{action} (F5)", action=text))
        if bool(self.train.property("primary")) != main:
            set_property(self.train, "primary", main)
        alive = state != "idle"
        self.step.setIcon(icon("step"))
        self.stop.setIcon(icon("stop", "error" if alive else "secondary"))
        if bool(self.stop.property("danger")) != alive:
            set_property(self.stop, "danger", alive)
        self.train.setEnabled(True)
        self.step.setEnabled(True)
        self.stop.setEnabled(alive)

    def show_stopping(self) -> None:
        """The end was asked for; nothing else can be."""
        for button in (self.train, self.step, self.stop):
            button.setEnabled(False)
