"""The top line of the window: menus left, workspaces in the centre, file name right."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenuBar, QSizePolicy, QToolButton, QWidget

from gui.appearance.theme import current, notifier
from gui.widgets.parts import Elided


class MenuStrip(QFrame):
    """Holds the menu bar, so that something can stand in its middle."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("menuStrip")
        self.bar = QMenuBar(self)
        self.bar.setNativeMenuBar(False)
        self._switch = QFrame(self)
        self._row = QHBoxLayout(self._switch)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._buttons: list[QToolButton] = []
        self._file = Elided("", "body", self, colour="secondary", middle=True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        notifier.changed.connect(self._restyle)

    def add_workspaces(self, actions: list[QAction]) -> None:
        """One button for each workspace, in order."""
        for action in actions:
            button = QToolButton(self._switch)
            button.setDefaultAction(action)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._row.addWidget(button)
            self._buttons.append(button)
        self._restyle()

    def show_file(self, text: str) -> None:
        """The name at the right end."""
        self._file.set_text(text)
        self._place()

    def file_text(self) -> str:
        return self._file.text()

    def _restyle(self) -> None:
        theme = current()
        self._row.setSpacing(theme.space("xs"))
        height = theme.size("menu_bar") - 6
        for button in self._buttons:
            button.setStyleSheet(
                f"QToolButton {{ min-height: {height - 2}px; max-height: {height - 2}px;"
                f" padding: 0 {theme.pixels(12)}px; }}"
                f"QToolButton:checked {{ background: {theme.background.raised.name()};"
                f" border-color: {theme.border.subtle.name()}; font-weight: 600; }}"
                f"QToolButton:checked:focus {{ border-color: {theme.accent.base.name()}; }}"
            )
        self.setStyleSheet(
            f"#menuStrip {{ background: {theme.background.window.name()};"
            f" border-bottom: 1px solid {theme.border.subtle.name()}; }}"
            "QMenuBar { border: none; }"
        )
        self.updateGeometry()
        self._place()

    def sizeHint(self) -> QSize:
        return QSize(600, current().size("menu_bar"))

    def minimumSizeHint(self) -> QSize:
        return QSize(400, current().size("menu_bar"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        theme = current()
        gap, height = theme.space("m"), self.height()
        menus = self.bar.sizeHint()
        self.bar.setGeometry(0, 0, menus.width(), height - 1)
        switch = self._switch.sizeHint()
        left = max(menus.width() + gap, (self.width() - switch.width()) // 2)
        top = (height - switch.height()) // 2
        self._switch.setGeometry(left, top, switch.width(), switch.height())
        start = left + switch.width() + gap
        wanted = self._file.sizeHint()
        width = max(0, min(wanted.width(), self.width() - start - gap))
        top = (height - wanted.height()) // 2
        self._file.setGeometry(self.width() - gap - width, top, width, wanted.height())
