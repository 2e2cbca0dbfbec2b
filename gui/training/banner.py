"""How a run ended, or what kept it from beginning: one line with what can be done about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from gui.appearance.icons import icon
from gui.appearance.theme import current, notifier
from gui.language.text import tr
from gui.widgets.parts import Label

BannerAction = tuple[str, Callable[[], object]]

SYMBOLS = {"error": "error", "warning": "warning", "success": "check", "accent": "info"}


class Banner(QFrame):
    """A symbol, a sentence, and buttons; hidden while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._kind = "accent"
        self._symbol = QLabel(self)
        self._text = Label("", "body", self, wrap=True)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._symbol)
        self._row.addWidget(self._text, 1)
        self._actions: list[QPushButton] = []
        self._close = QToolButton(self)
        self._close.setIcon(icon("close"))
        self._close.setToolTip(tr("Hide this line"))
        self._close.setAccessibleName(tr("Hide this line"))
        self._close.clicked.connect(self.hide)
        self._row.addWidget(self._close)
        self.hide()
        self._restyle()
        notifier.changed.connect(self._restyle)

    def tell(self, kind: str, text: str, *actions: BannerAction) -> None:
        """Show a sentence; ``kind`` is error, warning, success or accent."""
        self._kind = kind
        self._text.setText(text)
        self._text.setAccessibleName(text)
        for button in self._actions:
            self._row.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._actions = []
        for name, run in actions:
            button = QPushButton(name, self)
            button.clicked.connect(lambda _=False, run=run: run())
            self._row.insertWidget(self._row.count() - 1, button)
            self._actions.append(button)
        self._restyle()
        self.show()

    def clear(self) -> None:
        """Nothing to say."""
        self.tell("accent", "")
        self.hide()

    def text(self) -> str:
        """The sentence, empty while hidden."""
        return "" if self.isHidden() else self._text.text()

    def button(self, name: str) -> QPushButton | None:
        """The button of an action by its words."""
        return next((button for button in self._actions if button.text() == name), None)

    def _restyle(self) -> None:
        theme = current()
        self._row.setContentsMargins(theme.space("m"), 3, theme.space("xs"), 3)
        self._row.setSpacing(theme.space("s"))
        side = theme.pixels(16)
        self._symbol.setPixmap(icon(SYMBOLS[self._kind], self._kind).pixmap(QSize(side, side)))
        pair = getattr(theme, self._kind)
        self.setStyleSheet(
            f"#banner {{ background: {pair.background.name()};"
            f" border-bottom: 1px solid {theme.border.subtle.name()}; }}"
        )
