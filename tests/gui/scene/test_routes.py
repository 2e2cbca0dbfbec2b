"""Ways of wires: those that an edit does not touch stay, and all are as if drawn anew."""

from __future__ import annotations

import random

import pytest

from graph.layers.convolution.plain import Conv2d
from graph.layers.merge import Add, Concat
from graph.network.edits import Batch, Disconnect, Move, RemoveNode
from graph.templates.registry import find_template
from gui.face.outline import size_when_placed
from gui.scene.laying_out import lay_out_project
from gui.scene.scene import CanvasScene
from gui.session.session import Session
from tests.gui.helpers import add, show_canvas


@pytest.fixture(params=["unet", "densenet121", "googlenet"])
def view(qtbot, request):
    project = find_template(request.param).build()
    lay_out_project(project, (1400.0, 800.0))
    session = Session()
    view = show_canvas(qtbot, session)
    session.new(project)
    return view


def test_a_shortcut_down_a_stack_runs_around_the_nodes_between(qtbot):
    session = Session()
    above, top, stack = [], 0.0, []
    for name in ("first", "second", "third", "fourth"):
        above = [add(session, name, Conv2d(), 0, top, *above)]
        stack += above
        top += size_when_placed(Conv2d())[1] + 18
    end = add(session, "sum", Add(), 0, top, stack[-1], stack[0])
    view = show_canvas(qtbot, session)
    shortcut = view.scene().wires[session.network.inputs(end)[1].id].route.path
    points = [shortcut.pointAtPercent(step / 400) for step in range(3, 398)]
    bodies = view.scene().covered()
    assert not [point for point in points if any(body.contains(point) for body in bodies)]
    assert view.scene().wires[session.network.inputs(end)[0].id].route.seam


def ways(scene: CanvasScene) -> dict[str, object]:
    return {name: wire.route.path for name, wire in scene.wires.items()}


def change(session: Session, draw: random.Random) -> None:
    network = session.network
    node = draw.choice(sorted(network.nodes))
    x, y = network.nodes[node].position
    what = draw.choice(["move", "remove", "add", "cut", "undo", "merge"])
    if what == "move":
        session.do(Move({node: (x + draw.randrange(-400, 400), y + draw.randrange(-300, 300))}))
    elif what == "remove":
        session.do(RemoveNode(node))
    elif what == "add":
        add(session, network.free_name("new"), Conv2d(), x + draw.randrange(-300, 300), y + 40)
    elif what == "cut" and network.wires:
        wire = draw.choice(sorted(network.wires))
        session.do(Batch((Disconnect(wire),)))
    elif what == "merge" and "output" in {p.name for p in network.nodes[node].layer.output_ports()}:
        add(session, network.free_name("cat"), Concat(), x + 700, y, node)
    else:
        session.undo_stack.undo()


def test_after_any_edit_all_wires_run_as_if_drawn_anew(view):
    session, draw = view.session, random.Random(7)
    for _ in range(25):
        change(session, draw)
        fresh = CanvasScene(session)
        expected = ways(fresh)
        fresh.deleteLater()
        assert ways(view.scene()) == expected


def test_wires_that_an_edit_does_not_touch_are_left_alone(view):
    routes = {name: wire.route for name, wire in view.scene().wires.items()}
    far = view.scene().content().bottomRight()
    add(view.session, "far", Conv2d(), far.x() + 500, far.y() + 500)
    assert all(wire.route is routes[name] for name, wire in view.scene().wires.items())
