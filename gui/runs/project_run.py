"""The run of the open project: begun from the project as it is at that moment, and what it left.

Editing the network meanwhile does not touch the run. What it tells comes as signals of its
``controller``.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from backend.channel.events import Finished
from backend.data.targets import check_trainable
from backend.training.settings import TrainingSettings
from backend.weights.start import Start
from graph.calls.plan import Plan
from graph.planning.planner import make_plan
from graph.values.message import UserError
from gui.data.choice import DataChoice
from gui.data.suiting import Unsuited, unsuited
from gui.runs.run_controller import RunController, State
from gui.runs.weights import new_run_folder
from gui.session.session import Session


def settings_of(session: Session) -> TrainingSettings:
    """The project's settings. Raises FieldError for a value that is not legal."""
    return TrainingSettings.make(session.project.training)


class ProjectRun(QObject):
    """The present run, or the last one."""

    beginning = Signal()
    """A run begins: ``plan`` and ``folder`` are those of the new one."""
    finished = Signal(object)
    """Carries the event Finished; the weights are at ``weights_path``."""
    forgotten = Signal()
    """Another project is open: what the last run left belongs to the old one."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.session = session
        self.choice = DataChoice.of(session)
        self.controller = RunController(self)
        self._plan: Plan | None = None
        self._folder: Path | None = None
        self._data = ""
        self._weights: Path | None = None
        self.controller.finished.connect(self._end)
        session.document_replaced.connect(self._forget)

    @property
    def state(self) -> State:
        """``"idle"``, ``"preparing"``, ``"running"`` or ``"paused"``."""
        return self.controller.state

    @property
    def is_running(self) -> bool:
        """Whether there is a run, paused or not."""
        return self.controller.is_running

    @property
    def plan(self) -> Plan | None:
        """What the present or the last run trains."""
        return self._plan

    @property
    def folder(self) -> Path | None:
        """Where it writes."""
        return self._folder

    @property
    def data(self) -> str:
        """The source that it trains on."""
        return self._data

    @property
    def weights_path(self) -> Path | None:
        """The best weights of the last run of this project; they fit ``plan``."""
        return self._weights

    def begin(
        self, start: Start | None, *, single_step: bool = False, as_it_is: bool = False
    ) -> Unsuited | None:
        """Begin a run from ``start``. A network that does not suit the data is not trained, but
        told in the answer, unless it is to be taken as it is.

        Raises UserError for what cannot be trained: NotReady with the faults of the network,
        FieldError with the name of the setting.
        """
        session = self.session
        plan = make_plan(session.project.network, session.main_analysis, session.project.name)
        settings = settings_of(session)
        check_trainable(plan)
        if self.choice.problem is not None:
            raise UserError(self.choice.problem)
        unfit = None if as_it_is else unsuited(session, self.choice.look)
        if unfit is not None:
            return unfit
        self._plan, self._weights = plan, None
        self._folder = new_run_folder(session.project.name, datetime.now())
        self._data = self.choice.spec
        self.beginning.emit()
        data = self.choice.request
        self.controller.start(
            plan, settings, data, self._folder, start=start, single_step=single_step
        )
        return None

    def close(self) -> bool:
        """End the run while the event loop goes on; False if it did not end in time."""
        return self.controller.close()

    def _end(self, event: Finished) -> None:
        path = event.best_weights or event.last_weights
        self._weights = Path(path) if path else None
        self.finished.emit(event)

    def _forget(self) -> None:
        if self.is_running:
            return
        self._plan = self._folder = self._weights = None
        self.controller.forget()
        self.forgotten.emit()
