"""The training panel: buttons, progress and charts of the run, with data and settings beside them.

The panel asks the run for what is wanted, and shows what its controller tells.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QMetaMethod, QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from backend.channel.events import (
    EpochDone,
    Failed,
    Finished,
    Notice,
    Preparing,
    Progress,
    Started,
)
from graph.planning.planner import NotReady
from graph.values.declaration import FieldError
from graph.values.message import Message, UserError
from gui.appearance.theme import current
from gui.data.data_notes import show_text, skipped_lines
from gui.data.suiting import Unsuited
from gui.language.text import tr
from gui.runs.project_run import ProjectRun
from gui.training.banner import Banner, BannerAction
from gui.training.controls import RunControls
from gui.training.reports import beginning, epoch_line, outcome
from gui.training.run_charts import TrainingCharts
from gui.training.settings_form import SettingsColumn
from gui.training.weights_saver import WeightsSaver

HEIGHT = 284
SETTINGS_WIDTH = 262


class TrainingPanel(QWidget):
    """The page of the bottom dock."""

    notice = Signal(str)
    """A line for the Output panel."""
    fit_requested = Signal()
    """The template that the project came from is to be fitted to the data."""
    export_requested = Signal()
    """The user wants the file for the weights of the run."""

    def __init__(self, run: ProjectRun, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._run = run
        self._session, self._choice = run.session, run.choice
        self._saver = WeightsSaver(run.session, self)
        self._build()
        self._connect()
        self._show_state(run.state)
        self._show_empty()

    # What the window asks

    def train_or_pause(self) -> None:
        """Begin, pause or go on, whichever comes next."""
        controller = self._run.controller
        if controller.state == "idle":
            self._start(single_step=False)
        elif controller.state == "paused":
            controller.resume()
        else:
            controller.pause()

    def single_step(self) -> None:
        """One step, then wait; without a run, begin one."""
        if self._run.is_running:
            self._run.controller.single_step()
        else:
            self._start(single_step=True)

    def stop(self) -> None:
        """End the run after the present step."""
        self._run.controller.stop()

    # Parts

    def _build(self) -> None:
        self.controls = RunControls(self)
        self.banner = Banner(self)
        self.charts = TrainingCharts(self)
        self.settings = SettingsColumn(self._session, self)
        self._body = QSplitter(Qt.Orientation.Horizontal, self)
        self._body.setHandleWidth(1)
        self._body.addWidget(self.settings)
        self._body.addWidget(self.charts)
        self._body.setChildrenCollapsible(False)
        self._body.setStretchFactor(1, 1)
        self._body.setSizes([current().pixels(SETTINGS_WIDTH), current().pixels(900)])
        right = QVBoxLayout(self)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.controls)
        right.addWidget(self.banner)
        right.addWidget(self._body, 1)

    def _connect(self) -> None:
        controls, run = self.controls, self._run.controller
        controls.train.clicked.connect(self.train_or_pause)
        controls.step.clicked.connect(self.single_step)
        controls.stop.clicked.connect(self.stop)
        controls.settings.toggled.connect(self.settings.setVisible)
        self.charts.action_requested.connect(self._empty_action)
        run.state_changed.connect(self._show_state)
        run.stopping.connect(controls.show_stopping)
        run.preparing.connect(self._prepare)
        run.started.connect(self._begin)
        run.progressed.connect(self._advance)
        run.epoch_done.connect(self._add_epoch)
        run.noticed.connect(self._show_notice)
        run.failed.connect(self._fail)
        run.ticked.connect(self.charts.redraw)
        self._saver.told.connect(self._report_saved)
        self._run.beginning.connect(self._expect)
        self._run.finished.connect(self._finish)
        self._run.forgotten.connect(self._forget)
        self._choice.changed.connect(self._show_empty)

    def sizeHint(self) -> QSize:
        return QSize(current().pixels(960), current().pixels(HEIGHT))

    # Beginning

    def _start(self, *, single_step: bool, as_it_is: bool = False) -> None:
        self.banner.clear()
        start = self.settings.start_from.start
        try:
            unfit = self._run.begin(start, single_step=single_step, as_it_is=as_it_is)
        except NotReady as error:
            self._refuse_network(error)
        except FieldError as error:
            self._refuse(error.message)
            self.controls.settings.setChecked(True)
            self.settings.show_field(error.field)
        except UserError as error:
            self._refuse(error.message)
        else:
            if unfit is not None:
                self._tell_unsuited(unfit, single_step)

    def _expect(self) -> None:
        """A run begins; nothing of it is known yet."""
        self.charts.clear()
        self.charts.set_empty(tr("The first step is not done yet"))
        self.controls.figures.clear()
        self.notice.emit(tr("Training of {name} begins.", name=self._session.project.name))

    def _refuse_network(self, error: NotReady) -> None:
        fault = error.faults[0]
        self._refuse(error.message)
        if fault.node is not None or fault.wire is not None:
            self._session.reveal_in((), fault.node, fault.wire)

    def _tell_unsuited(self, unfit: Unsuited, single_step: bool) -> None:
        """Say that network and data do not go together, and offer what does."""
        actions: list[BannerAction] = []
        if unfit.fits and self.isSignalConnected(QMetaMethod.fromSignal(self.fit_requested)):
            actions.append((tr("Fit to the data…"), self.fit_requested.emit))
        if unfit.other is not None:
            spec = unfit.other.spec
            take = tr("Take {data}", data=unfit.other.title)
            actions.append((take, lambda: self._take_data(spec)))
        if unfit.trains:
            train = partial(self._start, single_step=single_step, as_it_is=True)
            actions.append((tr("Train as it is"), train))
        self.banner.tell("warning", unfit.reason.text(), *actions)
        self.notice.emit(unfit.reason.text())

    def _take_data(self, spec: str) -> None:
        self.banner.clear()
        self._choice.choose(spec)

    def _refuse(self, message: Message) -> None:
        self.banner.tell("error", message.text())
        self.notice.emit(message.text())

    # What the run tells

    def _prepare(self, event: Preparing) -> None:
        self.controls.progress.prepare(event)

    def _begin(self, event: Started) -> None:
        self.charts.begin(event)
        self.controls.progress.begin(event)
        self.notice.emit(beginning(event, self._run.folder))

    def _advance(self, event: Progress) -> None:
        self.charts.advance(event)
        self.controls.progress.advance(event)
        self.controls.figures.advance(event)

    def _add_epoch(self, event: EpochDone) -> None:
        self.charts.add_epoch(event)
        self.controls.figures.add_epoch(event)
        self.notice.emit(epoch_line(event))

    def _show_notice(self, event: Notice) -> None:
        actions: list[BannerAction] = []
        if event.skipped:
            self._choice.note_skipped(self._run.data, event.skipped)
            text = skipped_lines(event.skipped, Path(self._run.data))
            title = tr("Files that are left out")
            actions.append((tr("Show list"), lambda: show_text(self, title, text)))
        self.banner.tell("warning", event.message.text(), *actions)
        self.notice.emit(event.message.text())

    def _fail(self, event: Failed) -> None:
        sentence = event.message.text()
        actions: list[BannerAction] = []
        nodes = self._session.project.network.nodes
        if event.node is not None and event.node in nodes:
            node = event.node
            name = nodes[node].name
            show = tr("Show {node}", node=name)
            actions.append((show, lambda: self._session.reveal_in((), node)))
        if event.trace:
            trace = f"{sentence}\n\n{event.trace}"
            actions.append((tr("Details"), lambda: show_text(self, tr("Details"), trace)))
        self.banner.tell("error", sentence, *actions)
        self.notice.emit(sentence)
        self.controls.progress.clear(tr("Failed"))

    def _finish(self, event: Finished) -> None:
        weights = self._run.weights_path
        self.settings.start_from.set_last(weights)
        words = outcome(event)
        actions: list[BannerAction] = []
        if weights is not None:
            words += " " + tr("Weights: {path}", path=str(weights))
            actions.append((tr("Save weights…"), self._ask_where_to_save))
            if self.isSignalConnected(QMetaMethod.fromSignal(self.export_requested)):
                actions.append((tr("Export…"), self.export_requested.emit))
        elif event.unsaved is not None:
            words += " " + event.unsaved.text()
        self.banner.tell("warning" if event.unsaved else "success", words, *actions)
        self.notice.emit(words)

    # State

    def _show_state(self, state: str) -> None:
        self.controls.show_state(state)
        if state == "idle":
            self.controls.figures.end()
            self.charts.redraw(now=True)
            self._show_empty()

    # Without a run

    def _show_empty(self) -> None:
        if self._run.is_running:
            return
        if self._choice.problem is not None:
            self.charts.set_empty(tr("Choose a data set to train"), tr("Open image folder"))
        else:
            text = tr("No run yet. Train draws loss, accuracy and learning rate here")
            self.charts.set_empty(text, tr("Train"))
        if self._run.plan is None:
            self.controls.progress.clear(tr("No run yet"))

    def _empty_action(self) -> None:
        if self._choice.problem is not None:
            self.settings.chooser.open_folder()
        elif not self._run.is_running:
            self.train_or_pause()

    def _forget(self) -> None:
        """Another project is open."""
        self.banner.clear()
        self.charts.clear()
        self.controls.figures.clear()
        self._show_empty()

    # Weights

    def _ask_where_to_save(self) -> None:
        if self._run.weights_path is not None:
            self._saver.ask(self._run.weights_path, self._session.project.name)

    def save_weights(self, target: Path) -> None:
        """Copy the weights of the last run to a file, in the background."""
        if self._run.weights_path is not None:
            self._saver.save(self._run.weights_path, target)

    def _report_saved(self, kind: str, text: str) -> None:
        self.banner.tell(kind, text)
        self.notice.emit(text)

    # Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.charts.redraw(now=True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.charts.cursor_line.move(None)
