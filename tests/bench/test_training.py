"""What the window costs a training, in one process and on the same tensors.

Three ways take turns, some whole epochs each: the training in the window, with charts and live
view; the same training while the window's thread sleeps; and, while the training pauses, the
exported model in a loop written by hand. An epoch is training and validation in every case.
"""

from __future__ import annotations

import importlib.util
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from torch import nn
from torch.nn import functional as F

from backend.channel.events import EpochDone
from backend.data.base.prepare import Prepared, prepare
from backend.data.catalogue import open_data
from backend.training.settings import TrainingSettings
from graph.analysis.analysis import Analysis
from graph.calls.plan import Plan
from graph.export.export import source
from graph.planning.planner import make_plan
from graph.templates.registry import find_template
from gui.session.preferences import Preferences
from gui.training.settings_form import settings_of
from gui.window.window import MainWindow
from tests.bench.figures import percentile, spread, tell

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

ALTERNATIONS = 7
BEAT = 16
BEAT_SECONDS = 25
LONG = 120_000


def exported(plan: Any, folder: Path) -> nn.Module:
    """The network as a user takes it away: written to a file and imported from there."""
    code = source(plan)
    path = folder / "taken.py"
    path.write_text(code.text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("taken", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    network = getattr(module, code.class_name)()
    assert isinstance(network, nn.Module)
    return network


class TightLoop:
    """An epoch as one writes it by hand: images normalised once, no events, nothing looked at."""

    def __init__(self, network: nn.Module, data: Any, settings: TrainingSettings) -> None:
        self.network, self.settings = network, settings
        self.train = _joined(data.train_batches(0, 0, 4096))
        self.validation = _joined(data.validation_batches(4096))
        self.optimizer = torch.optim.AdamW(
            network.parameters(),
            settings.learning_rate / 25,
            weight_decay=settings.weight_decay,
            fused=True,
        )

    def epoch(self) -> float:
        """Train and validate; returns seconds."""
        began = time.perf_counter()
        images, labels = self.train
        smoothing = self.settings.label_smoothing
        self.network.train()
        for index in torch.randperm(len(labels)).split(self.settings.batch_size):
            loss = F.cross_entropy(
                self.network(images[index]), labels[index], label_smoothing=smoothing
            )
            self.optimizer.zero_grad()
            loss.backward()
            self.optimizer.step()
        images, labels = self.validation
        self.network.eval()
        right = 0
        with torch.no_grad():
            for x, y in zip(images.split(256), labels.split(256), strict=True):
                right += int((self.network(x).argmax(1) == y).sum())
        return time.perf_counter() - began


def the_same_data(spec: str, plan: Plan, settings: TrainingSettings) -> Prepared:
    """What a worker that is asked for this prepares."""
    _, (channels, height, width) = plan.inputs[0]
    dataset = open_data(spec, size=(height, width), fit="resize")
    fraction = settings.validation_fraction
    return prepare(
        dataset, (channels, height, width), seed=settings.seed, validation_fraction=fraction
    )


def _joined(batches: Iterator[tuple[torch.Tensor, torch.Tensor]]) -> tuple[torch.Tensor, ...]:
    return tuple(torch.cat(parts) for parts in zip(*batches, strict=True))


class Room:
    """The window with a training in it."""

    def __init__(self, bot: QtBot, name: str) -> None:
        self.bot = bot
        template = find_template(name)
        assert template is not None
        self.window = window = MainWindow(Preferences())
        bot.addWidget(window, before_close_func=lambda _: self.close())
        window.resize(1280, 800)
        window.show()
        bot.waitExposed(window)
        window.templates.open(template)
        window.session.set_training({"epochs": 10_000, "batch_size": 64, "threads": 1})
        window.front.show_workspace("training")
        self.run = window.run.controller
        self.epochs: list[EpochDone] = []
        self.run.epoch_done.connect(self.epochs.append)
        self.wait(lambda: not window.run.choice.busy)
        window.panel_verbs.train()
        self.wait(lambda: bool(self.epochs))
        assert window.live.isVisible()
        assert window.training.charts.isVisible()

    def close(self) -> None:
        self.window.run.close()
        self.window.session.undo_stack.setClean()

    def wait(self, condition: Callable[[], bool]) -> None:
        self.bot.waitUntil(condition, timeout=LONG)

    def awake(self, count: int) -> list[float]:
        """Seconds of ``count`` epochs in the living window."""
        first = len(self.epochs) + 1  # the epoch at work is of two kinds
        self.wait(lambda: len(self.epochs) >= first + count)
        return [event.seconds for event in self.epochs[first : first + count]]

    def asleep(self, seconds: float) -> list[float]:
        """Seconds of the whole epochs that the worker makes while the window's thread sleeps."""
        QApplication.processEvents()
        first = len(self.epochs) + 1
        time.sleep(seconds)
        QApplication.processEvents()
        return [event.seconds for event in self.epochs[first:]]

    def pause(self) -> None:
        paused: list[int] = []
        self.run.paused_at.connect(paused.append)
        self.run.pause()
        self.wait(lambda: bool(paused))
        self.run.paused_at.disconnect(paused.append)

    def beat(self, seconds: float) -> list[float]:
        """Milliseconds between the beats of a timer of 16 ms."""
        times: list[float] = []
        timer = QTimer()
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(lambda: times.append(time.perf_counter()))
        timer.start(BEAT)
        end = time.perf_counter() + seconds
        self.wait(lambda: time.perf_counter() >= end)
        timer.stop()
        return [(b - a) * 1000 for a, b in pairwise(times)]


def in_thread(work: Callable[[], list[float]]) -> list[float]:
    """Do something in a thread, as the worker does, while this one sleeps."""
    result: list[float] = []

    def run() -> None:
        torch.set_num_threads(1)
        result.extend(work())

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return result


def alternate(room: Room, loop: TightLoop) -> dict[str, list[float]]:
    """Seconds of an epoch (median of those in a turn), by way."""
    seconds: dict[str, list[float]] = {"window": [], "asleep": [], "tight": []}
    epoch = statistics.median(room.awake(2))
    count = max(2, round(3 / epoch))
    for number in range(ALTERNATIONS):
        ways = ["window", "asleep", "tight"]
        for way in ways[number % 3 :] + ways[: number % 3]:
            if way == "window":
                found = room.awake(count)
            elif way == "asleep":
                found = room.asleep((count + 1.5) * epoch)
            else:
                room.pause()
                found = in_thread(lambda: [loop.epoch() for _ in range(count)])
                room.run.resume()
            seconds[way].append(statistics.median(found))
    return seconds


@pytest.mark.parametrize("name", ["lenet5"])
def test_training_in_the_window(
    qtbot: QtBot, capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str
) -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    room = Room(qtbot, name)
    project = room.window.session.project
    plan = make_plan(project.network, Analysis(project.network), project.name)
    settings = settings_of(room.window.session)
    data = the_same_data(room.window.training.choice.spec, plan, settings)
    loop = TightLoop(exported(plan, tmp_path), data, settings)
    in_thread(lambda: [loop.epoch()])

    seconds = alternate(room, loop)
    training = room.beat(BEAT_SECONDS)
    room.pause()
    idle = room.beat(BEAT_SECONDS / 2)
    torch.set_num_threads(threads)

    def ratio(over: str, under: str) -> str:
        pairs = zip(seconds[over], seconds[under], strict=True)
        return spread([base / taken for taken, base in pairs], 3)

    tell(
        capsys,
        f"{name}, {data.n_train} images an epoch, 1 thread",
        *(
            f"{way}: {spread([data.n_train / taken for taken in found], 0)} images/s"
            for way, found in seconds.items()
        ),
        f"speed, window / tight loop: {ratio('window', 'tight')}",
        f"speed, window / same training, window asleep: {ratio('window', 'asleep')}",
        f"speed, same training, window asleep / tight loop: {ratio('asleep', 'tight')}",
        *(
            f"beat of {BEAT} ms, {what}: p50 {percentile(gaps, 50):.1f}, "
            f"p99 {percentile(gaps, 99):.1f}, max {max(gaps):.1f} ms, n={len(gaps)}"
            for what, gaps in (("training", training), ("paused", idle))
        ),
    )
