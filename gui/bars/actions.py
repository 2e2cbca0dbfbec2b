"""The actions that the panels offer as Qt knows them: shortcuts, menu entries, buttons.

Menu bar, context menus, tool bar, the list of commands and the page of keys are drawn from here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from gui.actions.action import Action, KeyScope, always
from gui.actions.key_list import KeyRow, key_rows, keys_of
from gui.actions.menus import BAR, BELOW, Menu, MenuPlace
from gui.appearance.icons import icon


@dataclass(frozen=True, slots=True)
class CommandRow:
    """Something in the menus, its words and its key, and the way to it through them."""

    text: str
    way: str
    key: str
    command: QAction


class Actions:
    """The actions of a window by id, and the menus made of them."""

    def __init__(
        self,
        window: QWidget,
        canvas: QWidget,
        offered: Iterable[Action],
        document_shown: Callable[[], bool] = always,
    ) -> None:
        self._window = window
        self._document_shown = document_shown
        self.offered: dict[str, Action] = {}
        self.menus: dict[Menu, QMenu] = {}
        self._actions: dict[str, QAction] = {}
        for action in offered:
            if action.id in self.offered:
                raise ValueError(f"two actions are called {action.id}")
            self.offered[action.id] = action
        for action in self.offered.values():
            made = self._make(action)
            (canvas if action.scope is KeyScope.CANVAS else window).addAction(made)
            self._actions[action.id] = made
        self.refresh()

    def _make(self, action: Action) -> QAction:
        made = QAction(action.text, self._window)
        made.setObjectName(action.id)
        made.setCheckable(action.checked is not None)
        if action.icon:
            made.setIcon(icon(action.icon))
            made.setIconVisibleInMenu(False)
        key = self._key(action)
        if action.scope is KeyScope.TYPED or not action.keys:
            # The menu names a key that is no shortcut of it.
            made.setText(f"{action.text}\t{key}" if key else action.text)
        else:
            made.setShortcuts([QKeySequence(key) for key in action.keys])
            made.setShortcutContext(
                Qt.ShortcutContext.WidgetWithChildrenShortcut
                if action.scope is KeyScope.CANVAS
                else Qt.ShortcutContext.WindowShortcut
            )
        made.setToolTip(f"{action.text} ({key})" if key else action.text)
        if action.short:
            made.setIconText(action.short)
        made.triggered.connect(lambda _checked=False: self._run(action))
        return made

    def _run(self, action: Action) -> None:
        action.run()
        self.refresh()

    def _key(self, action: Action) -> str:
        """The key that is shown with an action; empty if it has none."""
        keys = keys_of(action, self.offered)
        return native(keys[0]) if keys else ""

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def refresh(self) -> None:
        """Ask all actions whether they can be done now, and what is switched on."""
        shown = self._document_shown()
        for name, action in self.offered.items():
            made = self._actions[name]
            made.setEnabled(action.enabled() and (shown or not action.needs_document))
            if action.checked is not None:
                made.setChecked(action.checked())

    # Menus

    def fill(self, bar: QMenuBar) -> None:
        """Put all menus into a menu bar."""
        for menu in BAR:
            self._fill(bar.addMenu(menu.title.text()), menu)

    def _fill(self, made: QMenu, menu: Menu) -> None:
        self.menus[menu] = made
        choice = QActionGroup(made) if menu.exclusive else None
        last: int | None = None
        for place, entry in self._entries(menu):
            if last is not None and place.group != last:
                made.addSeparator()
            last = place.group
            if isinstance(entry, Menu):
                self._fill(made.addMenu(entry.title.text()), entry)
                continue
            made.addAction(self._actions[entry.id])
            if choice is not None:
                choice.addAction(self._actions[entry.id])

    def _entries(self, menu: Menu) -> list[tuple[MenuPlace, Action | Menu]]:
        """What stands in a menu, in order."""
        found: list[tuple[MenuPlace, Action | Menu]] = []
        for action in self.offered.values():
            place = action.place_in(menu)
            if place is not None:
                found.append((place, action))
        found += [
            (below.within, below)
            for below in BELOW
            if below.within is not None and below.within.menu == menu
        ]
        return sorted(found, key=lambda entry: (entry[0].group, entry[0].order))

    def groups(self, menu: Menu) -> list[list[Action]]:
        """The actions of a menu without menus below it, group by group."""
        groups: dict[int, list[Action]] = {}
        for place, entry in self._entries(menu):
            if isinstance(entry, Action):
                groups.setdefault(place.group, []).append(entry)
        return list(groups.values())

    # Lists

    def command_rows(self) -> Iterator[CommandRow]:
        """Everything in the menus, menus within them included."""
        for menu in BAR:
            yield from self._rows(menu.title.text(), self.menus[menu])

    def _rows(self, way: str, menu: QMenu) -> Iterator[CommandRow]:
        for made in menu.actions():
            below = made.menu()
            if isinstance(below, QMenu):
                yield from self._rows(f"{way} · {below.title()}", below)
            elif not made.isSeparator():
                action = self.offered.get(made.objectName())
                text = action.text if action else made.text().replace("&", "")
                yield CommandRow(text, way, self._key(action) if action else "", made)

    def key_rows(self) -> list[KeyRow]:
        """All keys with what they do."""
        return key_rows(self.offered.values())


def native(key: str) -> str:
    """A key as the system writes it."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
