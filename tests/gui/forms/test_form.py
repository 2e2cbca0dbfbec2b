"""Typing into a form: what is told, what stays, what turns red."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QToolButton
from pytestqt.qtbot import QtBot

from graph.layers.activation.piecewise import ReLU
from graph.layers.base.layer import Layer
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input
from graph.layers.pooling.plain import MaxPool2d
from graph.layers.registry import REGISTRY
from graph.values.declaration import Declaration
from graph.values.fields import integer, integers, real, reals, triple
from gui.forms.form import ZERO_WIDTH_SPACE, Form


class Settings(Declaration):
    learning_rate: float = real(0.001, 0.0, 10.0, "Step of the optimiser.", open_minimum=True)


class Many(Declaration):
    kernel_size: tuple[int, int, int] | str = triple(
        (3, 3, 3), 1, 99, "Depth, height, width.", words=("same",)
    )
    padding: int | str = integer(0, 0, 99, "Zeros at each end.", words=("same", "valid"))
    sizes: tuple[int, ...] = integers((1, 2), 1, 99, "Sizes of the parts.", most=8)
    cells: tuple[float, ...] = reals((0.0,) * 9, -9.0, 9.0, "The kernel.", most=49)


@pytest.fixture
def opened(qtbot: Any):
    def make(kind: type[Declaration], **values: Any) -> tuple[Form, list[tuple[str, Any]]]:
        form = Form(kind, kind.make(values).values())
        qtbot.addWidget(form)
        form.show()
        told: list[tuple[str, Any]] = []
        form.changed.connect(lambda field, value: told.append((field, value)))
        return form, told

    return make


def line(form: Form, field: str, index: int = 0) -> QLineEdit:
    widget = form.editor(field).inputs()[index]
    assert isinstance(widget, QLineEdit)
    return widget


def retype(qtbot: Any, widget: QLineEdit, text: str) -> None:
    widget.setFocus()
    widget.selectAll()
    if text:
        qtbot.keyClicks(widget, text)
    else:
        qtbot.keyClick(widget, Qt.Key.Key_Delete)


def test_every_keystroke_that_gives_a_legal_value_is_told(qtbot, opened):
    form, told = opened(Conv2d)
    retype(qtbot, line(form, "out_channels"), "64")
    assert told == [("out_channels", 6), ("out_channels", 64)]


def test_an_illegal_value_stays_and_says_why(qtbot, opened):
    form, told = opened(Conv2d, out_channels=8)
    field = line(form, "out_channels")
    retype(qtbot, field, "0")
    assert field.text() == "0"
    assert field.property("invalid")
    assert "whole number from 1" in form.complaint("out_channels")
    retype(qtbot, field, "abc")
    assert field.text() == "abc"
    assert '"abc"' in form.complaint("out_channels")
    assert told == []
    retype(qtbot, field, "9")
    assert told == [("out_channels", 9)]
    assert not field.property("invalid")
    assert form.complaint("out_channels") == ""


@pytest.mark.parametrize("text", ["", "1.5", "99999999999999999999", "1e3", "True", "×", " "])
def test_what_is_not_a_whole_number_is_refused_in_a_sentence(qtbot, opened, text):
    form, told = opened(Conv2d)
    retype(qtbot, line(form, "out_channels"), text)
    assert form.complaint("out_channels").startswith("out_channels")
    assert [value for _, value in told if not isinstance(value, int)] == []


def test_linked_sizes_change_together_and_unlinked_ones_apart(qtbot, opened):
    form, told = opened(Conv2d)
    retype(qtbot, line(form, "kernel_size"), "5")
    assert line(form, "kernel_size", 1).text() == "5"
    link = form.editor("kernel_size").findChild(QToolButton)
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    retype(qtbot, line(form, "kernel_size", 1), "7")
    assert told == [("kernel_size", (5, 5)), ("kernel_size", (5, 7))]


def test_a_word_may_stand_instead_of_numbers(qtbot, opened):
    form, told = opened(Conv2d)
    retype(qtbot, line(form, "padding"), "same")
    assert told[-1] == ("padding", "same")
    assert not line(form, "padding", 1).isVisible()
    retype(qtbot, line(form, "padding"), "2")
    assert told[-1] == ("padding", (2, 2))
    assert line(form, "padding", 1).isVisible()


def test_words_are_offered_in_a_menu(qtbot, opened):
    form, told = opened(Conv2d)
    menus = [b.menu() for b in form.editor("padding").findChildren(QToolButton) if b.menu()]
    offered = {action.text(): action for action in menus[0].actions()}
    assert {"same", "valid"} <= set(offered)
    offered["valid"].trigger()
    assert told == [("padding", "valid")]


def test_an_empty_field_is_none_where_none_is_allowed(qtbot, opened):
    form, told = opened(MaxPool2d, stride=(1, 1))
    retype(qtbot, line(form, "stride"), "")
    assert told == [("stride", None)]
    assert line(form, "stride").placeholderText() == "auto"


def test_an_extent_may_be_an_image_or_a_vector(qtbot, opened):
    form, told = opened(Input)
    retype(qtbot, line(form, "shape", 0), "3")
    assert told[-1] == ("shape", (3, 28, 28))
    retype(qtbot, line(form, "shape", 2), "")
    retype(qtbot, line(form, "shape", 1), "")
    assert told[-1] == ("shape", (3,))


def test_a_gap_in_an_extent_is_refused(qtbot, opened):
    form, told = opened(Input)
    retype(qtbot, line(form, "shape", 1), "")
    assert form.complaint("shape")
    assert told == []


def test_flags_and_choices_take_keys(qtbot, opened):
    form, told = opened(Conv2d)
    (box,) = form.editor("bias").inputs()
    assert isinstance(box, QCheckBox)
    qtbot.keyClick(box, Qt.Key.Key_Space)
    (mode,) = form.editor("padding_mode").inputs()
    assert isinstance(mode, QComboBox)
    qtbot.keyClick(mode, Qt.Key.Key_Down)
    assert told == [("bias", False), ("padding_mode", "reflect")]


def test_a_changed_field_is_bold_and_has_a_way_back(qtbot, opened):
    form, told = opened(Conv2d, out_channels=5)
    assert form.label("out_channels").property("role") == "name"
    assert form.label("groups").property("role") == "body"
    arrow = form.reset("out_channels")
    assert arrow.isVisible()
    assert not form.reset("groups").isVisible()
    qtbot.mouseClick(arrow, Qt.MouseButton.LeftButton)
    assert told == [("out_channels", 32)]
    assert line(form, "out_channels").text() == "32"
    assert not arrow.isVisible()


def test_the_arrow_takes_an_illegal_text_away(qtbot, opened):
    form, told = opened(Conv2d)
    retype(qtbot, line(form, "out_channels"), "x")
    qtbot.mouseClick(form.reset("out_channels"), Qt.MouseButton.LeftButton)
    assert line(form, "out_channels").text() == "32"
    assert form.complaint("out_channels") == ""
    assert told == []


def test_new_values_leave_alone_what_is_being_typed(qtbot, opened):
    form, _ = opened(Conv2d)
    retype(qtbot, line(form, "groups"), "z")
    form.set_values(Conv2d(bias=False).values())
    assert line(form, "groups").text() == "z"
    assert form.complaint("groups")
    form.set_values(Conv2d(groups=2).values())
    assert line(form, "groups").text() == "2"
    assert form.complaint("groups") == ""
    retype(qtbot, line(form, "groups"), "z")
    form.set_values(Conv2d(groups=2).values(), fresh=True)
    assert line(form, "groups").text() == "2"


def test_arrow_keys_step_a_whole_number(qtbot, opened):
    form, told = opened(Conv2d)
    field = line(form, "out_channels")
    qtbot.keyClick(field, Qt.Key.Key_Up)
    qtbot.keyClick(field, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert told == [("out_channels", 33), ("out_channels", 23)]


def test_real_numbers_take_a_comma_and_an_exponent(qtbot, opened):
    form, told = opened(Settings)
    retype(qtbot, line(form, "learning_rate"), "0,5")
    assert told[-1] == ("learning_rate", 0.5)
    retype(qtbot, line(form, "learning_rate"), "1e-2")
    assert told[-1] == ("learning_rate", 0.01)
    retype(qtbot, line(form, "learning_rate"), "nan")
    assert form.complaint("learning_rate")
    assert form.label("learning_rate").text() == "Learning rate"


def test_a_fault_of_the_network_stands_under_its_field(opened):
    form, _ = opened(Conv2d, groups=5)
    form.set_fault("groups", "3 input channels are not divisible.")
    assert form.complaint("groups") == "3 input channels are not divisible."
    assert line(form, "groups").property("invalid")
    form.clear_faults()
    assert form.complaint("groups") == ""


def test_tab_walks_down_the_fields(qtbot, opened):
    form, _ = opened(Conv2d)
    assert form.focus_first()
    visited = []
    for _ in range(40):
        widget = form.focusWidget()
        owner = next((n for n in form.fields() if form.editor(n).isAncestorOf(widget)), None)
        if owner and (not visited or visited[-1] != owner):
            visited.append(owner)
        qtbot.keyClick(widget, Qt.Key.Key_Tab)
    assert visited[: len(form.fields())] == list(form.fields())


def test_a_layer_without_settings_has_an_empty_form(opened):
    form, _ = opened(ReLU)
    assert form.fields() == ("inplace",) or form.fields() == ()


def test_three_sizes_follow_each_other_until_unlinked(qtbot, opened):
    form, told = opened(Many)
    retype(qtbot, line(form, "kernel_size", 1), "5")
    assert told[-1] == ("kernel_size", (5, 5, 5))
    link = form.editor("kernel_size").findChild(QToolButton)
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    retype(qtbot, line(form, "kernel_size", 0), "1")
    assert told[-1] == ("kernel_size", (1, 5, 5))
    qtbot.mouseClick(link, Qt.MouseButton.LeftButton)
    assert told[-1] == ("kernel_size", (1, 1, 1))
    retype(qtbot, line(form, "kernel_size"), "same")
    assert told[-1] == ("kernel_size", "same")
    assert not line(form, "kernel_size", 2).isVisible()


def test_a_whole_number_may_be_a_word(qtbot, opened):
    form, told = opened(Many)
    retype(qtbot, line(form, "padding"), "same")
    assert told[-1] == ("padding", "same")
    retype(qtbot, line(form, "padding"), "sam")
    assert "same, valid" in form.complaint("padding")
    (menu,) = [b.menu() for b in form.editor("padding").findChildren(QToolButton) if b.menu()]
    {action.text(): action for action in menu.actions()}["valid"].trigger()
    assert told[-1] == ("padding", "valid")
    assert form.complaint("padding") == ""


@pytest.mark.parametrize("text", ["3 4 5", "3, 4, 5", "3,4,5", "3×4×5", " [3; 4; 5] "])
def test_a_list_of_whole_numbers_is_one_line(qtbot, opened, text):
    form, told = opened(Many)
    retype(qtbot, line(form, "sizes"), text)
    assert told[-1] == ("sizes", (3, 4, 5))


@pytest.mark.parametrize("text", ["", "1 x", "0 1", "1 2.5", "1 2 3 4 5 6 7 8 9"])
def test_a_wrong_list_stays_and_says_why(qtbot, opened, text):
    form, _ = opened(Many)
    retype(qtbot, line(form, "sizes"), text)
    assert line(form, "sizes").text() == text
    assert "1 to 8 whole numbers" in form.complaint("sizes")


def test_a_kernel_is_typed_into_its_cells_or_its_line(qtbot, opened):
    form, told = opened(Many)
    cells = form.editor("cells").inputs()
    assert len(cells) == 10
    retype(qtbot, line(form, "cells", 5), "-4")
    assert told[-1] == ("cells", (0, 0, 0, 0, -4, 0, 0, 0, 0))
    assert line(form, "cells").text() == "0 0 0 0 -4 0 0 0 0"
    retype(qtbot, line(form, "cells", 1), "")
    assert form.complaint("cells")
    retype(qtbot, line(form, "cells", 1), "0,5")
    assert told[-1][1][0] == 0.5
    line(form, "cells").setFocus()
    qtbot.keyClick(line(form, "cells", 0), Qt.Key.Key_Tab)
    assert form.focusWidget() is line(form, "cells", 1)
    retype(qtbot, line(form, "cells"), "1 2 1")
    assert told[-1] == ("cells", (1, 2, 1))
    assert len(form.editor("cells").inputs()) == 1
    form.set_values(Many(cells=tuple(range(-9, 10, 1))[:9]).values())
    assert [line(form, "cells", n).text() for n in (1, 9)] == ["-9", "-1"]


@pytest.mark.parametrize("kind", REGISTRY.values(), ids=REGISTRY)
def test_the_names_of_all_settings_fit(qtbot: QtBot, kind: type[Layer]) -> None:
    form = Form(kind, {})
    qtbot.addWidget(form)
    for field in form.fields():
        label = form.label(field)
        bold = QFont(label.font())
        bold.setWeight(QFont.Weight.DemiBold)  # as where the value is not the default
        words = label.text().split(ZERO_WIDTH_SPACE)
        widest = max(QFontMetrics(bold).horizontalAdvance(word) for word in words)
        assert widest <= label.maximumWidth(), label.text()
