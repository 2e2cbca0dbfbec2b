"""All actions of the window: no two share a key, and each can be read, done and reached.

The rules are functions from actions to complaints; each is shown to fail on planted actions.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from graph.layers.convolution.plain import Conv2d
from gui.actions.action import Action, KeyScope
from gui.actions.menus import (
    BAR,
    BELOW,
    CANVAS,
    EDIT,
    ON_NODES,
    ON_USE,
    ON_VOID,
    ON_VOID_INSIDE,
    ON_WIRES,
    RUN_TOOLS,
    TOOLS,
)
from gui.language.text import MINUS
from gui.session.preferences import Preferences
from gui.window.window import MainWindow
from tests.gui.helpers import add

SHOWN = (*BAR, *BELOW, ON_USE, ON_NODES, ON_WIRES, ON_VOID, ON_VOID_INSIDE, TOOLS, RUN_TOOLS)
"""The menus that something draws."""


def shared_keys(actions: Iterable[Action]) -> Iterator[str]:
    """A key belongs to one action. The canvas lies in the window, and what is typed on it would
    go to its shortcut first: no scope keeps a key from another."""
    owners: dict[str, list[str]] = defaultdict(list)
    for action in actions:
        for key in action.keys:
            owners[QKeySequence(key).toString()].append(action.id)
    for key, names in owners.items():
        if len(names) > 1:
            yield f"{key} belongs to {' and '.join(names)}"


def unusable(actions: Iterable[Action]) -> Iterator[str]:
    """An action has a name, words and a function, and a menu, a button or a key leads to it."""
    known = {action.id: action for action in actions}
    for action in known.values():
        if not action.id.strip() or not action.text.strip():
            yield f"{action.id or action.text!r} lacks a name or words"
        if not callable(action.run):
            yield f"{action.id} does nothing"
        if not all(QKeySequence(key).toString() for key in action.keys):
            yield f"{action.id} has a key that no keyboard has"
        if action.through and not (action.through in known and known[action.through].keys):
            yield f"{action.id} is reached through {action.through}, which has no key"
        if not action.keys and not any(action.place_in(menu) for menu in SHOWN):
            yield f"{action.id} cannot be reached"


RULES = (shared_keys, unusable)
Rule = Callable[[Iterable[Action]], Iterator[str]]


@pytest.fixture
def window(qtbot: Any) -> MainWindow:
    window = MainWindow(Preferences())
    qtbot.addWidget(window, before_close_func=lambda w: w.session.new())
    return window


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_actions_of_the_window_keep(rule: Rule, window: MainWindow) -> None:
    assert list(rule(window.bars.actions.offered.values())) == []


def nothing() -> None:
    pass


GOOD = Action("planted", "Planted", EDIT.at(99, 1), nothing, ("Ctrl+Alt+F12",))


@pytest.mark.parametrize(
    ("rule", "planted"),
    [
        (shared_keys, replace(GOOD, keys=("Ctrl+S",))),
        (shared_keys, replace(GOOD, keys=("F12", "F"))),
        (shared_keys, replace(GOOD, keys=("Enter",), scope=KeyScope.CANVAS)),
        (shared_keys, replace(GOOD, keys=("Shift+Ctrl+G",), scope=KeyScope.TYPED)),
        (shared_keys, replace(GOOD, keys=("Ctrl+Right",), menu=CANVAS.at(9, 1))),
        (unusable, replace(GOOD, id="")),
        (unusable, replace(GOOD, text=" ")),
        (unusable, replace(GOOD, run=None)),
        (unusable, replace(GOOD, menu=CANVAS.at(9, 1), keys=())),
        (unusable, replace(GOOD, keys=("Hyper+Quux",))),
        (unusable, replace(GOOD, keys=(), through="nobody")),
        (unusable, replace(GOOD, keys=(), through="about")),
    ],
)
def test_a_planted_fault_is_found(rule: Rule, planted: Action, window: MainWindow) -> None:
    actions = list(window.bars.actions.offered.values())
    assert [complaint for kept in RULES for complaint in kept([*actions, GOOD])] == []
    assert len(list(rule([*actions, planted]))) == 1


def entries(menu: QMenu) -> Iterator[str]:
    for action in menu.actions():
        below = action.menu()
        if isinstance(below, QMenu):
            yield from entries(below)
        elif action.objectName():
            yield action.objectName()


def test_every_place_in_the_menus_is_drawn(window: MainWindow) -> None:
    table = window.bars.actions
    drawn = [name for menu in BAR for name in entries(table.menus[menu])]
    placed = {action.id for action in table.offered.values() if action.menu.menu is not CANVAS}
    assert set(drawn) == placed
    assert len(drawn) == len(placed)


def test_every_button_of_the_tool_bar_is_an_action_placed_there(window: MainWindow) -> None:
    table = window.bars.actions
    groups = (group for menu in (TOOLS, RUN_TOOLS) for group in table.groups(menu))
    placed = [table[action.id] for group in groups for action in group]
    buttons = [button.defaultAction() for button in window.bars.tools.findChildren(QToolButton)]
    assert [action for action in buttons if action is not None] == placed


def test_actions_are_asked_again_when_something_else_is_chosen(window: MainWindow) -> None:
    table, session = window.bars.actions, window.session
    node = add(session, "conv", Conv2d(), 0, 0)
    table.offered["about"] = replace(
        table.offered["about"], enabled=lambda: session.selection == [node]
    )
    session.select([node])
    assert table["about"].isEnabled()
    session.select([])
    assert not table["about"].isEnabled()


NAMED = re.compile(r"\((?P<keys>[^()]+?)( on the canvas)?\)$")


def test_keys_that_a_tooltip_names_are_those_of_actions(window: MainWindow) -> None:
    known = {key for action in window.bars.actions.offered.values() for key in action.keys}
    found = [NAMED.search(widget.toolTip()) for widget in window.findChildren(QWidget)]
    words = [match["keys"].replace(MINUS, "-").split(", ") for match in found if match]
    named = {key for keys in words for key in keys if QKeySequence(key).toString()}
    assert {"Esc", "Enter", "Ctrl+PgUp", "-"} <= named
    assert named <= known
