"""Taking the network away: its Python source and, after a training, its weights beside it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from backend.training.settings import started
from graph.calls.plan import Plan
from graph.document.files import reason_of, write_bytes, write_text
from graph.export.export import source
from graph.export.file_name import refuse_file_name
from graph.planning.planner import NotReady, make_plan
from graph.values.message import UserError, message_of, say
from gui.code.code import CodePanel
from gui.language.text import tr
from gui.runs.project_run import ProjectRun
from gui.runs.same_computation import computes_the_same
from gui.session.preferences import Preferences
from gui.session.session import Session
from gui.widgets import dialogs
from gui.widgets.background import BackgroundTask

SUFFIX = ".safetensors"


class SourceSaver(QObject):
    """Asks for a file and writes the source; weights that fit are copied in the background."""

    told = Signal(str, str)
    """A sentence and its kind: info, warning or error."""

    def __init__(
        self,
        session: Session,
        code: CodePanel,
        run: ProjectRun,
        preferences: Preferences,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._code, self._run = session, code, run
        self._preferences, self._window = preferences, window
        self._task: BackgroundTask | None = None
        session.closing.connect(self._end_work)

    def ask(self) -> None:
        """Ask for a file and write the source, with the weights of the last run if they fit."""
        if not self._code.text:
            self.told.emit(
                tr("There is no source yet: mend the problems of the network first."), "warning"
            )
            return
        start = self._preferences.folder / f"{self._code.file_name()}.py"
        path = dialogs.ask_source_target(self._window, start)
        if path is not None:
            self.save(path)

    def save(self, path: Path) -> None:
        """Write the source to a file, with the weights of the last run beside it if they fit."""
        refused = refuse_file_name(path.name)
        if refused is not None:
            self.told.emit(tr("Not saved: {reason}.", reason=refused), "error")
            return
        plan, weights = self._fitting_plan(), self._run.weights_path
        if plan is None or weights is None:
            self._save_source(path, trained=weights is not None)
            return
        if self._task is not None:
            self._task.wait()
        task = BackgroundTask(lambda: save_both(plan, path, weights), "save-source", self)
        task.done.connect(lambda target: self._end(path, target))
        task.failed.connect(self._fail)
        self._task = task
        task.start()

    def _end_work(self) -> None:
        if self._task is not None:
            self._task.wait()
            self._task = None

    def _fitting_plan(self) -> Plan | None:
        """The plan of the network as it is, if the weights of the last run fit it."""
        trained, session = self._run.plan, self._session
        if trained is None or self._run.weights_path is None:
            return None
        try:
            plan = make_plan(session.project.network, session.main_analysis, session.project.name)
        except NotReady:
            return None
        return started(plan, session.project.training) if weights_fit(trained, plan) else None

    def _save_source(self, path: Path, *, trained: bool) -> None:
        try:
            self._code.save(path)
        except UserError as error:
            self.told.emit(error.message.text(), "error")
            return
        if trained:
            text = tr(
                "{name} is saved without weights: the network is not what was trained.",
                name=path.name,
            )
            self.told.emit(text, "warning")
        else:
            self.told.emit(tr("{name} is saved", name=path.name), "info")

    def _end(self, path: Path, weights: Path) -> None:
        self._task = None
        text = tr(
            "The source is saved as {path}, its trained weights as {weights}.",
            path=str(path),
            weights=str(weights),
        )
        self.told.emit(text, "info")

    def _fail(self, error: Exception) -> None:
        self._task = None
        self.told.emit(message_of(error).text(), "error")


def weights_fit(run: Plan, plan: Plan) -> bool:
    """Whether weights of the one network are those of the other, by the same names."""
    return computes_the_same(run, plan, training=True) and _names(run) == _names(plan)


def _names(plan: Plan) -> dict[str, str]:
    return {path: step.node for path, step in plan.walk()}


def save_both(plan: Plan, path: Path, weights: Path) -> Path:
    """Write the source to ``path`` and a copy of the weights beside it; return where they are.

    Weights of that name that belong to no source file are not overwritten. Raises UserError.
    """
    target = path.with_suffix(SUFFIX)
    if target.exists() and not path.exists():
        raise UserError(
            say(
                "{path} could not be saved: {weights} is there already; choose another name.",
                path=str(path),
                weights=target.name,
            )
        )
    text = source(plan, target.name).text
    place = target
    try:
        # First the weights: a source file never names weights that are not there.
        write_bytes(target, weights.read_bytes())
        place = path
        write_text(path, text)
    except OSError as error:
        raise UserError(
            say(
                "{path} could not be saved: {reason}. Choose another place.",
                path=str(place),
                reason=reason_of(error),
            )
        ) from error
    return target
