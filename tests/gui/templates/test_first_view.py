"""What a person sees of a network that has just opened: whole, large, no shape cut by a node."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import pytest
from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtWidgets import QApplication

from graph.network.network import Network
from graph.templates.registry import find_template
from graph.templates.template import Template, TemplateSize
from gui.appearance.dress import apply_theme
from gui.face.measures import Detail
from gui.scene.laying_out import lay_out_project
from gui.session.preferences import Preferences
from gui.session.session import Session
from gui.templates.fit import FitDialog
from gui.templates.template_card import TemplateCard
from gui.widgets.background import BackgroundTask
from gui.window.window import MainWindow
from tests.gui.helpers import open_template

TOLD = 0.75


@pytest.fixture
def window(qtbot) -> MainWindow:
    apply_theme(QApplication.instance(), "dark")
    window = MainWindow(Preferences())
    qtbot.addWidget(window, before_close_func=lambda w: w.session.new())
    window.canvas.scene().set_reduce_motion(True)
    window.resize(1280, 800)
    window.show()
    qtbot.waitExposed(window)
    return window


def opened(qtbot, window: MainWindow, name: str) -> None:
    open_template(qtbot, window, find_template(name))
    qtbot.waitUntil(lambda: not window.canvas.camera.settling)


def plates(window: MainWindow) -> list[QRectF]:
    """The shapes between columns as they stand, in scene coordinates."""
    canvas = window.canvas.scene()
    found = []
    for wire in canvas.wires.values():
        place = wire.label()
        if place is None or wire.route.seam:
            continue
        if canvas.stage.level is not Detail.FULL:
            centre = place.center()
            place.setSize(place.size() / canvas.stage.zoom)
            place.moveCenter(centre)
        found.append(place.adjusted(6, 2, -6, -2))
    return found


@pytest.mark.parametrize("name", ["googlenet", "unet", "yolo11n", "densenet121"])
def test_a_template_opens_whole_and_large_with_nothing_over_its_nodes(qtbot, window, name):
    opened(qtbot, window, name)
    view = window.canvas
    shown = view.mapToScene(view.viewport().rect()).boundingRect()
    assert shown.contains(view.scene().content())
    assert view.camera.zoom >= TOLD
    assert not view.fittings.minimap.isVisible()
    bar = view.mapToScene(view.fittings.zoom_bar.geometry()).boundingRect()
    assert not any(bar.intersects(body) for body in view.scene().covered())


def named(card) -> bool:
    return card.template.name == "googlenet"


def from_card(qtbot, window, path):
    (card,) = [card for card in window.findChildren(TemplateCard) if named(card)]
    qtbot.mouseClick(card, Qt.MouseButton.LeftButton)


def from_file(qtbot, window, path):
    window.documents.open(path)


def from_dialog(qtbot, window, path):
    window.templates.ask_fit(find_template("googlenet"))
    (dialog,) = window.findChildren(FitDialog)
    qtbot.waitUntil(lambda: dialog.ready)
    qtbot.mouseClick(dialog.open_button, Qt.MouseButton.LeftButton)


def from_code(qtbot, window, path):
    open_template(qtbot, window, find_template("googlenet"))


@pytest.mark.parametrize("way", [from_card, from_file, from_dialog, from_code])
@pytest.mark.parametrize("size", [(1280, 800), (1920, 1080)])
def test_every_way_of_opening_ends_in_the_fit_that_fills_the_view(qtbot, tmp_path, way, size):
    path = tmp_path / "googlenet.cloom"
    project = find_template("googlenet").build()
    lay_out_project(project, (900.0, 500.0))
    session = Session()
    session.new(project)
    session.save(path)
    apply_theme(QApplication.instance(), "dark")
    window = MainWindow(Preferences())
    qtbot.addWidget(window, before_close_func=lambda w: w.session.new())
    window.canvas.scene().set_reduce_motion(True)
    window.show()
    qtbot.waitExposed(window)
    way(qtbot, window, path)
    qtbot.waitUntil(lambda: len(window.session.network.nodes) > 20)
    qtbot.waitUntil(lambda: not window.canvas.camera.settling)
    window.resize(*size)  # a slow desktop gives the size late
    QApplication.processEvents()
    view = window.canvas
    shown = view.camera.zoom, view.camera.centre()
    view.camera.fit_all()
    assert (view.camera.zoom, view.camera.centre()) == shown


def test_who_looks_elsewhere_stays_there_when_the_window_changes(qtbot, window):
    opened(qtbot, window, "lenet5")
    window.canvas.camera.set_zoom(0.5)
    window.resize(1500, 900)
    QApplication.processEvents()
    assert window.canvas.camera.zoom == 0.5


@pytest.mark.parametrize("zoom", [1.0, 0.8, 0.6, 0.45])
@pytest.mark.parametrize("name", ["googlenet", "unet", "yolo11n"])
def test_no_shape_lies_on_a_node_or_on_another_shape(qtbot, window, name, zoom):
    opened(qtbot, window, name)
    window.canvas.camera.set_zoom(zoom)
    window.canvas.viewport().repaint()
    found = plates(window)
    bodies = window.canvas.scene().covered()
    assert not [plate for plate in found if any(plate.intersects(body) for body in bodies)]
    assert not [pair for pair in combinations(found, 2) if pair[0].intersects(pair[1])]
    assert found or zoom < 1.0


@pytest.fixture
def go() -> Iterator[threading.Event]:
    """Lets a held template be built; at the end of the test at the latest."""
    event = threading.Event()
    yield event
    event.set()


def held(template: Template, go: threading.Event) -> Template:
    """The template, whose building waits for the event."""

    def network(size: TemplateSize) -> Network:
        go.wait()
        return template.network(size)

    return replace(template, network=network)


def test_the_window_lives_while_a_template_is_built(qtbot, window, go):
    ticks: list[int] = []
    timer = QTimer(window, interval=5)
    timer.timeout.connect(lambda: ticks.append(1))
    window.templates.open(held(find_template("lenet5"), go))
    timer.start()
    qtbot.waitUntil(lambda: len(ticks) > 3)
    assert window.front.at_start  # the old page goes on
    go.set()
    qtbot.waitUntil(lambda: not window.front.at_start)
    assert window.session.template == "lenet5"


def test_another_template_takes_the_place_of_one_that_is_built(qtbot, window, go):
    window.templates.open(held(find_template("googlenet"), go))
    window.templates.open(find_template("lenet5"))
    qtbot.waitUntil(lambda: window.session.template == "lenet5")
    go.set()
    qtbot.waitUntil(lambda: not window.templates.findChildren(BackgroundTask))
    assert window.session.template == "lenet5"
