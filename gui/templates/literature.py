"""What the literature says of the network at hand: the paper, what was new in it, and its figures
beside ours as they are now.
"""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QScrollArea,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from graph.network.network import Change
from graph.templates.notes.literature import ComparedFigure, Literature, Recipe, compare
from graph.templates.registry import find_template
from graph.templates.template import Template
from gui.appearance.theme import current, notifier
from gui.language.text import NOTHING, THIN_SPACE, tr
from gui.session.session import Session
from gui.widgets.parts import Label

YEAR = re.compile(r"\b(19|20)\d\d\b")
WORDS = 380
"""Width of the column of words beside the table."""


class LiteraturePage(QWidget):
    """The note of the template that the open project came from."""

    available = Signal(bool)
    """Whether there is a note to show."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._rows: list[ComparedFigure] = []
        self._stale = True
        self._later = QTimer(self, interval=0, singleShot=True)
        self._later.timeout.connect(self.refresh)
        self._words = _Words(self)
        self._words.recipe_chosen.connect(self._train_so)
        self.table = _Table(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._words)
        row.addWidget(self.table, 1)
        session.document_replaced.connect(self._replaced)
        session.main_changed.connect(self._changed)
        notifier.changed.connect(self._restyle)
        self._restyle()
        self._replaced()

    @property
    def template(self) -> Template | None:
        """The template that the open project came from, if it has a note."""
        template = find_template(self._session.template)
        return template if template is not None and template.literature is not None else None

    def _train_so(self, recipe: Recipe) -> None:
        self._session.set_training({**self._session.project.training, **recipe.settings})

    @property
    def train_so(self) -> QPushButton:
        """Takes the paper's training settings over."""
        return self._words.train_so

    def _restyle(self) -> None:
        self._words.setFixedWidth(current().pixels(WORDS))
        self.table.show_rows(self._rows)

    def _replaced(self) -> None:
        template = self.template
        if template is not None and template.literature is not None:
            self._words.show_note(template.literature)
        self._mark_stale()
        self.available.emit(template is not None)

    def _changed(self, change: Change) -> None:
        if change.meaning or change.renamed:
            self._mark_stale()

    def _mark_stale(self) -> None:
        self._stale = True
        if self.isVisible():
            self._later.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def refresh(self) -> None:
        """Read our figures again."""
        self._stale = False
        template = self.template
        note = template.literature if template is not None else None
        self._rows = compare(note, self._session.main_analysis) if note is not None else []
        self.table.show_rows(self._rows)

    def texts(self) -> list[tuple[str, ...]]:
        """The table as it stands."""
        return self.table.texts()


class _Words(QScrollArea):
    """Title, authors, where and when, what was new, and how the paper trained."""

    recipe_chosen = Signal(object)
    """Train as the paper did: carries a graph.templates.Recipe."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(tr("The paper"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget(self)
        self._title = Label("", "panel_title", inside, wrap=True)
        self._authors = Label("", "body", inside, wrap=True)
        self._venue = Label("", "hint", inside, wrap=True)
        self._novelty = Label("", "body", inside, wrap=True)
        self._link = Label("", "hint", inside, wrap=True)
        self._trained = Label("", "body", inside, wrap=True)
        self.train_so = QPushButton(tr("Use for training"), inside)
        self.train_so.setToolTip(tr("Set the training settings as the paper had them"))
        self.train_so.clicked.connect(self._choose)
        self._recipe: Recipe | None = None
        column = QVBoxLayout(inside)
        side = current().space("m")
        column.setContentsMargins(side, side, side, side)
        column.setSpacing(current().space("xs"))
        for label in (self._title, self._authors, self._venue, self._novelty, self._link):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)
        column.insertSpacing(3, current().space("s"))
        column.addSpacing(current().space("s"))
        self._trained.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(self._trained)
        column.addWidget(self.train_so, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        self.setWidget(inside)

    def show_note(self, note: Literature) -> None:
        self._title.setText(note.title)
        self._authors.setText(note.authors)
        self._venue.setText(_where(note))
        self._novelty.setText(note.novelty.text())
        self._link.setText(note.link)
        self._recipe = note.recipe
        self._trained.setVisible(note.recipe is not None)
        self.train_so.setVisible(note.recipe is not None)
        if note.recipe is not None:
            self._trained.setText(tr("Trained with {recipe}", recipe=note.recipe.text))

    def _choose(self) -> None:
        if self._recipe is not None:
            self.recipe_chosen.emit(self._recipe)


def _where(note: Literature) -> str:
    """Venue and year; a venue of another year is told apart from the first print."""
    if str(note.year) in note.venue:
        return note.venue
    if YEAR.search(note.venue):
        return tr("{venue}; first printed {year}", venue=note.venue, year=note.year)
    return f"{note.venue}, {note.year}"


class _Table(QTableWidget):
    """Published, ours, and whether they agree; rows are copied as lines of text."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(0, 4, parent)
        self.setAccessibleName(tr("Published figures and ours"))
        self.setHorizontalHeaderLabels(
            [tr("Quantity"), tr("Published"), tr("Here"), tr("Do they agree?")]
        )
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        self.setWordWrap(True)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        head = self.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setHighlightSections(False)
        for column in range(3):
            head.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.verticalHeader().setMinimumSectionSize(current().size("form_row"))

    def show_rows(self, rows: list[ComparedFigure]) -> None:
        """Show these rows; the chosen one stays chosen."""
        chosen = self.currentRow()
        self.setRowCount(len(rows))
        for line, row in enumerate(rows):
            for column, item in enumerate(_items(row)):
                self.setItem(line, column, item)
        if 0 <= chosen < len(rows):
            self.setCurrentCell(chosen, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.resizeRowsToContents()  # lines wrap elsewhere

    def texts(self) -> list[tuple[str, ...]]:
        """The cells row by row."""
        found = []
        for line in range(self.rowCount()):
            items = [self.item(line, column) for column in range(4)]
            found.append(tuple(item.text() if item else "" for item in items))
        return found

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            lines = sorted({index.row() for index in self.selectedIndexes()})
            texts = self.texts()
            QApplication.clipboard().setText("\n".join("\t".join(texts[n]) for n in lines))
        else:
            super().keyPressEvent(event)


_COMMA = re.compile(r"(?<=\d),(?=\d{3}\b)")


def _items(row: ComparedFigure) -> tuple[QTableWidgetItem, ...]:
    theme = current()
    quantity = row.quantity.text()
    items = [QTableWidgetItem(quantity[:1].upper() + quantity[1:])]
    for text in (row.published, row.ours):
        # As figures are written everywhere else.
        figure = QTableWidgetItem(_COMMA.sub(THIN_SPACE, text))
        figure.setFont(theme.font("mono"))
        items.append(figure)
    last = QTableWidgetItem(verdict(row))
    if row.matches:
        last.setForeground(theme.success.base)
    last.setToolTip(last.text())
    return (*items, last)


def verdict(row: ComparedFigure) -> str:
    """Whether a published figure and ours agree, and why not.

    The marks are part of the text: beside an icon, wrapped lines would not have their height.
    """
    if row.matches:
        return f"✓ {tr('matches')}"
    if row.matches is None:
        return row.because.text() if row.because is not None else NOTHING
    reason = row.because.text() if row.because is not None else tr("the network here is another")
    return f"▲ {tr('differs: {reason}', reason=reason)}"
