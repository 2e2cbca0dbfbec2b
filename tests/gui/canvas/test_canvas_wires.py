"""Wires drawn, replaced, refused, cut and re-plugged with a real mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from graph.layers.activation.piecewise import ReLU
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input, Output
from graph.layers.merge import Add, Concat
from graph.layers.pooling.plain import MaxPool2d
from gui.session.session import Session
from tests.gui.helpers import (
    add,
    body,
    drag,
    drop_layer,
    input_port,
    mirrored,
    move,
    on_screen,
    output_port,
    press,
    show_canvas,
)

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def session(qapp):
    return Session()


def sources(session, node):
    return [wire.source for wire in session.network.inputs(node)]


def test_wire_from_output_to_input_and_backwards(qtbot, session):
    a = add(session, "input", Input(), 0, 0)
    b = add(session, "conv", Conv2d(), 300, 40)
    c = add(session, "relu", ReLU(), 600, 80)
    view = show_canvas(qtbot, session)
    drag(view.viewport(), output_port(view, a), input_port(view, b))
    assert sources(session, b) == [a]
    drag(view.viewport(), input_port(view, c), output_port(view, b))
    assert sources(session, c) == [b]
    wire = session.network.inputs(c)[0].id
    assert view.scene().wires[wire].load.text == "32×26×26"
    session.undo_stack.undo()
    assert sources(session, c) == []
    mirrored(view)


def test_wire_dropped_on_a_body_takes_its_free_port(qtbot, session):
    a = add(session, "input", Input(), 0, 0)
    b = add(session, "conv", Conv2d(), 300, 40)
    view = show_canvas(qtbot, session)
    drag(view.viewport(), output_port(view, a), body(view, b) + QPoint(0, 20))
    assert sources(session, b) == [a]


def test_cycle_is_refused_and_says_why(qtbot, session):
    a = add(session, "first", ReLU(), 0, 0)
    b = add(session, "second", ReLU(), 300, 0, a)
    view = show_canvas(qtbot, session)
    start, goal = output_port(view, b), input_port(view, a)
    press(view.viewport(), start)
    move(view.viewport(), start, goal)
    assert view.hint.isVisible()
    assert "cycle" in view.hint.text()
    assert not view.overlay.marks.allowed
    with qtbot.assertNotEmitted(view.message), qtbot.waitSignal(session.refused) as refused:
        QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=goal)
    (reason,) = refused.args
    assert "close a cycle" in str(reason)
    assert view.hint.isVisible()
    assert view.hint.text() == str(reason)
    assert sources(session, a) == []
    mirrored(view)


def test_wrong_kind_is_refused(qtbot, session):
    a = add(session, "pool", MaxPool2d(return_indices=True), 0, 0)
    b = add(session, "relu", ReLU(), 300, 0)
    view = show_canvas(qtbot, session)
    drag(view.viewport(), output_port(view, a, 1), input_port(view, b))
    assert sources(session, b) == []


def test_occupied_input_is_replaced_in_one_step(qtbot, session):
    a = add(session, "a", Input(), 0, 0)
    b = add(session, "b", Input(), 0, 200)
    c = add(session, "relu", ReLU(), 300, 0, a)
    view = show_canvas(qtbot, session)
    steps = session.undo_stack.count()
    drag(view.viewport(), output_port(view, b), input_port(view, c))
    assert sources(session, c) == [b]
    assert session.undo_stack.count() == steps + 1
    session.undo_stack.undo()
    assert sources(session, c) == [a]
    mirrored(view)


def test_wrong_shape_is_told_but_allowed(qtbot, session):
    a = add(session, "input", Input(), 0, 0)
    b = add(session, "conv", Conv2d(), 250, 0, a)
    c = add(session, "add", Add(), 600, 0, a)
    view = show_canvas(qtbot, session)
    start, goal = output_port(view, b), input_port(view, c, 1)
    press(view.viewport(), start)
    move(view.viewport(), start, goal)
    assert view.hint.text() == "32×26×26 ≠ 1×28×28"
    assert view.overlay.marks.allowed
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=goal)
    assert sources(session, c) == [a, b]
    assert view.scene().wires[session.network.inputs(c)[1].id].load.error


def test_merge_takes_any_number_in_order(qtbot, session):
    inputs = [add(session, name, Input(), 0, 120 * i) for i, name in enumerate("abcd")]
    merge = add(session, "concat", Concat(), 400, 100)
    view = show_canvas(qtbot, session)
    for node in inputs[:3]:
        drag(view.viewport(), output_port(view, node), body(view, merge))
    assert sources(session, merge) == inputs[:3]
    assert list(view.scene().nodes[merge].face.rows) == [
        ("a", "0–0"),
        ("b", "1–1"),
        ("c", "2–2"),
    ]
    drag(view.viewport(), output_port(view, inputs[3]), input_port(view, merge, 1))
    assert sources(session, merge) == [inputs[0], inputs[3], inputs[1], inputs[2]]
    drag(view.viewport(), input_port(view, merge, 3), input_port(view, merge, 0))
    assert sources(session, merge) == [inputs[2], inputs[0], inputs[3], inputs[1]]
    mirrored(view)


def test_end_of_a_wire_is_plugged_elsewhere_or_cut(qtbot, session):
    a = add(session, "input", Input(), 0, 0)
    b = add(session, "relu1", ReLU(), 300, 0, a)
    c = add(session, "relu2", ReLU(), 300, 120)
    view = show_canvas(qtbot, session)
    drag(view.viewport(), input_port(view, b), input_port(view, c))
    assert (sources(session, b), sources(session, c)) == ([], [a])
    drag(view.viewport(), input_port(view, c), on_screen(view, QPointF(200, 300)))
    assert sources(session, c) == []
    assert not view.adding.search.isVisible()
    mirrored(view)


def test_escape_cancels_a_wire(qtbot, session):
    a = add(session, "input", Input(), 0, 0)
    b = add(session, "relu", ReLU(), 300, 0, a)
    view = show_canvas(qtbot, session)
    start = input_port(view, b)
    press(view.viewport(), start)
    move(view.viewport(), start, start + QPoint(-60, 90))
    wire = view.scene().wires[session.network.inputs(b)[0].id]
    assert not wire.isVisible()
    QTest.keyClick(view, Key.Key_Escape)
    assert wire.isVisible()
    assert sources(session, b) == [a]


def test_wire_into_the_void_searches_and_connects(qtbot, session):
    a = add(session, "input", Input(), 0, 0)
    view = show_canvas(qtbot, session)
    drag(view.viewport(), output_port(view, a), on_screen(view, QPointF(300, 150)))
    search = view.adding.search
    assert search.isVisible()
    QTest.keyClicks(search.field, "conv 12 5 s2")
    QTest.keyClick(search.field, Key.Key_Return)
    (node,) = session.selection
    layer = session.network.nodes[node].layer
    assert (layer.out_channels, layer.kernel_size, layer.stride) == (12, (5, 5), (2, 2))
    assert sources(session, node) == [a]
    assert not search.isVisible()
    assert view.hasFocus()
    mirrored(view)


def test_backward_wire_into_the_void_feeds_the_port(qtbot, session):
    b = add(session, "relu", ReLU(), 300, 0)
    view = show_canvas(qtbot, session)
    drag(view.viewport(), input_port(view, b), on_screen(view, QPointF(150, 150)))
    QTest.keyClicks(view.adding.search.field, "batchnorm")
    QTest.keyClick(view.adding.search.field, Key.Key_Return)
    assert sources(session, b) == session.selection


def test_stroke_cuts_the_wires_it_crosses(qtbot, session):
    a = add(session, "input", Input(), 0, 0)
    b = add(session, "relu1", ReLU(), 400, 0, a)
    c = add(session, "relu2", ReLU(), 400, 100, a)
    d = add(session, "relu3", ReLU(), 400, 300, a)
    view = show_canvas(qtbot, session)
    drag(
        view.viewport(),
        on_screen(view, QPointF(330, -40)),
        on_screen(view, QPointF(330, 160)),
        Qt.MouseButton.RightButton,
        CONTROL,
    )
    assert [sources(session, node) for node in (b, c, d)] == [[], [], [a]]
    session.undo_stack.undo()
    assert [sources(session, node) for node in (b, c, d)] == [[a], [a], [a]]
    mirrored(view)


def test_node_dropped_on_a_wire_is_inserted(qtbot, session):
    a = add(session, "input", Input(), 0, 0)
    b = add(session, "relu", ReLU(), 600, 35, a)
    loose = add(session, "conv", Conv2d(), 300, 250)
    view = show_canvas(qtbot, session)
    steps = session.undo_stack.count()
    start = body(view, loose)
    press(view.viewport(), start)
    goal = start + QPoint(0, -232)
    move(view.viewport(), start, goal)
    old = session.network.inputs(b)[0].id
    assert view.scene().wires[old].target_of_drop
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=goal)
    assert (sources(session, loose), sources(session, b)) == ([a], [loose])
    assert session.undo_stack.count() == steps + 1
    session.undo_stack.undo()
    assert sources(session, b) == [a]
    assert session.network.nodes[loose].position == (300, 250)
    mirrored(view)


def test_layer_dropped_from_the_palette(qtbot, session):
    view = show_canvas(qtbot, session)
    drop_layer(view, "Conv2d", QPoint(300, 200))
    (node,) = session.network.nodes.values()
    assert node.layer == Conv2d()
    assert node.name == "conv1"
    place = view.mapToScene(QPoint(300, 200))
    assert view.scene().nodes[node.id].rect().contains(place)
    assert session.selection == [node.id]


def test_drops_leave_the_view_where_it_is(qtbot, session):
    view = show_canvas(qtbot, session)
    room = view.viewport().rect()
    before = view.mapToScene(room.topLeft())
    places = [QPoint(x, y) for x in (4, room.right() // 2, room.right() - 4) for y in (4, 350, 690)]
    for place in places:
        drop_layer(view, "Conv2d", place)
        view.camera.finish()
        assert view.mapToScene(room.topLeft()) == before
        (node,) = session.selection
        assert view.scene().nodes[node].rect().contains(view.mapToScene(place))


def test_a_layer_added_by_key_scrolls_only_if_it_is_outside(qtbot, session):
    view = show_canvas(qtbot, session)
    shown = view.mapToScene(view.viewport().rect()).boundingRect()
    add(session, "input", Input(), shown.left() + 8, shown.top() + 8)
    corner = view.mapToScene(QPoint(0, 0))
    session.select(list(session.network.nodes))
    view.adding.add_named("ReLU")
    assert view.mapToScene(QPoint(0, 0)) == corner
    far = add(session, "far", Input(), shown.right() + 400, 0)
    session.select([far])
    view.adding.add_named("ReLU")
    view.camera.finish()
    shown = view.mapToScene(view.viewport().rect()).boundingRect()
    assert shown.contains(view.scene().nodes[session.selection[0]].rect())
    assert view.mapToScene(QPoint(0, 0)) != corner


def test_layer_dropped_on_a_wire_is_inserted(qtbot, session):
    a = add(session, "input", Input(), 0, 0)
    b = add(session, "concat", Concat(), 600, 20, a, a)
    view = show_canvas(qtbot, session)
    wire = view.scene().wires[session.network.inputs(b)[1].id]
    drop_layer(view, "ReLU", on_screen(view, wire.points()[10]))
    (node,) = session.selection
    assert sources(session, node) == [a]
    assert sources(session, b) == [a, node]
    mirrored(view)


def test_foreign_drags_are_ignored(qtbot, session):
    view = show_canvas(qtbot, session)
    drop_layer(view, "os.system", QPoint(300, 200))
    assert not session.network.nodes


def test_click_on_a_wire_chooses_it_and_delete_cuts_it(qtbot, session):
    a = add(session, "input", Input(), 0, 0)
    b = add(session, "output", Output(), 400, 30, a)
    view = show_canvas(qtbot, session)
    wire = session.network.inputs(b)[0].id
    middle = on_screen(view, view.scene().wires[wire].points()[10])
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=middle)
    assert session.selected_wires == [wire]
    QTest.keyClick(view, Key.Key_Delete)
    assert not session.network.wires
    mirrored(view)
