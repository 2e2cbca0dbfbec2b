"""The card of a template: its drawing and figures beside what is known without building it.

Words, year and input are there at once. ``work_out`` builds the network and counts; it runs in a
thread, and each template is worked out once while the program runs.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from graph.analysis.analysis import Analysis
from graph.templates.template import Template
from gui.appearance.theme import current, notifier, set_property
from gui.language.text import shape, short, tr, tr_count
from gui.templates.drawing import MiniatureDrawing, drawing_of
from gui.templates.miniature import Miniature
from gui.widgets.cards import Card
from gui.widgets.parts import Elided, Label

PICTURE = 150


@dataclass(frozen=True, slots=True)
class Portrait:
    """What only the built network tells."""

    drawing: MiniatureDrawing
    parameters: int
    macs: int


_known: dict[str, Portrait] = {}


def work_out(template: Template) -> Portrait:
    """Build the network once, for its drawing and its figures. Touches no widget."""
    network = template.build().network
    analysis = Analysis(network)
    totals = analysis.totals()
    portrait = Portrait(drawing_of(network, analysis), totals.parameters, totals.macs)
    _known[template.name] = portrait
    return portrait


class TemplateCard(Card):
    """Drawing, title, year, input, note, parameters and MACs."""

    chosen = Signal(object)
    fit_wanted = Signal(object)
    """The template is to be fitted to other images first."""

    def __init__(self, template: Template, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.template = template
        self.haystack = _words(template)
        self.filled = False
        self.pressed.connect(lambda: self.chosen.emit(self.template))
        self.picture = Miniature(self)
        self.figures = Label(tr("Counting"), "small", self)
        self.fit_button = QToolButton(self)
        self.fit_button.setText(tr("Fit to…"))
        self.fit_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.fit_button.setToolTip(tr("Other images or classes (Shift+Enter on the card)"))
        self.fit_button.setAccessibleName(tr("Fit {title} to other images", title=template.title))
        self.fit_button.clicked.connect(self._fit)
        self._lay_out()
        note = template.note.text()
        self.setAccessibleName(f"{template.title}, {template.year}. {note}")
        self.setAccessibleDescription(tr("Enter opens it, Shift+Enter fits it to other images"))
        self._restyle()
        notifier.changed.connect(self._restyle)
        if template.name in _known:
            self.fill(_known[template.name])

    def _lay_out(self) -> None:
        template = self.template
        first = QHBoxLayout()
        first.addWidget(Elided(template.title, "panel_title", self), 1)
        first.addWidget(Label(str(template.year), "hint", self))
        first.addWidget(Label(shape(template.shape), "shape", self))
        last = QHBoxLayout()
        last.addWidget(self.figures, 1)
        last.addWidget(self.fit_button)
        note = Label(template.note.text(), "body", self, wrap=True)
        note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._text = QVBoxLayout()
        self._text.addLayout(first)
        self._text.addWidget(note, 1)
        self._text.addLayout(last)
        column = QVBoxLayout(self)
        column.setContentsMargins(2, 2, 2, 2)
        column.setSpacing(0)
        column.addWidget(self.picture)
        column.addLayout(self._text, 1)

    def _restyle(self) -> None:
        theme = current()
        side = theme.space("m")
        self._text.setContentsMargins(side, theme.space("s"), theme.space("s"), theme.space("xs"))
        self._text.setSpacing(theme.space("xs"))
        self.picture.setFixedHeight(theme.pixels(PICTURE))

    def fill(self, portrait: Portrait) -> None:
        """Show drawing and figures."""
        self.filled = True
        self.picture.show_drawing(portrait.drawing)
        self.figures.setText(
            tr(
                "{parameters}   {macs}",
                parameters=tr_count(
                    "{n} parameter",
                    "{n} parameters",
                    portrait.parameters,
                    n=short(portrait.parameters),
                ),
                macs=tr_count("{n} MAC", "{n} MACs", portrait.macs, n=short(portrait.macs)),
            )
        )

    def show_failure(self, reason: str) -> None:
        """Say that the network could not be built."""
        self.filled = True
        self.figures.setText(tr("Could not be built"))
        self.figures.setToolTip(reason)
        set_property(self.figures, "role", "error")

    def _fit(self) -> None:
        self.fit_wanted.emit(self.template)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._fit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(tr("Open")).triggered.connect(self.pressed)
        menu.addAction(tr("Fit to…")).triggered.connect(self._fit)
        menu.popup(event.globalPos())


def _words(template: Template) -> str:
    """All that a search may mean by it, in small letters."""
    words = [template.name, template.title, str(template.year), template.category]
    words += [str(template.note), template.note.text(), shape(template.shape)]
    if template.literature is not None:
        words += [template.literature.title, template.literature.authors]
    return " ".join(words).casefold()
