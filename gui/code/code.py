"""The code panel: the Python source of what is on the canvas, made anew after every edit.

While the network cannot run, the source of the last valid state stays and says so. A large
network is written in a thread, from a copy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton, QVBoxLayout, QWidget

from backend.training.settings import started
from graph.analysis.analysis import Analysis
from graph.blocks.block import Block
from graph.blocks.library import library_of
from graph.document.files import reason_of, write_text
from graph.document.strict_json import ProjectError
from graph.export.export import PythonFile, source
from graph.export.file_name import free_name
from graph.network.network import Change, Network, Node
from graph.planning.planner import NotReady, make_plan
from graph.values.message import say
from gui.appearance.icons import icon
from gui.code.source_view import SourceView
from gui.language.text import tr, tr_count
from gui.session.session import Session
from gui.session.trial import copied
from gui.widgets.background import BackgroundTask
from gui.widgets.parts import Label, PanelFoot, PanelTitle

DELAY = 120
LARGE = 200


@dataclass(frozen=True, slots=True)
class Written:
    """Source of one state of the network: when it was made, and each node's lines."""

    source: PythonFile
    at: datetime
    whole: bool


class CodePanel(QWidget):
    """Live source. ``head`` is the title of its dock."""

    message = Signal(str)
    """A sentence about something done."""
    problem_wanted = Signal()
    """The user wants to see why there is no newer source."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._written: Written | None = None
        self._task: BackgroundTask | None = None
        self._lines: dict[int, str] = {}
        self.head = PanelTitle(tr("Code"))
        self._badge = Label("", "hint", self.head)
        self.problem_button = self._button(tr("Go to the problem"), "warning", self._ask_problem)
        self.copy_button = QToolButton(self.head)
        self.copy_button.setIcon(icon("copy"))
        self.copy_button.setToolTip(tr("Copy the source (Ctrl+Shift+E)"))
        self.copy_button.setAccessibleName(tr("Copy the source"))
        self.copy_button.clicked.connect(self.copy)
        self.save_button = self._button(tr("Save as .py"), "export", None)
        self.save_button.setToolTip(tr("Save as a Python file (Ctrl+E)"))
        self.head.row.insertWidget(1, self._badge)
        for button in (self.problem_button, self.copy_button, self.save_button):
            self.head.add(button)
        self.view = SourceView(self)
        self._foot = PanelFoot(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.view, 1)
        column.addWidget(self._foot)
        self._later = QTimer(self, singleShot=True, interval=DELAY)
        self._later.timeout.connect(self.write_now)
        self.view.line_chosen.connect(self._choose_line)
        session.main_changed.connect(self._changed)
        session.blocks_changed.connect(self._later.start)
        session.settings_changed.connect(self._settings_changed)
        session.document_replaced.connect(self._replaced)
        session.closing.connect(self._end_work)
        session.selection_changed.connect(lambda: self._light(follow=not self.view.hasFocus()))
        self._replaced()

    def _button(self, text: str, name: str, slot: object) -> QPushButton:
        button = QPushButton(icon(name), text, self.head)
        if slot is not None:
            button.clicked.connect(slot)
        return button

    def _ask_problem(self) -> None:
        self.problem_wanted.emit()

    def _changed(self, change: Change) -> None:
        if change.meaning or change.renamed:
            self._later.start()

    def _settings_changed(self) -> None:
        if self._first_weights() != self._started:
            self._later.start()

    def _first_weights(self) -> tuple[object, ...]:
        """The settings of training that the source depends on."""
        training = self._session.project.training
        return training.get("initialisation"), training.get("initial_value")

    def _replaced(self) -> None:
        self._written = None
        self.write_now()

    @property
    def text(self) -> str:
        """The source shown, empty if there has been no valid state."""
        return self._written.source.text if self._written else ""

    def badge(self) -> str:
        return self._badge.text()

    def write_now(self) -> None:
        """Write the source of the present state."""
        self._later.stop()
        self._started = self._first_weights()
        if self._task is not None:
            self._task.drop()
            self._task = None
        network, analysis = self._session.project.network, self._session.main_analysis
        name = self._session.project.name
        if analysis.errors():
            self._show(None)
        elif len(network.nodes) < LARGE:
            self._show(written(network, analysis, name, self._session.project.training))
        else:
            self._task = BackgroundTask(
                self._writing(network, analysis, name), "convloom-source", self
            )
            self._task.done.connect(self._arrived)
            self._task.start()

    def _writing(
        self, network: Network, analysis: Analysis, name: str
    ) -> Callable[[], PythonFile | None]:
        """What the thread does. Blocks are shared by copies, so a plan is made of them first."""
        training = self._session.project.training
        if library_of(network).blocks:
            plan = started(make_plan(network, analysis, name), training)
            return lambda: source(plan)
        copy = copied(network)
        return lambda: written(copy, Analysis(copy), name, training)

    def _arrived(self, result: object) -> None:
        self._task = None
        self._show(result if isinstance(result, PythonFile) else None)

    def _end_work(self) -> None:
        if self._task is not None:
            self._task.wait()
            self._task = None

    def _show(self, made: PythonFile | None) -> None:
        if made is not None:
            self._written = Written(made, datetime.now(), True)
        elif self._written is not None:
            self._written = Written(self._written.source, self._written.at, False)
        current = self._written
        empty = not self._session.project.network.nodes
        self._lines = {}
        hues: dict[int, str] = {}
        if current is not None:
            for key, lines in current.source.lines.items():
                found = self._found(key)
                for line in lines:
                    self._lines.setdefault(line, key)
                    if found is not None:
                        hues[line] = found[1].layer.category.value
            self.view.show_source(current.source.text.rstrip("\n"), hues)
        else:
            self.view.show_source("", {})
        stale = made is None and not empty
        self.problem_button.setVisible(stale)
        # The badge needs the room of the name.
        self.head.title.setVisible(not stale)
        self._badge.set_role("warning" if stale else "hint")
        if not stale:
            self._badge.setText("")
        elif current is None:
            self._badge.setText(tr("No code yet: the network has a problem"))
        else:
            self._badge.setText(
                tr("Code as of the last valid state, {time}", time=f"{current.at:%H:%M}")
            )
        self.copy_button.setEnabled(current is not None)
        self.save_button.setEnabled(current is not None)
        self._show_figures(current)
        self._light()

    def _show_figures(self, current: Written | None) -> None:
        if current is None:
            self._foot.text.set_text(tr("The source of the network will stand here"))
            return
        text = current.source.text
        self.head.title.set_text(f"{self.file_name()}.py")
        self._foot.text.set_text(
            tr(
                "class {name}   {lines}   needs torch only   updates as you edit",
                name=current.source.class_name,
                lines=tr_count("{n} line", "{n} lines", text.count("\n")),
            )
        )

    def file_name(self) -> str:
        """A file name, without its ending, that is also a module's name."""
        name = "".join(c if c.isalnum() else "_" for c in self._session.project.name).strip("_")
        return free_name(name.lower() or "network")

    def _found(self, key: str) -> tuple[Block | None, Node] | None:
        """The node that a key of the source means, and the block it stands in."""
        network = self._session.project.network
        if key in network.nodes:
            return None, network.nodes[key]
        name, _, inner = key.rpartition("/")
        block = library_of(network).blocks.get(name)
        if block is None or inner not in block.network.nodes:
            return None
        return block, block.network.nodes[inner]

    def _light(self, *, follow: bool = True) -> None:
        if self._written is None:
            return
        block = self._session.block
        prefix = "" if block is None else f"{block.name}/"
        chosen = [f"{prefix}{node}" for node in self._session.selection]
        lines = [line for node in chosen for line in self._written.source.lines.get(node, ())]
        self.view.light(lines, follow=follow)

    def _choose_line(self, line: int) -> None:
        found = self._found(self._lines.get(line, ""))
        if found is not None:
            block, node = found
            self._session.reveal_in(self._session.levels.way_to(block), node.id)

    def copy(self) -> None:
        """Put the source on the clipboard."""
        if self.text:
            QApplication.clipboard().setText(self.text)
            self.message.emit(tr("The source is on the clipboard"))

    def save(self, path: Path) -> None:
        """Write the source to a file. Raises UserError."""
        try:
            write_text(path, self.text)
        except OSError as error:
            reason = reason_of(error)
            raise ProjectError(
                say("{path} could not be saved: {reason}", path=str(path), reason=reason)
            ) from error


def written(
    network: Network, analysis: Analysis, name: str, training: Mapping[str, Any]
) -> PythonFile | None:
    """The source of a network that starts as its training asks for, or None if it is not ready."""
    try:
        return source(started(make_plan(network, analysis, name), training))
    except NotReady:
        return None
