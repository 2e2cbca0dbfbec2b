"""The status bar: state, size, cost, memory, receptive field and data of the network."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Signal
from PySide6.QtWidgets import QStatusBar, QToolButton, QWidget

from graph.layers.io import Output
from graph.network.network import Change
from gui.appearance.theme import current, notifier
from gui.language.described import both_sizes_of
from gui.language.text import memory, short, tr, tr_count
from gui.session.causes import faults_shown
from gui.session.session import Session
from gui.widgets.parts import Label


class StatusBar(QStatusBar):
    """Figures of the whole network; the state at the left is a button to the problems."""

    problems_wanted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._preparing = ""
        self._colour = ""
        self._run = ""
        self.setSizeGripEnabled(False)
        self.state = QToolButton(self)
        self.state.clicked.connect(self.problems_wanted)
        self.addWidget(self.state)
        self._labels = [Label("", "small", self) for _ in range(4)]
        for label in self._labels:
            self.addWidget(label)
        self.data = Label("", "small", self)
        self.addWidget(self.data)
        language = QLocale().name().partition("_")[0].upper()
        language = "EN" if language == "C" else language
        self.addPermanentWidget(Label(f"{language} · float32", "small", self))
        session.changed.connect(self._changed_inside)
        session.level_changed.connect(self.refresh)
        session.main_changed.connect(self._changed)
        session.document_replaced.connect(self.refresh)
        notifier.changed.connect(self.refresh)
        self.refresh()

    def _changed(self, change: Change) -> None:
        if change.meaning:
            self.refresh()

    def _changed_inside(self, change: Change) -> None:
        if self._session.depth:
            self._changed(change)

    def set_preparing(self, text: str) -> None:
        """Say that something is being loaded; empty text ends that."""
        self._preparing = text
        self.refresh()

    def set_run_words(self, words: str) -> None:
        """What training does now; empty without a run."""
        self._run = words
        self.refresh()

    def set_data(self, text: str) -> None:
        """Name the data that training uses."""
        self.data.setText(text)
        self.data.setVisible(bool(text))

    def texts(self) -> list[str]:
        """What stands in the bar, from the left."""
        labels = [self.state.text(), *(label.text() for label in self._labels), self.data.text()]
        return [text for text in labels if text]

    def refresh(self) -> None:
        """Read the figures again."""
        analysis = self._session.main_analysis
        totals = analysis.totals()
        here, around = faults_shown(self._session)
        warnings = sum(fault.warning for fault in (*here, *around))
        self._show_state(len(here) + len(around) - warnings, warnings, totals.layers)
        fields = self._field()
        texts = (
            tr_count("{n} parameter", "{n} parameters", totals.parameters),
            tr_count("{n} MAC", "{n} MACs", totals.macs, n=short(totals.macs)),
            tr("outputs {size} per image", size=memory(totals.memory)),
            tr("receptive field {size}", size=fields) if fields else "",
        )
        for label, text in zip(self._labels, texts, strict=True):
            label.setText(text if totals.layers else "")
            label.setVisible(bool(label.text()))

    def _show_state(self, errors: int, warnings: int, layers: int) -> None:
        role = "secondary"
        if self._run:
            text, role = self._run, "success"
        elif self._preparing:
            text = self._preparing
        elif errors:
            text = tr_count("{n} error", "{n} errors", errors)
            role = "error"
        elif warnings:
            text = tr_count("{n} warning", "{n} warnings", warnings)
            role = "warning"
        else:
            text = tr("No problems") if layers else tr("Ready")
        self.state.setText(text)
        colour = current().role(role).name()
        if self._colour != colour:
            self._colour = colour
            self.state.setStyleSheet(
                f"QToolButton {{ color: {colour}; min-height: 0; padding: 0 8px; }}"
            )

    def _field(self) -> str:
        """The receptive field of the network's result."""
        nodes = self._session.project.network.nodes
        ends = [n for n, node in nodes.items() if isinstance(node.layer, Output)]
        for end in ends:
            fields = self._session.main_analysis.facts(end).receptive_field()
            if fields:
                return both_sizes_of(fields, self._session.main_analysis.image())
        return ""
