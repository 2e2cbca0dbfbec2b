"""The left side of the start page: new, open, recent projects, and where to drop files."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.appearance.glyphs import application_mark
from gui.appearance.icons import icon
from gui.appearance.theme import current, notifier
from gui.language.text import tr
from gui.session.preferences import Preferences
from gui.widgets.cards import ActionCard, Card
from gui.widgets.parts import Label

PATH = int(Qt.ItemDataRole.UserRole)
WIDTH = 288


class StartSide(QFrame):
    """Buttons and the list of recent projects."""

    new_wanted = Signal()
    open_wanted = Signal()
    folder_wanted = Signal()
    project_chosen = Signal(object)
    forget_wanted = Signal(object)

    def __init__(self, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("level", "panel")
        self._preferences = preferences
        self._pictures: list[tuple[QLabel, str, str]] = []
        self._column = QVBoxLayout(self)
        head = QHBoxLayout()
        self._mark = QLabel(self)
        head.addWidget(self._mark)
        head.addWidget(Label("ConvLoom", "page_title", self), 1)
        self._column.addLayout(head)
        self.new_button = self._button(
            "add", "on_accent", tr("New network"), tr("Empty canvas"), self.new_wanted
        )
        self.new_button.set_accent()
        self._button("open", "secondary", tr("Open project"), tr("A .cloom file"), self.open_wanted)
        self._button(
            "folder",
            "secondary",
            tr("Open image folder"),
            tr("One subfolder per class"),
            self.folder_wanted,
        )
        self._recent_head()
        self._list = _Recent(self)
        self._list.setAccessibleName(tr("Recent projects"))
        self._list.itemClicked.connect(self._open)
        self._list.itemActivated.connect(self._open)
        self._empty = Label(tr("Projects you open will be listed here"), "hint", self, wrap=True)
        self._column.addWidget(self._empty)
        self._column.addWidget(self._list, 1)
        self._column.addStretch(0)
        self._column.addWidget(DropHint(self))
        self._restyle()
        notifier.changed.connect(self._restyle)
        self.refresh()

    def _button(
        self, name: str, role: str, title: str, note: str, signal: SignalInstance
    ) -> ActionCard:
        picture = QLabel(self)
        self._pictures.append((picture, name, role))
        card = ActionCard(picture, title, note, self)
        card.pressed.connect(signal)
        self._column.addWidget(card)
        return card

    def _recent_head(self) -> None:
        row = QHBoxLayout()
        row.addWidget(Label(tr("Recent"), "caption", self))
        row.addStretch(1)
        self._clear = QToolButton(self)
        self._clear.setText(tr("Clear"))
        self._clear.clicked.connect(lambda: self.forget_wanted.emit(None))
        row.addWidget(self._clear)
        self._column.addSpacing(current().space("s"))
        self._column.addLayout(row)

    def _restyle(self) -> None:
        theme = current()
        side = theme.space("l")
        self.setFixedWidth(theme.pixels(WIDTH))
        self._column.setContentsMargins(side, side, side, side)
        self._column.setSpacing(theme.space("s"))
        self._mark.setPixmap(application_mark(theme.pixels(32)))
        size = theme.size("icon")
        for picture, name, role in self._pictures:
            picture.setPixmap(icon(name, role).pixmap(size, size))
        for card in self.findChildren(ActionCard):
            card.setFixedHeight(theme.pixels(46))

    def refresh(self) -> None:
        """Read the recent projects again; those that are gone say so."""
        self._list.clear()
        for path in self._preferences.recent():
            missing = not path.is_file()
            when = "" if missing else _day(path)
            text = tr("{name} (missing)", name=path.stem) if missing else path.stem
            item = QListWidgetItem(f"{text}\n{path.parent}")
            item.setData(PATH, str(path))
            item.setToolTip(f"{path}\n{when}".strip())
            if missing:
                item.setForeground(current().text.tertiary)
                item.setIcon(icon("warning", "warning"))
            else:
                item.setIcon(icon("table"))
            self._list.addItem(item)
        empty = self._list.count() == 0
        self._empty.setVisible(empty)
        self._list.setVisible(not empty)
        self._clear.setVisible(not empty)
        self._column.setStretch(self._column.count() - 2, 1 if empty else 0)

    def recent_paths(self) -> list[Path]:
        """The projects in the list."""
        return [Path(self._list.item(i).data(PATH)) for i in range(self._list.count())]

    def recent_texts(self) -> list[str]:
        return [self._list.item(i).text() for i in range(self._list.count())]

    def _open(self, item: QListWidgetItem) -> None:
        self.project_chosen.emit(Path(item.data(PATH)))


class _Recent(QListWidget):
    """Delete takes a row off the list."""

    def __init__(self, side: StartSide) -> None:
        super().__init__(side)
        self._side = side
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSpacing(1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        if event.key() == Qt.Key.Key_Delete and item is not None:
            self._side.forget_wanted.emit(Path(item.data(PATH)))
        else:
            super().keyPressEvent(event)


class DropHint(Card):
    """Says what can be dropped on the window; the window takes the drop."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.dashed = True
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(current().space("m"),) * 4)
        for text, role in (
            (tr("Drop images or a project here"), "name"),
            (tr("A folder of class folders, or a .cloom file"), "hint"),
        ):
            label = Label(text, role, self, wrap=True)
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            column.addWidget(label)


def _day(path: Path) -> str:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime).strftime("%Y-%m-%d %H:%M")
    except OSError:
        return ""
