"""Formulas in the fields of a block's nodes, and the page of the block's parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui.appearance.dress import apply_theme
from gui.inspector.inspector import Inspector
from gui.session.session import Session
from tests.gui.nested import nested_project


@pytest.fixture
def session(qapp: Any) -> Session:
    session = Session()
    session.new(nested_project())
    return session


@pytest.fixture
def inspector(qtbot: Any, session: Session) -> Iterator[Inspector]:
    apply_theme(QApplication.instance(), "dark")
    inspector = Inspector(session)
    qtbot.addWidget(inspector)
    qtbot.addWidget(inspector.head)
    inspector.resize(320, 900)
    inspector.show()
    QTest.qWaitForWindowExposed(inspector)
    inspector.activateWindow()
    yield inspector
    session.new()


def named(session: Session, name: str) -> str:
    return next(n for n, node in session.network.nodes.items() if node.name == name)


def open_skip(session: Session, stage: str = "stage2") -> str:
    session.enter(named(session, stage))
    skip = named(session, "skip")
    session.select([skip])
    return skip


def type_into(widget: Any, text: str) -> None:
    widget.setFocus()
    widget.selectAll()
    QTest.keyClicks(widget, text)


def entry_of(inspector: Inspector, field: str) -> Any:
    return inspector.node_page.form.formula_entry(field)


def test_a_field_shows_its_formula_and_the_value_here(session, inspector):
    open_skip(session)
    entry = entry_of(inspector, "out_channels")
    assert entry.isVisible()
    assert entry.text() == "=width"
    assert entry.hint() == "32"
    session.go_to(0)
    open_skip(session, "stage1")
    assert entry_of(inspector, "out_channels").hint() == "16"


def test_an_equals_sign_begins_a_formula_that_all_uses_follow(session, inspector):
    skip = open_skip(session)
    line = inspector.node_page.form.editor("groups").inputs()[0]
    type_into(line, "=")
    entry = entry_of(inspector, "groups")
    assert entry.isVisible()
    assert not line.isVisible()
    QTest.keyClicks(entry, "width // 16")
    assert session.network.nodes[skip].formulas["groups"] == "width // 16"
    assert session.analysis.facts(skip).layer.groups == 2
    session.go_to(0)
    session.enter(named(session, "stage1"))
    assert session.analysis.facts(skip).layer.groups == 1
    assert not session.main_analysis.errors()
    session.undo_stack.undo()
    assert "groups" not in session.network.nodes[skip].formulas


def test_a_bad_formula_says_why_under_the_field_and_changes_nothing(session, inspector):
    skip = open_skip(session)
    entry = entry_of(inspector, "out_channels")
    steps = session.undo_stack.count()
    type_into(entry, "=widht")
    form = inspector.node_page.form
    assert "widht" in form.complaint("out_channels")
    assert "width" in form.complaint("out_channels")
    assert session.network.nodes[skip].formulas["out_channels"] == "width"
    type_into(entry, "=width *")
    assert form.complaint("out_channels")
    assert session.undo_stack.count() == steps
    type_into(entry, "=width * 1")
    assert form.complaint("out_channels") == ""
    assert session.network.nodes[skip].formulas["out_channels"] == "width * 1"


def test_a_number_or_escape_ends_a_formula(session, inspector):
    skip = open_skip(session)
    entry = entry_of(inspector, "out_channels")
    type_into(entry, "4")
    line = inspector.node_page.form.editor("out_channels").inputs()[0]
    assert line.isVisible()
    QTest.keyClicks(line, "8")
    node = session.network.nodes[skip]
    assert node.layer.out_channels == 48
    assert "out_channels" not in node.formulas
    session.undo_stack.undo()
    assert session.network.nodes[skip].formulas["out_channels"] == "width"
    entry = entry_of(inspector, "out_channels")
    entry.setFocus()
    QTest.keyClick(entry, Qt.Key.Key_Escape)
    node = session.network.nodes[skip]
    assert node.layer.out_channels == 32
    assert "out_channels" not in node.formulas


def test_words_are_offered_while_they_are_typed(session, inspector):
    skip = open_skip(session)
    entry = entry_of(inspector, "out_channels")
    type_into(entry, "=wid")
    popup = entry.words_offered()
    assert popup.isVisible()
    QTest.keyClick(popup, Qt.Key.Key_Return)
    assert entry.text() == "=width"
    assert session.network.nodes[skip].formulas["out_channels"] == "width"


def test_the_row_of_a_use_counts_and_opens(session, inspector):
    session.select([named(session, "stage1")])
    row = inspector.node_page.block
    assert row.isVisible()
    assert "Residual" in row.text()
    assert "2" in row.text()
    QTest.mouseClick(row.open, Qt.MouseButton.LeftButton)
    assert session.levels.titles() == ["stage1"]
    assert inspector.block_page.isVisible()


def test_parameters_are_added_renamed_and_removed(session, inspector):
    session.enter(named(session, "stage2"))
    page, block = inspector.block_page, session.block
    assert page.table.item(0, 2).text() == "32"
    QTest.mouseClick(page.buttons["add"], Qt.MouseButton.LeftButton)
    type_into(page.form.name, "depth")
    QTest.keyClick(page.form.name, Qt.Key.Key_Return)
    assert [parameter.name for parameter in block.parameters] == ["width", "depth"]
    QTest.mouseClick(page.buttons["up"], Qt.MouseButton.LeftButton)
    assert [parameter.name for parameter in block.parameters] == ["depth", "width"]
    page.table.setCurrentCell(1, 0)
    type_into(page.form.name, "planes")
    QTest.keyClick(page.form.name, Qt.Key.Key_Return)
    assert block.parameters[1].name == "planes"
    assert session.network.nodes[named(session, "skip")].formulas["out_channels"] == "planes"
    assert not session.main_analysis.errors()
    page.table.setCurrentCell(0, 0)
    QTest.mouseClick(page.buttons["remove"], Qt.MouseButton.LeftButton)
    assert [parameter.name for parameter in block.parameters] == ["planes"]
    for _ in range(5):
        session.undo_stack.undo()
    assert [parameter.name for parameter in session.block.parameters] == ["width"]
    assert page.table.item(0, 0).text() == "width"


def test_a_name_that_is_taken_is_refused_where_it_was_typed(session, inspector):
    session.enter(named(session, "stage2"))
    page = inspector.block_page
    type_into(page.form.name, "in_channels")
    QTest.keyClick(page.form.name, Qt.Key.Key_Return)
    assert page.refusal.isVisible()
    assert "in_channels" in page.refusal.text()
    assert page.form.name.text() == "width"


def test_the_block_is_renamed_on_its_page(session, inspector):
    session.enter(named(session, "stage2"))
    type_into(inspector.block_page.name, "Stage")
    QTest.keyClick(inspector.block_page.name, Qt.Key.Key_Return)
    assert session.block.name == "Stage"
    session.undo_stack.undo()
    assert session.block.name == "Residual"
    assert inspector.block_page.name.text() == "Residual"


def test_a_block_without_a_name_is_refused_and_the_old_one_returns(session, inspector):
    session.enter(named(session, "stage2"))
    refused: list[object] = []
    session.refused.connect(refused.append)
    type_into(inspector.block_page.name, " ")
    QTest.keyClick(inspector.block_page.name, Qt.Key.Key_Return)
    assert len(refused) == 1
    assert session.block.name == "Residual"
    assert inspector.block_page.name.text() == "Residual"
