"""Training a template on data that it was not built for: one sentence, and what can be done."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from graph.layers.io import Input, Output
from graph.templates.registry import find_template
from gui.appearance.dress import apply_theme
from gui.session.preferences import Preferences
from gui.templates.fit import FitDialog
from gui.window.window import MainWindow
from tests.gui.helpers import open_template
from tests.gui.training_window import LONG

FIT, AS_IT_IS = "Fit to the data…", "Train as it is"


@pytest.fixture
def window(qtbot) -> Iterator[MainWindow]:
    apply_theme(QApplication.instance(), "dark")
    window = MainWindow(Preferences())
    qtbot.addWidget(window, before_close_func=lambda w: w.session.new())
    window.resize(1440, 900)
    window.show()
    qtbot.waitExposed(window)
    qtbot.waitUntil(lambda: window.run.choice.look is not None)
    return window


def opened(qtbot, window: MainWindow, name: str) -> None:
    open_template(qtbot, window, find_template(name))


def train(qtbot, window: MainWindow) -> None:
    qtbot.keyClick(window, Qt.Key.Key_F5)


def sizes(window: MainWindow) -> tuple[tuple[int, ...], tuple[int, ...]]:
    network, facts = window.session.project.network, window.session.main_analysis.facts
    (image,) = [n.layer.shape for n in network.nodes.values() if isinstance(n.layer, Input)]
    (end,) = [key for key, n in network.nodes.items() if isinstance(n.layer, Output)]
    return image, facts(end).inputs[0]


def test_a_template_for_large_photographs_is_fitted_to_the_data(qtbot, window):
    opened(qtbot, window, "resnet18")
    window.session.project.training = {"epochs": 3}  # as a file brings it: nothing is unsaved
    train(qtbot, window)
    banner = window.training.banner
    assert "3×224×224" in banner.text()
    assert "1×28×28" in banner.text()
    assert not window.run.is_running
    qtbot.mouseClick(banner.button(FIT), Qt.MouseButton.LeftButton)
    dialog = window.findChild(FitDialog)
    (chosen,) = [radio for radio in dialog.radios if radio.isChecked()]
    assert chosen.text().startswith("Data chosen for training")
    qtbot.waitUntil(lambda: dialog.ready)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: sizes(window) == ((1, 28, 28), (10,)))
    assert window.session.project.training == {"epochs": 3}
    assert not banner.text()


def test_it_can_be_trained_as_it_is(qtbot, window):
    opened(qtbot, window, "alexnet")
    train(qtbot, window)
    button = window.training.banner.button(AS_IT_IS)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert window.run.is_running
    window.training.stop()
    qtbot.waitUntil(lambda: not window.run.is_running, timeout=LONG)


def test_masks_are_offered_to_a_network_that_marks_pixels(qtbot, window):
    opened(qtbot, window, "unet")
    train(qtbot, window)
    banner = window.training.banner
    assert "every pixel a class" in banner.text()
    assert banner.button(AS_IT_IS) is None
    button = banner.button("Take Silhouettes of Fashion-MNIST, a sample")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.run.choice.spec == "silhouettes")
    assert not banner.text()


def test_a_template_for_such_images_just_trains(qtbot, window):
    opened(qtbot, window, "lenet5")
    train(qtbot, window)
    assert window.run.is_running
    window.training.stop()
    qtbot.waitUntil(lambda: not window.run.is_running, timeout=LONG)


def test_boxes_are_not_trained_and_the_reason_is_told(qtbot, window):
    opened(qtbot, window, "yolo11n")
    train(qtbot, window)
    assert "opened, counted and exported" in window.training.banner.text()
    assert not window.run.is_running
