"""What the next run starts from: random weights, those of the last run, or those of a file.

A sentence says how many tensors fit before the run begins; it is found in a thread, because
building the network needs torch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QGridLayout, QSizePolicy, QWidget

from backend.weights.matching import Way
from backend.weights.start import Start
from graph.calls.plan import Plan
from graph.network.network import Change
from graph.planning.planner import make_plan
from graph.values.message import Message, UserError, message_of
from gui.appearance.theme import current, notifier
from gui.language.text import tr
from gui.session.session import Session
from gui.widgets.background import BackgroundTask
from gui.widgets.parts import Label

StartSource = Literal["random", "last", "file", "choose"]
MatchChoice = Literal["all", "name", "order", "ends", "table"]

LABEL_WIDTH = 66
NAME_WIDTH = 112  # pixels of a file's name in its box

DELAY = 250
"""Milliseconds without an edit before the fit is looked for again."""


class StartFrom(QWidget):
    """Two boxes and a sentence. ``start`` is what they say."""

    changed = Signal()
    """Another start was chosen."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._source: StartSource = "random"
        self._fit: MatchChoice = "all"
        self._last: Path | None = None
        self._file: Path | None = None
        self._table: Path | None = None
        self._task: BackgroundTask | None = None
        self._dialog: QFileDialog | None = None
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(DELAY)
        self._wait.timeout.connect(self._look)
        self._build()
        self._restyle()
        self._fill()
        notifier.changed.connect(self._restyle)
        session.changed.connect(self._edited)
        session.document_replaced.connect(self._forget)
        session.closing.connect(self._end_work)

    def _build(self) -> None:
        self.source_box, self.fit_box = QComboBox(self), QComboBox(self)
        self._source_label = Label(tr("Start from"), "body", self)
        self._fit_label = Label(tr("Match"), "body", self)
        self.sentence = Label("", "hint", self, wrap=True)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(1, 1)
        rows = ((self._source_label, self.source_box), (self._fit_label, self.fit_box))
        for line, (label, box) in enumerate(rows):
            label.setBuddy(box)
            box.setAccessibleName(label.text())
            box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            box.setMinimumContentsLength(6)
            self._grid.addWidget(label, line, 0)
            self._grid.addWidget(box, line, 1)
        self._grid.addWidget(self.sentence, len(rows), 0, 1, 2)
        self.source_box.activated.connect(lambda _: self._choose(self.source_box.currentData()))
        self.fit_box.activated.connect(lambda _: self._choose_fit(self.fit_box.currentData()))

    def _restyle(self) -> None:
        theme = current()
        self._grid.setHorizontalSpacing(theme.space("xs"))
        self._grid.setVerticalSpacing(theme.space("xs"))
        for label in (self._source_label, self._fit_label):
            label.setFixedWidth(theme.pixels(LABEL_WIDTH))

    # What is chosen

    @property
    def start(self) -> Start | None:
        """The weights to start from; None for random ones."""
        path = {"last": self._last, "file": self._file}.get(self._source)
        if path is None:
            return None
        if self._fit == "all":
            return Start(path)
        way: Way = self._fit
        return Start(path, way, self._table if way == "table" else None, strict=False)

    def set_last(self, path: Path | None) -> None:
        """The weights of the run just trained."""
        self._last = path
        if path is None and self._source == "last":
            self._source = "random"
        self._fill()

    def use_file(self, path: Path) -> None:
        """Start from a file."""
        self._file, self._source = path, "file"
        self._fill()

    def use_table(self, path: Path) -> None:
        """Match by a JSON table."""
        self._table, self._fit = path, "table"
        self._fill()

    def _end_work(self) -> None:
        self._wait.stop()
        if self._task is not None:
            self._task.wait()
            self._task = None

    def _forget(self) -> None:
        self._source, self._fit = "random", "all"
        self._last = self._file = self._table = None
        self._fill()

    def _choose(self, source: StartSource) -> None:
        if source == "choose":
            self._ask(tr("Weights to start from"), tr("Weights (*.safetensors)"), self.use_file)
        else:
            self._source = source
        self._fill()

    def _choose_fit(self, fit: MatchChoice) -> None:
        if fit == "table":
            self._ask(tr("Table of names"), tr("Tables (*.json)"), self.use_table)
        else:
            self._fit = fit
        self._fill()

    def _ask(self, title: str, pattern: str, use: Callable[[Path], None]) -> None:
        """Ask for a file, without stopping anything."""
        if self._dialog is not None:
            self._dialog.deleteLater()
        self._dialog = QFileDialog(self, title)
        self._dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._dialog.setNameFilter(pattern)
        self._dialog.fileSelected.connect(lambda path: use(Path(path)))
        self._dialog.open()

    # What is shown

    def _fill(self) -> None:
        sources: list[tuple[str, StartSource]] = [(tr("random weights"), "random")]
        if self._last is not None:
            sources.append((tr("the run just trained"), "last"))
        if self._file is not None:
            sources.append((self._short(self._file.stem), "file"))
        sources.append((tr("weights file…"), "choose"))
        _set_items(self.source_box, sources, self._source)
        fits: list[tuple[str, MatchChoice]] = [
            (tr("all, by name"), "all"),
            (tr("what fits, by name"), "name"),
            (tr("in order"), "order"),
            (tr("from both ends"), "ends"),
        ]
        table = tr("by a table…") if self._table is None else self._short(self._table.name)
        fits.append((table, "table"))
        _set_items(self.fit_box, fits, self._fit)
        chosen = self.start
        for widget in (self._fit_label, self.fit_box):
            widget.setVisible(chosen is not None)
        self.source_box.setToolTip("" if chosen is None else str(chosen.path))
        table_chosen = self._table is not None and self._fit == "table"
        self.fit_box.setToolTip(str(self._table) if table_chosen else "")
        self.changed.emit()
        self._wait.stop()
        self._look()

    def _short(self, name: str) -> str:
        room = current().pixels(NAME_WIDTH)
        return self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, room)

    def _edited(self, change: Change) -> None:
        if change.meaning and self.start is not None:
            self._wait.start()

    def _look(self) -> None:
        """Find out what fits."""
        if self._task is not None:
            self._task.drop()
            self._task = None
        start = self.start
        if start is None:
            self._say("", "hint")
            return
        session = self._session
        try:
            plan = make_plan(session.network, session.analysis, session.project.name)
        except UserError as error:
            self._say(error.message.text(), "hint")
            return
        self._say(tr("Looking at the weights …"), "hint")
        self._task = BackgroundTask(lambda: _fitting(plan, start), "match-weights", self)
        self._task.done.connect(self._told)
        self._task.failed.connect(self._failed)
        self._task.start()

    def _told(self, message: Message) -> None:
        self._task = None
        self._say(message.text(), "hint")

    def _failed(self, error: Exception) -> None:
        self._task = None
        self._say(message_of(error).text(), "error")

    def _say(self, text: str, role: str) -> None:
        self.sentence.set_role(role)
        self.sentence.setText(text)
        self.sentence.setVisible(bool(text))


def _fitting(plan: Plan, start: Start) -> Message:
    """In the background: how many tensors fit. Raises UserError."""
    from backend.weights.loading import match_start, shapes_of

    return match_start(shapes_of(plan), start).sentence()


def _set_items(box: QComboBox, items: Sequence[tuple[str, str]], now: str) -> None:
    """Fill a box and choose one of its items, telling nobody."""
    box.blockSignals(True)
    box.clear()
    for text, value in items:
        box.addItem(text, value)
    box.setCurrentIndex(max(0, box.findData(now)))
    box.blockSignals(False)
