"""The code panel: live source, its link to the canvas, and what it says when there is none."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication

from graph.document.strict_json import ProjectError
from graph.layers.activation.piecewise import ReLU
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input, Output
from graph.layers.linear import Linear
from graph.layers.reshaping.flatten import Flatten
from graph.network.edits import AddNode, Batch, Connect, Rename, SetLayer
from graph.network.network import Node, Wire
from graph.templates.registry import find_template
from gui.appearance.theme import current
from gui.code.code import LARGE, CodePanel
from gui.session.session import Session


@pytest.fixture
def session(qapp: Any) -> Session:
    session = Session()
    session.new(find_template("lenet5").build())
    return session


@pytest.fixture
def panel(qtbot: Any, session: Session) -> CodePanel:
    panel = CodePanel(session)
    qtbot.addWidget(panel)
    qtbot.addWidget(panel.head)
    panel.resize(600, 500)
    panel.show()
    panel.head.show()
    yield panel
    session.closing.emit()


def conv_of(session: Session) -> str:
    return next(n for n, x in session.network.nodes.items() if isinstance(x.layer, Conv2d))


def test_the_source_follows_an_edit(qtbot, session, panel):
    ast.parse(panel.text)
    conv = conv_of(session)
    session.do(SetLayer(conv, session.network.nodes[conv].layer.changed(out_channels=77)))
    qtbot.waitUntil(lambda: "77" in panel.text)
    assert panel.view.toPlainText() == panel.text.rstrip("\n")


def test_the_source_starts_as_the_training_does(qtbot, session, panel):
    assert "nn.init" not in panel.text
    session.set_training({"initialisation": "kaiming_normal"})
    qtbot.waitUntil(lambda: "nn.init.kaiming_normal_(self." in panel.text)
    session.set_training({"initialisation": "constant", "initial_value": 0.5})
    qtbot.waitUntil(lambda: "val=0.5" in panel.text)
    session.set_training({"initialisation": "of another version"})
    qtbot.waitUntil(lambda: "nn.init" not in panel.text)


def test_a_chosen_node_lights_its_lines(session, panel):
    conv = conv_of(session)
    name = session.network.nodes[conv].name
    session.select([conv])
    lines = panel.text.splitlines()
    lit = [lines[number - 1] for number in panel.view.lit()]
    assert lit
    assert all(f"self.{name}" in text for text in lit)
    session.select([])
    assert panel.view.lit() == []


def test_a_click_on_a_line_chooses_its_node(qtbot, session, panel):
    conv = conv_of(session)
    name = session.network.nodes[conv].name
    revealed = []
    session.reveal_requested.connect(lambda node, _wire: revealed.append(node))
    number = next(i for i, text in enumerate(panel.text.splitlines()) if f"self.{name} = " in text)
    block = panel.view.document().findBlockByNumber(number)
    panel.view.setTextCursor(QTextCursor(block))
    place = panel.view.cursorRect(QTextCursor(block)).center()
    qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert session.selection == [conv]
    assert revealed == [conv]


def test_a_fault_keeps_the_last_source_and_leads_to_the_problem(qtbot, session, panel):
    conv = conv_of(session)
    before = panel.text
    session.do(SetLayer(conv, session.network.nodes[conv].layer.changed(kernel_size=(900, 900))))
    qtbot.waitUntil(lambda: panel.badge().startswith("Code as of the last valid state"))
    assert panel.text == before
    assert panel.problem_button.isVisible()
    with qtbot.waitSignal(panel.problem_wanted):
        qtbot.mouseClick(panel.problem_button, Qt.MouseButton.LeftButton)
    session.undo_stack.undo()
    qtbot.waitUntil(lambda: panel.badge() == "")
    assert not panel.problem_button.isVisible()


def test_another_document_forgets_the_old_source(session, panel):
    session.new()
    assert panel.text == ""
    assert panel.view.toPlainText() == ""
    assert not panel.copy_button.isEnabled()


def test_copy_takes_the_whole_file(panel):
    panel.copy()
    assert QApplication.clipboard().text() == panel.text


def test_save_writes_the_file_or_says_why_not(tmp_path, panel):
    target = tmp_path / "net.py"
    panel.save(target)
    assert target.read_text(encoding="utf-8") == panel.text
    with pytest.raises(ProjectError, match="could not be saved"):
        panel.save(tmp_path / "nowhere" / "net.py")


def test_a_large_network_is_written_in_the_background(qtbot, session, panel):
    edits: list[Any] = [AddNode(Node("a", "input1", Input()))]
    last = "a"
    for index in range(LARGE + 5):
        node = f"r{index}"
        edits.append(AddNode(Node(node, f"relu{index}", ReLU())))
        edits.append(Connect(Wire(f"x{index}", last, "output", node, "input")))
        last = node
    for node, layer in (("f", Flatten()), ("l", Linear()), ("o", Output())):
        edits.append(AddNode(Node(node, f"{node}1", layer)))
        edits.append(Connect(Wire(f"x{node}", last, "output", node, "input")))
        last = node
    session.new()
    session.do(Batch(tuple(edits)))
    qtbot.waitUntil(lambda: f"relu{LARGE}" in panel.text)
    session.do(Rename("l", "head"))
    qtbot.waitUntil(lambda: "self.head" in panel.text)


def test_words_have_the_colours_of_the_theme(panel):
    theme = current()
    number = next(i for i, t in enumerate(panel.text.splitlines()) if t.startswith("class "))
    block = panel.view.document().findBlockByNumber(number)
    colours = {
        block.text()[f.start : f.start + f.length]: f.format.foreground().color().name()
        for f in block.layout().formats()
    }
    assert colours["class"] == theme.syntax["keyword"].name()
    assert theme.syntax["type"].name() in colours.values()
