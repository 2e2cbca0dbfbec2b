"""The inspector: editing the chosen layer, and figures of whatever is chosen."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget

from graph.blocks.block_use import use_of
from graph.blocks.sketch import Sketch
from graph.layers.convolution.plain import Conv2d
from graph.layers.normalisation import GroupNorm
from graph.layers.pooling.adaptive import AdaptiveAvgPool2d
from graph.network.edits import AddNode, Batch, Connect, SetLayer
from graph.network.network import Node, Wire
from graph.templates.registry import find_template
from gui.inspector.figures import Formula
from gui.inspector.inspector import Inspector
from gui.language.text import full
from gui.session.session import Session
from tests.gui.nested import nested_project


@pytest.fixture
def session(qapp: Any) -> Session:
    session = Session()
    template = find_template("resnet-small") or find_template("lenet5")
    assert template is not None
    session.new(template.build())
    return session


@pytest.fixture
def inspector(qtbot: Any, session: Session) -> Inspector:
    inspector = Inspector(session)
    qtbot.addWidget(inspector)
    qtbot.addWidget(inspector.head)
    inspector.resize(308, 900)
    inspector.show()
    inspector.head.show()
    return inspector


def first(session: Session, kind: str) -> str:
    return next(n for n, node in session.network.nodes.items() if node.layer.type_name() == kind)


def retype(qtbot: Any, inspector: Inspector, field: str, text: str) -> None:
    form = inspector.node_page.form
    assert form is not None
    widget = form.editor(field).inputs()[0]
    widget.setFocus()
    widget.selectAll()
    qtbot.keyClicks(widget, text)


def test_typing_changes_the_network_and_is_one_undo_step(qtbot, session, inspector):
    conv = first(session, "Conv2d")
    before = session.network.nodes[conv].layer.out_channels
    session.select([conv])
    retype(qtbot, inspector, "out_channels", "123")
    assert session.network.nodes[conv].layer.out_channels == 123
    assert session.undo_stack.count() == 1
    assert session.analysis.facts(conv).output[0] == 123
    session.undo_stack.undo()
    assert session.network.nodes[conv].layer.out_channels == before
    widget = inspector.node_page.form.editor("out_channels").inputs()[0]
    assert widget.text() == str(before)


def test_visiting_a_field_again_is_another_step(qtbot, session, inspector):
    conv = first(session, "Conv2d")
    session.select([conv])
    retype(qtbot, inspector, "out_channels", "12")
    session.select([])
    session.select([conv])
    retype(qtbot, inspector, "out_channels", "14")
    assert session.undo_stack.count() == 2


def test_an_illegal_value_leaves_the_network_alone(qtbot, session, inspector):
    conv = first(session, "Conv2d")
    session.select([conv])
    old = session.network.nodes[conv].layer
    retype(qtbot, inspector, "kernel_size", "x")
    assert session.network.nodes[conv].layer == old
    assert inspector.node_page.form.complaint("kernel_size")
    session.select([])
    session.select([conv])
    assert inspector.node_page.form.complaint("kernel_size") == ""


def test_a_fault_shows_at_its_field_and_goes(qtbot, session, inspector):
    conv = first(session, "Conv2d")
    session.select([conv])
    session.do(SetLayer(conv, session.network.nodes[conv].layer.changed(groups=7)))
    assert "divisible" in inspector.node_page.form.complaint("groups")
    session.undo_stack.undo()
    assert inspector.node_page.form.complaint("groups") == ""


def test_what_it_computes_has_the_numbers_of_this_node(session, inspector):
    conv = first(session, "Conv2d")
    session.select([conv])
    facts = session.analysis.facts(conv)
    formulas = inspector.node_page.formulas()
    plain = [text.replace("\u202f", "\u2009") for text in formulas]
    assert any(text.endswith(f"= {full(facts.parameters)}") for text in plain)
    assert any(text.endswith(f"= {full(facts.macs)}") for text in plain)
    assert inspector.node_page.figures.texts()["Parameters"] == full(facts.parameters)


@pytest.mark.parametrize(
    ("numbers", "joint"),
    [
        ("⌊(16 + 2·0 − 1·2 − 1) / 1⌋ + 1", "="),
        ("8 · 64 · 1² + 2 · 64", "="),
        ("8×16×16 + 8×16×16", "="),
        ("(8×16 · 8×16ᵀ) · 8×16", "="),
        ("8×16×16", "→"),
        ("ε = 1e-05", "→"),
        ("8×16×16, r = 2", "→"),
        ("7×7 over 2×16×16", "→"),
    ],
)
def test_only_a_sum_equals_its_result(qtbot, numbers, joint):
    formula = Formula()
    qtbot.addWidget(formula)
    formula.show_formula("rule", numbers, "y")
    assert formula.text() == f"rule\n{numbers} {joint} y"


def test_the_path_of_the_receptive_field_ends_at_the_node(session, inspector):
    conv = [n for n, node in session.network.nodes.items() if isinstance(node.layer, Conv2d)][1]
    session.select([conv])
    rows = inspector.node_page.path.texts()
    name = session.network.nodes[conv].name
    size = session.analysis.facts(conv).receptive_field()[0].size
    assert list(rows)[-1] == name
    assert rows[name] == str(size)


def test_the_name_is_edited_in_place(qtbot, session, inspector):
    conv = first(session, "Conv2d")
    session.select([conv])
    name = inspector.head.name
    name.setFocus()
    name.selectAll()
    qtbot.keyClicks(name, "stem")
    qtbot.keyClick(name, Qt.Key.Key_Return)
    assert session.network.nodes[conv].name == "stem"
    session.undo_stack.undo()
    assert name.text() == session.network.nodes[conv].name != "stem"


def test_an_empty_name_is_refused_and_the_old_one_returns(qtbot, session, inspector):
    conv = first(session, "Conv2d")
    session.select([conv])
    old = session.network.nodes[conv].name
    refused = []
    session.refused.connect(refused.append)
    inspector.head.name.setFocus()
    inspector.head.name.selectAll()
    qtbot.keyClick(inspector.head.name, Qt.Key.Key_Delete)
    qtbot.keyClick(inspector.head.name, Qt.Key.Key_Return)
    assert inspector.head.name.text() == old
    assert len(refused) == 1


def test_the_order_of_inputs_changes_by_alt_down(qtbot, session, inspector):
    merge = next(n for n, x in session.network.nodes.items() if len(session.network.inputs(n)) > 1)
    session.select([merge])
    before = [wire.source for wire in session.network.inputs(merge)]
    rows = inspector.node_page.order.findChild(QListWidget)
    rows.setFocus()
    qtbot.keyClick(rows, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert [wire.source for wire in session.network.inputs(merge)] == before[::-1]
    assert rows.currentRow() == 1
    session.undo_stack.undo()
    assert [wire.source for wire in session.network.inputs(merge)] == before


def test_nothing_chosen_shows_the_network(session, inspector):
    totals = session.analysis.totals()
    rows = inspector.sums.figures.texts()
    assert rows["Parameters"] == full(totals.parameters)
    assert rows["Layers"] == full(totals.layers)
    assert any(row.startswith("Widest: ") for row in inspector.sums.more.texts())


def test_several_chosen_show_their_sums(session, inspector):
    nodes = list(session.network.nodes)[:4]
    session.select(nodes)
    total = sum(session.analysis.facts(n).parameters for n in nodes)
    assert inspector.sums.figures.texts()["Parameters"] == full(total)
    assert inspector.head.title.text() == "4 layers chosen"


def test_a_wire_shows_its_shape_and_ends(session, inspector):
    wire = next(iter(session.network.wires.values()))
    session.select([], [wire.id])
    rows = inspector.sums.figures.texts()
    shape, _ = session.analysis.wire_shape(wire.id)
    assert rows["Shape"] == "×".join(map(str, shape))
    assert session.network.nodes[wire.source].name in rows["From"]


def test_hostile_names_are_shown_as_they_are(session, inspector):
    name = "<b>x</b>\u202e&amp;"
    session.do(AddNode(Node("odd", name, Conv2d())))
    session.select(["odd"])
    assert inspector.head.name.text() == name
    session.select(["odd", first(session, "Conv2d")])
    assert inspector.sums.figures.texts()


def test_the_value_of_constant_weights_is_dimmed_for_others(session, inspector):
    conv = first(session, "Conv2d")
    layer = session.network.nodes[conv].layer
    session.select([conv])
    value = inspector.node_page.form.editor("init_value")
    assert not value.isEnabled()
    session.do(SetLayer(conv, layer.changed(init="constant")))
    assert value.isEnabled()
    session.do(SetLayer(conv, layer.changed(init="classic")))
    assert not value.isEnabled()


def test_ports_of_a_block_say_that_they_are_ports_and_have_no_settings_of_the_loss(qtbot):
    project = nested_project()
    session = Session()
    session.new(project)
    page = Inspector(session)
    qtbot.addWidget(page)
    qtbot.addWidget(page.head)
    page.show()
    page.head.show()
    end = first(session, "Output")
    session.select([end])
    assert page.node_page.form.isVisible()
    session.enter(next(n for n, x in session.network.nodes.items() if x.name == "stage1"))
    ways = {kind: first(session, kind) for kind in ("Output", "Input")}
    session.select([ways["Output"]])
    assert page.node_page.form.isHidden()
    assert "port of the block" in page.node_page.summary.text()
    assert "loss" not in page.node_page.summary.text()
    page.edit_first_field()
    assert page.head.focusWidget() is page.head.name
    session.select([ways["Input"]])
    assert page.node_page.form.isVisible()
    assert "only the sample used when no use is open" in page.node_page.summary.text()
    session.go_to(0)
    session.select([end])
    assert page.node_page.form.isVisible()
    assert "loss compares" in page.node_page.summary.text()


def test_behind_a_global_pooling_no_step_is_told(session, inspector):
    pooling = first(session, "GlobalAvgPool2d")
    session.select([pooling])
    assert "step" not in inspector.node_page.reach.figure.text()
    whole = Node("n900", "whole", AdaptiveAvgPool2d(output_size=(1, 1)))
    norm = Node("n901", "norm", GroupNorm(num_groups=1))
    conv = first(session, "Conv2d")
    wires = [Wire(f"w{n.id}", conv, "output", n.id, "input") for n in (whole, norm)]
    session.do(Batch((AddNode(whole), AddNode(norm), *map(Connect, wires))))
    session.select([whole.id])
    assert inspector.node_page.reach.figure.text() == "whole image (34×34 px)"
    session.select([norm.id])
    assert "all positions see the same" in inspector.node_page.reach.figure.text()
    session.select([first(session, "Conv2d")])
    assert inspector.node_page.reach.figure.text().endswith("px, step 1")


def test_sizes_in_the_summary_of_a_block_have_a_proper_sign(session, inspector):
    draw = Sketch.of_block(session.project.library, "Pair", "Two 3x3 convolutions, not mix2xy.")
    draw.input("x", (3, 8, 8))
    draw.output()
    block = draw.define()
    node = Node("n901", "pair", use_of(block))
    session.do(AddNode(node))
    session.select([node.id])
    assert inspector.node_page.summary.text() == "Two 3×3 convolutions, not mix2xy."
