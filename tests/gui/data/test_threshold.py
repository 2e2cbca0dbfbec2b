"""Masks in shades of grey: their greys are named, and a threshold is offered and kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input, Output
from graph.network.network import Network
from tests.backend.data.made import put
from tests.generators import chain
from tests.gui.training_window import Room, open_room


def pixel_network() -> Network:
    """Two classes for every pixel of 12×16."""
    last = Conv2d(out_channels=2, kernel_size=(1, 1))
    return chain(Input(shape=(1, 12, 16)), last, Output(target="mask"))[0]


@pytest.fixture
def room(qtbot: QtBot) -> Room:
    return open_room(qtbot, pixel_network(), batch_size=4)


@pytest.fixture
def grey(tmp_path: Path) -> Path:
    """Masks of 0 and 128."""
    mask = np.zeros((12, 16), np.uint8)
    mask[:, 8:] = 128
    for number in range(8):
        put(tmp_path / "grey" / "images" / f"{number}.png", Image.fromarray(mask))
        put(tmp_path / "grey" / "masks" / f"{number}.png", Image.fromarray(mask))
    return tmp_path / "grey"


def choose(room: Room, folder: Path) -> None:
    chooser = room.panel.settings.chooser
    chooser.open_folder()
    dialog = chooser.findChild(QFileDialog)
    dialog.fileSelected.emit(str(folder))
    dialog.close()
    room.wait(lambda: room.session.project.data.get("source") == str(folder))
    room.wait(lambda: not room.run.choice.busy)


def test_a_threshold_is_offered_taken_and_trained_with(room: Room, grey: Path) -> None:
    notes = room.panel.settings.notes
    assert notes.threshold.isHidden()
    choose(room, grey)
    assert "the greys 0, 128" in " ".join(notes.texts())
    assert not room.run.choice.usable
    assert notes.threshold.isVisible()
    assert notes.threshold.grey.value() == 64
    room.click(notes.threshold.take)
    room.wait(lambda: room.run.choice.look is not None)
    assert room.session.project.data == {"source": str(grey), "threshold": 64}
    assert "grey from 64 on is taken as object" in " ".join(notes.texts())
    assert notes.threshold.isVisible(), "it can be changed"
    room.click(room.panel.controls.train)
    room.wait(lambda: room.run.state == "idle")
    assert room.losses() > 0


def test_other_data_forgets_the_threshold(room: Room, grey: Path) -> None:
    choose(room, grey)
    room.click(room.panel.settings.notes.threshold.take)
    room.wait(lambda: room.run.choice.threshold == 64)
    room.run.choice.choose("silhouettes")
    room.wait(lambda: room.session.project.data == {"source": "silhouettes"})
    assert room.panel.settings.notes.threshold.isHidden()


@pytest.mark.parametrize("value", [0, 256, "64", 3.5, True, None])
def test_a_threshold_in_a_file_that_is_none_counts_for_nothing(room: Room, value: object) -> None:
    room.session.set_data({"source": "silhouettes", "threshold": value})
    assert room.run.choice.threshold is None
