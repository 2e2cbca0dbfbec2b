"""The button that says what is trained on, and its menu of data sets and folders."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QAction, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QMenu,
    QSizePolicy,
    QStyle,
    QStyleOptionToolButton,
    QStylePainter,
    QToolButton,
    QWidget,
    QWidgetAction,
)

from backend.data.base.format import Opening
from backend.data.base.source import DataSource, ImageShape
from backend.data.catalogue import NAMES, list_sources, openings
from gui.appearance.icons import icon
from gui.appearance.theme import current, notifier
from gui.data.choice import DataChoice
from gui.language.text import shape, tr, tr_count
from gui.session.session import Session
from gui.widgets.parts import Label

REASON_WIDTH = 340
TITLE_LEAST = 90  # pixels the name keeps before the shape is left out


class DataChooser(QToolButton):
    """Name, shape and classes of the chosen data; a menu to choose others."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choice = DataChoice.of(session)
        self._title, self._detail = "", ""
        self._dialog: QFileDialog | None = None
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.data_menu = QMenu(self)
        self.data_menu.aboutToShow.connect(self._fill_menu)
        self.setMenu(self.data_menu)
        self._choice.changed.connect(self._show_choice)
        notifier.changed.connect(self.updateGeometry)
        self._show_choice()

    # What is chosen

    def _show_choice(self) -> None:
        look, spec = self._choice.look, self._choice.spec
        if look is not None:
            self._title, self._detail = look.source.title.text(), details(look.source, look.shape)
        else:
            self._title = spec if spec in NAMES else Path(spec).name or spec
            self._detail = tr("looking …") if self._choice.busy else tr("cannot be used")
        words = f"{self._title}, {self._detail}" if self._detail else self._title
        problem = self._choice.problem
        self.setAccessibleName(tr("Data: {data}", data=words))
        self.setToolTip(problem.text() if problem is not None else words)
        self.updateGeometry()
        self.update()

    def texts(self) -> tuple[str, str]:
        """Name and details as they stand."""
        return self._title, self._detail

    # Choosing

    def open_folder(self) -> None:
        """Ask for the commonest that is opened."""
        self.ask_for(next(openings()))

    def ask_for(self, opening: Opening) -> None:
        """Ask for a folder or file, without stopping anything."""
        if self._dialog is None:
            self._dialog = QFileDialog(self)
            self._dialog.fileSelected.connect(self._choice.choose)
        dialog, files = self._dialog, opening.endings
        mode = QFileDialog.FileMode
        dialog.setFileMode(mode.ExistingFile if files else mode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly, not files)
        if files:
            dialog.setNameFilter(" ".join(f"*{ending}" for ending in files))
        dialog.setWindowTitle(opening.title.text())
        dialog.open()

    def _fill_menu(self) -> None:
        self.data_menu.clear()
        for source in list_sources():
            action = self.data_menu.addAction(
                "  ".join(filter(None, (source.title.text(), details(source, source.shape))))
            )
            action.setCheckable(True)
            action.setChecked(source.spec == self._choice.spec)
            action.setEnabled(source.available)
            action.triggered.connect(lambda _=False, spec=source.spec: self._choice.choose(spec))
            if source.missing is not None:
                self.data_menu.addAction(self._reason_action(source.missing.text()))
        if self._choice.spec not in NAMES:
            self.data_menu.addSeparator()
            action = self.data_menu.addAction(self._title)
            action.setCheckable(True)
            action.setChecked(True)
            action.triggered.connect(lambda _=False: self._choice.choose(self._choice.spec))
        self.data_menu.addSeparator()
        for opening in openings():
            action = self.data_menu.addAction(icon(opening.symbol), opening.action.text())
            action.triggered.connect(lambda _=False, opening=opening: self.ask_for(opening))

    def _reason_action(self, reason: str) -> QAction:
        theme = current()
        label = Label(reason, "hint", wrap=True)
        label.setFixedWidth(theme.pixels(REASON_WIDTH))
        label.setContentsMargins(theme.space("xl") + theme.space("s"), 0, theme.space("s"), 4)
        action = QWidgetAction(self.data_menu)
        action.setDefaultWidget(label)
        action.setText(reason)
        action.setEnabled(False)
        return action

    # Look

    def sizeHint(self) -> QSize:
        theme = current()
        title = QFontMetrics(theme.font("body")).horizontalAdvance(self._title)
        detail = QFontMetrics(theme.font("shape")).horizontalAdvance(self._detail)
        width = title + detail + 2 * self._side() + 5 * theme.space("s") + 2
        return QSize(width, theme.size("tool_button"))

    def minimumSizeHint(self) -> QSize:
        theme = current()
        least = theme.pixels(TITLE_LEAST) + 2 * self._side() + 3 * theme.space("s")
        return QSize(min(least, self.sizeHint().width()), theme.size("tool_button"))

    def _side(self) -> int:
        return current().pixels(16)

    def paintEvent(self, event: QPaintEvent) -> None:
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text, option.features = "", QStyleOptionToolButton.ToolButtonFeature.None_
        option.icon = icon("blank")
        theme, painter = current(), QStylePainter(self)
        painter.setPen(theme.border.control)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
        self._paint_edge(painter)
        side, gap = self._side(), theme.space("s")
        top = (self.height() - side) // 2
        faulty = self._choice.problem is not None
        icon("warning" if faulty else "data", "warning" if faulty else "secondary").paint(
            painter, QRect(gap, top, side, side)
        )
        icon("down").paint(painter, QRect(self.width() - gap - side, top, side, side))
        room = QRect(2 * gap + side, 0, self.width() - 4 * gap - 2 * side, self.height())
        self._paint_words(painter, room)

    def _paint_edge(self, painter: QPainter) -> None:
        if not (self.hasFocus() or self.isDown()):
            theme = current()
            radius = theme.radius("button")
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(theme.border.control)
            painter.drawRoundedRect(
                self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), radius, radius
            )

    def _paint_words(self, painter: QPainter, room: QRect) -> None:
        theme = current()
        body, small = QFontMetrics(theme.font("body")), QFontMetrics(theme.font("shape"))
        flags = Qt.AlignmentFlag.AlignVCenter
        detail = small.horizontalAdvance(self._detail) + theme.space("s")
        if room.width() - detail < min(
            theme.pixels(TITLE_LEAST), body.horizontalAdvance(self._title)
        ):
            detail = 0
        painter.setFont(theme.font("body"))
        painter.setPen(theme.text.primary)
        title = room.adjusted(0, 0, -detail, 0)
        text = body.elidedText(self._title, Qt.TextElideMode.ElideRight, title.width())
        painter.drawText(title, flags, text)
        if detail:
            painter.setFont(theme.font("shape"))
            painter.setPen(theme.text.tertiary)
            painter.drawText(room, flags | Qt.AlignmentFlag.AlignRight, self._detail)


def details(source: DataSource, image: ImageShape | None) -> str:
    """``1×28×28 · 10 classes``, as far as it is known."""
    parts = []
    if image is not None:
        parts.append(shape(image))
    if source.classes is not None:
        parts.append(tr_count("{n} class", "{n} classes", len(source.classes)))
    return " · ".join(parts)
