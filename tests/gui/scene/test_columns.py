"""Columns of nodes: what comes into one gets room, what becomes a block leaves no gap."""

from __future__ import annotations

from itertools import combinations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from graph.layers.activation.piecewise import ReLU
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input, Output
from graph.layers.normalisation import BatchNorm2d
from gui.canvas.view import CanvasView
from gui.face.outline import size_when_placed
from gui.palette.block_shelf import BlockShelf
from gui.session.session import Session
from gui.verbs.block_verbs import BlockVerbs
from tests.gui.helpers import add, body, drop_layer, mirrored, move, on_screen, press, show_canvas

Key = Qt.Key


@pytest.fixture
def view(qtbot) -> CanvasView:
    session = Session()
    layers = {"input": Input(), "conv": Conv2d(), "norm": BatchNorm2d(), "relu": ReLU()}
    above: list[str] = []
    top = 0.0
    for name, layer in {**layers, "output": Output()}.items():
        above = [add(session, name, layer, 300, top, *above)]
        top += size_when_placed(layer)[1] + 18
    view = show_canvas(qtbot, session)
    session.undo_stack.clear()
    return view


def named(view: CanvasView, name: str) -> str:
    return next(n for n, node in view.session.network.nodes.items() if node.name == name)


def column(view: CanvasView) -> list[str]:
    nodes = view.scene().nodes
    return [nodes[n].face.name for n in sorted(nodes, key=lambda n: nodes[n].rect().top())]


def places(view: CanvasView) -> dict[str, tuple[float, float]]:
    return {n: node.position for n, node in view.session.network.nodes.items()}


def nothing_covered(view: CanvasView) -> bool:
    return not any(a.intersects(b) for a, b in combinations(view.scene().covered(), 2))


def insert(view: CanvasView, way: str) -> None:
    session = view.session
    wire = session.network.inputs(named(view, "norm"))[0].id
    middle = on_screen(view, view.scene().wires[wire].route.middle)
    if way == "drop":
        drop_layer(view, "Dropout", middle)
    elif way == "search":
        session.select([], [wire])
        QTest.keyClick(view, Key.Key_Tab)
        QTest.keyClicks(view.adding.search.field, "dropout")
        QTest.keyClick(view.adding.search.field, Key.Key_Return)
    else:
        loose = add(session, "dropout1", ReLU(), 600, 300)
        session.undo_stack.clear()
        start = body(view, loose)
        press(view.viewport(), start)
        rect = view.scene().nodes[loose].rect()
        goal = start + middle - on_screen(view, rect.center())
        move(view.viewport(), start, goal)
        QTest.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=goal)


@pytest.mark.parametrize("way", ["drop", "search", "drag"])
def test_what_comes_into_a_stack_pushes_the_rest_down_in_one_step(view, way):
    before = places(view)
    insert(view, way)
    assert column(view) == ["input", "conv", "dropout1", "norm", "relu", "output"]
    assert nothing_covered(view)
    assert all(wire.route.seam for wire in view.scene().wires.values())
    assert view.session.undo_stack.count() == 1
    mirrored(view)
    view.session.undo_stack.undo()
    after = places(view)
    assert {node: after[node] for node in before} == before


def test_a_gap_below_takes_up_the_push(view):
    network = view.session.network
    far = add(view.session, "far", Conv2d(), 300, 900)
    insert(view, "drop")
    assert network.nodes[far].position == (300, 900)


def group(view: CanvasView, *names: str) -> str:
    verbs = BlockVerbs(view.session, view, BlockShelf(view.session))
    view.session.select([named(view, name) for name in names])
    verbs.group()
    QTest.keyClick(verbs.field, Key.Key_Return)
    (use,) = view.session.selection
    return use


def test_a_block_stands_where_its_first_node_stood_and_closes_the_gap(view):
    before, conv = places(view), named(view, "conv")
    use = group(view, "conv", "norm", "relu")
    assert view.session.network.nodes[use].position == before[conv]
    assert column(view) == ["input", view.session.network.nodes[use].name, "output"]
    assert all(wire.route.seam for wire in view.scene().wires.values())
    assert view.session.undo_stack.count() == 1
    view.session.undo_stack.undo()
    assert places(view) == before


def test_the_gap_stays_where_something_else_stands_in_it(view):
    network = view.session.network
    x, y = network.nodes[named(view, "norm")].position
    add(view.session, "other", ReLU(), x + 120, y + 30)
    before = network.nodes[named(view, "output")].position
    group(view, "conv", "norm", "relu")
    assert network.nodes[named(view, "output")].position == before
