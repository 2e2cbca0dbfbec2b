"""A card that can be chosen with the mouse or the keyboard, and the large button of that kind."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.appearance.theme import current
from gui.widgets.parts import Elided

ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


class Card(QWidget):
    """A raised surface with a focus ring; click, Enter or Space chooses it."""

    pressed = Signal()
    moved = Signal(int)
    """An arrow key was pressed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.accent = False
        self.dashed = False

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground, line = theme.background.raised, theme.border.subtle
        if self.accent:
            ground = line = theme.accent.base
        elif self.dashed:
            ground, line = theme.background.panel, theme.border.control
        elif self.underMouse():
            ground, line = theme.background.hover, theme.border.control
        pen = QPen(line, 1)
        if self.dashed:
            pen.setDashPattern([3, 3])
        if self.hasFocus():
            pen = QPen(theme.text.primary if self.accent else theme.accent.base, 2)
        painter.setPen(pen)
        painter.setBrush(ground)
        radius = theme.radius("card")
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setFocus(Qt.FocusReason.MouseFocusReason)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        inside = self.rect().contains(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and inside:
            self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed.emit()
        elif event.key() in ARROWS:
            self.moved.emit(int(event.key()))
        else:
            super().keyPressEvent(event)


class ActionCard(Card):
    """A large button with an explaining line below its title."""

    def __init__(self, picture: QWidget, title: str, note: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._title = Elided(title, "name", self)
        self._note = Elided(note, "small", self, colour="secondary")
        texts = QVBoxLayout()
        texts.setSpacing(0)
        texts.addWidget(self._title)
        texts.addWidget(self._note)
        row = QHBoxLayout(self)
        row.setContentsMargins(current().space("m"), 4, current().space("s"), 4)
        row.setSpacing(current().space("m"))
        picture.setParent(self)
        row.addWidget(picture)
        row.addLayout(texts, 1)
        self.setAccessibleName(title)
        self.setAccessibleDescription(note)

    def set_accent(self) -> None:
        """The one action that matters here."""
        self.accent = True
        self._title.set_colour("on_accent")
        self._note.set_colour("on_accent")
