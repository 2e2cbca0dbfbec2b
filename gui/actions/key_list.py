"""All keys to read: what each does and the menu it belongs to, in the order of the menus."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from gui.actions.action import Action
from gui.actions.menus import BAR, CANVAS, Menu
from gui.language.text import tr

ARROWS = ("Left", "Right", "Up", "Down")


@dataclass(frozen=True, slots=True)
class KeyRow:
    """Keys that do the same, with the menu and the group of its actions."""

    menu: Menu
    group: int
    text: str
    keys: tuple[str, ...]


def key_rows(actions: Iterable[Action]) -> list[KeyRow]:
    """One row for each text that has keys; what only keys do comes last."""
    order = {menu: number for number, menu in enumerate((*BAR, CANVAS))}
    found = [action for action in actions if action.keys]
    found.sort(key=lambda a: (order[_top(a.menu.menu)], a.menu.group, a.menu.order))
    rows: dict[tuple[Menu, str], KeyRow] = {}
    for action in found:
        place = action.menu
        key = place.menu, action.text
        row = rows.setdefault(key, KeyRow(place.menu, place.group, action.text, ()))
        rows[key] = replace(row, keys=(*row.keys, *action.keys))
    return list(rows.values())


def in_words(keys: Sequence[str], written: Callable[[str], str] = str) -> list[str]:
    """Keys as a person reads them, each by ``written``; the four arrows are one word."""
    words: dict[str, None] = {}
    for key in keys:
        held, plus, last = key.rpartition("+")
        if last in ARROWS and all(f"{held}{plus}{arrow}" in keys for arrow in ARROWS):
            words[f"{held}{plus}{tr('Arrows')}"] = None
        else:
            words[written(key)] = None
    return list(words)


def _top(menu: Menu) -> Menu:
    """The menu of the menu bar that a menu stands in."""
    return _top(menu.within.menu) if menu.within is not None else menu
