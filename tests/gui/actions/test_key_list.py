"""The list of keys: in the order of the menus, one row for what is the same, arrows as one word."""

from __future__ import annotations

from gui.actions.action import Action
from gui.actions.key_list import in_words, key_rows
from gui.actions.menus import CANVAS, EDIT, FILE, SCALE, Menu


def action(name: str, menu: Menu, order: int, *keys: str, text: str = "") -> Action:
    return Action(name, text or name, menu.at(1, order), lambda: None, keys)


def test_rows_follow_the_menus_and_what_only_keys_do_comes_last():
    actions = [
        action("walk", CANVAS, 1, "Left"),
        action("redo", EDIT, 2, "Ctrl+Y"),
        action("larger", SCALE, 1, "Ctrl++"),
        action("undo", EDIT, 1, "Ctrl+Z"),
        action("mute", EDIT, 3),
        action("new", FILE, 1, "Ctrl+N"),
    ]
    texts = [row.text for row in key_rows(actions)]
    assert texts == ["new", "undo", "redo", "larger", "walk"]


def test_actions_of_one_text_share_a_row():
    names = ("left", "right", "up", "down")
    actions = [action(f"go {n}", CANVAS, 1, n.title(), text="Go") for n in names]
    (row,) = key_rows(actions)
    assert row.keys == ("Left", "Right", "Up", "Down")


def test_the_four_arrows_are_one_word_and_fewer_are_not():
    arrows = [f"Ctrl+{arrow}" for arrow in ("Left", "Right", "Up", "Down")]
    assert in_words((*arrows, "Home")) == ["Ctrl+Arrows", "Home"]
    assert in_words(("Alt+Up", "Alt+Down")) == ["Alt+Up", "Alt+Down"]
    assert in_words(("+", "="), str.upper) == ["+", "="]


def test_an_action_knows_its_place_in_each_menu():
    cut = Action("cut", "Cut", EDIT.at(2, 1), lambda: None, elsewhere=(CANVAS.at(3, 4),))
    assert cut.place_in(EDIT) == EDIT.at(2, 1)
    assert cut.place_in(CANVAS) == CANVAS.at(3, 4)
    assert cut.place_in(FILE) is None
