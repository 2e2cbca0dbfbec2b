"""Choosing what a run starts from, in the window."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFileDialog
from pytestqt.qtbot import QtBot
from safetensors.torch import load_file, save_file

from graph.document.project import Project
from graph.layers.linear import Linear
from graph.network.edits import SetLayer
from tests.gui.training_window import LINEAR, Room, open_room, tiny_network


@pytest.fixture
def room(qtbot: QtBot) -> Room:
    return open_room(qtbot)


def choose(room: Room, box: QComboBox, text: str) -> None:
    """Choose an item with the keyboard, as a person does."""
    box.setFocus()
    index = next(i for i in range(box.count()) if box.itemText(i) == text)
    key = Qt.Key.Key_Down if index > box.currentIndex() else Qt.Key.Key_Up
    for _ in range(abs(index - box.currentIndex())):
        room.bot.keyClick(box, key)


def test_the_next_run_goes_on_from_the_last(room: Room) -> None:
    row = room.panel.settings.start_from
    assert row.start is None
    assert not row.fit_box.isVisible()
    room.click(room.panel.controls.train)
    room.wait(lambda: room.run.state == "idle")
    first = load_file(str(room.run.weights_path))

    choose(room, row.source_box, "the run just trained")
    assert row.start is not None
    assert row.start.strict
    room.wait(lambda: "fit" in row.sentence.text())
    assert row.sentence.text() == "All 4 tensors of best.safetensors fit."
    room.session.set_training({**room.session.project.training, "learning_rate": 1e-9})
    room.click(room.panel.controls.train)
    room.wait(lambda: room.run.state == "idle")
    second = load_file(str(room.run.weights_path))
    assert all(torch.allclose(first[name], second[name], atol=1e-4) for name in first)
    assert row.start.path == room.run.weights_path


def test_a_file_with_the_way_to_match(room: Room, tmp_path: Path) -> None:
    row = room.panel.settings.start_from
    path = tmp_path / "other.safetensors"
    save_file({"conv1.weight": torch.zeros(4, 1, 3, 3), "head.bias": torch.zeros(3)}, path)
    choose(room, row.source_box, "weights file…")
    dialog = row.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(path))
    dialog.close()
    assert row.source_box.currentText() == "other"
    room.wait(lambda: "missing" in row.sentence.text())
    assert row.sentence.property("role") == "error"

    choose(room, row.fit_box, "what fits, by name")
    room.wait(lambda: "taken" in row.sentence.text())
    assert row.sentence.text().startswith("1 of 4 tensors are taken from other.safetensors")
    assert row.sentence.property("role") == "hint"


def test_an_edit_is_followed_and_another_project_forgets(room: Room, tmp_path: Path) -> None:
    row = room.panel.settings.start_from
    path = tmp_path / "some.safetensors"
    save_file({"fc1.bias": torch.zeros(7)}, path)
    row.use_file(path)
    choose(room, row.fit_box, "what fits, by name")
    room.wait(lambda: "The 1 tensor in" in row.sentence.text())
    room.session.do(SetLayer(LINEAR, Linear(out_features=7)))
    room.wait(lambda: row.sentence.text().startswith("1 of 4"))
    room.session.new(Project("new", tiny_network()))
    assert row.start is None
    assert not row.sentence.isVisible()
    assert row.source_box.currentText() == "random weights"


def test_a_table_of_names(room: Room, tmp_path: Path) -> None:
    row = room.panel.settings.start_from
    path, table = tmp_path / "some.safetensors", tmp_path / "names.json"
    save_file({"head.bias": torch.zeros(10)}, path)
    table.write_text('{"fc1": "head"}')
    row.use_file(path)
    row.use_table(table)
    room.wait(lambda: row.sentence.text().startswith("1 of 4"))
    assert row.fit_box.currentText() == "names.json"
