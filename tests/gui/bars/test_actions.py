"""The actions of a window as Qt knows them, with actions made up for the purpose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QMenuBar, QVBoxLayout, QWidget

from gui.actions.action import Action, KeyScope
from gui.actions.menus import EDIT, FILE, ON_NODES, THEME, VIEW
from gui.bars.actions import Actions


@dataclass
class Bench:
    """A window with a canvas, and what has been done there."""

    window: QWidget
    canvas: QWidget
    done: list[str] = field(default_factory=list)
    document: bool = True
    light: bool = False
    heavy: bool = False

    def action(self, name: str, *places: Any, **more: Any) -> Action:
        menu, *elsewhere = places
        run = more.pop("run", lambda: self.done.append(name))
        return Action(name, name.title(), menu, run, elsewhere=tuple(elsewhere), **more)

    def table(self, *actions: Action) -> Actions:
        return Actions(self.window, self.canvas, actions, lambda: self.document)

    def menus(self, *actions: Action) -> Actions:
        table = self.table(*actions)
        table.fill(QMenuBar(self.window))
        return table


@pytest.fixture
def bench(qtbot: Any) -> Iterator[Bench]:
    window = QWidget()
    qtbot.addWidget(window)
    canvas = QWidget(window)
    canvas.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    QVBoxLayout(window).addWidget(canvas)
    window.resize(300, 200)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()
    return Bench(window, canvas)


def lines(menu: QMenu) -> list[str]:
    """What a menu shows; a line is empty."""
    return ["" if action.isSeparator() else action.text() for action in menu.actions()]


def names(groups: Iterable[Iterable[Action]]) -> list[list[str]]:
    return [[action.id for action in group] for group in groups]


def test_a_menu_is_in_the_order_of_its_places_with_lines_between_groups(bench):
    table = bench.menus(
        bench.action("quit", FILE.at(9, 1)),
        bench.action("save", FILE.at(2, 1)),
        bench.action("open", FILE.at(1, 2)),
        bench.action("new", FILE.at(1, 1)),
    )
    recent = "Open recent"
    assert lines(table.menus[FILE]) == ["New", "Open", "", recent, "Save", "", "Quit"]


def test_a_choice_marks_one(bench):
    def choose(light: bool) -> None:
        bench.light = light

    dark = bench.action("dark", THEME.at(1, 1), checked=lambda: not bench.light)
    light = bench.action("light", THEME.at(1, 2), checked=lambda: bench.light)
    table = bench.menus(
        replace(dark, run=lambda: choose(False)), replace(light, run=lambda: choose(True))
    )
    assert [table[name].isChecked() for name in ("dark", "light")] == [True, False]
    table["light"].trigger()
    assert [table[name].isChecked() for name in ("dark", "light")] == [False, True]
    table["light"].trigger()
    assert table["light"].isChecked()
    assert [row.way for row in table.command_rows() if row.text == "Light"] == ["View · Theme"]


def test_a_switch_shows_what_holds_and_not_what_was_clicked(bench):
    table = bench.table(bench.action("heavy", VIEW.at(1, 1), checked=lambda: bench.heavy))
    table["heavy"].trigger()
    assert not table["heavy"].isChecked()


def test_actions_are_asked_again_after_each(bench):
    table = bench.table(
        bench.action("first", EDIT.at(1, 1)),
        bench.action("second", EDIT.at(1, 2), enabled=lambda: bool(bench.done)),
        bench.action("third", EDIT.at(1, 3), needs_document=True),
    )
    assert not table["second"].isEnabled()
    table["first"].trigger()
    assert table["second"].isEnabled()
    assert table["third"].isEnabled()
    bench.document = False
    table.refresh()
    assert not table["third"].isEnabled()


def test_keys_act_where_their_scope_says(qtbot, bench):
    bench.table(
        bench.action("all", EDIT.at(1, 1), keys=("F7",)),
        bench.action("here", EDIT.at(1, 2), keys=("H",), scope=KeyScope.CANVAS),
        bench.action("typed", EDIT.at(1, 3), keys=("Tab",), scope=KeyScope.TYPED),
    )
    bench.canvas.setFocus()
    for key in (Qt.Key.Key_F7, Qt.Key.Key_H, Qt.Key.Key_Tab):
        qtbot.keyClick(bench.canvas, key)
    assert bench.done == ["all", "here"]
    bench.canvas.clearFocus()
    qtbot.keyClick(bench.window, Qt.Key.Key_H)
    assert bench.done == ["all", "here"]


def test_the_key_that_comes_to_an_action_is_named(bench):
    def words(action: QAction) -> tuple[str, str]:
        return action.text(), action.toolTip()

    table = bench.table(
        bench.action("find", EDIT.at(1, 1), keys=("Ctrl+F", "F3")),
        bench.action("add", EDIT.at(1, 2), keys=("Tab",), scope=KeyScope.TYPED),
        bench.action("leave", EDIT.at(1, 3), through="add"),
        bench.action("mute", EDIT.at(1, 4)),
    )
    assert words(table["find"]) == ("Find", "Find (Ctrl+F)")
    assert words(table["add"]) == ("Add\tTab", "Add (Tab)")
    assert words(table["leave"]) == ("Leave\tTab", "Leave (Tab)")
    assert words(table["mute"]) == ("Mute", "Mute")
    assert [row.keys for row in table.key_rows()] == [("Ctrl+F", "F3"), ("Tab",), ("Tab",)]


def test_an_action_may_stand_in_several_menus(bench):
    table = bench.table(
        bench.action("copy", EDIT.at(2, 1), ON_NODES.at(1, 2)),
        bench.action("cut", EDIT.at(2, 2), ON_NODES.at(1, 1)),
        bench.action("drop", EDIT.at(2, 3), ON_NODES.at(2, 1)),
    )
    assert names(table.groups(ON_NODES)) == [["cut", "copy"], ["drop"]]
    assert names(table.groups(EDIT)) == [["copy", "cut", "drop"]]


def test_two_actions_of_one_name_are_refused(bench):
    with pytest.raises(ValueError, match="copy"):
        bench.table(bench.action("copy", EDIT.at(1, 1)), bench.action("copy", EDIT.at(1, 2)))
