"""Workspaces: what is declared stands in the window, and arrangements last from run to run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from platformdirs import user_config_path
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QLabel, QMainWindow, QTextEdit

from graph.templates.registry import find_template
from graph.values.message import say
from gui.appearance.dress import apply_theme
from gui.appearance.theme import current
from gui.palette.block_shelf import BlockShelf
from gui.runs.project_run import ProjectRun
from gui.session.preferences import Preferences
from gui.session.session import Session
from gui.window.window import MainWindow
from gui.workspaces.docks import Docks
from gui.workspaces.panel import Desk, Panel, Side
from gui.workspaces.registry import WORKSPACES, panels
from gui.workspaces.switcher import WorkspaceSwitcher
from gui.workspaces.workspace import Seat, Workspace, dock_of

SAVED = Path(__file__).with_name("saved_layouts.ini")
"""Arrangements that a person made in a window of 1440 x 900 before panels were declarations: a
wide inspector and nothing below; the live panel at the left; the inspector above the source."""

LEFT = Qt.DockWidgetArea.LeftDockWidgetArea
RIGHT = Qt.DockWidgetArea.RightDockWidgetArea


def open_window(qtbot: Any) -> MainWindow:
    window = MainWindow(Preferences())
    qtbot.addWidget(window, before_close_func=lambda w: w.session.new())
    window.resize(1440, 900)
    window.show()
    qtbot.waitExposed(window)
    window.session.new(find_template("lenet5").build())
    return window


@pytest.fixture
def window(qtbot: Any, qapp: Any) -> Iterator[MainWindow]:
    apply_theme(qapp, "dark")
    return open_window(qtbot)


def shown(window: MainWindow) -> set[str]:
    return {name for name, dock in window.docks.items() if dock.isVisible()}


def test_names_and_keys_are_each_given_once():
    for values in (
        [space.name for space in WORKSPACES],
        [space.text for space in WORKSPACES],
        [space.key for space in WORKSPACES],
        [panel.name for panel in panels()],
        [panel.title for panel in panels()],
    ):
        assert len(values) == len(set(values))


@pytest.mark.parametrize("space", WORKSPACES, ids=lambda space: space.name)
def test_a_workspace_shows_what_it_declares(qtbot, window, space):
    window.front.show_workspace(space.name)
    assert shown(window) == {dock_of(seat.panel) for seat in space.seats}
    assert window.bars.actions[space.name].isChecked()
    for seat in space.seats:
        assert window.desk[seat.panel].isVisible()
        below = seat.panel.side is Side.BOTTOM
        wanted = int(window.width() * seat.share) if seat.share else current().size(seat.size)
        dock = window.docks[dock_of(seat.panel)]
        qtbot.waitUntil(
            lambda d=dock, w=wanted, b=below: abs((d.height() if b else d.width()) - w) <= 2
        )


def test_arrangements_of_an_earlier_version_are_restored(qtbot, qapp):
    apply_theme(qapp, "dark")
    place = user_config_path("convloom", appauthor=False) / "window.ini"
    place.parent.mkdir(parents=True)
    shutil.copy(SAVED, place)
    window = open_window(qtbot)
    docks = window.docks
    window.front.show_workspace("design")
    assert shown(window) == {"layers", "inspector"}
    qtbot.waitUntil(lambda: docks["inspector"].width() == 420)
    window.front.show_workspace("training")
    assert shown(window) == {"live", "bottom"}
    assert window.dockWidgetArea(docks["live"]) is LEFT
    assert window.training.isVisible()
    qtbot.waitUntil(lambda: docks["bottom"].height() == 333)
    window.front.show_workspace("code")
    assert shown(window) == {"inspector", "code"}
    qtbot.waitUntil(lambda: docks["code"].width() == 500)
    assert window.dockWidgetArea(docks["live"]) is RIGHT


def switcher(qtbot: Any, *workspaces: Workspace) -> WorkspaceSwitcher:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.setCentralWidget(QTextEdit())
    session = Session(window)
    desk = Desk(session, BlockShelf(session, window), ProjectRun(session))
    seated = dict.fromkeys(seat.panel for space in workspaces for seat in space.seats)
    docks = Docks(window, desk, seated)
    window.show()
    return WorkspaceSwitcher(window, desk, docks, workspaces, Preferences())


def test_a_panel_that_came_later_is_only_where_it_is_declared(qtbot):
    """The saved arrangements do not know its dock."""
    old = Panel("old", say("Old"), Side.RIGHT, lambda _desk: QLabel("old"))
    new = Panel("new", say("New"), Side.RIGHT, lambda _desk: QLabel("new"))
    first = Workspace("first", say("First"), "Ctrl+7", (Seat(old, "dock_right"),))
    before = switcher(qtbot, first)
    before.show("first")
    before.keep()
    second = Workspace("second", say("Second"), "Ctrl+8", (Seat(new, "dock_right"),))
    after = switcher(qtbot, first, second)
    after.show("second")
    docks = {dock.objectName(): dock for dock in after.parent().findChildren(QDockWidget)}
    assert docks["new"].isVisible()
    after.show("first")
    assert docks["old"].isVisible()
    assert not docks["new"].isVisible()
