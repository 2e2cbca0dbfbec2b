"""The start page: what to begin with. Templates as drawings, recent projects, files to drop."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from graph.templates import TEMPLATES, Template
from gui.cards import TemplateCard
from gui.glyphs import glyph_icon
from gui.parts import Label
from gui.preferences import Preferences
from gui.start_side import StartSide
from gui.text import tr
from gui.theme import current, notifier

CARD_WIDTH = 300
MOST_COLUMNS = 4
LEGEND = (
    ("input_output", "input"),
    ("convolution", "convolution"),
    ("pooling", "pooling"),
    ("linear", "linear"),
    ("merge", "merge, skip"),
    ("attention", "attention"),
)


class StartPage(QWidget):
    """Emits what the user wants to begin with."""

    new_wanted = Signal()
    open_wanted = Signal()
    folder_wanted = Signal()
    template_chosen = Signal(object)
    """A graph.templates.Template."""
    project_chosen = Signal(object)
    """The path of a recent project."""
    forget_wanted = Signal(object)
    """A recent project to take off the list; None for all."""

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.side = StartSide(preferences, self)
        self.side.new_wanted.connect(self.new_wanted)
        self.side.open_wanted.connect(self.open_wanted)
        self.side.folder_wanted.connect(self.folder_wanted)
        self.side.project_chosen.connect(self.project_chosen)
        self.side.forget_wanted.connect(self.forget_wanted)
        self.gallery = Gallery(self)
        self.gallery.template_chosen.connect(self.template_chosen)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.side)
        row.addWidget(self.gallery, 1)

    def refresh(self) -> None:
        """Read the list of recent projects again."""
        self.side.refresh()

    def focus_first(self) -> None:
        """Put the keyboard where most people begin."""
        self.side.new_button.setFocus()

    def recent_paths(self) -> list[Path]:
        return self.side.recent_paths()


class Gallery(QFrame):
    """Cards of all templates, to be searched and sifted by category."""

    template_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("level", "window")
        self._category = ""
        self._columns = 0
        self.cards = [TemplateCard(template, self) for template in TEMPLATES]
        for card in self.cards:
            card.chosen.connect(self.template_chosen)
            card.moved.connect(lambda key, c=card: self._move(c, key))
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("Search"))
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(tr("Search templates"))
        self.search.textChanged.connect(lambda _text: self._sift())
        self.search.returnPressed.connect(self._open_first)
        self._nothing = Label("", "body", self, wrap=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._head())
        self._column.addWidget(self._scroll(), 1)
        self._column.addLayout(self._legend())
        self._restyle()
        notifier.changed.connect(self._restyle)
        # Drawings are made one by one after the page is up.
        self._waiting = list(self.cards)
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._draw_next)
        self._timer.start()
        self._sift()

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.addWidget(Label(tr("Templates"), "section_title", self))
        row.addSpacing(current().space("m"))
        self._group = QButtonGroup(self)
        counts: dict[str, int] = {}
        for template in TEMPLATES:
            counts[template.category] = counts.get(template.category, 0) + 1
        for category in ("", *counts):
            button = QToolButton(self)
            text = tr(category.capitalize()) if category else tr("All {n}", n=len(TEMPLATES))
            button.setText(text)
            button.setCheckable(True)
            button.setChecked(not category)
            button.clicked.connect(lambda _=False, c=category: self._choose(c))
            self._group.addButton(button)
            row.addWidget(button)
        row.addStretch(1)
        self.search.setMaximumWidth(current().pixels(220))
        row.addWidget(self.search, 1)
        return row

    def _scroll(self) -> QScrollArea:
        inside = QWidget(self)
        self._grid = QGridLayout(inside)
        self._grid.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._area = QScrollArea(self)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(inside)
        return self._area

    def _legend(self) -> QHBoxLayout:
        row = QHBoxLayout()
        side = current().pixels(13)
        self._marks: list[tuple[QLabel, str]] = []
        for category, name in LEGEND:
            mark = QLabel(self)
            mark.setPixmap(glyph_icon(category).pixmap(side, side))
            self._marks.append((mark, category))
            row.addWidget(mark)
            row.addWidget(Label(tr(name), "small", self))
            row.addSpacing(current().space("m"))
        row.addStretch(1)
        row.addWidget(Label(tr("Height: image size. Width: channels."), "hint", self))
        return row

    def _restyle(self) -> None:
        theme = current()
        large, medium = theme.space("xl"), theme.space("l")
        self._column.setContentsMargins(large, medium, large, medium)
        self._column.setSpacing(theme.space("m"))
        self._grid.setContentsMargins(0, 0, theme.space("s"), 0)
        self._grid.setSpacing(medium)
        side = theme.pixels(13)
        for mark, category in self._marks:
            mark.setPixmap(glyph_icon(category).pixmap(side, side))

    def _draw_next(self) -> None:
        if not self._waiting:
            self._timer.stop()
            return
        self._waiting.pop(0).draw()

    def _choose(self, category: str) -> None:
        self._category = category
        self._sift()

    def shown(self) -> list[TemplateCard]:
        """The cards that fit search and category."""
        words = self.search.text().casefold().split()
        return [
            card
            for card in self.cards
            if (not self._category or card.template.category == self._category)
            and all(word in card.haystack for word in words)
        ]

    def _sift(self) -> None:
        shown = self.shown()
        for card in self.cards:
            card.setVisible(card in shown)
        text = self.search.text().strip()
        self._nothing.setText(tr('No template is called "{text}"', text=text))
        self._nothing.setVisible(not shown)
        self._arrange(shown)

    def _arrange(self, shown: list[TemplateCard]) -> None:
        self._columns = self._fitting()
        for widget in (*self.cards, self._nothing):
            self._grid.removeWidget(widget)
        for column in range(MOST_COLUMNS):
            self._grid.setColumnStretch(column, 1 if column < self._columns else 0)
        for line in range(self._grid.rowCount() + 1):
            self._grid.setRowStretch(line, 0)
        self._grid.setRowStretch(1 + (len(shown) - 1) // self._columns, 1)
        for place, card in enumerate(shown):
            self._grid.addWidget(card, place // self._columns, place % self._columns)
        if not shown:
            self._grid.addWidget(self._nothing, 0, 0, 1, self._columns)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fitting() != self._columns:
            self._arrange(self.shown())

    def _fitting(self) -> int:
        """How many cards fit side by side."""
        theme = current()
        room = self.width() - 2 * theme.space("xl")
        return max(1, min(MOST_COLUMNS, room // theme.pixels(CARD_WIDTH)))

    def _move(self, card: TemplateCard, key: int) -> None:
        """Arrow keys walk over the cards."""
        shown = self.shown()
        step = {
            int(Qt.Key.Key_Left): -1,
            int(Qt.Key.Key_Right): 1,
            int(Qt.Key.Key_Up): -self._columns,
            int(Qt.Key.Key_Down): self._columns,
        }[key]
        place = shown.index(card) + step
        if 0 <= place < len(shown):
            shown[place].setFocus()
            self._area.ensureWidgetVisible(shown[place])

    def _open_first(self) -> None:
        shown = self.shown()
        if shown:
            self.template_chosen.emit(shown[0].template)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
        else:
            super().keyPressEvent(event)

    def find(self, name: str) -> Template:
        """A template by its name."""
        return next(card.template for card in self.cards if card.template.name == name)
