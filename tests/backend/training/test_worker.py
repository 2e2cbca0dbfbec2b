"""The worker's thread trains, obeys, always says how it ended, and never piles up events."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from backend.channel.buffer import MAX_EVENTS, MAX_POINTS, EventBuffer
from backend.channel.events import (
    EpochDone,
    Event,
    Failed,
    Finished,
    Notice,
    Paused,
    Point,
    Preparing,
    Probed,
    Progress,
    Resumed,
    Started,
)
from backend.model.build import build
from backend.training.settings import TrainingSettings
from backend.training.worker import DataRequest, Worker
from backend.weights.checkpoint import save_weights
from backend.weights.start import Start
from graph.calls.plan import Plan
from graph.values.message import say
from tests.backend.networks import branching

GUARD = 60.0
"""Seconds after which a wait counts as hung."""


class Watched:
    """A worker and all it has said so far."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.events: list[Event] = []

    def until(self, wanted: Callable[[Event], bool]) -> Event:
        """The next event that is wanted; those before it are kept as well."""
        while True:
            assert self.worker.wait_event(GUARD), f"no event after {self.events[-3:]}"
            new = self.worker.drain()
            self.events += new
            for event in new:
                if wanted(event):
                    return event
                assert not isinstance(event, (Failed, Finished)), event

    def a(self, kind: type[Any]) -> Any:
        return self.until(lambda event: isinstance(event, kind))

    def end(self) -> Event:
        event = self.until(lambda event: isinstance(event, (Failed, Finished)))
        assert self.worker.join(GUARD)
        assert not self.worker.alive
        assert self.worker.drain() == []
        return event


@pytest.fixture
def begin() -> Iterator[Callable[..., Watched]]:
    """Start workers; whatever happens, they end with the test."""
    workers = []

    def start(plan: Plan | None = None, spec: str = "digits", **values: Any) -> Watched:
        arguments = {name: values.pop(name) for name in ("out", "start") if name in values}
        settings = TrainingSettings.make({"device": "cpu", "epochs": 2, "threads": 1, **values})
        worker = Worker(plan or branching(), settings, DataRequest(spec), **arguments)
        workers.append(worker)
        worker.start()
        return Watched(worker)

    yield start
    for worker in workers:
        worker.stop()
        assert worker.join(GUARD)


Begin = Callable[..., Watched]


def test_a_whole_training(begin: Begin, tmp_path: Path) -> None:
    threads = torch.get_num_threads()
    run = begin(out=tmp_path)
    end = run.end()
    assert isinstance(end, Finished)
    assert end.reason == "completed"
    kinds = [type(event) for event in run.events]
    assert kinds[0] is Preparing
    assert kinds.count(Started) == 1
    assert kinds.count(EpochDone) == 2
    assert (tmp_path / "model.safetensors").exists()
    assert run.worker.module is not None
    assert run.worker.data is not None
    assert torch.get_num_threads() == threads


def test_pause_step_resume_stop(begin: Begin) -> None:
    run = begin(epochs=10_000)
    run.a(Started)
    run.worker.pause()
    paused = run.a(Paused)
    run.worker.step_once()
    assert run.a(Paused).step == paused.step + 1
    run.worker.resume()
    assert run.a(Resumed).step == paused.step + 1
    run.a(EpochDone)
    run.worker.stop()
    end = run.end()
    assert isinstance(end, Finished)
    assert end.reason == "stopped"
    assert end.epochs >= 1


def test_looking_while_paused_and_while_running(begin: Begin) -> None:
    run = begin(epochs=10_000)
    run.worker.watch(filters=["n1"], maps=["n4"], image=2)
    probed = run.a(Probed)
    assert (probed.image, probed.maps["n4"].shape) == (2, (4, 8, 8))
    run.worker.pause()
    run.a(Paused)
    run.worker.watch(maps=["n10"], image=4)
    assert set(run.a(Probed).maps) == {"n10"}
    run.worker.unwatch()
    run.worker.stop()
    assert isinstance(run.end(), Finished)


def test_held_learning_rate(begin: Begin) -> None:
    run = begin(epochs=10_000, schedule="constant")
    run.a(Started)
    run.worker.set_learning_rate(0.25)
    run.until(lambda event: isinstance(event, Progress) and event.points[-1].learning_rate == 0.25)
    run.worker.stop()
    run.end()


def test_stopping_before_the_thread_has_done_anything(begin: Begin) -> None:
    run = begin()
    run.worker.stop()
    end = run.end()
    assert isinstance(end, Finished)
    assert (end.reason, end.epochs) in {("stopped", 0), ("completed", 2)}
    never = Worker(branching(), TrainingSettings(), DataRequest("digits"))
    never.stop()
    never.start()
    assert Watched(never).end() == Finished("stopped", 0, 0, None, None, 0.0)


def test_starting_from_weights(begin: Begin, tmp_path: Path) -> None:
    path = tmp_path / "start.safetensors"
    save_weights(build(branching(), seed=99), path)
    run = begin(
        start=Start(path), schedule="constant", learning_rate=1e-30, epochs=1, weight_decay=0.0
    )
    run.end()
    assert run.worker.module is not None
    assert torch.equal(run.worker.module.fc.weight, build(branching(), seed=99).fc.weight)


def test_files_that_cannot_be_read_are_told_and_listed(begin: Begin, tmp_path: Path) -> None:
    for name in ("cats", "dogs"):
        (tmp_path / name).mkdir()
        for number in range(6):
            pixels = np.full((8, 8), 20 * number, np.uint8)
            Image.fromarray(pixels).save(tmp_path / name / f"{number}.png")
    whole = (tmp_path / "cats" / "0.png").read_bytes()
    for number in range(5):
        # The header is good, so that only decoding finds out.
        (tmp_path / "dogs" / f"torn{number}.png").write_bytes(whole[:45])
    run = begin(branching(classes=2), spec=str(tmp_path), epochs=1, batch_size=4)
    assert isinstance(run.end(), Finished)
    (notice,) = (event for event in run.events if isinstance(event, Notice) and event.skipped)
    assert len(notice.skipped) == 5
    words = str(notice.message)
    assert words.startswith("5 files or folders were left out: torn0.png (")
    assert words.endswith("and 2 more.")
    assert str(notice.skipped[0].reason) in words


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"spec": "no-such-data"}, "There is no data set no-such-data"),
        ({"plan": branching(image=(4, 8, 8))}, "images of 4 channels"),
        ({"plan": branching(classes=4)}, "4 outputs and the data has 10 classes"),
        ({"start": Start(Path("absent.safetensors"))}, "no file absent.safetensors"),
        ({"plan": Plan("None", (), (), ())}, "input has shape"),
        ({"device": "mps"}, "no device mps"),
    ],
)
def test_what_cannot_begin_ends_with_a_sentence(
    begin: Begin, values: dict[str, Any], words: str
) -> None:
    end = begin(**values).end()
    assert isinstance(end, Failed)
    assert words in str(end.message)


def test_a_training_that_dies_says_so(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even what nobody foresaw: here the module that trains cannot be imported."""
    import sys

    monkeypatch.setitem(sys.modules, "backend.training.trainer", None)
    end = begin().end()
    assert isinstance(end, Failed)
    assert "backend.training.trainer" in str(end.message)
    assert "Traceback" in end.trace


# The buffer


def progress(step: int, loss: float = 1.0) -> Progress:
    return Progress(step, 1, (Point(step, loss, 0.5, 0.1),), 1.0, float(step), 0.0)


def probed(step: int) -> Probed:
    nothing = np.zeros(1, np.float32)
    pixels = np.zeros((1, 1, 1), np.uint8)
    return Probed(step, 0, 0, {}, {}, nothing, 0, ("a",), pixels, {})


def test_neighbouring_progress_is_joined() -> None:
    buffer = EventBuffer()
    for event in (Preparing(say("a")), Preparing(say("b"), 1, 2), progress(1), progress(2)):
        buffer.put(event)
    for event in (probed(2), progress(3), probed(3), Paused(3), progress(4)):
        buffer.put(event)
    events = buffer.drain()
    assert [type(event) for event in events] == [Preparing, Progress, Probed, Paused, Progress]
    assert events[0] == Preparing(say("b"), 1, 2)
    joined = events[1]
    assert isinstance(joined, Progress)
    assert [point.step for point in joined.points] == [1, 2, 3]
    assert joined.elapsed == 3.0
    assert buffer.drain() == []


def test_two_hundred_thousand_events_stay_within_bounds() -> None:
    buffer = EventBuffer()
    buffer.put(Started(1, 1, 1, "cpu", 1, 1, 1, ("a",), ()))
    for number in range(1, 50_001):
        buffer.put(progress(4 * number))
        buffer.put(probed(number))
        buffer.put(progress(4 * number + 1))
        buffer.put(Paused(number) if number % 2 else Notice(say("again")))
    buffer.put(Failed(say("end")))
    events = buffer.drain()
    assert len(events) <= MAX_EVENTS + 1
    joined = [event for event in events if isinstance(event, Progress)]
    points = [point for event in joined for point in event.points]
    assert len(points) <= MAX_POINTS
    steps = [point.step for point in points]
    assert steps == sorted(steps)
    assert steps[-1] == 200_001
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Failed)
    assert sum(isinstance(event, Probed) for event in events) == 1


def test_thinned_points_keep_the_mean() -> None:
    buffer = EventBuffer()
    count = 4 * MAX_POINTS
    for step in range(1, count + 1):
        buffer.put(progress(step, float(step)))
    (event,) = buffer.drain()
    assert isinstance(event, Progress)
    assert MAX_POINTS // 4 < len(event.points) <= MAX_POINTS
    assert event.points[-1].step == count
    first = event.points[0]
    assert first.loss == pytest.approx((1 + first.step) / 2)


def test_nothing_is_lost_between_two_threads() -> None:
    buffer = EventBuffer()

    def put() -> None:
        for step in range(1, 5001):
            buffer.put(progress(step))
        buffer.put(Failed(say("end")))

    thread = threading.Thread(target=put)
    thread.start()
    events: list[Event] = []
    while not events or not isinstance(events[-1], Failed):
        assert buffer.wait(GUARD)
        events += buffer.drain()
    thread.join(GUARD)
    steps = [p.step for event in events if isinstance(event, Progress) for p in event.points]
    assert steps == list(range(1, 5001))
