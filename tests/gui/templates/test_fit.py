"""Fitting a template: presets, live figures, refusals, and what opens."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from graph.analysis.analysis import Analysis
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input
from graph.layers.linear import Linear
from graph.layers.pooling.adaptive import AdaptiveAvgPool2d
from graph.layers.pooling.plain import MaxPool2d
from graph.layers.reshaping.flatten import Flatten
from graph.network.network import Network
from graph.templates.template import Builder, Template, TemplateSize
from graph.values.message import say
from gui.language.text import NOTHING, full
from gui.templates.fit import FitDialog


def network(fit: TemplateSize) -> Network:
    """Halves images twice, or not at all where they are small."""
    net = Builder(fit.shape)
    net.then(Conv2d(out_channels=4, padding=(1, 1)))
    if not fit.small:
        net.then(MaxPool2d(), MaxPool2d())
    net.then(AdaptiveAvgPool2d(output_size=(2, 2)), Flatten(), Linear(out_features=fit.classes))
    return net.finish()


TEMPLATE = Template(
    name="made-up",
    title="Made up",
    year=2000,
    note=say("For this test"),
    category="classic",
    network=network,
    shape=(3, 64, 64),
    classes=100,
    has_small=True,
    least=16,
)


@pytest.fixture
def opened(qtbot: Any):
    def make(template: Template = TEMPLATE) -> tuple[FitDialog, list[Any]]:
        dialog = FitDialog(template)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        qtbot.addWidget(dialog)
        projects: list[Any] = []
        dialog.fitted.connect(projects.append)
        dialog.open()
        qtbot.waitUntil(lambda: dialog.ready)
        return dialog, projects

    return make


def line(dialog: FitDialog, field: str) -> QLineEdit:
    widget = dialog.form.editor(field).inputs()[0]
    assert isinstance(widget, QLineEdit)
    return widget


def retype(qtbot: Any, dialog: FitDialog, field: str, text: str) -> None:
    line(dialog, field).selectAll()
    qtbot.keyClicks(line(dialog, field), text)


def settle(qtbot: Any, dialog: FitDialog) -> None:
    qtbot.waitUntil(lambda: not dialog.busy)


def test_it_begins_with_the_original_and_enter_opens_that(qtbot, opened):
    dialog, projects = opened()
    assert dialog.radios[0].isChecked()
    assert line(dialog, "channels").hasFocus()
    qtbot.keyClick(line(dialog, "channels"), Qt.Key.Key_Return)
    (project,) = projects
    assert project.name == "Made up"
    assert [
        n.layer.shape for n in project.network.nodes.values() if isinstance(n.layer, Input)
    ] == [(3, 64, 64)]


def test_a_preset_fills_the_fields_and_takes_the_small_variant(qtbot, opened):
    dialog, projects = opened()
    qtbot.mouseClick(dialog.radios[1], Qt.MouseButton.LeftButton)
    assert line(dialog, "height").text() == "28"
    settle(qtbot, dialog)
    totals = Analysis(network(TemplateSize((1, 28, 28), 10, True))).totals()
    assert dialog.figures.texts()["Parameters"] == full(totals.parameters)
    assert dialog.figures.texts()["Result"] == "10"
    qtbot.mouseClick(dialog.open_button, Qt.MouseButton.LeftButton)
    types = [type(node.layer) for node in projects[0].network.nodes.values()]
    assert MaxPool2d not in types


def test_figures_follow_what_is_typed(qtbot, opened):
    dialog, projects = opened()
    before = dialog.figures.texts()
    retype(qtbot, dialog, "classes", "7")
    assert not any(radio.isChecked() for radio in dialog.radios)
    settle(qtbot, dialog)
    after = dialog.figures.texts()
    assert after["Result"] == "7"
    assert after["Parameters"] != before["Parameters"]
    qtbot.keyClick(line(dialog, "classes"), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(projects) == 1)


def test_enter_right_after_typing_opens_what_was_typed(qtbot, opened):
    dialog, projects = opened()
    retype(qtbot, dialog, "classes", "12")
    assert not dialog.open_button.isEnabled()
    qtbot.keyClick(line(dialog, "classes"), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(projects) == 1)
    last = [n.layer for n in projects[0].network.nodes.values() if isinstance(n.layer, Linear)]
    assert [layer.out_features for layer in last] == [12]


def test_what_cannot_be_fitted_is_one_sentence_and_open_is_off(qtbot, opened):
    dialog, projects = opened()
    retype(qtbot, dialog, "height", "9")
    settle(qtbot, dialog)
    assert "at least 16×16" in dialog.problem.text()
    assert not dialog.open_button.isEnabled()
    qtbot.keyClick(line(dialog, "height"), Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert projects == []
    (small,) = dialog.form.editor("small_images").inputs()
    qtbot.keyClick(small, Qt.Key.Key_Space)
    settle(qtbot, dialog)
    assert dialog.problem.text() == ""
    assert dialog.open_button.isEnabled()


def test_an_illegal_number_stays_and_open_is_off(qtbot, opened):
    dialog, _ = opened()
    settle(qtbot, dialog)
    retype(qtbot, dialog, "width", "0")
    assert dialog.form.complaint("width")
    assert not dialog.open_button.isEnabled()
    assert not any(radio.isChecked() for radio in dialog.radios)
    assert set(dialog.figures.texts().values()) == {NOTHING}
    retype(qtbot, dialog, "width", "64")
    assert dialog.radios[0].isChecked()
    assert NOTHING not in dialog.figures.texts().values()
    retype(qtbot, dialog, "width", "32")
    settle(qtbot, dialog)
    assert dialog.open_button.isEnabled()


def test_a_template_without_small_variant_offers_none(opened):
    dialog, _ = opened(replace(TEMPLATE, has_small=False))
    assert dialog.form.fields() == ("channels", "height", "width", "classes")


def test_escape_opens_nothing(qtbot, opened):
    dialog, projects = opened()
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
    assert projects == []
