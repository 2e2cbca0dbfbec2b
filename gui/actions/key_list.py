"""All keys to read: what each does and the menu it belongs to, in the order of the menus."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
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
    known = {action.id: action for action in actions}
    rows: dict[tuple[Menu, str], KeyRow] = {}
    for action in sorted(
        known.values(), key=lambda a: (order[_top(a.menu.menu)], a.menu.group, a.menu.order)
    ):
        place, keys = action.menu, keys_of(action, known)
        if keys:
            same = place.menu, action.text
            row = rows.setdefault(same, KeyRow(place.menu, place.group, action.text, ()))
            rows[same] = replace(row, keys=(*row.keys, *keys))
    return list(rows.values())


def keys_of(action: Action, known: Mapping[str, Action]) -> tuple[str, ...]:
    """The keys that come to an action, its own or those of the one it is reached through."""
    return known[action.through].keys if action.through else action.keys


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


def way_to(menu: Menu) -> str:
    """The titles of the menus that lead to a menu, and its own."""
    title = menu.title.text()
    return f"{way_to(menu.within.menu)} · {title}" if menu.within is not None else title


def _top(menu: Menu) -> Menu:
    """The menu of the menu bar that a menu stands in."""
    return _top(menu.within.menu) if menu.within is not None else menu
