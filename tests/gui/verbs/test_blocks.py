"""Blocks in the window: grouping, opening, editing inside, undo, unpacking, the exported class."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from graph.blocks.block_use import BlockUse
from graph.network.edits import SetLayer
from gui.appearance.dress import apply_theme
from gui.bars.canvas_menu import parts_for
from gui.face.outline import BodyForm
from gui.scene.laying_out import lay_out
from gui.session.preferences import Preferences
from gui.session.session import Session
from gui.window.window import MainWindow
from tests.gui.helpers import body, mirrored
from tests.gui.nested import nested_project

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot: Any) -> Iterator[MainWindow]:
    apply_theme(QApplication.instance(), "dark")
    window = MainWindow(Preferences())
    qtbot.addWidget(window, before_close_func=lambda w: w.session.new())
    window.resize(1440, 900)
    window.canvas.scene().set_reduce_motion(True)
    window.show()
    qtbot.waitExposed(window)
    project = nested_project()
    lay_out(project.network)
    for block in project.library.blocks.values():
        lay_out(block.network)
    window.session.new(project)
    window.front.show_editor()
    window.activateWindow()
    window.canvas.setFocus()
    qtbot.waitUntil(window.canvas.hasFocus)
    window.canvas.camera.fit_all()
    return window


def named(session: Session, name: str) -> str:
    """The id of a node of the level shown."""
    return next(n for n, node in session.network.nodes.items() if node.name == name)


def layer_of(session: Session, name: str) -> Any:
    return session.network.nodes[named(session, name)].layer


def double_click(window: MainWindow, node: str) -> None:
    place = body(window.canvas, node)
    QTest.mouseClick(window.canvas.viewport(), LEFT, pos=place)
    QTest.mouseDClick(window.canvas.viewport(), LEFT, pos=place)
    QApplication.processEvents()


def click(window: MainWindow, node: str, keys: Any = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.mouseClick(window.canvas.viewport(), LEFT, keys, body(window.canvas, node))


def name_in_place(window: MainWindow, name: str) -> None:
    field = window.blocks.field
    assert field.isVisible()
    field.selectAll()
    QTest.keyClicks(field, name)
    QTest.keyClick(field, Qt.Key.Key_Return)


def key(window: MainWindow, code: Qt.Key, held: Any = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(window.canvas, code, held)
    QApplication.processEvents()


def test_a_double_click_opens_a_block_and_the_path_above_names_it(window):
    session = window.session
    double_click(window, named(session, "stage2"))
    assert session.block is session.project.library.blocks["Residual"]
    assert window.centre.breadcrumb.way() == ["Network", "stage2  ×2"]
    mirrored(window.canvas)
    double_click(window, named(session, "first"))
    assert window.centre.breadcrumb.way() == ["Network", "stage2  ×2", "first"]
    # the figures are those of this use: 32 channels from 16
    assert session.analysis.facts(named(session, "conv")).layer.out_channels == 32
    QTest.mouseClick(window.centre.breadcrumb.step(0), LEFT)
    assert session.depth == 0
    assert session.selection == [named(session, "stage2")]
    mirrored(window.canvas)


def test_keys_open_and_leave(window):
    session = window.session
    click(window, named(session, "stage1"))
    key(window, Qt.Key.Key_Return)
    assert session.levels.titles() == ["stage1"]
    key(window, Qt.Key.Key_Backspace)
    assert session.depth == 0
    key(window, Qt.Key.Key_Return)
    key(window, Qt.Key.Key_Up, ALT)
    assert session.depth == 0
    key(window, Qt.Key.Key_Return)
    key(window, Qt.Key.Key_Escape)
    assert session.depth == 0
    assert session.selection == [named(session, "stage1")]


def test_an_edit_inside_changes_all_uses_and_undo_brings_all_back(window):
    session = window.session
    main = session.project.network
    before = session.main_analysis.totals()
    stages = [named(session, "stage1"), named(session, "stage2")]
    costs = [session.main_analysis.facts(stage).parameters for stage in stages]
    session.enter(stages[0])
    skip = named(session, "skip")
    click(window, skip)
    box = window.inspector.node_page.form.editor("bias").inputs()[0]
    QTest.keyClick(box, Qt.Key.Key_Space)
    after = [session.main_analysis.facts(stage).parameters for stage in stages]
    assert [new - old for new, old in zip(after, costs, strict=True)] == [-16, -2 * 32]
    assert "par" in window.canvas.scene().nodes[skip].face.footer[0]
    session.leave()
    window.bars.actions["undo"].trigger()
    assert session.levels.titles() == ["stage1"]  # where the edit was made
    assert [session.main_analysis.facts(stage).parameters for stage in stages] == costs
    assert session.main_analysis.totals() == before
    assert session.network is not main
    mirrored(window.canvas)


def test_grouping_asks_for_a_name_in_place_and_is_one_step(window):
    session = window.session
    before = session.main_analysis.totals()
    count = len(session.network.nodes)
    click(window, named(session, "avgpool1"))
    click(window, named(session, "flatten1"), CONTROL)
    click(window, named(session, "fc1"), CONTROL)
    steps = session.undo_stack.count()
    key(window, Qt.Key.Key_G, CONTROL)
    name_in_place(window, "Head")
    assert session.undo_stack.count() == steps + 1
    (use,) = session.selection
    assert isinstance(session.network.nodes[use].layer, BlockUse)
    assert len(session.network.nodes) == count - 2
    assert session.main_analysis.totals() == before
    assert not session.main_analysis.errors()
    mirrored(window.canvas)
    double_click(window, use)
    assert session.block.name == "Head"
    session.leave()
    key(window, Qt.Key.Key_G, CONTROL | SHIFT)
    assert len(session.network.nodes) == count
    assert session.main_analysis.totals() == before
    session.undo_stack.undo()
    session.undo_stack.undo()
    assert "Head" not in session.project.library.blocks
    assert len(session.network.nodes) == count
    mirrored(window.canvas)


def test_escape_in_the_name_groups_nothing(window):
    session = window.session
    click(window, named(session, "fc1"))
    key(window, Qt.Key.Key_G, CONTROL)
    QTest.keyClick(window.blocks.field, Qt.Key.Key_Escape)
    assert session.undo_stack.count() == 0


def test_when_the_use_goes_its_level_closes(window):
    session = window.session
    use = named(session, "stage2")
    session.enter(use)
    session.enter(named(session, "first"))
    key(window, Qt.Key.Key_A, CONTROL)
    session.go_to(0)
    key(window, Qt.Key.Key_Delete)
    session.undo_stack.undo()
    session.enter(use)
    # taken away while somebody stands in it
    session.undo_stack.redo()
    assert session.depth == 0
    assert use not in session.network.nodes
    mirrored(window.canvas)


def test_selection_stays_with_its_level(window):
    session = window.session
    stage = named(session, "stage2")
    session.select([stage])
    session.enter(stage)
    assert session.selection == []
    session.select([named(session, "skip")])
    session.go_to(0)
    assert session.selection == [stage]
    assert window.inspector.head.name.text() == "stage2"


def test_training_code_and_export_stay_with_the_whole_network(qtbot, window):
    session = window.session
    whole = window.code.text
    assert whole.count("class Residual") == 1
    assert "in_channels: int" in whole or "width: int" in whole
    session.enter(named(session, "stage2"))
    window.code.write_now()
    assert window.code.text == whole
    window.training.single_step()
    assert window.run.plan is not None
    names = [step.title for step in window.run.plan.steps]
    assert "stage1" in names
    window.training.stop()
    qtbot.waitUntil(lambda: not window.run.is_running, timeout=30_000)


def test_a_line_of_code_leads_into_the_block(window):
    session = window.session
    line = next(
        number
        for number, text in enumerate(window.code.text.splitlines(), 1)
        if "self.skip = " in text
    )
    view = window.code.view
    cursor = view.textCursor()
    cursor.setPosition(view.document().findBlockByNumber(line - 1).position())
    view.setTextCursor(cursor)
    QTest.keyClick(view, Qt.Key.Key_Return)
    assert session.block.name == "Residual"
    assert session.selection == [named(session, "skip")]
    assert line in window.code.view.lit()


def test_frozen_nodes_are_marked_and_thaw(window):
    session = window.session
    stage = named(session, "stage1")
    click(window, stage)
    key(window, Qt.Key.Key_Z)
    assert window.canvas.scene().nodes[stage].face.frozen
    key(window, Qt.Key.Key_Z)
    assert not session.network.nodes[stage].frozen


def test_a_new_empty_block_is_placed_opened_and_filled(window):
    session = window.session
    click(window, named(session, "stage1"))
    window.bars.actions["new_block"].trigger()
    name_in_place(window, "Mine")
    assert session.block.name == "Mine"
    assert {node.name for node in session.network.nodes.values()} == {"input", "output"}
    session.undo_stack.undo()
    assert session.depth == 0
    assert "Mine" not in session.project.library.blocks


def test_a_block_can_be_renamed(window):
    session = window.session
    click(window, named(session, "stage1"))
    window.bars.actions["rename_block"].trigger()
    name_in_place(window, "Stage")
    assert "Stage" in session.project.library.blocks
    assert window.inspector.head.kind.text() == "Stage"
    assert window.canvas.scene().nodes[named(session, "stage1")].face.kind == "Stage"


def test_a_block_of_several_ports_names_them(window):
    session = window.session
    session.enter(named(session, "stage1"))
    second, skip = named(session, "second"), named(session, "skip")
    session.select([second, named(session, "add1")])
    key(window, Qt.Key.Key_G, CONTROL)
    name_in_place(window, "Join")
    face = window.canvas.scene().nodes[session.selection[0]].face
    assert face.form is BodyForm.PORTS
    assert {slot.name for slot in face.inputs} == {"first", "skip"}
    assert all(slot.title for slot in face.inputs)
    assert skip in session.network.nodes
    assert not session.main_analysis.errors()


def test_a_fault_inside_is_told_at_the_use_and_mended_inside(window):
    session = window.session
    session.enter(named(session, "stage2"))
    first = named(session, "skip")
    layer = session.network.nodes[first].layer
    assert session.do(SetLayer(first, layer.changed(groups=3), {"out_channels": "width"})) is None
    window.problems.refresh()
    assert any(fault.node == first for fault in window.problems.faults())
    uses = {fault.node for fault in session.main_analysis.errors()}
    assert named_in_main(session, "stage1") in uses
    assert window.run.plan is None
    window.training.single_step()
    assert window.run.plan is None
    assert session.depth == 0  # the training shows what stands in its way
    session.undo_stack.undo()
    assert session.levels.titles() == ["stage2"]
    assert not session.main_analysis.errors()


def named_in_main(session: Session, name: str) -> str:
    nodes = session.project.network.nodes
    return next(n for n, node in nodes.items() if node.name == name)


def test_a_port_that_is_wired_outside_cannot_be_deleted_inside(window):
    session = window.session
    session.enter(named(session, "stage2"))
    output = named(session, "output")
    session.select([output])
    key(window, Qt.Key.Key_Delete)
    assert output in session.network.nodes
    assert session.levels.titles() == ["stage2"]
    mirrored(window.canvas)


def offered(window: MainWindow) -> set[str]:
    """The actions of the context menu for what is chosen."""
    table = window.bars.actions
    groups = (group for part in parts_for(window.session) for group in table.groups(part))
    return {action.id for group in groups for action in group}


def test_the_context_menu_offers_what_suits(window):
    session = window.session
    session.select([named(session, "stage1")])
    assert {"open_block", "unpack", "group", "freeze"} <= offered(window)
    session.select([named(session, "fc1")])
    assert "open_block" not in offered(window)
    session.enter(named(session, "stage1"))
    session.select([])
    assert "leave_block" in offered(window)
    place = body(window.canvas, named(session, "skip"))
    canvas = window.canvas
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Mouse, place, canvas.viewport().mapToGlobal(place)
    )
    QApplication.sendEvent(canvas.viewport(), event)
    assert session.selection == [named(session, "skip")]
    menu = QApplication.activePopupWidget()
    assert menu is not None
    assert window.bars.actions["group"] in menu.actions()
    menu.close()


def test_ports_and_nodes_say_what_they_are(window):
    session = window.session
    node = named(session, "stage2")
    item = window.canvas.scene().nodes[node]
    port = item.output_point(item.face.outputs[0])
    assert window.canvas.pointing.tooltip(port).startswith("output 32")
    assert "stage2, Residual" in window.canvas.pointing.tooltip(item.rect().center())
    session.enter(node)
    item = window.canvas.scene().nodes[named(session, "input")]
    assert item.face.kind == "Input port"
    assert item.face.rows[0][0] == "16×28×28"
