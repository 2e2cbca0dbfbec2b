"""Small parts that several panels are made of: labels, sections, rows of figures, panel titles."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.appearance.icons import icon
from gui.appearance.theme import current, notifier, set_property
from gui.language.text import tr


class Label(QLabel):
    """Plain text in a role of the type table."""

    def __init__(
        self,
        text: str = "",
        role: str = "body",
        parent: QWidget | None = None,
        *,
        wrap: bool = False,
    ) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", role)
        self.setWordWrap(wrap)

    def set_role(self, role: str) -> None:
        if self.property("role") != role:
            set_property(self, "role", role)


class KeyHint(QLabel):
    """The name of a key, as on a key."""

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        set_property(self, "role", "hint")


class Elided(QWidget):
    """One line of plain text that ends in … where there is no room; the tooltip has all of it."""

    def __init__(
        self,
        text: str = "",
        role: str = "body",
        parent: QWidget | None = None,
        *,
        colour: str = "primary",
        middle: bool = False,
    ) -> None:
        super().__init__(parent)
        self._text, self._role, self._colour = text, role, colour
        self._mode = Qt.TextElideMode.ElideMiddle if middle else Qt.TextElideMode.ElideRight
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)

    def text(self) -> str:
        return self._text

    def set_text(self, text: str) -> None:
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self.updateGeometry()
            self._tell_cut()
            self.update()

    def set_colour(self, colour: str) -> None:
        """A role of ``Theme.role``."""
        self._colour = colour
        self.update()

    def sizeHint(self) -> QSize:
        font = current().font(self._role)
        self.setFont(font)
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._text) + 2, metrics.height() + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), current().pixels(24)), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell_cut()

    def _tell_cut(self) -> None:
        cut = self.sizeHint().width() > self.width()
        self.setToolTip(self._text if cut else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current()
        painter = QPainter(self)
        painter.setFont(theme.font(self._role))
        painter.setPen(theme.role(self._colour))
        text = painter.fontMetrics().elidedText(self._text, self._mode, self.width())
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), flags, text)
        painter.end()


class Section(QWidget):
    """A titled part of a panel: title left, a figure right, a line above, content below."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = QFrame(self)
        self._line.setObjectName("line")
        self.title = Label(title, "caption", self)
        self.figure = Elided("", "small", self, colour="tertiary")
        head = QHBoxLayout()
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(self.figure, 0, Qt.AlignmentFlag.AlignRight)
        self.content = QVBoxLayout()
        self._column = QVBoxLayout(self)
        self._column.addWidget(self._line)
        self._column.addLayout(head)
        self._column.addLayout(self.content)
        self._restyle()
        notifier.changed.connect(self._restyle)

    def _restyle(self) -> None:
        theme = current()
        self._line.setFixedHeight(1)
        self._line.setStyleSheet(f"background: {theme.border.subtle.name()};")
        self._column.setContentsMargins(0, theme.space("xs"), 0, theme.space("s"))
        self._column.setSpacing(theme.space("s"))
        self.content.setSpacing(theme.space("xs"))


class Figures(QWidget):
    """Rows of a name and a figure: labels left, values right in equal-width digits."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(0, 1)
        self._grid.setVerticalSpacing(current().space("xs"))
        self._labels: list[tuple[Label, Label]] = []

    def show_rows(self, rows: Iterable[tuple[str, str]]) -> None:
        """Show these rows in place of what was there; the labels are reused."""
        wanted = list(rows)
        while len(self._labels) < len(wanted):
            line = len(self._labels)
            name, value = Label("", "body", self), Label("", "mono", self)
            name.setWordWrap(True)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(name, line, 0)
            self._grid.addWidget(value, line, 1, right)
            self._labels.append((name, value))
        for index, (name, value) in enumerate(self._labels):
            shown = index < len(wanted)
            name.setVisible(shown)
            value.setVisible(shown)
            name.setText(wanted[index][0] if shown else "")
            value.setText(wanted[index][1] if shown else "")

    def texts(self) -> dict[str, str]:
        """The rows as they stand."""
        return {name.text(): value.text() for name, value in self._labels if not name.isHidden()}


class PanelTitle(QWidget):
    """The head of a dock: its name, own controls, and a button that closes it."""

    closed = Signal()

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setObjectName("panelTitle")
        self.title = Elided(title, "caption", self)
        self.row = QHBoxLayout(self)
        self.row.addWidget(self.title, 1)
        self.close_button = QToolButton(self)
        self.close_button.setIcon(icon("close"))
        self.close_button.setToolTip(tr("Close this panel"))
        self.close_button.setAccessibleName(tr("Close {panel}", panel=title))
        self.close_button.clicked.connect(self.closed)
        self.row.addWidget(self.close_button)
        self._restyle()
        notifier.changed.connect(self._restyle)

    def set_bare(self, bare: bool) -> None:
        """Show no words and no button, over a panel that is too narrow for them."""
        self.title.setVisible(not bare)
        self.close_button.setVisible(not bare)

    def add(self, widget: QWidget) -> None:
        """Put a control before the close button."""
        self.row.insertWidget(self.row.count() - 1, widget)

    def _restyle(self) -> None:
        theme = current()
        self.setFixedHeight(theme.size("dock_header"))
        self.row.setContentsMargins(theme.space("m"), 0, theme.space("xs"), 0)
        self.row.setSpacing(theme.space("s"))
        self.setStyleSheet(
            f"#panelTitle {{ background: {theme.background.panel.name()};"
            f" border-bottom: 1px solid {theme.border.subtle.name()}; }}"
        )


class PanelFoot(QWidget):
    """One line of facts under a panel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setObjectName("panelFoot")
        self.text = Elided("", "small", self, colour="secondary")
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.text, 1)
        self._restyle()
        notifier.changed.connect(self._restyle)

    def _restyle(self) -> None:
        theme = current()
        self.setFixedHeight(theme.size("dock_header"))
        self._row.setContentsMargins(theme.space("m"), 0, theme.space("m"), 0)
        self.setStyleSheet(
            f"#panelFoot {{ background: {theme.background.panel.name()};"
            f" border-top: 1px solid {theme.border.subtle.name()}; }}"
        )
