"""A chain in the window: which one of it is shown, and that figures and live views follow."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from graph.network.edits import SetLayer
from gui.window.window import MainWindow
from tests.gui.helpers import mirrored
from tests.gui.nested import nested_project, nested_window
from tests.gui.training_window import open_room

CONTROL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    return nested_window(qtbot)


def named(session: Any, name: str) -> str:
    return next(n for n, node in session.network.nodes.items() if node.name == name)


def arriving(session: Any) -> Any:
    return session.analysis.facts(named(session, "input")).output


def test_the_path_offers_the_ones_of_a_chain(window):
    session = window.session
    session.enter(named(session, "stage1"))
    assert not window.centre.breadcrumb.chooser(1).isVisible()
    session.leave()
    session.enter(named(session, "stage2"))
    chooser = window.centre.breadcrumb.chooser(1)
    assert chooser.isVisible()
    assert (window.centre.breadcrumb.way()[1], chooser.text()) == ("stage2  ×2", "1 of 2")
    assert arriving(session) == (16, 28, 28)
    skip = named(session, "skip")
    session.select([skip])
    first = session.analysis.facts(skip).parameters
    chooser.list.aboutToShow.emit()
    rows = chooser.list.actions()
    assert [row.isChecked() for row in rows] == [True, False]
    assert "32×28×28 → 32×28×28" in rows[1].text()
    rows[1].trigger()
    assert window.centre.breadcrumb.chooser(1).text() == "2 of 2"
    assert arriving(session) == (32, 28, 28)
    assert session.selection == [skip]
    assert session.analysis.facts(skip).parameters == 32 * 32 + 32 != first
    mirrored(window.canvas)


def test_a_click_opens_the_list(window):
    session = window.session
    session.enter(named(session, "stage2"))
    chooser = window.centre.breadcrumb.chooser(1)
    shown = []

    def choose() -> None:
        shown.append(chooser.list.isVisible())
        QTest.keyClick(chooser.list, Qt.Key.Key_Down)
        QTest.keyClick(chooser.list, Qt.Key.Key_Down)
        QTest.keyClick(chooser.list, Qt.Key.Key_Return)

    from PySide6.QtCore import QTimer

    QTimer.singleShot(0, choose)
    QTest.mouseClick(chooser, LEFT)
    assert shown == [True]
    assert session.place[0].copy == 1


def test_keys_walk_along_the_chain_and_stop_at_its_ends(window):
    session = window.session
    session.enter(named(session, "stage2"))
    session.enter(named(session, "first"))
    for code, copy in (
        (Qt.Key.Key_PageDown, 1),
        (Qt.Key.Key_PageDown, 1),
        (Qt.Key.Key_PageUp, 0),
        (Qt.Key.Key_PageUp, 0),
    ):
        QTest.keyClick(window.canvas, code, CONTROL)
        assert session.place[0].copy == copy
        assert arriving(session) == ((32 if copy else 16), 28, 28)  # inside, too
    session.go_to(0)
    QTest.keyClick(window.canvas, Qt.Key.Key_PageDown, CONTROL)
    assert "No chain of blocks is open" in window.centre.notice.text()


def test_a_shorter_chain_and_undo_keep_to_one_that_there_is(window):
    session = window.session
    use = named(session, "stage2")
    layer = session.network.nodes[use].layer
    assert session.do(SetLayer(use, layer.changed(repeat=3))) is None
    session.enter(use)
    session.choose_copy(1, 2)
    path = session.levels.node_path(named(session, "skip"))
    assert path == f"{use}/2/{named(session, 'skip')}"
    session.project.network.do(SetLayer(use, layer.changed(repeat=1)))
    assert session.place[0].copy == 0
    assert not window.centre.breadcrumb.chooser(1).isVisible()
    assert session.levels.node_path(named(session, "skip")) == f"{use}/{named(session, 'skip')}"
    session.project.network.do(SetLayer(use, layer.changed(repeat=3)))
    session.choose_copy(1, 1)
    skip = named(session, "skip")
    assert session.do(SetLayer(skip, session.network.nodes[skip].layer.changed(bias=False))) is None
    session.go_to(0)
    session.undo_stack.undo()
    assert session.place[0].copy == 1
    mirrored(window.canvas)


def test_live_views_follow_the_one_that_is_shown(qtbot: QtBot) -> None:
    room = open_room(qtbot, nested_project().network)
    room.wait(lambda: "starting" in room.live.head.step_text())
    session, live = room.session, room.live
    session.enter(named(session, "stage2"))
    session.select([named(session, "skip")])
    room.wait(lambda: live.weights.counts.sum() == 32 * 16)
    session.step_copy(1)
    room.wait(lambda: live.weights.counts.sum() == 32 * 32)
    room.wait(lambda: live.maps.image is not None)
