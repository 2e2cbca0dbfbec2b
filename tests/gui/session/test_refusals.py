"""An edit is done, or refused with a reason: to who asked for it, and to who shows reasons."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QCheckBox

from graph.layers.activation.piecewise import ReLU
from graph.layers.pooling.plain import MaxPool2d
from graph.layers.pooling.unpooling import MaxUnpool2d
from graph.network.edits import AddNode, Connect
from graph.network.network import Node, Wire
from graph.values.message import Message, say
from gui.inspector.inspector import Inspector
from gui.session.session import Session
from tests.gui.helpers import add


@pytest.fixture
def session(qapp):
    return Session()


@pytest.fixture
def told(session) -> list[Message]:
    """What those who show reasons were told."""
    found: list[Message] = []
    session.refused.connect(found.append)
    return found


def test_an_edit_that_is_done_has_no_refusal(session, told):
    assert session.do(AddNode(Node("n1", "relu", ReLU()))) is None
    assert session.undo_stack.count() == 1
    assert told == []


def test_a_refused_edit_answers_with_its_reason_and_leaves_no_step(session, told):
    a = add(session, "first", ReLU(), 0, 0)
    b = add(session, "second", ReLU(), 0, 100, a)
    steps, wires = session.undo_stack.count(), set(session.network.wires)
    refusal = session.do(Connect(Wire("w9", b, "output", a, "input")))
    assert refusal is not None
    assert "close a cycle" in str(refusal)
    assert told == [refusal]
    assert session.undo_stack.count() == steps
    assert set(session.network.wires) == wires


def test_a_reason_without_an_edit_is_told_in_the_same_way(session, told):
    session.refuse(say("Nothing is chosen"))
    assert told == [say("Nothing is chosen")]


def test_a_setting_that_is_refused_is_told_under_its_field(qtbot, session, told):
    pool = add(session, "pool", MaxPool2d(return_indices=True), 0, 0)
    back = add(session, "back", MaxUnpool2d(), 0, 100, pool)
    assert session.do(Connect(Wire("indices", pool, "indices", back, "indices"))) is None
    inspector = Inspector(session)
    for widget in (inspector, inspector.head):
        qtbot.addWidget(widget)
        widget.show()
    session.select([pool])
    form = inspector.node_page.form
    switch = form.editor("return_indices").findChild(QCheckBox)
    qtbot.mouseClick(switch, Qt.MouseButton.LeftButton, pos=switch.rect().topLeft() + QPoint(9, 9))
    (refusal,) = told
    assert form.complaint("return_indices") == str(refusal)
    assert switch.isChecked()
    assert session.network.nodes[pool].layer == MaxPool2d(return_indices=True)
