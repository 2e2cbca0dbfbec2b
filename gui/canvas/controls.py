"""Small widgets that lie on the canvas: zoom, the empty state, the hint at the pointer, a question
in place, and the field that renames a node."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.appearance.theme import current, set_property
from gui.language.text import NO_BREAK_SPACE, tr

HINT_MS = 6000


def plain_label(text: str, role: str, parent: QWidget) -> QLabel:
    """A label of plain text in a role of the style sheet."""
    label = QLabel(text, parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    set_property(label, "role", role)
    return label


class ZoomBar(QFrame):
    """− 100 % + Fit"""

    zoom_asked = Signal(int)
    """-1 or +1 for a step, 0 for 100 %."""
    fit_asked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("level", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(3, 2, 3, 2)
        layout.setSpacing(2)
        self.less = self._button("−", tr("Zoom out (−)"), -1)
        self.value = self._button("", tr("Zoom to 100 % (1)"), 0)
        self.more = self._button("+", tr("Zoom in (+)"), 1)
        self.fit = QToolButton(self)
        self.fit.setText(tr("Fit"))
        self.fit.setToolTip(tr("Show the whole network (F)"))
        self.fit.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.fit.clicked.connect(self.fit_asked)
        for button in (self.less, self.value, self.more, self.fit):
            layout.addWidget(button)
        self.show_zoom(1.0)

    def _button(self, text: str, tip: str, step: int) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self.zoom_asked.emit(step))
        return button

    def show_zoom(self, zoom: float) -> None:
        """Print a zoom."""
        self.value.setText(f"{round(zoom * 100)}{NO_BREAK_SPACE}%")
        self.value.setMinimumWidth(current().pixels(52))
        self.adjustSize()


class EmptyState(QFrame):
    """What an empty canvas says."""

    templates_asked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setSpacing(current().space("m"))
        self.line = plain_label(
            tr("Press Tab to add a layer, or start from a template"), "body", self
        )
        self.button = QPushButton(tr("Templates"), self)
        self.button.clicked.connect(self.templates_asked)
        self.more = plain_label(tr("Shift+Tab connects the layer to the chosen one"), "hint", self)
        layout.addWidget(self.line, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self.more, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)


class PointerHint(QLabel):
    """A short text at the pointer: why a wire is refused, what it would carry."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._around = parent
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setContentsMargins(7, 4, 7, 4)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def show_text(self, point: QPoint, text: str, tone: str, vanish: bool = False) -> None:
        """Show a text beside a point; ``tone`` is error, warning or empty."""
        theme = current()
        colours = {"error": theme.error, "warning": theme.warning}.get(tone)
        ground = colours.background if colours else theme.background.raised
        ink = colours.base if colours else theme.text.primary
        self.setStyleSheet(
            f"background: {ground.name()}; color: {ink.name()}; "
            f"border: 1px solid {ink.name() if colours else theme.border.control.name()}; "
            f"border-radius: {theme.radius('control')}px;"
        )
        room = self._around.rect()
        self.setText(text)
        width = min(
            self.fontMetrics().horizontalAdvance(text) + 26, theme.pixels(320), room.width()
        )
        self.setFixedWidth(width)
        self.setFixedHeight(self.heightForWidth(width))
        x = min(point.x() + 16, room.width() - self.width())
        y = point.y() + 18
        if y + self.height() > room.height():
            y = point.y() - self.height() - 8
        self.move(max(0, x), max(0, y))
        self.show()
        self.raise_()
        if vanish:
            self._timer.start(HINT_MS)
        else:
            self._timer.stop()


class Question(QFrame):
    """A question in place with two answers; Escape is neither."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._around = parent
        self.setProperty("level", "card")
        self._answers: tuple[Callable[[], object], Callable[[], object]] | None = None
        self.text = plain_label("", "body", self)
        self.text.setWordWrap(True)
        self.first, self.second = QPushButton(self), QPushButton(self)
        self.first.clicked.connect(lambda: self._answer(0))
        self.second.clicked.connect(lambda: self._answer(1))
        buttons = QHBoxLayout()
        buttons.addWidget(self.first)
        buttons.addWidget(self.second)
        layout = QVBoxLayout(self)
        layout.addWidget(self.text)
        layout.addLayout(buttons)
        self.hide()

    def ask(
        self,
        point: QPoint,
        text: str,
        first: tuple[str, Callable[[], object]],
        second: tuple[str, Callable[[], object]],
    ) -> None:
        """Show the question near a point of the parent and take the focus."""
        self.text.setText(text)
        self.first.setText(first[0])
        self.second.setText(second[0])
        self._answers = first[1], second[1]
        self.setFixedWidth(current().pixels(300))
        self.adjustSize()
        room = self._around.rect()
        x = max(0, min(point.x(), room.width() - self.width()))
        y = max(0, min(point.y(), room.height() - self.height()))
        self.move(x, y)
        self.show()
        self.raise_()
        self.first.setFocus(Qt.FocusReason.PopupFocusReason)

    def dismiss(self) -> None:
        """Close without an answer."""
        self._answers = None
        self.hide()
        self._around.setFocus()

    def _answer(self, which: int) -> None:
        answers = self._answers
        self.dismiss()
        if answers is not None:
            answers[which]()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._answer(1 if self.second.hasFocus() else 0)
        else:
            super().keyPressEvent(event)


class RenameField(QLineEdit):
    """Lies over a node's name while it is renamed. Enter takes it, Escape does not."""

    renamed = Signal(str, str)
    """Node id and the new name."""

    def __init__(self, parent: QWidget, title: str = "", *, kept: bool = True) -> None:
        """``kept``: a name half typed is taken when the keyboard goes elsewhere."""
        super().__init__(parent)
        self._around = parent
        self._node: str | None = None
        self._kept = kept
        self.setMaxLength(200)
        self.setAccessibleName(title or tr("Name of the layer"))
        self.installEventFilter(self)
        self.hide()

    def open_over(self, node: str, name: str, place: QRect) -> None:
        """Edit the name of a node at a place of the parent."""
        self._node = node
        self.setText(name)
        self.selectAll()
        height = max(current().size("field"), 22)
        place = QRect(
            place.left(), place.center().y() - height // 2, max(120, place.width()), height
        )
        self.setGeometry(place)
        self.show()
        self.raise_()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab):
                self._close(True)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self._close(False)
                return True
        if event.type() == QEvent.Type.FocusOut:
            self._close(self._kept, refocus=False)
        return super().eventFilter(watched, event)

    def _close(self, take: bool, refocus: bool = True) -> None:
        node, self._node = self._node, None
        if node is None:
            return
        self.hide()
        if refocus:
            self._around.setFocus()
        if take and self.text().strip():
            self.renamed.emit(node, self.text().strip())
