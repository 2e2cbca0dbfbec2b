"""The bottom dock: tabs in its title, one page below: problems, training, literature."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QStackedWidget, QTabBar, QWidget

from gui.appearance.theme import current
from gui.language.text import tr
from gui.widgets.parts import PanelTitle


class Pages(QStackedWidget):
    """A stack that asks for no more room than it needs to be usable: its docks may squeeze it."""

    def minimumSizeHint(self) -> QSize:
        theme = current()
        return QSize(theme.pixels(320), theme.pixels(120))


class BottomPages(Pages):
    """The pages. ``head`` is the title of the dock and holds the tabs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.head = PanelTitle(tr("Bottom panel"))
        self.head.title.hide()
        self.tabs = QTabBar(self.head)
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName(tr("Pages of the bottom panel"))
        self.head.row.insertWidget(0, self.tabs)
        self.head.row.insertStretch(1, 1)
        self.head.row.setContentsMargins(current().space("xs"), 0, current().space("xs"), 0)
        self.tabs.currentChanged.connect(self.setCurrentIndex)

    def add(self, page: QWidget, title: str) -> None:
        """Add a page with its tab."""
        self.addWidget(page)
        self.tabs.addTab(title)

    def show_page(self, page: QWidget) -> None:
        """Bring a page to the front."""
        self.tabs.setCurrentIndex(self.indexOf(page))

    def set_offered(self, page: QWidget, offered: bool) -> None:
        """Show or hide the tab of a page that not every document has."""
        self.tabs.setTabVisible(self.indexOf(page), offered)

    def set_title(self, page: QWidget, title: str) -> None:
        self.tabs.setTabText(self.indexOf(page), title)
