"""The canvas with a real mouse and keyboard: moving, choosing, zooming, mirroring the model."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from graph.layers.activation.piecewise import ReLU
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input, Output
from graph.layers.linear import Linear
from graph.layers.merge import Add, Concat
from graph.layers.normalisation import BatchNorm2d
from graph.layers.reshaping.flatten import Flatten
from graph.network.edits import Disconnect, Move, RemoveNode, Rename, SetLayer
from graph.templates.registry import TEMPLATES, find_template
from gui.canvas import additions, changes
from gui.face.measures import Detail
from gui.scene.laying_out import lay_out
from gui.scene.overview import picture_of
from gui.session.session import Session
from tests.gui.helpers import (
    add,
    body,
    drag,
    mirrored,
    move,
    on_screen,
    press,
    show_canvas,
)

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def session(qapp):
    return Session()


@pytest.fixture
def chain(session):
    """input -> conv -> relu, side by side."""
    first = add(session, "input", Input(), 0, 0)
    second = add(session, "conv", Conv2d(), 300, 0, first)
    third = add(session, "relu", ReLU(), 600, 0, second)
    session.undo_stack.clear()
    return first, second, third


def position(session, node):
    return session.network.nodes[node].position


def test_dragging_a_node_is_one_step_of_undo(qtbot, session, chain):
    view = show_canvas(qtbot, session)
    start = body(view, chain[1])
    drag(view.viewport(), start, start + QPoint(43, 78))
    assert position(session, chain[1]) == (340, 80)
    assert session.undo_stack.count() == 1
    session.undo_stack.undo()
    assert position(session, chain[1]) == (300, 0)
    mirrored(view)


def test_model_is_untouched_until_release_and_escape_cancels(qtbot, session, chain):
    view = show_canvas(qtbot, session)
    start = body(view, chain[1])
    press(view.viewport(), start)
    move(view.viewport(), start, start + QPoint(0, 100))
    assert view.scene().nodes[chain[1]].pos().y() == 100
    assert position(session, chain[1]) == (300, 0)
    QTest.keyClick(view, Key.Key_Escape)
    QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=start + QPoint(0, 100))
    assert session.undo_stack.count() == 0
    mirrored(view)


def test_click_chooses_and_shift_click_adds(qtbot, session, chain):
    view = show_canvas(qtbot, session)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=body(view, chain[0]))
    assert session.selection == [chain[0]]
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, SHIFT, body(view, chain[2]))
    assert session.selection == [chain[0], chain[2]]
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=body(view, chain[2]))
    assert session.selection == [chain[2]]
    assert view.scene().nodes[chain[2]].chosen


def test_several_nodes_move_together(qtbot, session, chain):
    view = show_canvas(qtbot, session)
    session.select(chain)
    start = body(view, chain[0])
    drag(view.viewport(), start, start + QPoint(0, 50))
    assert [position(session, node)[1] for node in chain] == [50, 50, 50]
    assert session.undo_stack.count() == 1


def test_node_snaps_under_another_as_a_stack(qtbot, session, chain):
    view = show_canvas(qtbot, session)
    start = body(view, chain[1])
    drag(view.viewport(), start, start + QPoint(-293, 86))
    assert position(session, chain[1]) == (0, 80)
    wire = session.network.inputs(chain[1])[0].id
    assert view.scene().wires[wire].route.seam


def test_rubber_band_chooses_what_it_touches(qtbot, session, chain):
    view = show_canvas(qtbot, session)
    start = on_screen(view, QPointF(250, -80))
    drag(view.viewport(), start, on_screen(view, QPointF(700, 20)))
    assert session.selection == [chain[1], chain[2]]
    drag(view.viewport(), on_screen(view, QPointF(-60, -60)), on_screen(view, QPointF(20, 10)))
    assert session.selection == [chain[0]]
    QTest.mouseClick(
        view.viewport(), Qt.MouseButton.LeftButton, pos=on_screen(view, QPointF(300, 300))
    )
    assert session.selection == []


def test_middle_and_space_drag_pan(qtbot, session, chain):
    view = show_canvas(qtbot, session)
    before = view.camera.centre()
    drag(view.viewport(), QPoint(300, 400), QPoint(400, 450), Qt.MouseButton.MiddleButton)
    assert view.camera.centre() - before == QPointF(-100, -50)
    QTest.keyPress(view, Key.Key_Space)
    drag(view.viewport(), QPoint(400, 450), QPoint(300, 400))
    QTest.keyRelease(view, Key.Key_Space)
    assert view.camera.centre() == before
    assert not view.adding.search.isVisible()


def test_wheel_zooms_at_the_pointer(qtbot, session, chain):
    view = show_canvas(qtbot, session)
    place = QPoint(200, 150)
    under = view.mapToScene(place)
    with qtbot.waitSignal(view.part_changed):
        _wheel(view, place, 120)
    assert view.camera.zoom == pytest.approx(1.15)
    away = view.mapToScene(place) - under
    assert abs(away.x()) < 2
    assert abs(away.y()) < 2


def _wheel(view, place, turn):
    from PySide6.QtGui import QWheelEvent

    event = QWheelEvent(
        QPointF(place),
        QPointF(view.viewport().mapToGlobal(place)),
        QPoint(),
        QPoint(0, turn),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.viewport(), event)


def test_keys_zoom_and_fit(qtbot, session, chain):
    view = show_canvas(qtbot, session, 500, 400)
    QTest.keyClick(view, Key.Key_F)
    assert view.camera.zoom < 1
    shown = view.mapToScene(view.viewport().rect()).boundingRect()
    assert shown.contains(view.scene().content())
    QTest.keyClick(view, Key.Key_1)
    assert view.camera.zoom == 1
    QTest.keyClick(view, Key.Key_Plus)
    assert view.camera.zoom > 1
    session.select([chain[2]])
    QTest.keyClick(view, Key.Key_F, SHIFT)
    centre = view.scene().nodes[chain[2]].rect().center()
    assert (view.camera.centre() - centre).manhattanLength() < 3


def test_arrows_walk_along_wires(qtbot, session, chain):
    view = show_canvas(qtbot, session)
    QTest.keyClick(view, Key.Key_Right)
    assert session.selection == [chain[0]]
    QTest.keyClick(view, Key.Key_Right)
    QTest.keyClick(view, Key.Key_Right)
    assert session.selection == [chain[2]]
    QTest.keyClick(view, Key.Key_Left, SHIFT)
    assert session.selection == [chain[2], chain[1]]


def test_control_arrows_move_by_ten_and_by_one(qtbot, session, chain):
    view = show_canvas(qtbot, session)
    session.select([chain[0]])
    for _ in range(3):
        QTest.keyClick(view, Key.Key_Down, CONTROL)
    QTest.keyClick(view, Key.Key_Left, CONTROL | SHIFT)
    assert position(session, chain[0]) == (-1, 30)
    assert session.undo_stack.count() == 1
    session.undo_stack.undo()
    assert position(session, chain[0]) == (0, 0)


def test_f2_renames_in_place(qtbot, session, chain):
    view = show_canvas(qtbot, session)
    session.select([chain[1]])
    QTest.keyClick(view, Key.Key_F2)
    assert view.editing.field.isVisible()
    QTest.keyClicks(view.editing.field, "stem")
    QTest.keyClick(view.editing.field, Key.Key_Return)
    assert session.network.nodes[chain[1]].name == "stem"
    assert view.scene().nodes[chain[1]].face.name == "stem"
    QTest.keyClick(view, Key.Key_F2)
    QTest.keyClicks(view.editing.field, "other")
    QTest.keyClick(view.editing.field, Key.Key_Escape)
    assert session.network.nodes[chain[1]].name == "stem"


def test_reveal_shows_a_far_node(qtbot, session, chain):
    far = add(session, "far", ReLU(), 9000, 4000)
    view = show_canvas(qtbot, session)
    session.reveal(far)
    shown = view.mapToScene(view.viewport().rect()).boundingRect()
    assert shown.contains(view.scene().nodes[far].rect())
    assert session.selection == [far]
    view.scene().set_reduce_motion(False)
    session.reveal(None, session.network.inputs(chain[1])[0].id)
    item = view.scene().wires[session.network.inputs(chain[1])[0].id]
    qtbot.waitUntil(lambda: item.flash > 0)
    qtbot.waitUntil(lambda: item.flash == 0, timeout=5000)


def test_undo_glides_and_arrives(qtbot, session, chain):
    view = show_canvas(qtbot, session)
    session.do(Move({chain[0]: (0.0, 200.0)}))
    view.scene().set_reduce_motion(False)
    session.undo_stack.undo()
    assert view.scene().glide.running
    qtbot.waitUntil(lambda: not view.scene().glide.running)
    mirrored(view)


def test_faults_are_marked_and_unmarked(qtbot, session):
    first = add(session, "input", Input(), 0, 0)
    conv = add(session, "conv", Conv2d(padding=(1, 1)), 0, 100, first)
    other = add(session, "other", Conv2d(out_channels=16, padding=(1, 1)), 300, 100, first)
    total = add(session, "add", Add(), 600, 0, conv, other)
    add(session, "output", Output(), 900, 0, total)
    view = show_canvas(qtbot, session)
    bad = session.network.inputs(total)[1].id
    assert view.scene().nodes[total].face.severity.name == "ERROR"
    assert view.scene().wires[bad].load.error
    assert view.scene().wires[bad].load.text == "16×28×28 ≠ 32×28×28"
    assert "input 2" in view.scene().nodes[total].tooltip()
    session.do(SetLayer(other, Conv2d(padding=(1, 1))))
    assert view.scene().nodes[total].face.severity.name != "ERROR"
    assert not view.scene().wires[bad].load.error
    assert view.scene().nodes[conv].face.summary == (
        "conv, Conv2d, 1×28×28 to 32×28×28, 320 parameters, no problems"
    )


def test_scene_mirrors_random_edits(qtbot, session):
    view = show_canvas(qtbot, session)
    rng = random.Random(7)
    kinds = (Conv2d, ReLU, BatchNorm2d, Add, Concat, Flatten, Linear, Input, Output)
    network = session.network
    for step in range(250):
        nodes, wires = sorted(network.nodes), sorted(network.wires)
        action = rng.randrange(10)
        if action < 3 or len(nodes) < 3:
            layer = rng.choice(kinds)()
            place = (rng.randrange(0, 900, 10), rng.randrange(0, 600, 10))
            sources = rng.sample(nodes, min(len(nodes), 2))
            outs = [(n, "output") for n in sources if network.nodes[n].layer.output_ports()]
            session.do(additions.add(network, layer, place, outs).edit)
        elif action < 5:
            source, target = rng.sample(nodes, 2)
            ports = network.nodes[target].layer.input_ports()
            outputs = network.nodes[source].layer.output_ports()
            if ports and outputs and not network.refusal(source, "output", target, ports[0].name):
                session.do(
                    changes.connect(network, source, "output", target, ports[0].name)
                    or Move({source: (1.0, 2.0)})
                )
        elif action == 5 and wires:
            session.do(Disconnect(rng.choice(wires)))
        elif action == 6:
            session.select(rng.sample(nodes, 2))
            session.do(changes.delete(session, session.selection[:1], [], rng.random() < 0.5).edit)
        elif action == 7:
            session.do(Rename(rng.choice(nodes), f"name{step}"))
        elif action == 8:
            session.do(Move({rng.choice(nodes): (float(step), 5.0)}))
        else:
            back = rng.randrange(1, 4)
            for _ in range(back):
                session.undo_stack.undo()
            for _ in range(rng.randrange(back + 1)):
                session.undo_stack.redo()
        mirrored(view)
    while session.undo_stack.canUndo():
        session.undo_stack.undo()
    assert not network.nodes
    mirrored(view)
    while session.undo_stack.canRedo():
        session.undo_stack.redo()
    mirrored(view)


def test_new_document_is_shown_whole(qtbot, session, chain):
    view = show_canvas(qtbot, session)
    session.select([chain[0]])
    session.new(find_template("lenet5").build())
    mirrored(view)
    assert len(view.scene().nodes) == len(session.network.nodes) > 5


def test_removed_node_under_the_pointer_is_forgotten(qtbot, session, chain):
    view = show_canvas(qtbot, session)
    move(view.viewport(), QPoint(1, 1), body(view, chain[1]), Qt.MouseButton.NoButton)
    assert view.scene().nodes[chain[1]].hovered
    session.do(RemoveNode(chain[1]))
    move(view.viewport(), QPoint(1, 1), body(view, chain[2]), Qt.MouseButton.NoButton)
    mirrored(view)


@pytest.mark.parametrize("zoom", [1.0, 0.5, 0.3, 0.15, 0.05])
def test_errors_and_selection_stay_visible_at_every_zoom(qtbot, session, chain, zoom):
    bad = add(session, "fc", Linear(), 600, 200)
    view = show_canvas(qtbot, session)
    view.camera.fit(view.scene().nodes[bad].rect(), still=True)
    view.camera.set_zoom(zoom)
    picture = view.viewport().grab().toImage()
    from gui.appearance.theme import current

    assert _contains(picture, current().error_ring)


def _contains(picture: QImage, colour: QColor) -> bool:
    return any(
        picture.pixelColor(x, y) == colour
        for x in range(picture.width())
        for y in range(picture.height())
    )


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_arranged_templates_overlap_nowhere(qtbot, session, template):
    project = template.build()
    lay_out(project.network)
    session.new(project)
    view = show_canvas(qtbot, session, 932, 474)
    rects = [item.rect() for item in view.scene().nodes.values()]
    for index, rect in enumerate(rects):
        assert not any(rect.intersects(other) for other in rects[index + 1 :])
    for wire in session.network.wires.values():
        ends = view.scene().nodes[wire.source].rect(), view.scene().nodes[wire.target].rect()
        seam = view.scene().wires[wire.id].route.seam
        assert seam or ends[0].right() < ends[1].left()


def test_a_small_network_is_large_enough_to_read(qtbot, session):
    project = find_template("lenet5").build()
    lay_out(project.network)
    session.new(project)
    view = show_canvas(qtbot, session, 932, 474)
    view.camera.fit_all()
    assert view.camera.zoom >= 0.6


def test_arrange_is_one_step_and_keeps_what_is_not_chosen(qtbot, session, chain):
    view = show_canvas(qtbot, session)
    QTest.keyClick(view, Key.Key_L)
    assert session.undo_stack.count() == 1
    assert len({position(session, node)[0] for node in chain}) == 1
    session.undo_stack.undo()
    session.select(chain[1:])
    QTest.keyClick(view, Key.Key_L)
    assert position(session, chain[0]) == (0, 0)
    assert position(session, chain[1])[0] == position(session, chain[2])[0]
    mirrored(view)


def test_many_nodes_are_arranged_in_a_thread(qtbot, session):
    network = session.network
    last = add(session, "input", Input(), 0, 0)
    for _ in range(620):
        addition = additions.add(network, ReLU(), (0.0, 0.0), [(last, "output")])
        network.do(addition.edit)
        last = addition.nodes[0]
    view = show_canvas(qtbot, session)
    with qtbot.waitSignal(session.changed, timeout=20_000):
        view.editing.arrange()
    places = {node.position for node in network.nodes.values()}
    assert len(places) == len(network.nodes)
    mirrored(view)


def test_pictures_of_training(qtbot, session, chain):
    view = show_canvas(qtbot, session)
    item = view.scene().nodes[chain[1]]
    strip = QImage(12, 2, QImage.Format.Format_RGB32)
    strip.fill(QColor("#ff00ff"))
    view.scene().set_thumbnails({chain[1]: strip})
    view.scene().set_activity({chain[1]: 0.5})
    view.scene().set_running(True)
    assert _contains(view.viewport().grab().toImage(), QColor("#ff00ff"))
    view.scene().set_thumbnails({})
    assert item.thumbnails is None
    assert not _contains(view.viewport().grab().toImage(), QColor("#ff00ff"))


def test_picture_of_the_whole_network(qtbot, session, chain):
    view = show_canvas(qtbot, session)
    view.camera.set_zoom(0.1)
    picture = picture_of(view.scene())
    assert picture.width() > 700
    assert view.scene().stage.level is Detail.STACKS


def test_empty_canvas_offers_templates(qtbot, session):
    view = show_canvas(qtbot, session)
    assert view.fittings.empty.isVisible()
    with qtbot.waitSignal(view.templates_requested):
        view.fittings.empty.button.click()
    add(session, "input", Input(), 0, 0)
    assert not view.fittings.empty.isVisible()


def test_alt_arrows_reorder_the_inputs_of_a_merge(qtbot, session):
    a = add(session, "a", Input(), 0, 0)
    b = add(session, "b", Input(), 0, 200)
    c = add(session, "c", Input(), 0, 400)
    merge = add(session, "concat", Concat(), 400, 0, a, b, c)
    view = show_canvas(qtbot, session)
    session.select([merge])
    assert [row[0] for row in view.scene().nodes[merge].face.rows] == ["a", "b", "c"]
    QTest.keyClick(view, Key.Key_Up, ALT)
    QTest.keyClick(view, Key.Key_Up, ALT)
    assert [wire.source for wire in session.network.inputs(merge)] == [c, a, b]
    assert [row[0] for row in view.scene().nodes[merge].face.rows] == ["c", "a", "b"]
    session.select([], [session.network.inputs(merge)[2].id])
    QTest.keyClick(view, Key.Key_Up, ALT)
    assert [wire.source for wire in session.network.inputs(merge)] == [c, b, a]
    mirrored(view)


def test_names_are_plain_text(qtbot, session):
    node = add(session, "<b>bold</b>", ReLU(), 0, 0)
    view = show_canvas(qtbot, session)
    assert "<" not in view.scene().nodes[node].tooltip()
