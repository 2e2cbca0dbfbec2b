"""What stands around a chart: title row with room for a legend, the empty state, the menu."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QFocusEvent, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from gui.appearance.theme import current


class ChartFrame(QWidget):
    """A panel with a title. ``legend`` takes entries; ``pages`` holds the empty state first."""

    action_requested = Signal()

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._build(title)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.setAccessibleName(title)

    def set_title(self, text: str) -> None:
        """Other words for what is shown."""
        self._title.setText(text)
        self.setAccessibleName(text)

    def set_note(self, text: str) -> None:
        """Words at the right end of the title row (``now 1.40e−3``)."""
        self._note.setText(text)

    def set_empty(self, text: str, action: str = "") -> None:
        """What stands here while there are no points: one line, and one button if ``action``."""
        self._empty_text.setText(text)
        self._empty_action.setText(action)
        self._empty_action.setVisible(bool(action))

    def add_menu_action(self, text: str, keys: str, run: Callable[[], None]) -> QAction:
        """An entry of the context menu with a shortcut that works while the focus is here."""
        action = QAction(text, self)
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(lambda _checked=False: run())
        self.addAction(action)
        return action

    def _build(self, title: str) -> None:
        theme = current()
        self._title = QLabel(title)
        self._title.setProperty("role", "caption")
        self._note = QLabel()
        self._note.setProperty("role", "hint")
        for label in (self._title, self._note):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.legend = QHBoxLayout()
        self.legend.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(theme.space("m"), 0, theme.space("m"), 0)
        row.addWidget(self._title)
        row.addStretch(1)
        row.addLayout(self.legend)
        row.addWidget(self._note)
        self.pages = QStackedLayout()
        self.pages.addWidget(self._build_empty())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, theme.space("xs"), 1, theme.space("xs"))
        layout.setSpacing(0)
        layout.addLayout(row)
        layout.addLayout(self.pages, 1)

    def _build_empty(self) -> QWidget:
        page = QWidget()
        self._empty_text = QLabel()
        self._empty_text.setTextFormat(Qt.TextFormat.PlainText)
        self._empty_text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty_text.setWordWrap(True)
        self._empty_text.setProperty("role", "hint")
        self._empty_action = QPushButton()
        self._empty_action.hide()
        self._empty_action.clicked.connect(self.action_requested)
        layout = QVBoxLayout(page)
        layout.addStretch(1)
        layout.addWidget(self._empty_text)
        layout.addWidget(self._empty_action, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addStretch(1)
        return page

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), current().background.panel)
        if self.hasFocus():
            painter.setPen(QPen(current().accent.base, 1))
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)
