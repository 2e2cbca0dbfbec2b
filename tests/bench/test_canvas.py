"""What one frame of the canvas costs with 1,000 nodes, against an empty view of the same size.

Every way of looking is measured in turn with the repaint of the empty view, so that their ratio
holds on any machine.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QFrame, QGraphicsScene, QGraphicsView
from pytestqt.qtbot import QtBot

from graph.document.project import Project
from gui.canvas.view import CanvasView
from gui.scene.laying_out import lay_out
from gui.session.session import Session
from tests.bench.figures import percentile, tell
from tests.bench.test_edit import residual_network
from tests.gui.helpers import show_canvas

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

NODES = 1000
SIZE = (1600, 1000)
FRAMES = 100
STEP = 7


def empty_view(bot: QtBot) -> QGraphicsView:
    """A view of Qt's own with nothing in it."""
    view = QGraphicsView()
    view.setScene(QGraphicsScene(view))
    view.setFrameShape(QFrame.Shape.NoFrame)
    bot.addWidget(view)
    view.resize(*SIZE)
    view.show()
    bot.waitExposed(view)
    return view


def milliseconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def ways(view: CanvasView) -> dict[str, Callable[[int], None]]:
    """What makes frame number n, by name."""

    def repaint(_: int) -> None:
        view.viewport().repaint()

    def pan(number: int) -> None:
        view.camera.scroll_by(QPoint(STEP if number % 2 else -STEP, 0))
        QApplication.processEvents()

    def zoom(number: int) -> None:
        view.camera.set_zoom(view.camera.zoom * (1.15 if number % 2 else 1 / 1.15))
        QApplication.processEvents()

    return {"full repaint": repaint, f"pan of {STEP} px": pan, "zoom step": zoom}


def measure(view: CanvasView, empty: QGraphicsView) -> list[str]:
    """A line for each way of making a frame at the present zoom."""
    lines = []
    start = view.camera.zoom, view.camera.centre()
    for name, frame in ways(view).items():
        frame(0), frame(1)  # pictures of this zoom are made once
        ours, base = [], []
        for number in range(FRAMES):
            base.append(milliseconds(empty.viewport().repaint))
            ours.append(milliseconds(partial(frame, number)))
        view.camera.fit(view.scene().itemsBoundingRect(), still=True)
        view.camera.set_zoom(start[0])
        view.centerOn(start[1])
        QApplication.processEvents()
        middle, baseline = statistics.median(ours), statistics.median(base)
        lines.append(
            f"{start[0] * 100:.0f} %, {name}: {middle:.2f} ms (p99 {percentile(ours, 99):.1f}), "
            f"empty view {baseline:.2f} ms, ratio {middle / baseline:.1f}, n={FRAMES}"
        )
    return lines


def test_frames_of_a_large_network(
    qtbot: QtBot, qapp: QApplication, capsys: pytest.CaptureFixture[str]
) -> None:
    network = residual_network(NODES)
    lay_out(network)
    session = Session()
    session.new(Project("large", network))
    empty = empty_view(qtbot)
    view = show_canvas(qtbot, session, *SIZE)
    middle = view.scene().nodes[sorted(view.scene().nodes)[NODES // 2]].sceneBoundingRect().center()
    lines = []
    for zoom in (1.0, 0.55, None):
        if zoom is None:
            view.camera.fit_all()
        else:
            view.camera.set_zoom(zoom)
            view.centerOn(middle)
        QApplication.processEvents()
        lines += measure(view, empty)
    tell(capsys, f"{len(network.nodes)} nodes, {SIZE[0]}×{SIZE[1]} px", *lines)
