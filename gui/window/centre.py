"""The middle of the window: the start page or the canvas, under a line of notices."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.bars.bottom import Pages
from gui.bars.breadcrumb import Breadcrumb
from gui.canvas.view import CanvasView
from gui.session.preferences import Preferences
from gui.session.session import Session
from gui.templates.start import StartPage
from gui.widgets.notice import NoticeBar


class Centre(QWidget):
    """Start page and canvas lie over each other; the document stays open behind the start page."""

    def __init__(self, session: Session, preferences: Preferences, canvas: CanvasView) -> None:
        super().__init__()
        self.notice = NoticeBar()
        self.start = StartPage(session, preferences)
        self.breadcrumb = Breadcrumb(session)
        self._editor = QWidget()
        _stack(self._editor, self.breadcrumb, canvas)
        self._pages = Pages()
        self._pages.addWidget(self.start)
        self._pages.addWidget(self._editor)
        _stack(self, self.notice, self._pages)

    @property
    def at_start(self) -> bool:
        """Whether the start page is shown."""
        return self._pages.currentWidget() is self.start

    def show_start(self) -> None:
        """Bring the start page to the front."""
        self._pages.setCurrentWidget(self.start)

    def show_editor(self) -> None:
        """Bring the canvas to the front."""
        self._pages.setCurrentWidget(self._editor)


def _stack(holder: QWidget, line: QWidget, rest: QWidget) -> None:
    """A line above what takes the rest of the room."""
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(line)
    column.addWidget(rest, 1)
