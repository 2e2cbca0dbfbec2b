"""A fault inside a block: told at its use with the way to it, opened there, mended there."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from graph.blocks.sketch import Sketch
from graph.layers.convolution.plain import Conv2d
from graph.network.edits import SetLayer
from gui.window.window import MainWindow
from tests.gui.helpers import mirrored, on_screen
from tests.gui.nested import nested_window

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    """The innermost convolution has groups that do not divide what comes in."""
    window = nested_window(qtbot)
    block = window.session.project.library.blocks["Conv-BN-ReLU"]
    conv = next(n for n, node in block.network.nodes.items() if node.name == "conv")
    layer = block.network.nodes[conv].layer.changed(groups=3)
    block.network.do(SetLayer(conv, layer))
    window.front.show_page(window.problems)
    window.problems.refresh()
    return window


def named(session: Any, name: str) -> str:
    return next(n for n, node in session.network.nodes.items() if node.name == name)


def at_the_fault(window: MainWindow) -> None:
    session = window.session
    assert session.levels.titles() == ["stage1", "first"]
    assert session.selection == [named(session, "conv")]
    fault = window.problems.current()
    assert fault is not None
    assert fault.node == session.selection[0]
    assert window.problems.repair_cards()
    mirrored(window.canvas)


def row_place(window: MainWindow, row: int) -> Any:
    rows = window.problems.rows
    return rows.visualItemRect(rows.item(row)).center()


def test_the_sentence_gives_the_way_once(window):
    fault = window.session.main_analysis.errors()[0]
    text = str(fault.sentence())
    assert text.startswith("stage1: inside first, at conv: groups 3: ")
    assert text.count("inside") == 1


def test_a_double_click_in_the_list_opens_the_block_where_the_fault_is(window):
    rows = window.problems.rows
    place = row_place(window, 0)
    QTest.mouseClick(rows.viewport(), LEFT, pos=place)
    assert window.session.levels.titles() == []
    assert window.session.selection == [named(window.session, "stage1")]
    QTest.mouseDClick(rows.viewport(), LEFT, pos=place)
    QApplication.processEvents()
    at_the_fault(window)


def test_enter_in_the_list_and_the_repair_there_mends_all(window):
    rows = window.problems.rows
    rows.setFocus()
    QTest.keyClick(rows, Qt.Key.Key_Return)
    at_the_fault(window)
    window.bars.actions["repair_1"].trigger()
    assert not window.session.main_analysis.errors()
    window.session.undo_stack.undo()
    assert window.session.levels.titles() == ["stage1", "first"]


def test_from_inside_another_use_a_double_click_leads_to_the_fault_of_the_network(window):
    session = window.session
    session.enter(named(session, "stage2"))
    window.problems.refresh()
    rows = window.problems.rows
    texts = [rows.item(i).text() for i in range(rows.count())]
    row = texts.index("Network · stage1")
    rows.scrollToItem(rows.item(row))
    place = row_place(window, row)
    QTest.mouseClick(rows.viewport(), LEFT, pos=place)
    assert session.levels.titles() == ["stage2"]
    QTest.mouseDClick(rows.viewport(), LEFT, pos=place)
    QApplication.processEvents()
    at_the_fault(window)


def test_a_click_on_the_badge_opens_the_block_where_the_fault_is(window):
    canvas = window.canvas
    item = canvas.scene().nodes[named(window.session, "stage1")]
    place = on_screen(canvas, item.badge().center())
    assert "Click here" in canvas.pointing.tooltip(item.badge().center())
    QTest.mouseClick(canvas.viewport(), LEFT, pos=place)
    QApplication.processEvents()
    at_the_fault(window)


def test_the_button_says_where_it_leads(window):
    rows = window.problems.rows
    rows.setCurrentRow(0)
    buttons = window.problems.findChildren(QPushButton)
    (button,) = [b for b in buttons if b.text() == "Show inside the block"]
    QTest.mouseClick(button, LEFT)
    at_the_fault(window)


def test_a_fault_further_along_a_chain_opens_that_one(window):
    session = window.session
    session.undo_stack.undo()
    blocks = session.project.library.blocks
    conv = next(n for n, x in blocks["Conv-BN-ReLU"].network.nodes.items() if x.name == "conv")
    inner = blocks["Conv-BN-ReLU"].network
    inner.do(SetLayer(conv, inner.nodes[conv].layer.changed(groups=1)))
    skip_at = blocks["Residual"].network
    skip = next(n for n, x in skip_at.nodes.items() if x.name == "skip")
    layer = skip_at.nodes[skip].layer
    skip_at.do(SetLayer(skip, layer, {"out_channels": "width", "groups": "1 + 2 * index"}))
    (fault,) = [f for f in session.main_analysis.errors() if f.name == "stage2"]
    assert "number 2 of the chain, at skip: groups 3" in str(fault.sentence())
    assert session.reveal_inside((), fault) == skip
    assert session.place[0].copy == 1
    assert window.centre.breadcrumb.chooser(1).text() == "2 of 2"


def counted(window: MainWindow) -> tuple[str, str, int]:
    """The title of the tab, the state in the status bar, and the number of rows."""
    window.problems.refresh()
    tab = window.docks.bottom.tabs.tabText(0)
    return tab, window.bars.status.state.text(), window.problems.rows.count()


def test_a_cause_that_several_uses_tell_counts_once(window):
    session = window.session
    blocks = session.project.library.blocks
    block, inner = blocks["Conv-BN-ReLU"].network, blocks["Residual"].network
    conv = next(n for n, node in block.nodes.items() if node.name == "conv")
    block.do(SetLayer(conv, block.nodes[conv].layer.changed(groups=1)))
    skip = next(n for n, node in inner.nodes.items() if node.name == "skip")
    inner.do(SetLayer(skip, Conv2d(kernel_size=(99, 99))))
    assert counted(window) == ("Problems 1", "1 error", 1)
    session.enter(named(session, "stage2"))
    assert counted(window) == ("Problems 1", "1 error", 1)
    fault = window.problems.current()
    assert fault is not None
    assert fault.node == skip
    session.go_to(0)
    assert counted(window) == ("Problems 1", "1 error", 1)


def test_a_fault_of_a_block_that_nothing_uses_counts_while_it_is_open(qtbot):
    window = nested_window(qtbot)
    draw = Sketch.of_block(window.session.project.library, "Lonely", "Nothing uses it.")
    draw.input("x", (3, 8, 8))
    draw.then(Conv2d(kernel_size=(9, 9)))
    draw.output()
    block = draw.define()
    assert counted(window) == ("Problems", "No problems", 0)
    window.session.enter_block(block)
    assert counted(window) == ("Problems 1", "1 error", 1)
    window.session.go_to(0)
    assert counted(window) == ("Problems", "No problems", 0)
