"""The start page: what to begin with. Templates as drawings, recent projects, files to drop."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui.session.preferences import Preferences
from gui.session.session import Session
from gui.templates.gallery import FIND, Gallery
from gui.templates.start_side import StartSide


class StartPage(QWidget):
    """Emits what the user wants to begin with."""

    new_wanted = Signal()
    open_wanted = Signal()
    folder_wanted = Signal()
    template_chosen = Signal(object)
    """A graph.templates.Template."""
    fit_wanted = Signal(object)
    """A template to be fitted to other images first."""
    project_chosen = Signal(object)
    """The path of a recent project."""
    forget_wanted = Signal(object)
    """A recent project to take off the list; None for all."""

    def __init__(
        self, session: Session, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.side = StartSide(preferences, self)
        self.side.new_wanted.connect(self.new_wanted)
        self.side.open_wanted.connect(self.open_wanted)
        self.side.folder_wanted.connect(self.folder_wanted)
        self.side.project_chosen.connect(self.project_chosen)
        self.side.forget_wanted.connect(self.forget_wanted)
        self.gallery = Gallery(session, self)
        self.gallery.template_chosen.connect(self.template_chosen)
        self.gallery.fit_wanted.connect(self.fit_wanted)
        # Its own key while it is up; the canvas has none for it.
        find = QShortcut(QKeySequence(FIND), self, self.gallery.search_now)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.side)
        row.addWidget(self.gallery, 1)

    def refresh(self) -> None:
        """Read the list of recent projects again."""
        self.side.refresh()

    def focus_first(self) -> None:
        """Put the keyboard where most people begin."""
        self.side.new_button.setFocus()

    def recent_paths(self) -> list[Path]:
        return self.side.recent_paths()
