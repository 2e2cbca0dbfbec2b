"""The projects opened or saved lately, in their menu."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu

from gui.session.documents import Documents
from gui.session.preferences import Preferences


class RecentProjects(QObject):
    """Keeps the menu as the list of the preferences is."""

    changed = Signal()
    """The list is another one."""

    def __init__(self, menu: QMenu, documents: Documents, preferences: Preferences) -> None:
        super().__init__(menu)
        self._menu, self._documents, self._preferences = menu, documents, preferences
        documents.recent_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Fill the menu anew."""
        paths = self._preferences.recent()
        self._menu.clear()
        for path in paths:
            action = self._menu.addAction(path.name.replace("&", "&&"))
            action.setEnabled(path.is_file())
            action.triggered.connect(lambda _=False, p=path: self._documents.open(p))
        self._menu.setEnabled(bool(paths))
        self.changed.emit()

    def forget(self, path: Path | None) -> None:
        """Take a project, or all of them, off the list."""
        if path is None:
            self._preferences.clear_recent()
        else:
            self._preferences.remove_recent(path)
        self.refresh()
