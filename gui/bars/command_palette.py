"""Two pages over the window: all commands to search in, and all keys to read."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from graph.values.message import say
from gui.appearance.theme import current
from gui.language.text import tr
from gui.widgets.parts import PanelTitle

ActionRows = Iterable[tuple[str, str, QAction]]
ACTION = int(Qt.ItemDataRole.UserRole)
CANVAS_KEYS = (
    (say("Tab, Space"), say("Search and add a layer at the pointer")),
    (say("Shift+Tab"), say("Add a layer and connect it to the selection")),
    (say("Arrows"), say("Walk along wires; with Shift extend the selection")),
    (say("Ctrl+Arrows"), say("Move by 10; with Shift by 1")),
    (say("Alt+Up, Alt+Down"), say("Change the order of inputs")),
    (say("Wheel, middle drag"), say("Zoom at the pointer, move the view")),
    (say("Esc"), say("End what is being done")),
)


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

    def __init__(self, window: QWidget, rows: Callable[[], ActionRows]) -> None:
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
        return [self.list.topLevelItem(i).text(0) for i in range(self.list.topLevelItemCount())]

    def _sift(self) -> None:
        words = self.search.text().casefold().split()
        self.list.clear()
        ranked = []
        for path, text, action in self._rows():
            name = f"{text} {path}".casefold()
            if all(word in name for word in words) and action.isEnabled():
                starts = bool(words) and text.casefold().startswith(words[0])
                ranked.append((not starts, len(ranked), path, text, action))
        for _, _, path, text, action in sorted(ranked, key=lambda row: row[:2]):
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            item = QTreeWidgetItem([text, path, keys])
            item.setData(0, ACTION, action)
            item.setForeground(1, current().text.tertiary)
            item.setForeground(2, current().text.tertiary)
            self.list.addTopLevelItem(item)
        _stretch(self.list)
        self.list.setCurrentItem(self.list.topLevelItem(0))

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
        if event.type() == QEvent.Type.FocusOut and not self.isAncestorOf(_focus(self)):
            self.hide()
        return super().eventFilter(watched, event)

    def _run(self, item: QTreeWidgetItem | None) -> None:
        if item is None:
            return
        action = item.data(0, ACTION)
        self.leave()
        action.trigger()


class KeySheet(OverlayPage):
    """All keys, by menu."""

    def __init__(self, window: QWidget, rows: Callable[[], ActionRows]) -> None:
        super().__init__(window, tr("Keys"))
        self._rows = rows
        self.list.setColumnCount(2)
        self.list.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)

    def open(self) -> None:
        self.list.clear()
        for path, text, action in self._rows():
            form = QKeySequence.SequenceFormat.NativeText
            keys = ", ".join(key.toString(form) for key in action.shortcuts())
            if keys:
                self.list.addTopLevelItem(QTreeWidgetItem([text, keys, path]))
        for names, does in CANVAS_KEYS:
            row = [does.text(), names.text(), tr("Canvas")]
            self.list.addTopLevelItem(QTreeWidgetItem(row))
        self.list.setColumnCount(3)
        _stretch(self.list)
        self.show_over(self.list)

    def texts(self) -> list[str]:
        rows = range(self.list.topLevelItemCount())
        return [self.list.topLevelItem(i).text(1) for i in rows]


def _stretch(tree: QTreeWidget) -> None:
    header = tree.header()
    header.setStretchLastSection(False)
    header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    for column in range(1, tree.columnCount()):
        header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)


def _focus(widget: QWidget) -> QWidget | None:
    window = widget.window()
    return window.focusWidget() if window else None
