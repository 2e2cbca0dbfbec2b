"""The literature page: what a paper printed beside what the network is now."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from graph.document.project import Project, loads
from graph.layers.convolution.plain import Conv2d
from graph.layers.linear import Linear
from graph.network.edits import SetLayer
from graph.templates.notes.literature import compare
from graph.templates.registry import TEMPLATES
from graph.templates.template import Template
from gui.appearance.dress import apply_theme
from gui.session.preferences import Preferences
from gui.session.session import Session
from gui.templates.fit import FitDialog
from gui.templates.literature import LiteraturePage, verdict
from gui.window.window import MainWindow
from tests.gui.helpers import open_template


def with_note() -> Template:
    """A template whose paper prints a number of parameters that ours meets."""
    for template in TEMPLATES:
        note = template.literature
        if note is None or not any(row.key == "parameters" for row in note.rows):
            continue
        session = Session()
        session.new(template.build())
        if any(row.matches for row in compare(note, session.analysis)):
            return template
    raise AssertionError("no template agrees with its paper")


def without_note() -> Project:
    return Project("mine")


@pytest.fixture
def session(qapp: Any) -> Session:
    session = Session()
    project = with_note().build()
    project.template = with_note().name
    session.new(project)
    return session


@pytest.fixture
def page(qtbot: Any, session: Session) -> LiteraturePage:
    page = LiteraturePage(session)
    qtbot.addWidget(page)
    page.resize(1000, 200)
    page.show()
    return page


@pytest.fixture
def window(qtbot: Any) -> Iterator[MainWindow]:
    apply_theme(QApplication.instance(), "dark")
    window = MainWindow(Preferences())
    qtbot.addWidget(window, before_close_func=lambda w: w.session.new())
    window.resize(1440, 900)
    window.show()
    qtbot.waitExposed(window)
    return window


def test_the_table_stands_beside_the_paper(page, session):
    note = with_note().literature
    published = [row.published.replace(",", "\u2009") for row in note.rows]
    assert [row[1] for row in page.texts()] == published
    assert [row[2:] for row in page.texts()] == [
        (row.ours.replace(",", "\u2009"), verdict(row)) for row in compare(note, session.analysis)
    ]
    assert any(row[3] == "✓ matches" for row in page.texts())


def test_ours_follows_the_network(qtbot, page, session):
    before = page.texts()
    node = next(
        node for node in session.network.nodes.values() if isinstance(node.layer, Conv2d | Linear)
    )
    name = "out_channels" if isinstance(node.layer, Conv2d) else "out_features"
    more = node.layer.changed(**{name: getattr(node.layer, name) + 1})
    assert session.do(SetLayer(node.id, more)) is None
    qtbot.waitUntil(lambda: page.texts() != before)
    assert any(row[3].startswith("▲ differs") for row in page.texts())
    session.undo_stack.undo()
    qtbot.waitUntil(lambda: page.texts() == before)


def test_rows_are_walked_and_copied_with_keys(qtbot, page):
    page.table.setFocus()
    page.table.setCurrentCell(0, 0)
    qtbot.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "\t".join(page.texts()[0])
    assert len(page.texts()) > 1
    qtbot.keyClick(page.table, Qt.Key.Key_Down)
    assert page.table.currentRow() == 1


def test_a_project_of_ones_own_has_no_page(qtbot, page, session):
    with qtbot.waitSignal(page.available) as told:
        session.new(without_note())
    assert told.args == [False]
    assert page.template is None


def test_the_tab_comes_and_goes_with_the_document(qtbot, window):
    tabs, place = window.docks.bottom.tabs, window.docks.bottom.indexOf(window.literature)
    action = window.bars.actions["literature"]
    window.documents.new()
    assert not tabs.isTabVisible(place)
    assert not action.isEnabled()
    open_template(qtbot, window, with_note())
    assert tabs.isTabVisible(place)
    action.trigger()
    assert window.literature.isVisible()
    assert window.literature.texts()
    window.documents.new()
    assert not tabs.isTabVisible(place)
    assert not window.literature.isVisible()


def test_a_saved_project_still_knows_its_template(qtbot, window, tmp_path):
    open_template(qtbot, window, with_note())
    path = tmp_path / "known.cloom"
    window.session.save(path)
    assert loads(path.read_bytes()).template == with_note().name
    window.documents.new()
    assert window.documents.open(path)
    assert window.literature.template is with_note()


def test_an_open_template_is_fitted_anew_from_the_menu(qtbot, window):
    action = window.bars.actions["fit_template"]
    window.documents.new()
    assert not action.isEnabled()
    open_template(qtbot, window, with_note())
    action.trigger()
    dialog = window.findChild(FitDialog)
    qtbot.waitUntil(lambda: dialog.ready)
    (field,) = dialog.form.editor("classes").inputs()
    field.selectAll()
    qtbot.keyClicks(field, "7")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    # Return is kept until the figures are there; the dialog then closes by itself.
    qtbot.waitUntil(lambda: not window.findChildren(FitDialog))
    qtbot.waitUntil(lambda: result_of(window.session) == ((7,),))
    assert window.session.template == with_note().name
    assert not window.session.modified


def result_of(session: Session) -> Any:
    """What arrives at the output of the network that is open."""
    end = next(n for n in session.network.nodes.values() if n.name == "output")
    return session.analysis.facts(end.id).inputs


def test_the_training_of_the_paper_is_taken_over(qtbot) -> None:
    template = next(t for t in TEMPLATES if t.literature and t.literature.recipe)
    session = Session()
    page = LiteraturePage(session)
    qtbot.addWidget(page)
    session.new(template.build())
    page.resize(1000, 260)
    page.show()
    page.train_so.setFocus()
    qtbot.keyClick(page.train_so, Qt.Key.Key_Space)
    assert session.project.training["optimizer"] == "SGD"
    assert session.project.training["momentum"] == 0.9
