"""Deleting, copying, adding and searching on the canvas, by keys."""

from __future__ import annotations

import json
from itertools import combinations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from graph.layers.activation.piecewise import ReLU
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input, Output
from graph.layers.linear import Linear
from graph.layers.merge import Add, Concat
from graph.layers.normalisation import BatchNorm2d
from graph.layers.pooling.plain import MaxPool2d
from graph.layers.reshaping.flatten import Flatten
from gui.session.session import Session
from tests.gui.helpers import add, mirrored, show_canvas

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def session(qapp):
    return Session()


@pytest.fixture
def chain(session):
    first = add(session, "input", Input(), 0, 0)
    second = add(session, "conv", Conv2d(), 300, 0, first)
    third = add(session, "relu", ReLU(), 600, 0, second)
    session.undo_stack.clear()
    return first, second, third


def sources(session, node):
    return [wire.source for wire in session.network.inputs(node)]


def names(session):
    return sorted(node.name for node in session.network.nodes.values())


# Deleting


def test_delete_reconnects_the_neighbours(qtbot, session, chain):
    view = show_canvas(qtbot, session)
    session.select([chain[1]])
    QTest.keyClick(view, Key.Key_Delete)
    assert sources(session, chain[2]) == [chain[0]]
    session.undo_stack.undo()
    assert sources(session, chain[2]) == [chain[1]]
    mirrored(view)


def test_shift_delete_leaves_a_gap(qtbot, session, chain):
    view = show_canvas(qtbot, session)
    session.select([chain[1]])
    QTest.keyClick(view, Key.Key_Delete, SHIFT)
    assert sources(session, chain[2]) == []
    mirrored(view)


def test_delete_of_a_stretch_keeps_the_order_of_a_merge(qtbot, session):
    a = add(session, "a", Input(), 0, 0)
    b = add(session, "b", ReLU(), 200, 0, a)
    c = add(session, "c", ReLU(), 400, 0, b)
    d = add(session, "d", ReLU(), 400, 100, a)
    merge = add(session, "concat", Concat(), 700, 0, c, d)
    view = show_canvas(qtbot, session)
    session.select([b, c])
    QTest.keyClick(view, Key.Key_Delete)
    assert sources(session, merge) == [a, d]
    mirrored(view)


def test_delete_asks_where_shapes_would_not_fit(qtbot, session):
    a = add(session, "input", Input(), 0, 0)
    flat = add(session, "flatten", Flatten(), 200, 0, a)
    fc = add(session, "fc", Linear(), 400, 0, flat)
    b = add(session, "bn", BatchNorm2d(), 400, 200, a)
    pool = add(session, "pool", MaxPool2d(), 600, 200, b)
    view = show_canvas(qtbot, session)
    before = session.undo_stack.count()
    session.select([flat])
    QTest.keyClick(view, Key.Key_Delete)
    assert view.editing.question.isVisible()
    assert session.undo_stack.count() == before
    QTest.keyClick(view.editing.question.first, Key.Key_Return)
    assert sources(session, fc) == []
    assert flat not in session.network.nodes
    session.select([b])
    QTest.keyClick(view, Key.Key_Delete)
    assert sources(session, pool) == [a]
    mirrored(view)


def test_question_can_be_left(qtbot, session):
    a = add(session, "input", Input(shape=(4, 2, 2)), 0, 0)
    up = add(session, "conv", Conv2d(out_channels=8, kernel_size=(1, 1), padding=(2, 2)), 200, 0, a)
    pool = add(session, "pool", MaxPool2d(kernel_size=(4, 4)), 400, 0, up)
    view = show_canvas(qtbot, session)
    session.select([up])
    QTest.keyClick(view, Key.Key_Delete)
    assert view.editing.question.isVisible()
    assert "pool" in view.editing.question.text.text()
    QTest.keyClick(view.editing.question.first, Key.Key_Escape)
    assert up in session.network.nodes
    QTest.keyClick(view, Key.Key_Delete)
    QTest.mouseClick(view.editing.question.second, Qt.MouseButton.LeftButton)
    assert sources(session, pool) == [a]


def test_control_backspace_cuts_the_wires_of_the_selection(qtbot, session, chain):
    view = show_canvas(qtbot, session)
    session.select([chain[1]])
    QTest.keyClick(view, Key.Key_Backspace, CONTROL)
    assert not session.network.wires
    assert session.undo_stack.count() == 1
    mirrored(view)


# Copies


def test_duplicate_without_and_with_input_wires(qtbot, session, chain):
    view = show_canvas(qtbot, session)
    session.select(chain[1:])
    QTest.keyClick(view, Key.Key_D, CONTROL)
    conv, relu = session.selection
    assert sources(session, conv) == []
    assert sources(session, relu) == [conv]
    session.undo_stack.undo()
    session.select(chain[1:])
    QTest.keyClick(view, Key.Key_D, CONTROL | SHIFT)
    conv, relu = session.selection
    assert sources(session, conv) == [chain[0]]
    assert names(session) == ["conv", "conv1", "input", "relu", "relu1"]
    assert session.undo_stack.count() == 1
    mirrored(view)


def test_layers_travel_between_two_sessions_as_text(qtbot, session):
    a = add(session, "stem", Conv2d(out_channels=7, padding="same"), 0, 0)
    b = add(session, "relu", ReLU(), 0, 100, a)
    merge = add(session, "concat", Concat(), 300, 0, b, a)
    view = show_canvas(qtbot, session)
    session.select([merge, a, b])
    QTest.keyClick(view, Key.Key_C, CONTROL)
    text = QGuiApplication.clipboard().text()
    assert json.loads(text)["format"] == "convloom"
    other = Session()
    far = show_canvas(qtbot, other)
    QTest.keyClick(far, Key.Key_V, CONTROL)
    found = {node.name: node for node in other.network.nodes.values()}
    assert set(found) == {"stem", "relu", "concat"}
    assert found["stem"].layer == Conv2d(out_channels=7, padding="same")
    assert sources(other, found["concat"].id) == [found["relu"].id, found["stem"].id]
    assert len(other.selection) == 3
    mirrored(far)
    QTest.keyClick(far, Key.Key_V, CONTROL)
    assert len(other.network.nodes) == 6
    places = [node.position for node in other.network.nodes.values()]
    assert len(set(places)) == 6
    QTest.keyClick(far, Key.Key_Z, CONTROL)
    assert other.undo_stack.count() == 2


def test_cut_and_paste(qtbot, session, chain):
    view = show_canvas(qtbot, session)
    session.select([chain[1]])
    QTest.keyClick(view, Key.Key_X, CONTROL)
    assert chain[1] not in session.network.nodes
    assert sources(session, chain[2]) == []
    QTest.keyClick(view, Key.Key_V, CONTROL)
    (node,) = session.selection
    assert session.network.nodes[node].name == "conv"
    assert session.network.nodes[node].position == (300, 0)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "{}",
        "[[[[",
        '{"format": "convloom", "version": 99}',
        "import os\nos.remove('x')",
    ],
)
def test_foreign_text_is_refused_with_a_sentence(qtbot, session, text):
    view = show_canvas(qtbot, session)
    QGuiApplication.clipboard().setText(text)
    with qtbot.assertNotEmitted(view.message), qtbot.waitSignal(session.refused) as refused:
        QTest.keyClick(view, Key.Key_V, CONTROL)
    reason = str(refused.args[0])
    assert reason.startswith(("This text holds no ConvLoom layers", "There is no text"))
    assert not session.network.nodes
    assert view.hint.isVisible()
    assert view.hint.text() == reason


# Adding


def test_add_layer_connects_to_the_chosen_node(qtbot, session):
    view = show_canvas(qtbot, session)
    for kind in ("Input", "Conv2d", "BatchNorm2d", "ReLU", "Flatten", "Linear", "Output"):
        view.adding.add_named(kind)
    order = [session.network.nodes[node].layer.type_name() for node in session.network.order()]
    assert order == ["Input", "Conv2d", "BatchNorm2d", "ReLU", "Flatten", "Linear", "Output"]
    assert not session.analysis.errors()
    rects = [item.rect() for item in view.scene().nodes.values()]
    assert not any(a.intersects(b) for i, a in enumerate(rects) for b in rects[i + 1 :])
    mirrored(view)


def test_add_layer_joins_all_chosen_in_a_merge(qtbot, session):
    a = add(session, "a", Input(), 0, 0)
    b = add(session, "b", ReLU(), 0, 100, a)
    view = show_canvas(qtbot, session)
    session.select([b, a])
    view.adding.add_named("Add")
    (merge,) = session.selection
    assert isinstance(session.network.nodes[merge].layer, Add)
    assert sources(session, merge) == [b, a]


def test_add_layer_that_does_not_fit_stays_loose_and_says_so(qtbot, session):
    a = add(session, "input", Input(shape=(10,)), 0, 0)
    view = show_canvas(qtbot, session)
    session.select([a])
    with qtbot.waitSignal(view.message) as told:
        view.adding.add_named("MaxPool2d")
    assert "does not fit" in told.args[0]
    assert sources(session, session.selection[0]) == []


def test_add_layer_at_the_middle_of_an_empty_view(qtbot, session):
    view = show_canvas(qtbot, session)
    view.adding.add_named("Input")
    rect = view.scene().nodes[session.selection[0]].rect()
    assert (rect.center() - QPointF(400, 200)).manhattanLength() < 60


def test_tab_searches_and_adds(qtbot, session):
    view = show_canvas(qtbot, session)
    QTest.keyClick(view, Key.Key_Tab)
    search = view.adding.search
    assert search.isVisible()
    assert search.field.hasFocus()
    QTest.keyClicks(search.field, "linear 10")
    QTest.keyClick(search.field, Key.Key_Return)
    (node,) = session.network.nodes.values()
    assert node.layer == Linear(out_features=10)
    assert view.hasFocus()


def test_layers_searched_one_after_the_other_do_not_cover_each_other(qtbot, session):
    view = show_canvas(qtbot, session)
    for name in ("conv2d", "relu", "maxpool2d"):
        QTest.keyClick(view, Key.Key_Tab)
        QTest.keyClicks(view.adding.search.field, name)
        QTest.keyClick(view.adding.search.field, Key.Key_Return)
    bodies = [item.rect() for item in view.scene().nodes.values()]
    assert len(bodies) == 3
    assert not any(a.intersects(b) for a, b in combinations(bodies, 2))


def test_space_searches_and_escape_closes(qtbot, session):
    view = show_canvas(qtbot, session)
    QTest.keyClick(view, Key.Key_Space)
    assert view.adding.search.isVisible()
    QTest.keyClick(view.adding.search.field, Key.Key_Escape)
    assert not view.adding.search.isVisible()
    assert view.hasFocus()
    assert not session.network.nodes


def test_shift_tab_connects_and_ranks_what_fits_first(qtbot, session):
    a = add(session, "input", Input(shape=(10,)), 0, 0)
    view = show_canvas(qtbot, session)
    session.select([a])
    QTest.keyClick(view, Key.Key_Tab, SHIFT)
    search = view.adding.search
    QTest.keyClicks(search.field, "d")
    kinds = [search.list.item(row).text() for row in range(search.list.count())]
    assert kinds.index("Dropout") < kinds.index("Dropout2d")
    search.field.clear()
    QTest.keyClicks(search.field, "re")
    QTest.keyClick(search.field, Key.Key_Down)
    QTest.keyClick(search.field, Key.Key_Up)
    QTest.keyClick(search.field, Key.Key_Return)
    (node,) = session.selection
    assert session.network.nodes[node].layer == ReLU()
    assert sources(session, node) == [a]


def test_the_key_that_connects_is_told_where_it_helps(qtbot, session):
    view = show_canvas(qtbot, session)
    assert "Shift+Tab" in view.fittings.empty.more.text()
    a = add(session, "input", Input(), 0, 0)
    search = view.adding.search
    QTest.keyClick(view, Key.Key_Tab)
    assert search.hint.isVisible()
    assert "Shift+Tab" in search.hint.text()
    QTest.keyClick(search.field, Key.Key_Escape)
    session.select([a])
    QTest.keyClick(view, Key.Key_Tab, SHIFT)
    assert search.isVisible()
    assert not search.hint.isVisible()


def test_search_on_a_chosen_wire_inserts(qtbot, session, chain):
    view = show_canvas(qtbot, session)
    wire = session.network.inputs(chain[2])[0].id
    session.select([], [wire])
    QTest.keyClick(view, Key.Key_Tab)
    QTest.keyClicks(view.adding.search.field, "batchnorm2d")
    QTest.keyClick(view.adding.search.field, Key.Key_Return)
    (node,) = session.selection
    assert sources(session, chain[2]) == [node]
    assert sources(session, node) == [chain[1]]
    session.undo_stack.undo()
    assert sources(session, chain[2]) == [chain[1]]


def test_search_offers_the_closest(qtbot, session):
    view = show_canvas(qtbot, session)
    QTest.keyClick(view, Key.Key_Tab)
    search = view.adding.search
    QTest.keyClicks(search.field, "convv")
    assert search.empty.text().startswith('Nothing called "convv". Closest: Conv2d')
    QTest.keyClick(search.field, Key.Key_Return)
    (node,) = session.network.nodes.values()
    assert node.layer == Conv2d()


def test_output_keeps_no_copy_of_its_wire(qtbot, session, chain):
    out = add(session, "output", Output(), 900, 0, chain[2])
    view = show_canvas(qtbot, session)
    session.select([out])
    QTest.keyClick(view, Key.Key_D, CONTROL | SHIFT)
    assert sources(session, session.selection[0]) == [chain[2]]
    QTest.keyClick(view, Key.Key_A, CONTROL)
    assert set(session.selection) == set(session.network.nodes)
    QTest.keyClick(view, Key.Key_Delete)
    assert not session.network.nodes
    mirrored(view)
