"""A window with nothing but the training panels, a tiny network and the sample that comes along."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from graph.document.project import Project
from graph.layers.activation.piecewise import ReLU
from graph.layers.convolution.plain import Conv2d
from graph.layers.linear import Linear
from graph.layers.reshaping.flatten import Flatten
from graph.network.network import Network
from graph.templates.template import Builder
from gui.inside.live import LivePanel
from gui.runs.node_pictures import NodePictures
from gui.runs.project_run import ProjectRun
from gui.runs.status import RunStatus
from gui.session.session import Session
from gui.training.panel import TrainingPanel

LONG = 60_000
CONV, RELU, LINEAR = "n2", "n3", "n5"


def tiny_network(outputs: int = 10) -> Network:
    """conv1, relu1, flatten1, fc1: some thousand parameters."""
    net = Builder((1, 28, 28))
    net.then(Conv2d(out_channels=4, stride=(3, 3)), ReLU(), Flatten())
    net.then(Linear(out_features=outputs))
    return net.finish()


@dataclass
class Room:
    """Everything a test wants to touch."""

    bot: QtBot
    session: Session
    run: ProjectRun
    pictures: NodePictures
    status: RunStatus
    panel: TrainingPanel
    live: LivePanel
    window: QMainWindow

    def click(self, button: QWidget) -> None:
        self.bot.mouseClick(button, Qt.MouseButton.LeftButton)

    def wait(self, condition: Callable[[], bool]) -> None:
        self.bot.waitUntil(condition, timeout=LONG)

    def losses(self) -> int:
        """How many points the loss curve has."""
        return len(self.panel.charts.loss.line("train").raw)


def close_room(room: Room) -> None:
    """End the run and what works beside it."""
    assert room.run.close()
    room.session.closing.emit()


def open_room(bot: QtBot, network: Network | None = None, **settings: Any) -> Room:
    """A shown window; its run ends with the test."""
    session = Session()
    session.new(Project("tiny", network or tiny_network()))
    session.set_training({"epochs": 1, "batch_size": 500, "threads": 1, **settings})
    window = QMainWindow()
    run = ProjectRun(session)
    panel = TrainingPanel(run)
    live = LivePanel(run)
    pictures, status = NodePictures(run), RunStatus(run.controller)
    room = Room(bot, session, run, pictures, status, panel, live, window)
    bot.addWidget(window, before_close_func=lambda _: close_room(room))
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.addWidget(panel, 1)
    row.addWidget(live)
    window.setCentralWidget(holder)
    for keys, run in (
        ("F5", panel.train_or_pause),
        ("F10", panel.single_step),
        ("Shift+F5", panel.stop),
    ):
        action = QAction(keys, window)
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda _=False, run=run: run())
        window.addAction(action)
    window.resize(1280, 420)
    window.show()
    bot.waitExposed(window)
    window.activateWindow()
    room.wait(lambda: not room.run.choice.busy)
    return room
