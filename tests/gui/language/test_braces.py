"""Braces that a person types, or that stand in an error, are shown as they are, wherever it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication

from graph.blocks.library_edits import RenameBlock
from graph.document.project import write_project
from graph.layers.convolution.plain import Conv2d
from graph.network.edits import Rename, SetLayer
from graph.network.network import Network
from graph.templates.registry import find_template
from graph.templates.template import Template, TemplateSize
from graph.values.message import Message, say
from gui.appearance.dress import apply_theme
from gui.session.preferences import Preferences
from gui.templates.fit import FitDialog
from gui.window.window import MainWindow
from tests.gui.nested import nested_project
from tests.gui.seen import texts_in
from tests.gui.training_window import open_room, tiny_network

NAMES = ("{x}", "a}b{", "{0!r:>{9}}", "100 % {} %s")

named = pytest.mark.parametrize("name", NAMES)


@pytest.fixture
def window(qtbot: Any) -> MainWindow:
    apply_theme(QApplication.instance(), "dark")
    window = MainWindow(Preferences())
    qtbot.addWidget(window, before_close_func=lambda w: w.session.new())
    window.resize(1440, 900)
    window.show()
    qtbot.waitExposed(window)
    return window


def shows(widget: Any, *parts: str) -> bool:
    """Whether one text of the widget has all the parts."""
    return any(all(part in text for part in parts) for _, text in texts_in(widget))


@named
def test_of_a_node(window: MainWindow, name: str) -> None:
    session = window.session
    template = find_template("lenet5")
    assert template is not None
    session.new(template.build())
    window.front.show_editor()
    nodes = session.network.nodes
    conv = next(node for node in nodes if isinstance(nodes[node].layer, Conv2d))
    assert session.do(Rename(conv, name)) is None
    assert name in session.undo_stack.undoText()
    assert session.do(SetLayer(conv, Conv2d(kernel_size=(90, 90)))) is None
    session.select([conv])
    window.problems.refresh()
    QApplication.processEvents()
    assert shows(window.problems, name, "kernel_size 90×90")
    session.refuse(say("{node} has no input", node=name))
    assert shows(window, f"{name} has no input")


@named
def test_of_a_block(window: MainWindow, name: str) -> None:
    session = window.session
    session.new(nested_project())
    window.front.show_editor()
    block = session.project.library.blocks["Residual"]
    assert session.do(RenameBlock("Residual", name)) is None
    window.shelf.remove_block(block)
    assert shows(window, f"The block {name} is used by stage1")
    window.shelf.duplicate(block)
    assert shows(window, f"{name} 2 is a copy of {name}")


@named
def test_of_a_file(qtbot: Any, window: MainWindow, tmp_path: Path, name: str) -> None:
    path = tmp_path / f"{name}.cloom"
    path.write_text("{broken}")
    assert not window.documents.open(path)
    assert shows(window, path.name, "it is not JSON")
    template = find_template("lenet5")
    assert template is not None
    write_project(path, template.build())
    assert window.documents.open(path)
    assert shows(window, f"{path.name} is open")
    window.shelf.look_into(path)
    qtbot.waitUntil(lambda: shows(window, f"{path.name} has no blocks"))


@named
def test_of_an_error_in_a_thread(qtbot: Any, window: MainWindow, tmp_path: Path, name: str) -> None:
    window.shelf.look_into(tmp_path / f"{name}.cloom")
    qtbot.waitUntil(lambda: shows(window, f"{name}.cloom", "could not be opened"))
    window.shelf.look_into(tmp_path / f"\0{name}.cloom")
    qtbot.waitUntil(lambda: shows(window, "null byte"))


@named
def test_of_an_error_in_a_template(qtbot: Any, name: str) -> None:
    def fail(_: TemplateSize) -> Network:
        raise ValueError(name)

    template = Template("made-up", name, 2000, say("For this test"), "classic", fail, (1, 8, 8), 10)
    dialog = FitDialog(template)
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitUntil(lambda: shows(dialog, f"It could not be built: {name}"))
    assert shows(dialog, f"Fit {name}")


@named
def test_of_a_folder_and_its_classes(qtbot: Any, tmp_path: Path, name: str) -> None:
    room = open_room(qtbot, tiny_network(outputs=2))
    folder = tmp_path / f"images {name}"
    for kind in (name, "other"):
        (folder / kind).mkdir(parents=True)
        Image.new("L", (8, 8)).save(folder / kind / "a.png")
    (folder / name / "b.png").write_bytes(b"no picture")
    room.run.choice.choose(str(folder))
    room.wait(lambda: not room.run.choice.busy)
    assert shows(room.panel, f"Images in {folder.name}")
    empty = tmp_path / f"empty {name}"
    empty.mkdir()
    refused: list[Message] = []
    room.session.refused.connect(refused.append)
    room.run.choice.choose(str(empty))
    room.wait(lambda: bool(refused))
    assert f"empty {name} " in refused[0].text()
