"""A bar with one sentence about what was done or could not be done. Output keeps the sentence."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from gui.appearance.icons import icon
from gui.appearance.theme import current, notifier
from gui.language.text import tr
from gui.widgets.parts import Label

SECONDS = 15

NoticeAction = tuple[str, Callable[[], object]]


class NoticeBar(QFrame):
    """Hidden until something is told; errors stay until they are closed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("noticeBar")
        self._kind = "info"
        self._mark = QLabel(self)
        self._text = Label("", "body", self, wrap=True)
        close = QToolButton(self)
        close.setIcon(icon("close"))
        close.setToolTip(tr("Close this notice"))
        close.setAccessibleName(tr("Close this notice"))
        close.clicked.connect(self.hide)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._mark)
        self._row.addWidget(self._text, 1)
        self._row.addWidget(close)
        self._action: QPushButton | None = None
        self._timer = QTimer(self, singleShot=True, interval=SECONDS * 1000)
        self._timer.timeout.connect(self.hide)
        notifier.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def text(self) -> str:
        """The sentence shown, empty while the bar is hidden."""
        return "" if self.isHidden() else self._text.text()

    def tell(self, text: str, kind: str = "info", action: NoticeAction | None = None) -> None:
        """Show a sentence; ``kind`` is info, warning or error; ``action`` is a button's words and
        what it does."""
        self._kind = kind
        self._text.setText(text)
        self._offer(action)
        self._restyle()
        self.show()
        if kind == "error":
            self._timer.stop()
        else:
            self._timer.start()

    def _offer(self, action: NoticeAction | None) -> None:
        if self._action is not None:
            self._row.removeWidget(self._action)
            self._action.hide()
            self._action.deleteLater()
            self._action = None
        if action is not None:
            words, run = action
            self._action = QPushButton(words, self)
            self._action.clicked.connect(lambda: run())
            self._row.insertWidget(self._row.count() - 1, self._action)

    def button(self) -> QPushButton | None:
        """The button beside the sentence, if there is one."""
        return self._action

    def _restyle(self) -> None:
        theme = current()
        pair = {"error": theme.error, "warning": theme.warning}.get(self._kind, theme.accent)
        role = {"error": "error", "warning": "warning"}.get(self._kind, "accent")
        side = theme.pixels(16)
        self._mark.setPixmap(icon(self._kind, role).pixmap(side, side))
        self.setStyleSheet(
            f"#noticeBar {{ background: {pair.background.name()};"
            f" border-bottom: 1px solid {pair.base.name()}; }}"
        )
        self._row.setContentsMargins(theme.space("m"), 2, theme.space("xs"), 2)
        self._row.setSpacing(theme.space("s"))
