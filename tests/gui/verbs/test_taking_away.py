"""The source and the trained weights, taken away together from the window."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot
from safetensors.torch import load_file

from graph.document.project import Project
from graph.network.edits import Rename, SetLayer
from gui.session.preferences import Preferences
from gui.window.window import MainWindow
from tests.gui.training_window import CONV, LONG, tiny_network


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    """A window whose tiny network has been trained for an epoch."""
    window = MainWindow(Preferences())
    qtbot.addWidget(window, before_close_func=lambda w: w.session.new())
    window.resize(1440, 900)
    window.show()
    qtbot.waitExposed(window)
    window.documents.new(lambda: Project("tiny", tiny_network()))
    window.session.set_training({"epochs": 1, "batch_size": 500, "threads": 1})
    window.panel_verbs.train()
    qtbot.waitUntil(lambda: window.run.weights_path is not None, timeout=LONG)
    qtbot.waitUntil(lambda: window.run.state == "idle", timeout=LONG)
    return window


def name_file(qtbot: QtBot, path: Path) -> None:
    """Type a path into the file dialog that is about to open."""

    def act() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QFileDialog):
            QTimer.singleShot(10, act)
            return
        line = dialog.findChild(QLineEdit)
        line.setText(str(path))
        qtbot.keyClick(line, Qt.Key.Key_Return)

    QTimer.singleShot(0, act)


def told(window: MainWindow, words: str) -> bool:
    return any(words in text for text in window.output.texts())


def test_export_writes_a_file_that_loads_the_trained_weights(qtbot, window, tmp_path):
    path, weights = tmp_path / "mine.py", tmp_path / "mine.safetensors"
    name_file(qtbot, path)
    export = next(b for b in window.training.findChildren(QPushButton) if b.text() == "Export…")
    qtbot.mouseClick(export, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: told(window, str(weights)))
    assert told(window, str(path))
    trained = load_file(window.run.weights_path)
    copied = load_file(weights)
    assert copied.keys() == trained.keys()
    assert all(torch.equal(copied[name], trained[name]) for name in trained)
    assert "mine.safetensors" in path.read_text(encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, str(path)], capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert "tensor" in ran.stdout


@pytest.mark.parametrize("rename", [True, False])
def test_weights_that_do_not_fit_any_more_stay_away(window, tmp_path, rename):
    layer = window.session.network.nodes[CONV].layer
    edit = Rename(CONV, "other") if rename else SetLayer(CONV, layer.changed(out_channels=5))
    assert window.session.do(edit) is None
    window.code.write_now()
    path = tmp_path / "mine.py"
    window.saver.save(path)
    assert path.read_text(encoding="utf-8") == window.code.text
    assert [p.name for p in tmp_path.iterdir()] == ["mine.py"]
    assert told(window, "without weights")


def test_errors_are_one_sentence_and_foreign_weights_are_kept(qtbot, window, tmp_path):
    foreign = tmp_path / "mine.safetensors"
    foreign.write_bytes(b"precious")
    window.saver.save(tmp_path / "mine.py")
    qtbot.waitUntil(lambda: told(window, "there already"))
    assert foreign.read_bytes() == b"precious"
    window.saver.save(tmp_path / "nowhere" / "mine.py")
    qtbot.waitUntil(lambda: told(window, "Choose another place"))
    assert "Traceback" not in window.centre.notice.text()
