"""The name of the open file in the title of the window and at the right end of the menus."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gui.bars.menu_strip import MenuStrip
from gui.language.text import tr
from gui.session.documents import Documents
from gui.session.session import Session
from gui.window.front import Front


class FileTitle(QObject):
    """Says, too, whether there are changes that are not saved."""

    def __init__(
        self,
        window: QWidget,
        strip: MenuStrip,
        session: Session,
        documents: Documents,
        front: Front,
    ) -> None:
        super().__init__(window)
        self._window, self._strip = window, strip
        self._session, self._documents, self._front = session, documents, front
        session.modified_changed.connect(self._show)
        session.document_replaced.connect(self._show)
        front.changed.connect(self._show)

    def _show(self, _changed: object = None) -> None:
        if self._front.at_start:
            self._window.setWindowTitle("ConvLoom")
            self._strip.show_file(tr("Start"))
            return
        name, modified = self._documents.name, self._session.modified
        self._window.setWindowTitle(f"{'*' if modified else ''}{name} – ConvLoom")
        self._strip.show_file(f"{name}{' •' if modified else ''}")
