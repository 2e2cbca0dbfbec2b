"""The templates as cards under the names of their categories, to be searched and sifted."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
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

from graph.templates.registry import TEMPLATE_CATEGORIES, TEMPLATES
from graph.values.message import say
from gui.appearance.glyphs import glyph_icon
from gui.appearance.theme import current, notifier
from gui.language.text import tr
from gui.session.session import Session
from gui.templates.card_filler import CardFiller
from gui.templates.template_card import TemplateCard
from gui.widgets.parts import KeyHint, Label

FIND = "Ctrl+F"
CARD_WIDTH = 290
MOST_COLUMNS = 5
LEGEND = (
    ("input_output", say("input")),
    ("convolution", say("convolution")),
    ("pooling", say("pooling")),
    ("linear", say("linear")),
    ("merge", say("merge, skip")),
    ("attention", say("attention")),
    ("block", say("block")),
)


def categories() -> list[str]:
    """The categories that have templates, in the order of their first one."""
    return list(dict.fromkeys(template.category for template in TEMPLATES))


class Gallery(QFrame):
    """Cards of all templates; they are filled while one looks at them."""

    template_chosen = Signal(object)
    fit_wanted = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("level", "window")
        self._category = ""
        self._columns = 0
        self._places: dict[TemplateCard, tuple[int, int]] = {}
        inside = QWidget(self)
        order = categories()
        templates = sorted(TEMPLATES, key=lambda t: order.index(t.category))
        self.cards = [TemplateCard(template, inside) for template in templates]
        for card in self.cards:
            card.chosen.connect(self.template_chosen)
            card.fit_wanted.connect(self.fit_wanted)
            card.moved.connect(lambda key, c=card: self._move(c, key))
        self.titles = {c: Label(TEMPLATE_CATEGORIES[c].text(), "name", inside) for c in order}
        self.nothing = Label("", "body", inside, wrap=True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._column = QVBoxLayout(self)
        self._column.addLayout(self._head(order))
        self._column.addWidget(self._scroll(inside), 1)
        self._column.addLayout(self._legend())
        self._restyle()
        notifier.changed.connect(self._restyle)
        self.filler = CardFiller(self.cards, self._in_sight, self)
        session.closing.connect(self.filler.end_work)
        self._sift()

    def _head(self, order: list[str]) -> QGridLayout:
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("Search"))
        self.search.setAccessibleName(tr("Search templates"))
        self.search.textChanged.connect(lambda _text: self._sift())
        self.search.returnPressed.connect(self._open_first)
        self._hint = KeyHint(FIND, self.search)
        self._within_search = QHBoxLayout(self.search)
        self._within_search.addWidget(self._hint, 0, Qt.AlignmentFlag.AlignRight)
        row = QHBoxLayout()
        row.setSpacing(2)
        group = QButtonGroup(self)
        self.filters: dict[str, QToolButton] = {}
        """The buttons by category; the first, without one, shows all."""
        for category in ("", *order):
            button = QToolButton(self)
            title = TEMPLATE_CATEGORIES.get(category)
            button.setText(title.text() if title else tr("All {n}", n=len(TEMPLATES)))
            button.setCheckable(True)
            button.setChecked(not category)
            button.clicked.connect(lambda _=False, c=category: self._choose(c))
            group.addButton(button)
            row.addWidget(button)
            self.filters[category] = button
        row.addStretch(1)
        self._filter_row = QWidget(self)
        self._filter_row.setLayout(row)
        row.setContentsMargins(0, 0, 0, 0)
        self._title = Label(tr("Templates"), "section_title", self)
        self._bar = QGridLayout()
        self._bar.setColumnStretch(1, 1)
        self._bar.addWidget(self._title, 0, 0)
        self._bar.addWidget(self.search, 0, 2)
        return self._bar

    def _scroll(self, inside: QWidget) -> QScrollArea:
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
        self._marks: list[tuple[QLabel, str]] = []
        for category, name in LEGEND:
            mark = QLabel(self)
            self._marks.append((mark, category))
            row.addWidget(mark)
            row.addWidget(Label(name.text(), "small", self))
            row.addSpacing(current().space("m"))
        row.addStretch(1)
        row.addWidget(Label(tr("Height: image size. Width: channels."), "hint", self))
        return row

    def _restyle(self) -> None:
        theme = current()
        large, medium = theme.space("xl"), theme.space("l")
        self._column.setContentsMargins(large, medium, large, medium)
        self._column.setSpacing(theme.space("m"))
        self._bar.setHorizontalSpacing(medium)
        self._bar.setVerticalSpacing(theme.space("s"))
        self._grid.setContentsMargins(0, 0, theme.space("s"), 0)
        self._grid.setHorizontalSpacing(medium)
        self._grid.setVerticalSpacing(theme.space("m"))
        self.search.setFixedWidth(theme.pixels(220))
        self._within_search.setContentsMargins(0, 0, theme.space("xs"), 0)
        side = theme.pixels(13)
        for mark, category in self._marks:
            mark.setPixmap(glyph_icon(category).pixmap(side, side))
        self._place_filters()

    def _place_filters(self) -> None:
        """Beside the title where they fit, else below it."""
        wide = self._title.sizeHint().width() + self.search.width() + 2 * current().space("l")
        room = self.width() - 2 * current().space("xl") - wide
        self._bar.removeWidget(self._filter_row)
        if self._filter_row.sizeHint().width() <= room:
            self._bar.addWidget(self._filter_row, 0, 1)
        else:
            self._bar.addWidget(self._filter_row, 1, 0, 1, 3)

    # Searching

    def search_now(self) -> None:
        """Put the keyboard into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

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
        self._hint.setVisible(not text)
        self.nothing.setText(tr('No template is called "{text}"', text=text))
        self.nothing.setVisible(not shown)
        self._arrange(shown)
        self._area.verticalScrollBar().setValue(0)

    def _arrange(self, shown: list[TemplateCard]) -> None:
        """Cards in rows; each category begins with its name in a row of its own."""
        self._columns = self._fitting()
        for widget in (*self.cards, *self.titles.values(), self.nothing):
            self._grid.removeWidget(widget)
        for column in range(MOST_COLUMNS):
            self._grid.setColumnStretch(column, 1 if column < self._columns else 0)
        for row in range(self._grid.rowCount() + 1):
            self._grid.setRowStretch(row, 0)
        self._places = {}
        line = 0
        for title in self.titles.values():
            title.setVisible(False)
        for category, cards in groupby(shown, lambda card: card.template.category):
            title = self.titles[category]
            title.setVisible(not self._category)
            self._grid.addWidget(title, line, 0, 1, self._columns)
            line += 1
            for place, card in enumerate(cards):
                at = (line + place // self._columns, place % self._columns)
                self._grid.addWidget(card, *at)
                self._places[card] = at
            line = max(row for row, _ in self._places.values()) + 1
        if not shown:
            self._grid.addWidget(self.nothing, 0, 0, 1, self._columns)
        self._grid.setRowStretch(line + 1, 1)  # few cards do not grow into all the room

    def _fitting(self) -> int:
        """How many cards fit side by side."""
        theme = current()
        room = self.width() - 2 * theme.space("xl") + theme.space("l")
        wide = theme.pixels(CARD_WIDTH) + theme.space("l")
        return max(1, min(MOST_COLUMNS, room // wide))

    def _in_sight(self, card: TemplateCard) -> bool:
        view = self._area.viewport()
        place = QRect(card.mapTo(view, QPoint(0, 0)), card.size())
        return card.isVisible() and view.rect().intersects(place)

    # Keys

    def _move(self, card: TemplateCard, key: int) -> None:
        """Arrow keys walk over the cards."""
        target = self._beside(card, Qt.Key(key))
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)
            self._area.ensureWidgetVisible(target)

    def _beside(self, card: TemplateCard, key: Qt.Key) -> TemplateCard | None:
        """The next card in a direction: up and down keep the column as far as rows reach."""
        shown = list(self._places)
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            place = shown.index(card) + (1 if key == Qt.Key.Key_Right else -1)
            return shown[place] if 0 <= place < len(shown) else None
        line, column = self._places[card]
        lines = {row for row, _ in self._places.values()}
        if key == Qt.Key.Key_Up:
            line = max((row for row in lines if row < line), default=-1)
        else:
            line = min((row for row in lines if row > line), default=-1)
        row = [c for c in shown if self._places[c][0] == line]
        return min(row, key=lambda c: abs(self._places[c][1] - column), default=None)

    def _open_first(self) -> None:
        shown = self.shown()
        if shown:
            self.template_chosen.emit(shown[0].template)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
        elif event.key() == Qt.Key.Key_Down and self.search.hasFocus() and self._places:
            next(iter(self._places)).setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_filters()
        if self._fitting() != self._columns:
            self._arrange(self.shown())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.filler.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.filler.stop()
