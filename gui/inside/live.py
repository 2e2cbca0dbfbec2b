"""The inside of the chosen node while the network trains: filters, maps, one image, weights.

Before a run it shows the starting weights and after it what the run left, both computed in the
background. It looks at nothing while it is hidden.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from backend.channel.events import Probed
from backend.channel.looking import View, strongest_slices
from graph.calls.call import Call
from graph.calls.plan import Plan, Step
from graph.network.network import Change
from graph.planning.planner import make_plan
from graph.values.message import Message, UserError
from gui.appearance.colormaps import Colormap
from gui.appearance.theme import current, notifier
from gui.charts.histogram import Histogram
from gui.inside.live_head import LiveHead
from gui.inside.mosaic import Mosaic
from gui.inside.predictions import ImageChooser
from gui.inside.stills import Still, Stills
from gui.language.kinds import kind_name
from gui.language.text import full, shape, tr, tr_count
from gui.runs.inner_steps import steps_by_node
from gui.runs.project_run import ProjectRun, settings_of
from gui.runs.same_computation import computes_the_same
from gui.runs.strips import palette_of

VIEWER = "live"
CALM = 200
"""Milliseconds without an edit before starting weights are made anew."""


class LivePanel(QWidget):
    """The right dock while training."""

    def __init__(self, run: ProjectRun, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._run, self._controller = run.session, run, run.controller
        self._step: Step | None = None
        self._key = ""
        """The node looked at, as the plan knows it."""
        self._stills = Stills(self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(CALM)
        self._soon.timeout.connect(self._look)
        self._build()
        self._connect()

    def _build(self) -> None:
        self.head = LiveHead(self)
        self.filters = Mosaic(tr("Filters"), Colormap.DIVERGING, parent=self)
        self.maps = Mosaic(tr("Feature maps"), Colormap.SEQUENTIAL, parent=self)
        self.chooser = ImageChooser(self)
        self.weights = Histogram(tr("Weights"), self)
        self._column = QVBoxLayout(self)
        self._column.addWidget(self.head)
        self._column.addWidget(self.filters, 10)
        self._column.addWidget(self.maps, 9)
        self._column.addWidget(self.chooser)
        self._column.addWidget(self.weights)
        self._restyle()
        notifier.changed.connect(self._restyle)

    def _connect(self) -> None:
        session, controller = self._session, self._controller
        session.selection_changed.connect(self._look)
        session.main_changed.connect(self._edited)
        session.settings_changed.connect(self._soon.start)
        session.document_replaced.connect(self._forget)
        controller.state_changed.connect(self._look)
        controller.probed.connect(self._show)
        session.closing.connect(self._close_looks)
        self._stills.looked.connect(self._show)
        self._stills.failed.connect(self._show_nothing)
        self.chooser.chosen.connect(self._choose_image)

    def _restyle(self) -> None:
        theme = current()
        margin = theme.space("m")
        self._column.setContentsMargins(margin, 0, margin, theme.space("s"))
        self._column.setSpacing(theme.space("s"))

    def sizeHint(self) -> QSize:
        theme = current()
        return QSize(theme.size("dock_right"), theme.pixels(640))

    @property
    def busy(self) -> bool:
        """Whether a look without a run is to come: edits are waited for, or one is under way."""
        return self._soon.isActive() or self._stills.busy

    def _close_looks(self) -> None:
        self._soon.stop()
        self._stills.close()

    # What to look at

    def _edited(self, change: Change) -> None:
        if change.meaning:
            self._soon.start()
        elif change.renamed:
            self._look()

    def _forget(self) -> None:
        """Another project: nothing seen of the last one stays."""
        self._stills.drop()
        self._step, self._key = None, ""
        self.head.show_node("", tr("Live"), "")
        self._clear(tr("Looking …"))
        self.chooser.clear()
        self._soon.start()

    def _choose_image(self, image: int) -> None:
        self._controller.set_image(image)
        if not self._run.is_running:
            self._look()

    def _look(self) -> None:
        """Ask for the node that is chosen now, in the run or in the background."""
        if not self.isVisible():
            return
        if self._run.is_running:
            self._stills.drop()
            plan = self._run.plan
        else:
            plan = self._idle_plan()
        key, step = ("", None) if plan is None else self._chosen(plan)
        self._take(key, step)
        if plan is None or step is None:
            self._controller.unwatch(VIEWER)
            return
        filters = (key,) if _has_filters(step) else ()
        if self._run.is_running:
            self._controller.watch(VIEWER, filters, (key,))
        else:
            self._ask(plan, View(filters, (key,), self._controller.image))

    def _idle_plan(self) -> Plan | None:
        """What the network is now; of its run if that computes the same."""
        session = self._session
        try:
            plan = make_plan(session.project.network, session.main_analysis, session.project.name)
        except UserError as error:
            self._stills.drop()
            self._show_nothing(error.message)
            return None
        trained = self._controller.trained
        if trained is not None and computes_the_same(trained.plan, plan):
            return trained.plan
        return plan

    def _ask(self, plan: Plan, view: View) -> None:
        trained = self._controller.trained
        if trained is not None and trained.plan is not plan:
            trained = None
        try:
            settings = settings_of(self._session)
        except UserError as error:
            self._show_nothing(error.message)
            return
        data = self._run.choice.request
        self._stills.ask(Still(view, plan, settings, data, trained))

    def _chosen(self, plan: Plan) -> tuple[str, Step | None]:
        """The step of the selected node, with its key in the plan; without a selection, of the
        first convolution that is shown."""
        steps, session = steps_by_node(plan), self._session
        if session.selection:
            key = session.levels.node_path(session.selection[0]) or ""
            if key not in steps:
                self._show_absent(session.selection[0])
            return key, steps.get(key)
        shown = [
            key for key in map(session.levels.node_path, session.network.order()) if key in steps
        ]
        found = [key for key in shown if key and _has_filters(steps[key])]
        best = next(iter(found or shown), None)
        return (best, steps[best]) if best else ("", None)

    def _take(self, key: str, step: Step | None) -> None:
        before, self._step, self._key = self._key, step, key
        if step is None:
            return
        node = self._session.network.nodes.get(step.node)
        name = node.name if node is not None else step.title
        kind = kind_name(node.layer) if node is not None else ""
        self.head.show_node(step.category, name, kind)
        if before != key:
            self._clear(tr("Looking …"))
            self.maps.clear(tr("Looking …"))

    # What was seen

    def _show(self, event: Probed) -> None:
        step = self._step
        if not self.isVisible() or step is None:
            return
        if self._run.is_running or event.step:
            self.head.show_step(tr("step {step}", step=full(event.step)), self._run.is_running)
        else:
            self.head.show_step(tr("random starting weights"), live=False)
        self._show_filters(step, event)
        self._show_maps(step, event)
        if event.asked == self._controller.image:  # else a look that was on its way
            self.chooser.show_look(event)

    def _show_filters(self, step: Step, event: Probed) -> None:
        filters = event.filters.get(self._key)
        if filters is None:
            if not _has_filters(step):
                self.filters.set_title(tr("Filters"))
                self.filters.set_note("")
                self.filters.clear(tr("{layer} has no filters", layer=self.head.name()))
                self.weights.clear()
            return
        several = filters.shape[1] > 1
        self.filters.set_title(tr("Filters, strongest input slice") if several else tr("Filters"))
        count = event.cut.get(self._key, len(filters))
        size = shape(filters.shape[2:])
        self.filters.set_note(f"{full(len(filters))} × {size}")
        if count > len(filters):
            self.filters.set_note(
                tr("{shown} of {count} × {size}", shown=len(filters), count=full(count), size=size)
            )
        self.filters.set_arrays(strongest_slices(filters))
        self.weights.set_values(filters)

    def _show_maps(self, step: Step, event: Probed) -> None:
        maps = event.maps.get(self._key)
        if maps is None:
            return
        vector = maps.shape[:2] == (1, 1)
        self.maps.set_title(tr("Output values") if vector else tr("Feature maps"))
        if vector:
            self.maps.set_note(tr_count("{n} value", "{n} values", maps.size))
            maps = maps.reshape(-1, 1, 1)
        else:
            count = event.cut.get(self._key, len(maps))
            size = f"{full(count)} × {shape(maps.shape[1:])}"
            if count > len(maps):
                size = tr("{shown} of {size}", shown=len(maps), size=size)
            self.maps.set_note(size)
        self.maps.set_palette(palette_of(maps))
        self.maps.set_arrays(maps)

    def _show_absent(self, node: str) -> None:
        """The selected node has no part in what is looked at."""
        name = self._session.network.nodes[node].name
        kind = self._session.network.nodes[node].layer
        self.head.show_node(kind.category.value, name, kind_name(kind))
        if self._session.levels.node_path(node) is None:
            text = tr("To look inside, open the block at a layer of the network itself")
        elif self._run.is_running:
            text = tr("{node} is not part of this run", node=name)
        else:
            text = tr("{node} has no weights and no maps of its own", node=name)
        self._clear(text)

    def _show_nothing(self, message: Message) -> None:
        if not self.isVisible():
            return
        self._clear(message.text())
        self.chooser.clear()

    def _clear(self, text: str) -> None:
        self.head.show_step("", live=False)
        for mosaic in (self.filters, self.maps):
            mosaic.set_note("")
        self.filters.clear(text)
        self.maps.clear("")
        self.weights.clear()

    # Qt

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._controller.unwatch(VIEWER)
        self._stills.drop()


def _has_filters(step: Step) -> bool:
    return isinstance(step.operation, Call) and step.operation.target == "nn.Conv2d"
