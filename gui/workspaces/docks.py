"""The docks of a window: one for each panel at a side, and one whose pages are those below."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QWidget

from gui.bars.bottom import BottomPages
from gui.language.text import tr
from gui.widgets.parts import PanelTitle
from gui.workspaces.panel import Desk, Panel, Side
from gui.workspaces.workspace import BOTTOM

AREAS = {
    Side.LEFT: Qt.DockWidgetArea.LeftDockWidgetArea,
    Side.RIGHT: Qt.DockWidgetArea.RightDockWidgetArea,
    Side.BOTTOM: Qt.DockWidgetArea.BottomDockWidgetArea,
}


class Docks(Mapping[str, QDockWidget]):
    """The docks by name, in the order in which they are placed."""

    def __init__(self, window: QMainWindow, desk: Desk, panels: Iterable[Panel[Any]]) -> None:
        self._window, self._desk = window, desk
        self._docks: dict[str, QDockWidget] = {}
        self._heads: dict[str, PanelTitle] = {}
        self._sides: dict[str, Side] = {}
        self.bottom = BottomPages()
        for panel in panels:
            widget = desk[panel]
            if panel.side is Side.BOTTOM:
                self.bottom.add(widget, panel.title.text())
                continue
            title = panel.title.text()
            head = panel.head(widget) if panel.head is not None else PanelTitle(title)
            self._add(panel.name, title, panel.side, widget, head)
        self._add(BOTTOM, tr("Bottom panel"), Side.BOTTOM, self.bottom, self.bottom.head)
        corner, area = Qt.Corner, Qt.DockWidgetArea
        window.setCorner(corner.BottomLeftCorner, area.BottomDockWidgetArea)
        window.setCorner(corner.BottomRightCorner, area.RightDockWidgetArea)

    def _add(self, name: str, title: str, side: Side, widget: QWidget, head: PanelTitle) -> None:
        dock = QDockWidget(title, self._window)
        dock.setObjectName(name)
        head.closed.connect(dock.hide)
        dock.setTitleBarWidget(head)
        dock.setWidget(widget)
        self._docks[name], self._heads[name], self._sides[name] = dock, head, side

    def __getitem__(self, name: str) -> QDockWidget:
        return self._docks[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._docks)

    def __len__(self) -> int:
        return len(self._docks)

    def head(self, name: str) -> PanelTitle:
        """The title bar of a dock."""
        return self._heads[name]

    def place(self, name: str) -> None:
        """Put a dock to the side of its panel."""
        dock = self._docks[name]
        dock.setFloating(False)
        self._window.addDockWidget(AREAS[self._sides[name]], dock)

    def show_count(self, panel: Panel[Any], count: int) -> None:
        """Write into the tab of a page how many things it lists."""
        title = panel.title.text()
        self.bottom.set_title(self._desk[panel], f"{title} {count}" if count else title)

    def at(self, side: Side) -> list[QWidget]:
        """What the docks of a side hold; of the one below, the page in front."""
        if side is Side.BOTTOM:
            found = [self.bottom.currentWidget()]
        else:
            found = [d.widget() for name, d in self._docks.items() if self._sides[name] is side]
        return [widget for widget in found if widget is not None]
