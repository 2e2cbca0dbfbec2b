"""Fitting a template: other images, other classes, and what the network then costs.

The network is built in a thread at every change, and the one last built is the one that opens.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from graph.analysis.analysis import Analysis
from graph.calls.call import Shape
from graph.document.project import Project
from graph.layers.io import Output
from graph.templates.template import MOST_CLASSES, MOST_PIXELS, Template, TemplateSize
from graph.values.declaration import Declaration
from graph.values.fields import flag, integer
from graph.values.message import UserError
from gui.appearance.theme import current, set_property
from gui.forms.form import Form
from gui.language.text import NOTHING, full, shape, short, tr, tr_count
from gui.widgets.background import BackgroundTask
from gui.widgets.parts import Figures, Label, Section


@cache
def images_of(size: Shape, number: int, has_small: bool) -> type[Declaration]:
    """The form of a template: what it is fitted to, the original sizes as defaults."""

    class Images(Declaration):
        channels: int = integer(size[0], 1, 4096, "Channels: 1 for grey, 3 for colour.")
        height: int = integer(size[1], 1, MOST_PIXELS, "Height of an image.", "pixels")
        width: int = integer(size[2], 1, MOST_PIXELS, "Width of an image.", "pixels")
        classes: int = integer(number, 1, MOST_CLASSES, "How many kinds there are.")

    class ImagesOrSmall(Images):
        small_images: bool = flag(
            False, "Begin with a 3×3 convolution of stride 1 and without pooling."
        )

    return ImagesOrSmall if has_small else Images


@dataclass(frozen=True, slots=True)
class SizePreset:
    """Images that many people have, or those chosen for training."""

    title: str
    fit: TemplateSize


def presets(template: Template, data: TemplateSize | None = None) -> list[SizePreset]:
    """The original images first, then the ``data`` chosen for training. Small ones take the variant
    for small images."""
    small = template.has_small
    original = TemplateSize(template.shape, template.classes)
    usual = (
        SizePreset("Fashion-MNIST", TemplateSize((1, 28, 28), 10, small)),
        SizePreset(tr("Small photographs, as CIFAR-10"), TemplateSize((3, 32, 32), 10, small)),
        SizePreset(tr("Handwritten digits"), TemplateSize((1, 8, 8), 10, small)),
    )
    others = [preset for preset in usual if preset.fit not in (original, data)]
    if data is not None and data != original:
        others.insert(0, SizePreset(tr("Data chosen for training"), data))
    return [SizePreset(tr("Original"), original), *others]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A template built for some images, and its figures."""

    fit: TemplateSize
    project: Project
    parameters: int
    macs: int
    results: tuple[Shape | None, ...]


def build(template: Template, fit: TemplateSize) -> Fitted:
    """Build and count. Raises UserError. Touches no widget."""
    project = template.build(fit.shape, fit.classes, fit.small)
    analysis = Analysis(project.network)
    totals = analysis.totals()
    ends = [n for n, node in project.network.nodes.items() if isinstance(node.layer, Output)]
    results = tuple(analysis.facts(end).inputs[0] for end in ends)
    return Fitted(fit, project, totals.parameters, totals.macs, results)


class FitDialog(QDialog):
    """Asks for images and classes; emits the project that was built for them."""

    fitted = Signal(object)
    """A graph.document.project.Project."""

    def __init__(
        self,
        template: Template,
        parent: QWidget | None = None,
        data: TemplateSize | None = None,
        begin_with_data: bool = False,
    ) -> None:
        super().__init__(parent)
        self._template = template
        self._task: BackgroundTask | None = None
        self._result: Fitted | None = None
        self._wanted: TemplateSize | None = None
        self._opening = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Fit {title}", title=template.title))
        kind = images_of(template.shape, template.classes, template.has_small)
        self.form = Form(kind, _values(TemplateSize(template.shape, template.classes)), self)
        self.form.changed.connect(self._edited)
        for field in self.form.fields():
            self.form.editor(field).edited.connect(self._show_state)
        self.figures = Figures(self)
        self.problem = Label("", "error", self, wrap=True)
        self.problem.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._group = QButtonGroup(self)
        self._presets = presets(template, data)
        self.radios = [self._radio(preset) for preset in self._presets]
        self._lay_out()
        if data is not None and begin_with_data:
            self._take(data)
        else:
            self._ask(TemplateSize(template.shape, template.classes))
        self.form.focus_first()

    def _radio(self, preset: SizePreset) -> QRadioButton:
        fit = preset.fit
        text = tr_count(
            "{name}: {size}, {n} class",
            "{name}: {size}, {n} classes",
            fit.classes,
            name=preset.title,
            size=shape(fit.shape),
        )
        radio = QRadioButton(text, self)
        radio.clicked.connect(lambda: self._take(fit))
        self._group.addButton(radio)
        return radio

    def _lay_out(self) -> None:
        theme = current()
        self._section = Section(tr("Network"), self)
        self._section.content.addWidget(self.figures)
        images = Section(tr("Images"), self)
        for radio in self.radios:
            images.content.addWidget(radio)
        images.content.addWidget(self.form)
        self.buttons = QDialogButtonBox(self)
        self.buttons.addButton(tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        self.open_button = self.buttons.addButton(
            tr("Open"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        set_property(self.open_button, "primary", True)
        self.open_button.setDefault(True)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        head = QHBoxLayout()
        head.addWidget(Label(self._template.title, "section_title", self))
        head.addWidget(Label(str(self._template.year), "hint", self))
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(theme.space("l"),) * 4)
        column.setSpacing(theme.space("m"))
        column.addLayout(head)
        column.addWidget(Label(self._template.note.text(), "body", self, wrap=True))
        for widget in (images, self._section, self.problem):
            column.addWidget(widget)
        column.addStretch(1)
        column.addWidget(self.buttons)
        self.setMinimumWidth(theme.pixels(420))

    # What is asked for

    def _take(self, fit: TemplateSize) -> None:
        """A preset."""
        self.form.set_values(_values(fit), fresh=True)
        self._ask(fit)

    def _edited(self, field: str, value: Any) -> None:
        assert self._wanted is not None
        channels, height, width = self._wanted.shape
        sizes = {"channels": channels, "height": height, "width": width}
        if field in sizes:
            sizes[field] = value
            self._ask(replace(self._wanted, shape=tuple(sizes.values())))
        elif field == "classes":
            self._ask(replace(self._wanted, classes=value))
        else:
            self._ask(replace(self._wanted, small=value))

    def _ask(self, fit: TemplateSize) -> None:
        """Build for these images; while a build runs, only the last wish is kept."""
        self._wanted = fit
        self._work()
        self._show_state()

    def _check_radio(self, fit: TemplateSize | None) -> None:
        self._group.setExclusive(False)
        for radio, preset in zip(self.radios, self._presets, strict=True):
            radio.setChecked(preset.fit == fit)
        self._group.setExclusive(True)

    def _work(self) -> None:
        wanted = self._wanted
        if self._task is not None or wanted is None:
            return
        template = self._template
        self._task = BackgroundTask(lambda: build(template, wanted), "convloom-fit", self)
        self._task.done.connect(self._built)
        self._task.failed.connect(lambda error: self._failed(wanted, error))
        self._task.start()

    # What came of it

    def _built(self, result: Fitted) -> None:
        self._task = None
        if result.fit != self._wanted:
            self._work()
            return
        self._result = result
        self.problem.setText("")
        self._show_state()
        if self._opening:
            self.accept()

    def _failed(self, fit: TemplateSize, error: Exception) -> None:
        self._task = None
        if fit != self._wanted:
            self._work()
            return
        self._opening = False
        self._result = None
        if isinstance(error, UserError):
            self.problem.setText(error.message.text())
        else:
            self.problem.setText(tr("It could not be built: {reason}", reason=str(error)))
        self._show_state()

    @property
    def busy(self) -> bool:
        """Whether a network is being built."""
        return self._task is not None

    @property
    def ready(self) -> bool:
        """Whether the network shown is the one asked for."""
        return self._result is not None and self._result.fit == self._wanted

    def _show_state(self) -> None:
        typing_wrong = self._typing_wrong()
        self.problem.setVisible(bool(self.problem.text()))
        self._check_radio(None if typing_wrong else self._wanted)
        self.open_button.setEnabled(self.ready and not typing_wrong)
        self._section.figure.set_text(tr("counting") if self.busy else "")
        result = None if typing_wrong else self._result  # what is asked for is not known
        outputs = [shape(size) if size else NOTHING for size in result.results] if result else []
        self.figures.show_rows(
            (
                (tr("Parameters"), full(result.parameters) if result else NOTHING),
                (tr("MACs for one image"), short(result.macs) if result else NOTHING),
                (tr("Result"), ", ".join(outputs) or NOTHING),
            )
        )

    def _typing_wrong(self) -> bool:
        return any(self.form.complaint(field) for field in self.form.fields())

    def accept(self) -> None:
        """Open what was built; if it is being built, as soon as it is."""
        refused = bool(self.problem.text()) and not self.busy
        if refused or self._typing_wrong():
            return
        if not self.ready:
            self._opening = True
            return
        assert self._result is not None
        project = self._result.project
        super().accept()
        self.fitted.emit(project)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # The button is off while a build runs, but Enter is not lost.
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and not isinstance(self.focusWidget(), QPushButton):
            self.accept()
        else:
            super().keyPressEvent(event)

    def done(self, result: int) -> None:
        if self._task is not None:
            self._task.drop()
            self._task = None
        super().done(result)


def _values(fit: TemplateSize) -> dict[str, Any]:
    """The fields of the form for these images."""
    channels, height, width = fit.shape
    return {
        "channels": channels,
        "height": height,
        "width": width,
        "classes": fit.classes,
        "small_images": fit.small,
    }
