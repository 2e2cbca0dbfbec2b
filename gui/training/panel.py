"""The training panel: buttons, progress and charts of the run, with data and settings beside them.

The panel asks the controller and shows what it tells; it starts a run from the project as it is at
that moment. Editing the network meanwhile does not touch the run.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
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
    Probed,
    Progress,
    Started,
)
from backend.data.targets import check_trainable
from backend.training.worker import DataRequest
from graph.calls.plan import Plan
from graph.planning.planner import NotReady, make_plan
from graph.values.declaration import FieldError
from graph.values.message import Message, UserError
from gui.appearance.theme import current
from gui.data.choice import DataChoice
from gui.data.data_notes import show_text, skipped_lines
from gui.data.suiting import Unsuited, unsuited
from gui.language.text import full, tr
from gui.session.session import Session
from gui.training.banner import Banner, BannerAction
from gui.training.controls import RunControls
from gui.training.inner_steps import steps_by_node
from gui.training.reports import beginning, epoch_line, outcome
from gui.training.run_charts import TrainingCharts
from gui.training.run_controller import RunController
from gui.training.settings_form import SettingsColumn, settings_of
from gui.training.strips import activity_of, strips
from gui.training.weights import new_run_folder
from gui.training.weights_saver import WeightsSaver

HEIGHT = 284
SETTINGS_WIDTH = 262
MOST_STRIPS = 64
STRIPS = "strips"


class TrainingPanel(QWidget):
    """The page of the bottom dock. ``controller`` owns the run."""

    running_changed = Signal(str)
    """``"idle"``, ``"preparing"``, ``"running"`` or ``"paused"``."""
    status_changed = Signal(str)
    """A few words for the status bar."""
    notice = Signal(str)
    """A line for the Output panel."""
    thumbnails = Signal(object)
    """Pictures (QImage) for nodes of the canvas by node id; empty when the run is over."""
    activity = Signal(object)
    """Share of the network's multiply-accumulates (0..1) by node id; empty when nothing runs."""
    closing = Signal()
    """The window is about to end; who works beside the run ends that, too."""
    fit_requested = Signal()
    """The template that the project came from is to be fitted to the data."""
    export_requested = Signal()
    """The user wants the file for the weights at ``weights_path``."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.controller = RunController(self)
        self.choice = DataChoice.of(session)
        self._plan: Plan | None = None
        self._folder: Path | None = None
        self._best: Path | None = None
        self._last: Path | None = None
        self._status = ""
        self._data = ""
        self._epochs = 0
        self._strips: tuple[str, ...] | None = None
        self._saver = WeightsSaver(self)
        self._build()
        self._connect()
        self._show_state(self.controller.state)
        self._show_empty()

    # What the window asks

    def train_or_pause(self) -> None:
        """Begin, pause or go on, whichever comes next."""
        state = self.controller.state
        if state == "idle":
            self._start(single_step=False)
        elif state == "paused":
            self.controller.resume()
        else:
            self.controller.pause()

    def single_step(self) -> None:
        """One step, then wait; without a run, begin one."""
        if self.controller.is_running:
            self.controller.single_step()
        else:
            self._start(single_step=True)

    def stop(self) -> None:
        """End the run after the present step."""
        self.controller.stop()

    def is_running(self) -> bool:
        """Whether there is a run, paused or not."""
        return self.controller.is_running

    def close_run(self) -> bool:
        """End the run and what runs beside it while the event loop goes on; False if the run did
        not end in time."""
        self.controller.stop()
        self.choice.stop()
        self.settings.start_from.stop()
        self.closing.emit()
        return self.controller.close()

    @property
    def state(self) -> str:
        """``"idle"``, ``"preparing"``, ``"running"`` or ``"paused"``."""
        return self.controller.state

    @property
    def run_plan(self) -> Plan | None:
        """What the present or the last run trains."""
        return self._plan

    @property
    def weights_path(self) -> Path | None:
        """The best weights of the last run of this project; they fit ``run_plan``."""
        return self._best or self._last

    def show_strips(self, nodes: Iterable[str] | None) -> None:
        """Nodes whose thumbnails are wanted (those the canvas shows); None for all."""
        self._strips = None if nodes is None else tuple(nodes)
        self._watch_strips()

    # Parts

    def _build(self) -> None:
        self.controls = RunControls(self)
        self.banner = Banner(self)
        self.charts = TrainingCharts(self)
        self.settings = SettingsColumn(self.session, self)
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
        controls, run = self.controls, self.controller
        controls.train.clicked.connect(self.train_or_pause)
        controls.step.clicked.connect(self.single_step)
        controls.stop.clicked.connect(self.stop)
        controls.settings.toggled.connect(self.settings.setVisible)
        self.charts.action_requested.connect(self._empty_action)
        run.state_changed.connect(self._show_state)
        run.stopping.connect(self._show_stopping)
        run.preparing.connect(self._prepare)
        run.started.connect(self._begin)
        run.progressed.connect(self._advance)
        run.epoch_done.connect(self._add_epoch)
        run.paused_at.connect(self._show_pause)
        run.probed.connect(self._show_strips)
        run.noticed.connect(self._show_notice)
        run.failed.connect(self._fail)
        run.finished.connect(self._finish)
        run.ticked.connect(self.charts.redraw)
        self._saver.told.connect(self._report_saved)
        self.choice.changed.connect(self._show_empty)
        self.session.document_replaced.connect(self._forget)

    def sizeHint(self) -> QSize:
        return QSize(current().pixels(960), current().pixels(HEIGHT))

    # Beginning

    def _start(self, *, single_step: bool, as_it_is: bool = False) -> None:
        session = self.session
        self.banner.clear()
        try:
            plan = make_plan(session.project.network, session.main_analysis, session.project.name)
            settings = settings_of(session)
            check_trainable(plan)
        except NotReady as error:
            self._refuse_network(error)
            return
        except FieldError as error:
            self._refuse(error.message)
            self.controls.settings.setChecked(True)
            self.settings.show_field(error.field)
            return
        except UserError as error:
            self._refuse(error.message)
            return
        if self.choice.problem is not None:
            self._refuse(self.choice.problem)
            return
        unfit = None if as_it_is else unsuited(session, self.choice.look)
        if unfit is not None:
            self._tell_unsuited(unfit, single_step)
            return
        self._plan, self._best, self._last = plan, None, None
        self._folder = new_run_folder(session.project.name, datetime.now())
        self._watch_strips()
        self.charts.clear()
        self.charts.set_empty(tr("The first step is not done yet"))
        self.controls.figures.clear()
        self.notice.emit(tr("Training of {name} begins.", name=session.project.name))
        self._data = self.choice.spec
        data = DataRequest(self._data)
        start = self.settings.start_from.start
        self.controller.start(
            plan, settings, data, self._folder, start=start, single_step=single_step
        )

    def _refuse_network(self, error: NotReady) -> None:
        fault = error.faults[0]
        self._refuse(error.message)
        if fault.node is not None or fault.wire is not None:
            self.session.reveal_in((), fault.node, fault.wire)

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
        self.choice.choose(spec)

    def _refuse(self, message: Message) -> None:
        self.banner.tell("error", message.text())
        self.notice.emit(message.text())

    # What the run tells

    def _prepare(self, event: Preparing) -> None:
        self.controls.progress.prepare(event)
        self._set_status(event.message.text())

    def _begin(self, event: Started) -> None:
        self._epochs = event.epochs
        self.charts.begin(event)
        self.controls.progress.begin(event)
        self.notice.emit(beginning(event, self._folder))
        if self._plan is not None:
            self.activity.emit(activity_of(self._plan, self.session))
        if self.controller.state == "running":
            self._set_status(tr("Training"))

    def _advance(self, event: Progress) -> None:
        self.charts.advance(event)
        self.controls.progress.advance(event)
        self.controls.figures.advance(event)
        if self.controller.state == "running" and not self.controller.is_stopping:
            self._set_status(
                tr("Training, epoch {epoch} of {epochs}", epoch=event.epoch, epochs=self._epochs)
            )

    def _add_epoch(self, event: EpochDone) -> None:
        self.charts.add_epoch(event)
        self.controls.figures.add_epoch(event)
        self.notice.emit(epoch_line(event))

    def _show_pause(self, step: int) -> None:
        if self.controller.state == "paused":
            self._set_status(tr("Paused after step {step}", step=full(step)))

    def _show_notice(self, event: Notice) -> None:
        actions: list[BannerAction] = []
        if event.skipped:
            self.choice.note_skipped(self._data, event.skipped)
            text = skipped_lines(event.skipped, Path(self._data))
            title = tr("Files that are left out")
            actions.append((tr("Show list"), lambda: show_text(self, title, text)))
        self.banner.tell("warning", event.message.text(), *actions)
        self.notice.emit(event.message.text())

    def _fail(self, event: Failed) -> None:
        sentence = event.message.text()
        actions: list[BannerAction] = []
        nodes = self.session.project.network.nodes
        if event.node is not None and event.node in nodes:
            node = event.node
            name = nodes[node].name
            show = tr("Show {node}", node=name)
            actions.append((show, lambda: self.session.reveal_in((), node)))
        if event.trace:
            trace = f"{sentence}\n\n{event.trace}"
            actions.append((tr("Details"), lambda: show_text(self, tr("Details"), trace)))
        self.banner.tell("error", sentence, *actions)
        self.notice.emit(sentence)
        self.controls.progress.clear(tr("Failed"))

    def _finish(self, event: Finished) -> None:
        self._best = Path(event.best_weights) if event.best_weights else None
        self._last = Path(event.last_weights) if event.last_weights else None
        self.settings.start_from.set_last(self.weights_path)
        words = outcome(event)
        actions: list[BannerAction] = []
        if self.weights_path is not None:
            words += " " + tr("Weights: {path}", path=str(self.weights_path))
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
        if state == "running":
            self._set_status(tr("Training"))
        elif state == "paused":
            self._set_status(tr("Pausing after this step"))
        elif state == "preparing":
            self._set_status(tr("Preparing"))
        else:
            self.controls.figures.end()
            self.charts.redraw(now=True)
            self.activity.emit({})
            self.thumbnails.emit({})
            self._set_status("")
            self._show_empty()
        self.running_changed.emit(state)

    def _show_stopping(self) -> None:
        self.controls.show_stopping()
        self._set_status(tr("Stopping after this step"))

    def _set_status(self, text: str) -> None:
        if text != self._status:
            self._status = text
            self.status_changed.emit(text)

    # Without a run

    def _show_empty(self) -> None:
        if self.controller.is_running:
            return
        if self.choice.problem is not None:
            self.charts.set_empty(tr("Choose a dataset to train"), tr("Open image folder"))
        else:
            text = tr("No run yet. Train draws loss, accuracy and learning rate here")
            self.charts.set_empty(text, tr("Train"))
        if self._plan is None:
            self.controls.progress.clear(tr("No run yet"))

    def _empty_action(self) -> None:
        if self.choice.problem is not None:
            self.settings.chooser.open_folder()
        elif not self.controller.is_running:
            self.train_or_pause()

    def _forget(self) -> None:
        """Another project is open: what an old run left belongs to the old one."""
        if self.controller.is_running:
            return
        self._plan = self._folder = self._best = self._last = None
        self.controller.forget()
        self.banner.clear()
        self.charts.clear()
        self.controls.figures.clear()
        self._show_empty()

    # Pictures on the canvas

    def _watch_strips(self) -> None:
        if self._plan is None:
            return
        known = steps_by_node(self._plan)
        own = [node for node in known if "/" not in node]
        wanted = own if self._strips is None else [n for n in self._strips if n in known]
        if wanted:
            self.controller.watch(STRIPS, maps=wanted[:MOST_STRIPS])
        else:
            self.controller.unwatch(STRIPS)

    def _show_strips(self, event: Probed) -> None:
        if self.controller.is_running:
            self.thumbnails.emit(strips(event, self._strips))

    # Weights

    def _ask_where_to_save(self) -> None:
        if self.weights_path is not None:
            self._saver.ask(self.weights_path, self.session.project.name)

    def save_weights(self, target: Path) -> None:
        """Copy the weights of the last run to a file, in the background."""
        if self.weights_path is not None:
            self._saver.save(self.weights_path, target)

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
