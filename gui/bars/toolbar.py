"""The tool bar: files, undo, arrangement, data, training and the device."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QToolBar, QToolButton, QWidget

from gui.actions.action import Action
from gui.actions.menus import RUN_TOOLS, TOOLS, Menu
from gui.appearance.icons import icon
from gui.appearance.theme import current, notifier, set_property
from gui.bars.actions import Actions
from gui.data.data_chooser import DataChooser
from gui.language.text import tr
from gui.session.session import Session
from gui.widgets.parts import Label


class ToolBar(QToolBar):
    """Buttons of the window's actions; Train says what it will do."""

    def __init__(self, session: Session, actions: Actions, parent: QWidget) -> None:
        super().__init__(tr("Tools"), parent)
        self.setObjectName("tools")
        self.setMovable(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.toggleViewAction().setVisible(False)
        self._actions = actions
        self._state = "idle"
        self._leads = True
        self._add(TOOLS)
        self.addSeparator()
        self.data = DataChooser(session, self)
        self.addWidget(self.data)
        self.addSeparator()
        self._train = self._add(RUN_TOOLS)["train"]
        space = QWidget(self)
        space.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(space)
        self.device = Chip(self)
        self.addWidget(self.device)
        self._restyle()
        notifier.changed.connect(self._restyle)

    def _add(self, menu: Menu) -> dict[str, QToolButton]:
        """The buttons of a menu by their action, with lines between its groups."""
        buttons: dict[str, QToolButton] = {}
        for group in self._actions.groups(menu):
            if buttons:
                self.addSeparator()
            buttons |= {action.id: self._button(action) for action in group}
        return buttons

    def _button(self, action: Action) -> QToolButton:
        button = QToolButton(self)
        button.setDefaultAction(self._actions[action.id])
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        style = Qt.ToolButtonStyle
        button.setToolButtonStyle(
            style.ToolButtonTextBesideIcon if action.short else style.ToolButtonIconOnly
        )
        button.setAccessibleName(action.short or action.text)
        self.addWidget(button)
        return button

    def _restyle(self) -> None:
        side = current().size("icon")
        self.setIconSize(QSize(side, side))
        self.show_run(self._state)

    def set_leading(self, leads: bool) -> None:
        """Whether Train is the one action that matters in what the window shows."""
        if leads != self._leads:
            self._leads = leads
            self.show_run(self._state)

    def show_run(self, state: str) -> None:
        """Name the buttons after the state of training."""
        self._state = state
        running = state in ("running", "preparing")
        words = tr("Pause") if running else tr("Resume") if state == "paused" else tr("Train")
        train = self._actions["train"]
        train.setIcon(
            icon("pause") if running else icon("train", "on_accent" if self._leads else "secondary")
        )
        train.setIconText(words)
        self._train.setAccessibleName(words)
        set_property(self._train, "primary", self._leads and not running)
        self._actions["stop"].setIcon(icon("stop", "error" if state != "idle" else "secondary"))


class Chip(QFrame):
    """The device that training runs on."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("chip")
        row = QHBoxLayout(self)
        self._row = row
        self._text = Label("", "small", self)
        row.addWidget(self._text)
        notifier.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    def show_device(self, text: str) -> None:
        """Name the device; empty text hides the chip."""
        self._text.setText(text)
        self.setVisible(bool(text))

    def text(self) -> str:
        return self._text.text()

    def _restyle(self) -> None:
        theme = current()
        self._row.setContentsMargins(theme.space("s"), 0, theme.space("s"), 0)
        self.setFixedHeight(theme.pixels(24))
        self.setStyleSheet(
            f"#chip {{ border: 1px solid {theme.border.subtle.name()};"
            f" border-radius: {theme.radius('chip')}px; }}"
        )
