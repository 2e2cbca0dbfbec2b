"""Training in the window: real worker, real data, real clicks and keys."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QDialog, QLineEdit, QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from backend.channel.events import Finished
from graph.document.project import Project
from graph.network.edits import Disconnect
from gui.training.reports import outcome
from tests.gui.training_window import CONV, LINEAR, Room, open_room, tiny_network


@pytest.fixture
def room(qtbot: QtBot) -> Room:
    return open_room(qtbot)


def test_training_draws_curves_and_leaves_weights(room: Room, tmp_path: Path) -> None:
    panel = room.panel
    states: list[str] = []
    pictures: dict[str, QImage] = {}
    lines: list[str] = []
    room.run.controller.state_changed.connect(states.append)
    room.pictures.thumbnails.connect(pictures.update)
    panel.notice.connect(lines.append)
    room.click(panel.controls.train)
    assert room.run.is_running
    assert panel.controls.train.text() == "Pause"
    room.wait(lambda: room.run.state == "idle")

    assert states[:2] == ["preparing", "running"]
    assert states[-1] == "idle"
    charts = panel.charts
    assert room.losses() == 20
    assert len(charts.accuracy.line("train").raw) == 20
    assert len(charts.loss.line("validation").raw) == 1
    assert len(charts.rate.line("plan").raw) >= 20
    assert charts.loss.line("train").raw.y[-1] < charts.loss.line("train").raw.y[0]
    assert panel.controls.progress.texts()[0] == "Epoch 1 / 1"
    assert panel.controls.figures.best.value.text().endswith("%")
    assert pictures[CONV].width() > pictures[CONV].height()
    assert set(pictures) == {"n2", "n3", "n4", "n5"}
    assert any(line.startswith("Epoch 1: loss") for line in lines)

    assert room.run.weights_path is not None
    assert room.run.weights_path.name == "best.safetensors"
    assert str(room.run.weights_path) in panel.banner.text()
    target = tmp_path / "mine.safetensors"
    panel.save_weights(target)
    room.wait(lambda: str(target) in panel.banner.text())
    assert target.read_bytes() == room.run.weights_path.read_bytes()
    assert not any(timer.isActive() for timer in room.run.controller.findChildren(QTimer))


def test_pause_resume_step_and_stop_by_clicking(qtbot: QtBot) -> None:
    room = open_room(qtbot, epochs=500)
    panel, controls = room.panel, room.panel.controls
    room.click(controls.train)
    room.wait(lambda: room.losses() > 3)

    room.click(controls.train)
    assert room.run.state == "paused"  # shown at once, not when the step is over
    assert controls.train.text() == "Resume"
    with qtbot.waitSignal(room.status.changed, check_params_cb=lambda t: "Paused" in t):
        pass
    count = room.losses()

    room.click(controls.step)
    room.wait(lambda: room.losses() == count + 1)
    room.click(controls.step)
    room.wait(lambda: room.losses() == count + 2)
    assert room.run.state == "paused"

    room.click(controls.train)
    assert room.run.state == "running"
    room.wait(lambda: room.losses() > count + 4)

    room.click(controls.stop)
    assert not controls.train.isEnabled()
    room.wait(lambda: room.run.state == "idle")
    assert "Stopped" in panel.banner.text()
    assert controls.train.text() == "Train"
    assert controls.train.isEnabled()


def test_keys_begin_pause_step_and_stop(qtbot: QtBot) -> None:
    room = open_room(qtbot, epochs=500)
    panel, window = room.panel, room.window
    qtbot.keyClick(window, Qt.Key.Key_F10)
    room.wait(lambda: room.losses() == 1)
    assert room.run.state == "paused"
    qtbot.keyClick(window, Qt.Key.Key_F10)
    room.wait(lambda: room.losses() == 2)
    qtbot.keyClick(window, Qt.Key.Key_F5)
    room.wait(lambda: room.losses() > 4)
    assert room.run.state == "running"
    qtbot.keyClick(window, Qt.Key.Key_F5)
    assert room.run.state == "paused"
    qtbot.keyClick(window, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    room.wait(lambda: room.run.state == "idle")
    assert "Stopped" in panel.banner.text()


def test_stop_while_preparing(room: Room) -> None:
    room.click(room.panel.controls.train)
    assert room.run.state == "preparing"
    button = room.panel.charts.loss.findChild(QPushButton)
    assert not button.isVisible()  # no second "Train" beside a run
    room.click(room.panel.controls.stop)
    room.wait(lambda: room.run.state == "idle")
    assert not room.run.is_running
    assert button.isVisible()


def test_close_while_training_leaves_no_thread(qtbot: QtBot) -> None:
    room = open_room(qtbot, epochs=500)
    before = {thread.name for thread in threading.enumerate()}
    room.click(room.panel.controls.train)
    room.wait(lambda: room.losses() > 0)
    assert "training" in {thread.name for thread in threading.enumerate()} - before
    assert room.run.close()
    assert not room.run.is_running
    assert "training" not in {thread.name for thread in threading.enumerate()}


def test_failing_run_says_why_and_gives_the_trace(qtbot: QtBot) -> None:
    room = open_room(
        qtbot,
        epochs=50,
        optimizer="SGD",
        learning_rate=100.0,
        schedule="constant",
        label_smoothing=0.0,
    )
    panel = room.panel
    room.click(panel.controls.train)
    room.wait(lambda: room.run.state == "idle")
    assert panel.banner.text()
    assert "Traceback" not in panel.banner.text()
    details = panel.banner.button("Details")
    assert details is not None
    room.click(details)
    dialog = panel.findChild(QDialog)
    assert "Traceback" in dialog.findChild(QPlainTextEdit).toPlainText()
    copy = next(b for b in dialog.findChildren(QPushButton) if b.text() == "Copy")
    room.click(copy)
    assert "Traceback" in QGuiApplication.clipboard().text()
    dialog.close()
    show = panel.banner.button("Show conv1") or panel.banner.button("Show fc1")
    assert show is not None, panel.banner.text()
    with qtbot.waitSignal(room.session.reveal_requested):
        room.click(show)
    assert room.session.selection[0] in (CONV, LINEAR)


def test_too_few_outputs_end_in_a_sentence(qtbot: QtBot) -> None:
    room = open_room(qtbot, tiny_network(outputs=5))
    assert any("5 outputs" in text for text in room.panel.settings.notes.texts())
    room.click(room.panel.controls.train)
    room.wait(lambda: room.run.state == "idle")
    assert "5" in room.panel.banner.text()
    assert "10" in room.panel.banner.text()


def test_a_network_with_problems_is_not_trained_but_shown(room: Room) -> None:
    wire = room.session.network.inputs(LINEAR)[0]
    assert room.session.do(Disconnect(wire.id)) is None
    with room.bot.waitSignal(room.session.reveal_requested):
        room.click(room.panel.controls.train)
    assert not room.run.is_running
    assert "fc1 · input: nothing is connected" in room.panel.banner.text()
    assert room.session.selection == [LINEAR]


def test_settings_reach_the_project(room: Room) -> None:
    form = room.panel.settings.form
    epochs = form.editor("epochs").findChild(QLineEdit)
    epochs.selectAll()
    room.bot.keyClicks(epochs, "3")
    assert room.session.project.training["epochs"] == 3
    epochs.selectAll()
    room.bot.keyClicks(epochs, "0")
    assert room.session.project.training["epochs"] == 3
    assert form.complaint("epochs")
    assert not form.editor("momentum").isEnabled()
    room.session.set_training({**room.session.project.training, "optimizer": "SGD"})
    assert form.editor("momentum").isEnabled()
    assert not form.editor("step_size").isEnabled()


def test_settings_that_disagree_are_said_and_refused(room: Room) -> None:
    bad = {"optimizer": "SGD", "nesterov": True, "momentum": 0.0}
    room.session.set_training(bad)
    assert "momentum" in room.panel.settings.form.complaint("nesterov")
    room.click(room.panel.controls.train)
    assert not room.run.is_running
    assert "nesterov" in room.panel.banner.text()


def test_settings_can_be_folded_away(room: Room) -> None:
    assert room.panel.settings.isVisible()
    room.click(room.panel.controls.settings)
    assert not room.panel.settings.isVisible()
    room.click(room.panel.controls.settings)
    assert room.panel.settings.isVisible()


def test_another_project_forgets_the_old_run(room: Room) -> None:
    room.click(room.panel.controls.train)
    room.wait(lambda: room.run.state == "idle")
    assert room.run.weights_path is not None
    room.session.new(Project("other", tiny_network()))
    assert room.run.weights_path is None
    assert room.losses() == 0
    assert room.panel.banner.text() == ""


def test_smoothing_by_the_slider(room: Room) -> None:
    slider = room.panel.charts.smoothing
    assert slider.value() == 88
    slider.setFocus()
    room.bot.keyClick(slider, Qt.Key.Key_Home)
    assert room.panel.charts.loss.line("train").smoothed.factor == 0.0
    room.bot.keyClick(slider, Qt.Key.Key_End)
    assert room.panel.charts.loss.line("train").smoothed.factor == 0.99


@pytest.mark.parametrize(
    ("epochs", "words"),
    [
        (0, "Stopped within the first epoch, after 00:09."),
        (1, "Stopped after one whole epoch and 00:09."),
        (3, "Stopped after 3 whole epochs and 00:09."),
    ],
)
def test_a_stopped_run_says_how_far_it_came(epochs: int, words: str) -> None:
    assert outcome(Finished("stopped", epochs, 0, None, None, 9.0)) == words
