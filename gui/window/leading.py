"""Which button is the main one: there is only one at a time.

Train in the tool bar is it, unless the training page shows its own, or problems ask for a repair.
"""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from gui.bars.toolbar import ToolBar
from gui.workspaces.docks import Docks
from gui.workspaces.workspace import BOTTOM


class LeadingButton(QObject):
    """Follows the bottom dock and the number of errors."""

    def __init__(self, tools: ToolBar, docks: Docks, training: QWidget) -> None:
        super().__init__(tools)
        self._tools, self._pages, self._training = tools, docks.bottom, training
        self._errors = 0
        self._pages.currentChanged.connect(self._lead)
        docks[BOTTOM].visibilityChanged.connect(self._lead)

    def count(self, errors: int) -> None:
        """So many errors there are now."""
        self._errors = errors
        self._lead()

    def _lead(self, _changed: object = None) -> None:
        page = self._pages.currentWidget()
        trains = page is self._training and page.isVisible()
        self._tools.set_leading(not self._errors and not trains)
