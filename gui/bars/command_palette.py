"""Two pages over the window: all commands to search in, and all keys to read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui.actions.action import Action
from gui.actions.key_list import KeyRow, in_words, way_to
from gui.actions.menus import CANVAS, HELP
from gui.appearance.theme import current
from gui.bars.actions import CommandRow, native
from gui.language.text import tr
from gui.widgets.parts import PanelTitle

ACTION = int(Qt.ItemDataRole.UserRole)


class OverlayPage(QFrame):
    """A page in the upper middle of its window. Escape or another place closes it."""

    def __init__(self, window: QWidget, title: str) -> None:
        super().__init__(window)
        self.setProperty("level", "card")
        self._before: QWidget | None = None
        self._head = PanelTitle(title, self)
        self._head.closed.connect(self.leave)
        self.list = QTreeWidget(self)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setHeaderHidden(True)
        self.list.setAccessibleName(title)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(1, 1, 1, 1)
        self.column.setSpacing(0)
        self.column.addWidget(self._head)
        self.column.addWidget(self.list, 1)
        self.hide()

    def show_over(self, focus: QWidget) -> None:
        """Show the page and remember who had the keyboard."""
        theme = current()
        window = self.parentWidget()
        assert window is not None
        self._before = window.focusWidget()
        width = min(theme.pixels(560), window.width() - theme.space("xl"))
        height = min(theme.pixels(480), window.height() - 2 * theme.pixels(72))
        self.setGeometry((window.width() - width) // 2, theme.pixels(72), width, height)
        self.show()
        self.raise_()
        focus.setFocus()

    def column_texts(self, column: int) -> list[str]:
        """What stands in a column of the list, from above."""
        rows = map(self.list.topLevelItem, range(self.list.topLevelItemCount()))
        return [row.text(column) for row in rows if row is not None]

    def leave(self) -> None:
        """Close and give the keyboard back."""
        self.hide()
        if self._before is not None:
            self._before.setFocus()
        self._before = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.leave()
        else:
            super().keyPressEvent(event)


class CommandPalette(OverlayPage):
    """Type a few letters, press Enter."""

    def __init__(self, window: QWidget, rows: Callable[[], Iterable[CommandRow]]) -> None:
        super().__init__(window, tr("All commands"))
        self._rows = rows
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("Type what you want to do"))
        self.search.setAccessibleName(tr("Search commands"))
        self.search.textChanged.connect(lambda _text: self._sift())
        self.search.installEventFilter(self)
        self.column.insertWidget(1, self.search)
        self.list.setColumnCount(3)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemClicked.connect(lambda item, _column: self._run(item))

    def open(self) -> None:
        """Show all commands that can be used now."""
        self.search.clear()
        self._sift()
        self.show_over(self.search)

    def texts(self) -> list[str]:
        return self.column_texts(0)

    def _sift(self) -> None:
        words = self.search.text().casefold().split()
        self.list.clear()
        ranked = []
        for row in self._rows():
            name = f"{row.text} {row.way}".casefold()
            if all(word in name for word in words) and row.command.isEnabled():
                starts = bool(words) and row.text.casefold().startswith(words[0])
                ranked.append((not starts, row))
        for _, row in sorted(ranked, key=lambda ranking: ranking[0]):
            item = QTreeWidgetItem([row.text, row.way, row.key])
            item.setData(0, ACTION, row.command)
            item.setForeground(1, current().text.tertiary)
            item.setForeground(2, current().text.tertiary)
            self.list.addTopLevelItem(item)
        _stretch(self.list)
        first = self.list.topLevelItem(0)
        if first is not None:
            self.list.setCurrentItem(first)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self.list.currentItem())
                return True
            if event.key() in (
                Qt.Key.Key_Up,
                Qt.Key.Key_Down,
                Qt.Key.Key_PageUp,
                Qt.Key.Key_PageDown,
            ):
                self.list.keyPressEvent(event)
                return True
        focus = self.window().focusWidget()
        if event.type() == QEvent.Type.FocusOut and not (focus and self.isAncestorOf(focus)):
            self.hide()
        return super().eventFilter(watched, event)

    def _run(self, item: QTreeWidgetItem | None) -> None:
        if item is None:
            return
        action = item.data(0, ACTION)
        self.leave()
        action.trigger()


class KeySheet(OverlayPage):
    """All keys, by menu; what the mouse does comes last."""

    def __init__(
        self,
        window: QWidget,
        rows: Callable[[], Iterable[KeyRow]],
        mouse: Sequence[tuple[str, str]],
    ) -> None:
        """``mouse`` has what is done and what with."""
        super().__init__(window, tr("Keys"))
        self._rows, self._mouse = rows, mouse
        self.list.setColumnCount(3)
        self.list.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)

    def open(self) -> None:
        self.list.clear()
        for row in self._rows():
            keys = ", ".join(in_words(row.keys, native))
            self.list.addTopLevelItem(QTreeWidgetItem([row.text, keys, way_to(row.menu)]))
        for text, means in self._mouse:
            self.list.addTopLevelItem(QTreeWidgetItem([text, means, way_to(CANVAS)]))
        _stretch(self.list)
        self.show_over(self.list)

    def texts(self) -> list[str]:
        return self.column_texts(1)


def page_actions(commands: CommandPalette, keys: KeySheet) -> tuple[Action, ...]:
    """What brings the two pages up."""
    return (
        Action(
            "commands",
            tr("All commands…"),
            HELP.at(1, 1),
            commands.open,
            ("Ctrl+K",),
            icon="search",
        ),
        Action("keys", tr("Keys"), HELP.at(1, 2), keys.open, ("?", "Shift+?"), icon="keyboard"),
    )


def _stretch(tree: QTreeWidget) -> None:
    header = tree.header()
    header.setStretchLastSection(False)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    for column in range(1, tree.columnCount()):
        header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
