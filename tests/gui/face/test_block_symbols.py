"""Formulas on the faces of nodes, instead of their values or beside them in the tooltip."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from graph.network.edits import SetLayer
from gui.session.preferences import Preferences
from gui.window.window import MainWindow
from tests.gui.helpers import mirrored
from tests.gui.nested import nested_window


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    return nested_window(qtbot)


def named(session: Any, name: str) -> str:
    return next(n for n, node in session.network.nodes.items() if node.name == name)


def face(window: MainWindow, name: str) -> Any:
    return window.canvas.scene().nodes[named(window.session, name)].face


def give(window: MainWindow, name: str, **formulas: str) -> None:
    """Give fields of a node formulas, besides those it has."""
    session = window.session
    node = session.network.nodes[named(session, name)]
    assert session.do(SetLayer(node.id, node.layer, {**node.formulas, **formulas})) is None


def test_a_key_switches_between_values_and_formulas(window):
    session = window.session
    session.enter(named(session, "stage2"))
    assert face(window, "skip").rows == (("1×1", "16→32"),)
    QTest.keyClick(window.canvas, Qt.Key.Key_S)
    assert window.bars.actions["symbols"].isChecked()
    assert face(window, "skip").rows == (("1×1", "→width"),)
    assert face(window, "first").rows == (("channels=width", ""),)
    assert face(window, "input").rows == (("input_channels", ""),)
    assert "par" in face(window, "skip").footer[0]
    mirrored(window.canvas)
    session.enter(named(session, "first"))
    assert face(window, "conv").rows == (("3×3 p1", "→channels"),)
    QTest.keyClick(window.canvas, Qt.Key.Key_S)
    assert face(window, "conv").rows == (("3×3 p1", "16→32"),)


def test_several_formulas_share_the_face(window):
    session = window.session
    session.enter(named(session, "stage2"))
    give(window, "skip", groups="min(2, width)", kernel_size="(1, 1)")
    window.bars.actions["symbols"].trigger()
    assert face(window, "skip").rows == (("", "→width"),)
    assert face(window, "skip").footer == ("k=1×1 g=min(2, width)", "")
    give(window, "skip", out_channels="max(width, input_channels)")
    assert face(window, "skip").rows == (("→max(width, input_channels)", ""),)
    width = window.canvas.scene().nodes[named(session, "skip")].face.width
    for text in window.canvas.scene().nodes[named(session, "skip")].texts():
        assert 0 <= text.point.x() < width


def test_the_tooltip_has_formula_and_value_in_both(window):
    session = window.session
    session.enter(named(session, "stage2"))
    place = window.canvas.scene().nodes[named(session, "skip")].rect().center()
    for _ in range(2):
        tip = window.canvas.pointing.tooltip(place)
        assert "out_channels: width = 32" in tip
        assert "32×28×28" in tip
        window.bars.actions["symbols"].trigger()


def test_the_choice_is_remembered(window):
    window.bars.actions["symbols"].trigger()
    window.preferences.flush()
    assert Preferences().symbols
    window.bars.actions["symbols"].trigger()
    window.preferences.flush()
    assert not Preferences().symbols
