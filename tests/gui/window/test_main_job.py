"""The main job by mouse and keys alone: draw LeNet-5, train it, watch, save, take it away."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from safetensors.torch import load_file

from backend.model.build import build
from graph.document.project import read_project
from graph.layers.registry import REGISTRY
from graph.planning.planner import make_plan
from graph.templates.registry import find_template
from gui.appearance.dress import apply_theme
from gui.forms.editor import Editor
from gui.palette.palette_tree import TYPE
from gui.session.preferences import Preferences
from gui.window.window import MainWindow
from tests.gui.helpers import body, carry, drag, input_port, output_port

LONG = 90_000

LAYERS: tuple[tuple[str, dict[str, str]], ...] = (
    ("Input", {"shape": "1 32 32"}),
    ("Conv2d", {"out_channels": "6", "kernel_size": "5"}),
    ("Tanh", {}),
    ("AvgPool2d", {}),
    ("Conv2d", {"out_channels": "16", "kernel_size": "5"}),
    ("Tanh", {}),
    ("AvgPool2d", {}),
    ("Conv2d", {"out_channels": "120", "kernel_size": "5"}),
    ("Tanh", {}),
    ("Flatten", {}),
    ("Linear", {"out_features": "84"}),
    ("Tanh", {}),
    ("Linear", {"out_features": "10"}),
    ("Output", {}),
)

ALONE = """
import importlib.util, json, sys
import torch
from safetensors.torch import load_file

spec = importlib.util.spec_from_file_location("taken", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
network = getattr(module, sys.argv[3])()
network.load_state_dict(load_file(sys.argv[2]))
network.eval()
torch.manual_seed(0)
with torch.no_grad():
    print(json.dumps(network(torch.randn(8, 1, 32, 32)).view(torch.int32).tolist()))
"""


class Person:
    """Somebody at the window with a mouse and a keyboard."""

    def __init__(self, bot: QtBot, window: MainWindow) -> None:
        self.bot = bot
        self.window = window

    def click(self, widget: QWidget, point: QPoint | None = None) -> None:
        assert widget.isVisible(), widget
        assert widget.isEnabled(), widget
        self.bot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=point or widget.rect().center())

    def wait(self, condition: Callable[[], object]) -> None:
        self.bot.waitUntil(lambda: bool(condition()), timeout=LONG)

    def type_over(self, line: QWidget, text: str) -> None:
        """Put the cursor into a field, replace what stands there."""
        self.click(line)
        self.bot.keyClick(line, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        self.bot.keyClicks(line, text)

    def drag_layer(self, type_name: str, point: QPoint) -> str:
        """Drag a layer from the palette and drop it on the canvas; return the new node."""
        before = set(self.window.session.network.nodes)
        tree = self.window.folding.whole.tree
        for row in range(tree.topLevelItemCount()):
            parent = tree.topLevelItem(row)
            for place in range(parent.childCount()):
                if parent.child(place).data(0, TYPE) == type_name:
                    item = parent.child(place)
        tree.scrollToItem(item)
        start = tree.visualItemRect(item).center()
        drag(tree.viewport(), start, start + QPoint(30, 3))
        # The offscreen platform carries nothing, so the drop arrives by hand, with the tree's data.
        carry(self.window.canvas.viewport(), tree.mimeData([item]), point)
        (new,) = set(self.window.session.network.nodes) - before
        return new

    def connect(self, source: str, target: str) -> None:
        """Drag a wire from an output to an input."""
        canvas = self.window.canvas
        drag(canvas.viewport(), output_port(canvas, source), input_port(canvas, target))

    def set_field(self, node: str, field: str, text: str) -> None:
        """Choose a node and type a setting in the inspector."""
        self.click(self.window.canvas.viewport(), body(self.window.canvas, node))
        self.wait(lambda: self.editor(field).isVisible())
        lines = [w for w in self.editor(field).inputs() if isinstance(w, QLineEdit)]
        for line, part in zip(lines, text.split(), strict=False):
            self.type_over(line, part)

    def editor(self, field: str) -> Editor:
        form = self.window.inspector.node_page.form
        assert form is not None
        return form.editor(field)

    def answer_file(self, path: Path) -> None:
        """Type a path into the file dialog that is about to open."""

        def answer() -> None:
            dialog = QApplication.activeModalWidget()
            if not isinstance(dialog, QFileDialog):
                QTimer.singleShot(20, answer)
                return
            line = dialog.findChild(QLineEdit, "fileNameEdit")
            # Not typed: the completer's pop-up would take the Return.
            line.setText(str(path))
            self.bot.keyClick(line, Qt.Key.Key_Return)

        QTimer.singleShot(0, answer)

    def press(self, keys: str) -> None:
        """Press a shortcut of the window."""
        self.window.activateWindow()
        self.wait(self.window.isActiveWindow)
        QTest.keySequence(self.window, keys)


@pytest.fixture
def person(qtbot: QtBot, qapp: QApplication) -> Person:
    apply_theme(qapp, "dark")
    window = MainWindow(Preferences())
    qtbot.addWidget(window, before_close_func=lambda _: window.session.new())
    window.resize(1920, 1080)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    return Person(qtbot, window)


def test_draw_train_watch_save_and_take_away(person: Person, tmp_path: Path) -> None:
    window, canvas, session = person.window, person.window.canvas, person.window.session

    # An empty canvas.
    person.click(window.centre.start.side.new_button)
    person.wait(lambda: canvas.isVisible())
    assert not session.network.nodes
    canvas.scene().set_reduce_motion(True)
    window.training.controls.settings.setChecked(True)

    # Layers from the palette in two columns, wires from port to port, settings by keyboard.
    canvas.camera.set_zoom(0.8)
    nodes = []
    for number, (kind, _) in enumerate(LAYERS):
        column, row = divmod(number, 7)
        point = canvas.viewport().rect().topLeft() + QPoint(80 + 300 * column, 40 + 75 * row)
        nodes.append(person.drag_layer(kind, point))
    assert [session.network.nodes[n].layer.type_name() for n in nodes] == [k for k, _ in LAYERS]
    for source, target in pairwise(nodes):
        person.connect(source, target)
    assert len(session.network.wires) == len(LAYERS) - 1
    for node, (_, settings) in zip(nodes, LAYERS, strict=True):
        for field, text in settings.items():
            person.set_field(node, field, text)
    wanted = find_template("lenet5").build().network
    assert [session.network.nodes[n].layer for n in nodes] == [
        wanted.nodes[n].layer for n in wanted.order()
    ]
    assert session.analysis.totals().parameters == 61706
    assert session.analysis.faults() == []

    # Train on the images that come with the program, and watch.
    person.press("Ctrl+2")
    panel, live, run = window.training, window.live, window.run
    person.wait(lambda: not run.choice.busy)
    assert run.choice.spec == "fashion-sample"
    person.click(canvas.viewport(), body(canvas, nodes[1]))
    person.wait(lambda: live.isVisible() and live.filters.image is not None)
    assert [live.filters.describe(n) for n in range(6)]
    untrained = live.filters.image.copy()
    person.click(panel.controls.train)
    loss = panel.charts.loss.line("train").raw
    person.wait(lambda: run.state == "running" and len(loss) > 40)
    person.wait(lambda: live.filters.image not in (None, untrained))
    person.wait(lambda: live.maps.image is not None)
    assert np.isfinite(loss.y).all()
    assert np.mean(loss.y[-10:]) < np.mean(loss.y[:10])
    person.wait(lambda: len(panel.charts.accuracy.line("validation").raw) >= 1)

    # Pause: nothing moves; resume: it goes on.
    paused: list[int] = []
    run.controller.paused_at.connect(paused.append)
    person.click(panel.controls.train)
    person.wait(lambda: paused)
    steps = len(loss)
    for _ in range(20):
        QApplication.processEvents()
    assert len(loss) == steps
    person.click(panel.controls.train)
    person.wait(lambda: len(loss) > steps)
    person.click(panel.controls.stop)
    person.wait(lambda: run.state == "idle")
    weights = run.weights_path
    assert weights is not None
    assert weights.is_file()

    # Save, go away, come back.
    project = tmp_path / "drawn.cloom"
    person.answer_file(project)
    person.press("Ctrl+S")
    assert project.is_file()
    assert not session.modified
    saved = project.read_bytes()
    person.press("Ctrl+N")
    assert not session.network.nodes
    person.answer_file(project)
    person.press("Ctrl+O")
    assert session.path == project
    assert len(session.network.nodes) == len(LAYERS)
    assert session.analysis.totals().parameters == 61706

    # Take it away as Python: a fresh interpreter gives the same bits.
    source = tmp_path / "drawn.py"
    person.answer_file(source)
    person.press("Ctrl+E")
    person.wait(source.is_file)
    reopened = read_project(project)
    plan = make_plan(reopened.network, session.analysis, reopened.name)
    module = build(plan, initialise=False)
    module.load_state_dict(load_file(weights))
    module.eval()
    torch.manual_seed(0)
    with torch.no_grad():
        expected = module(torch.randn(8, 1, 32, 32)).view(torch.int32).tolist()
    child = subprocess.run(
        [sys.executable, "-I", "-c", ALONE, str(source), str(weights), plan.class_name],
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
    )
    assert json.loads(child.stdout) == expected
    assert project.read_bytes() == saved
    assert set(REGISTRY) >= {kind for kind, _ in LAYERS}
