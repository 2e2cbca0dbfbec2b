"""Blocks in the palette: of the project, ready ones, the person's own; importing and pasting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from graph.block_use import BlockUse
from graph.project import write_project
from graph.ready import READY
from gui.block_shelf import READY_MADE
from gui.palette import MIME
from gui.palette_tree import TYPE, items_of
from gui.preferences import Preferences
from gui.theme import apply_theme
from gui.window import MainWindow
from tests.gui.helpers import carry
from tests.gui.nested import nested_project

READY_NAME = next(iter(READY))


@pytest.fixture
def window(qtbot: Any) -> Iterator[MainWindow]:
    apply_theme(QApplication.instance(), "dark")
    window = MainWindow(Preferences())
    qtbot.addWidget(window, before_close_func=lambda w: w.session.new())
    window.resize(1440, 900)
    window.canvas.set_reduce_motion(True)
    window.show()
    qtbot.waitExposed(window)
    window.session.new(nested_project())
    window.show_editor()
    window.activateWindow()
    return window


def titles(window: MainWindow, section: str) -> list[str]:
    """The rows of a section of the palette, those of its folders included."""
    tree = window.palette_panel.tree
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
    field = window.palette_panel.field
    field.setFocus()
    QTest.keyClicks(field, "resid")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert uses(window).count("Residual") == 3
    assert len(uses(window)) == before + 1


def test_a_ready_block_comes_with_its_definition_in_one_step(window):
    session = window.session
    assert READY_NAME in titles(window, "Ready blocks")
    blocks = set(session.network.library.blocks)
    steps = session.undo_stack.count()
    window.canvas.add_layer(READY_MADE + READY_NAME)
    assert READY_NAME in session.network.library.blocks
    assert session.undo_stack.count() == steps + 1
    assert READY_NAME in titles(window, "Blocks of this project")
    window.canvas.add_layer(READY_MADE + READY_NAME)
    assert uses(window).count(READY_NAME) == 2  # the same definition
    session.undo_stack.undo()
    session.undo_stack.undo()
    assert set(session.network.library.blocks) == blocks
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
    window.actions_table["keep_block"].trigger()
    qtbot.waitUntil(lambda: titles(window, "My library") == ["Residual"])
    session.new()
    assert titles(window, "Blocks of this project") == []
    key = window.shelf.own()[0].key
    window.canvas.add_layer(key)
    assert uses(window) == ["Residual"]
    assert set(session.network.library.blocks) == {"Residual", "Conv-BN-ReLU"}


def test_blocks_of_another_project_are_imported_in_one_step(qtbot, window, tmp_path):
    path = tmp_path / "other.cloom"
    write_project(path, nested_project())
    session = window.session
    session.new()
    window.shelf.import_from(path)
    qtbot.waitUntil(lambda: len(session.network.library.blocks) == 2)
    assert session.undo_stack.count() == 1
    session.undo_stack.undo()
    assert not session.network.library.blocks


def test_uses_travel_through_the_clipboard_to_another_project(window):
    session = window.session
    session.select([n for n, node in session.network.nodes.items() if node.name == "stage2"])
    window.canvas.copy()
    window.canvas.paste()
    assert uses(window).count("Residual") == 3
    assert set(session.network.library.blocks) == {"Residual", "Conv-BN-ReLU"}
    session.new()
    window.canvas.paste()
    assert uses(window) == ["Residual"]
    assert set(session.network.library.blocks) == {"Residual", "Conv-BN-ReLU"}


def test_the_search_on_the_canvas_finds_blocks(window):
    search = window.canvas.editing.search
    window.canvas.open_search()
    QTest.keyClicks(search.field, "residual")
    assert "Residual" in [search.list.item(row).text() for row in range(search.list.count())]
    search.close_list()


def test_a_block_that_nothing_uses_can_be_removed(window):
    session = window.session
    window.canvas.add_layer(READY_MADE + READY_NAME)
    window.canvas.delete_selection(False)
    window.shelf.remove(f"block:{READY_NAME}")
    assert READY_NAME not in session.network.library.blocks
    window.shelf.remove("block:Residual")
    assert "Residual" in session.network.library.blocks
