"""The Output page: every notice and refusal with its time. Nothing is told only once."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from graph.values.message import say
from gui.appearance.icons import icon
from gui.language.text import tr

MOST = 1000
TITLES = {"info": say("info"), "warning": say("warning"), "error": say("error")}


class OutputList(QListWidget):
    """A list of sentences, newest last."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Output"))
        self.setWordWrap(True)
        self.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        copy = QAction(tr("Copy"), self)
        copy.setShortcut("Ctrl+C")
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(self._copy)
        self.addAction(copy)

    def add(self, text: str, kind: str = "info") -> None:
        """Write a sentence down; ``kind`` is info, warning or error."""
        item = QListWidgetItem(f"{datetime.now():%H:%M:%S}   {text}")
        role = "secondary" if kind == "info" else kind
        item.setIcon(icon(kind, role))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{TITLES[kind].text()}: {text}")
        follow = self.verticalScrollBar().value() >= self.verticalScrollBar().maximum() - 2
        self.addItem(item)
        if self.count() > MOST:
            self.takeItem(0)
        if follow:
            self.scrollToBottom()

    def texts(self) -> list[str]:
        """All rows as they stand."""
        return [self.item(i).text() for i in range(self.count())]

    def _copy(self) -> None:
        rows = self.selectedItems() or [self.item(i) for i in range(self.count())]
        QGuiApplication.clipboard().setText("\n".join(row.text() for row in rows))
