"""What a person sees of a network that has just opened: whole, large, no shape cut by a node."""

from __future__ import annotations

from itertools import combinations

import pytest
from PySide6.QtCore import QRectF, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from graph.templates import find_template
from gui.canvas.measures import Level
from gui.preferences import Preferences
from gui.theme import apply_theme
from gui.window import MainWindow

TOLD = 0.75


@pytest.fixture
def window(qtbot) -> MainWindow:
    apply_theme(QApplication.instance(), "dark")
    window = MainWindow(Preferences())
    qtbot.addWidget(window, before_close_func=lambda w: w.session.new())
    window.canvas.set_reduce_motion(True)
    window.resize(1280, 800)
    window.show()
    qtbot.waitExposed(window)
    return window


def opened(qtbot, window: MainWindow, name: str) -> None:
    window.open_template(find_template(name))
    qtbot.waitUntil(lambda: window.session.template == name)
    qtbot.waitUntil(lambda: not window.canvas.camera._settled.isActive())


def plates(window: MainWindow) -> list[QRectF]:
    """The shapes between columns as they stand, in scene coordinates."""
    canvas = window.canvas.canvas
    found = []
    for wire in canvas.wires.values():
        place = wire.label()
        if place is None or wire.route.seam:
            continue
        if canvas.level is not Level.FULL:
            center = place.center()
            place.setSize(place.size() / canvas.zoom)
            place.moveCenter(center)
        found.append(place.adjusted(6, 2, -6, -2))
    return found


@pytest.mark.parametrize("name", ["googlenet", "unet", "yolo11n", "densenet121"])
def test_a_template_opens_whole_and_large_with_nothing_over_its_nodes(qtbot, window, name):
    opened(qtbot, window, name)
    view = window.canvas
    shown = view.mapToScene(view.viewport().rect()).boundingRect()
    assert shown.contains(view.canvas.content())
    assert view.zoom() >= TOLD
    assert not view.minimap.isVisible()
    bar = view.mapToScene(view.zoom_bar.geometry()).boundingRect()
    assert not any(bar.intersects(body) for body in view.canvas.covered())


@pytest.mark.parametrize("zoom", [1.0, 0.8, 0.6, 0.45])
@pytest.mark.parametrize("name", ["googlenet", "unet", "yolo11n"])
def test_no_shape_lies_on_a_node_or_on_another_shape(qtbot, window, name, zoom):
    opened(qtbot, window, name)
    window.canvas.set_zoom(zoom)
    window.canvas.viewport().repaint()
    found = plates(window)
    bodies = window.canvas.canvas.covered()
    assert not [plate for plate in found if any(plate.intersects(body) for body in bodies)]
    assert not [pair for pair in combinations(found, 2) if pair[0].intersects(pair[1])]
    if zoom == 1.0:
        assert found


def test_the_window_lives_while_a_template_is_built(qtbot, window):
    ticks: list[int] = []
    timer = QTimer(window, interval=5)
    timer.timeout.connect(lambda: ticks.append(1))
    timer.start()
    window.templates.open(find_template("inception-resnet-v2"))
    opening = window.templates._task
    if opening is not None:  # not done at once: the old page goes on
        assert window.at_start
        qtbot.waitUntil(lambda: not window.at_start)
        assert ticks
    assert window.session.template == "inception-resnet-v2"


def test_another_template_takes_the_place_of_one_that_is_built(qtbot, window):
    window.templates.open(find_template("inception-resnet-v2"))
    window.templates.open(find_template("lenet5"))
    qtbot.waitUntil(lambda: window.session.template == "lenet5")
    QTest.qWait(300)
    assert window.session.template == "lenet5"
