"""Blocks in the palette: of the project, ready ones, the person's own; importing and pasting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QStyle

from graph.blocks.block_use import BlockUse
from graph.document.project import write_project
from graph.ready.registry import READY
from gui.appearance.dress import apply_theme
from gui.inspector.block_row import BlockRow
from gui.palette.block_shelf import READY_MADE
from gui.palette.palette_tree import MIME, TYPE, items_of
from gui.session.preferences import Preferences
from gui.verbs.block_import import BlockImport
from gui.window.window import MainWindow
from tests.gui.helpers import carry
from tests.gui.nested import nested_project

LEFT = Qt.MouseButton.LeftButton
READY_NAME = next(iter(READY))


@pytest.fixture
def window(qtbot: Any) -> Iterator[MainWindow]:
    apply_theme(QApplication.instance(), "dark")
    window = MainWindow(Preferences())
    qtbot.addWidget(window, before_close_func=lambda w: w.session.new())
    window.resize(1440, 900)
    window.canvas.scene().set_reduce_motion(True)
    window.show()
    qtbot.waitExposed(window)
    window.session.new(nested_project())
    window.front.show_editor()
    window.activateWindow()
    return window


def titles(window: MainWindow, section: str) -> list[str]:
    """The rows of a section of the palette, those of its folders included."""
    tree = window.folding.whole.tree
    found = []
    for item in items_of(tree):
        above = item
        while above.parent() is not None:
            above = above.parent()
        if above.text(0) == section and item.data(0, TYPE):
            found.append(item.text(0))
    return found


def uses(window: MainWindow) -> list[str]:
    nodes = window.session.network.nodes.values()
    return [node.layer.block.name for node in nodes if isinstance(node.layer, BlockUse)]


def test_the_palette_lists_the_project_s_blocks_and_places_them_by_enter(window):
    assert titles(window, "Blocks of this project") == ["Conv-BN-ReLU", "Residual"]
    before = len(uses(window))
    field = window.folding.whole.field
    field.setFocus()
    QTest.keyClicks(field, "resid")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert uses(window).count("Residual") == 3
    assert len(uses(window)) == before + 1


def test_a_ready_block_comes_with_its_definition_in_one_step(window):
    session = window.session
    assert READY_NAME in titles(window, "Ready blocks")
    blocks = set(session.project.library.blocks)
    steps = session.undo_stack.count()
    window.canvas.adding.add_named(READY_MADE + READY_NAME)
    assert READY_NAME in session.project.library.blocks
    assert session.undo_stack.count() == steps + 1
    assert READY_NAME in titles(window, "Blocks of this project")
    window.canvas.adding.add_named(READY_MADE + READY_NAME)
    assert uses(window).count(READY_NAME) == 2  # the same definition
    session.undo_stack.undo()
    session.undo_stack.undo()
    assert set(session.project.library.blocks) == blocks
    assert titles(window, "Blocks of this project") == ["Conv-BN-ReLU", "Residual"]


def test_a_block_is_dragged_to_the_canvas(window):
    data = QMimeData()
    data.setData(MIME, b"block:Residual")
    carry(window.canvas.viewport(), data, QPoint(60, 60))
    assert uses(window).count("Residual") == 3


def test_a_saved_block_waits_in_the_library_for_other_projects(qtbot, window):
    session = window.session
    use = next(n for n, node in session.network.nodes.items() if node.name == "stage1")
    session.select([use])
    window.bars.actions["keep_block"].trigger()
    qtbot.waitUntil(lambda: titles(window, "My library") == ["Residual"])
    session.new()
    assert titles(window, "Blocks of this project") == []
    key = window.shelf.own()[0].key
    window.canvas.adding.add_named(key)
    assert uses(window) == ["Residual"]
    assert set(session.project.library.blocks) == {"Residual", "Conv-BN-ReLU"}


def import_dialog(qtbot, window, path) -> BlockImport:
    """The dialog over the blocks of a project file."""
    write_project(path, nested_project())
    window.shelf.look_into(path)
    qtbot.waitUntil(lambda: window.findChildren(BlockImport) != [])
    (dialog,) = window.findChildren(BlockImport)
    return dialog


def tick(dialog: BlockImport, name: str) -> None:
    """Click the check box of a row."""
    tree = dialog.tree
    rows = [tree.topLevelItem(row) for row in range(tree.topLevelItemCount())]
    (item,) = [row for row in rows if row.text(0) == name]
    rect = tree.visualItemRect(item)
    box = tree.style().pixelMetric(QStyle.PixelMetric.PM_IndicatorWidth) // 2 + 4
    QTest.mouseClick(tree.viewport(), LEFT, pos=QPoint(rect.left() + box, rect.center().y()))


def test_blocks_of_another_project_are_imported_in_one_step(qtbot, window, tmp_path):
    session = window.session
    session.new()
    dialog = import_dialog(qtbot, window, tmp_path / "other.cloom")
    rows = [[dialog.tree.topLevelItem(row).text(column) for column in range(4)] for row in range(2)]
    assert rows[1] == [
        "Residual",
        "Two convolutions and the way around them.",
        "width",
        "Conv-BN-ReLU",
    ]
    QTest.mouseClick(dialog.take, LEFT)
    assert len(session.project.library.blocks) == 2
    assert session.undo_stack.count() == 1
    session.undo_stack.undo()
    assert not session.project.library.blocks


def test_only_the_chosen_blocks_come_with_what_they_need(qtbot, window, tmp_path):
    session = window.session
    session.new()
    dialog = import_dialog(qtbot, window, tmp_path / "other.cloom")
    tick(dialog, "Residual")
    assert [block.name for block in dialog.checked()] == ["Conv-BN-ReLU"]
    QTest.mouseClick(dialog.none, LEFT)
    assert not dialog.take.isEnabled()
    tick(dialog, "Residual")
    assert "Conv-BN-ReLU will come along" in dialog.words()
    tick(dialog, "Residual")
    tick(dialog, "Conv-BN-ReLU")
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    assert list(session.project.library.blocks) == ["Conv-BN-ReLU"]


def test_blocks_that_are_here_already_cannot_be_chosen(qtbot, window, tmp_path):
    blocks = dict(window.session.project.library.blocks)
    dialog = import_dialog(qtbot, window, tmp_path / "other.cloom")
    assert dialog.tree.topLevelItem(0).text(1) == "Here already"
    assert dialog.words() == "All of them are here already"
    assert not dialog.take.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dict(window.session.project.library.blocks) == blocks


def menu_of(window: MainWindow, name: str) -> dict[str, QAction]:
    """The entries of the context menu of a block of the project, opened by the right button."""
    tree = window.folding.whole.tree
    item = next(i for i in items_of(tree) if i.data(0, TYPE) == f"block:{name}")
    place = tree.visualItemRect(item).center()
    reason = QContextMenuEvent.Reason.Mouse
    event = QContextMenuEvent(reason, place, tree.viewport().mapToGlobal(place))
    QApplication.sendEvent(tree.viewport(), event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return {action.text().partition("\t")[0]: action for action in menu.actions()}


def close_menu() -> None:
    QApplication.activePopupWidget().close()


def test_the_menu_of_a_block_leads_to_its_uses(window):
    session = window.session
    entries = menu_of(window, "Conv-BN-ReLU")
    below = entries["Used 2 times"].menu()
    assert [row.text() for row in below.actions()] == ["first in Residual", "second in Residual"]
    below.actions()[1].trigger()
    close_menu()
    assert session.block.name == "Residual"
    assert [session.network.nodes[n].name for n in session.selection] == ["second"]


def test_a_used_block_is_not_removed_and_the_sentence_names_the_use(window):
    library = window.session.project.library
    menu_of(window, "Conv-BN-ReLU")["Remove"].trigger()
    close_menu()
    assert "Conv-BN-ReLU" in library.blocks
    text = window.centre.notice.text()
    assert "Conv-BN-ReLU" in text
    assert "is used by first in" in text


def test_a_block_is_duplicated_and_the_copy_removed(window):
    session = window.session
    menu_of(window, "Residual")["Duplicate"].trigger()
    close_menu()
    assert titles(window, "Blocks of this project") == ["Conv-BN-ReLU", "Residual", "Residual 2"]
    entries = menu_of(window, "Residual 2")
    assert "Not used" in entries
    entries["Remove"].trigger()
    close_menu()
    assert "Residual 2" not in session.project.library.blocks
    session.undo_stack.undo()
    session.undo_stack.undo()
    assert session.undo_stack.index() == 0
    assert titles(window, "Blocks of this project") == ["Conv-BN-ReLU", "Residual"]


def test_a_block_gets_another_name_in_the_palette(qtbot, window):
    library = window.session.project.library
    tree = window.folding.whole.tree
    menu_of(window, "Residual")["Rename"].trigger()
    close_menu()
    field = tree.findChild(QLineEdit)
    QTest.keyClicks(field, "Stage")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "Stage" in library.blocks)
    assert titles(window, "Blocks of this project") == ["Conv-BN-ReLU", "Stage"]
    item = next(i for i in items_of(tree) if i.data(0, TYPE) == "block:Stage")
    tree.setFocus()
    tree.setCurrentItem(item)
    QTest.keyClick(tree, Qt.Key.Key_F2)
    field = tree.findChild(QLineEdit)
    field.selectAll()
    QTest.keyClicks(field, "Conv-BN-ReLU")
    QTest.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "already" in window.centre.notice.text())
    assert titles(window, "Blocks of this project") == ["Conv-BN-ReLU", "Stage"]


def test_the_inspector_tells_where_a_block_is_used(window):
    session = window.session
    session.select([next(n for n, x in session.network.nodes.items() if x.name == "stage1")])
    row = window.inspector.node_page.findChild(BlockRow)
    assert row.text() == "Block Residual, used 2 times: stage1, stage2"


def test_uses_travel_through_the_clipboard_to_another_project(window):
    session = window.session
    session.select([n for n, node in session.network.nodes.items() if node.name == "stage2"])
    window.canvas.editing.copy()
    window.canvas.editing.paste()
    assert uses(window).count("Residual") == 3
    assert set(session.project.library.blocks) == {"Residual", "Conv-BN-ReLU"}
    session.new()
    window.canvas.editing.paste()
    assert uses(window) == ["Residual"]
    assert set(session.project.library.blocks) == {"Residual", "Conv-BN-ReLU"}


def test_the_search_on_the_canvas_finds_blocks(window):
    search = window.canvas.adding.search
    window.canvas.adding.open_search(False)
    QTest.keyClicks(search.field, "residual")
    assert "Residual" in [search.list.item(row).text() for row in range(search.list.count())]
    search.close_list()


def test_a_block_that_nothing_uses_can_be_removed(window):
    session = window.session
    window.canvas.adding.add_named(READY_MADE + READY_NAME)
    window.canvas.editing.delete(False)
    window.shelf.remove(f"block:{READY_NAME}")
    assert READY_NAME not in session.project.library.blocks
    window.shelf.remove("block:Residual")
    assert "Residual" in session.project.library.blocks
