"""Every verb of the window once: its words, keys, icon and place in the menus.

Menus, tool bar, command palette and the page of keys read this table. Keys that mean something
only on the canvas (a plain F) act only there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

from graph.values.message import Message, say
from gui.appearance.icons import icon


@dataclass(frozen=True, slots=True)
class Verb:
    """One action. ``canvas`` limits its keys to the canvas; ``shown`` are keys that the canvas
    handles by itself and the menu only names."""

    name: str
    text: Message
    keys: tuple[str, ...] = ()
    icon: str = ""
    canvas: bool = False
    shown: str = ""
    checkable: bool = False


FILE = (
    Verb("new", say("New network"), ("Ctrl+N",), "new"),
    Verb("open", say("Open project…"), ("Ctrl+O",), "open"),
    Verb("save", say("Save"), ("Ctrl+S",), "save"),
    Verb("save_as", say("Save as…"), ("Ctrl+Shift+S",), "save_as"),
    Verb("save_source", say("Save Python source…"), ("Ctrl+E",), "export"),
    Verb("save_picture", say("Save picture of the canvas…"), (), "image"),
    Verb("start", say("Start page"), ("Ctrl+Shift+H",)),
    Verb("quit", say("Quit"), ("Ctrl+Q",)),
)
EDIT = (
    Verb("undo", say("Undo"), ("Ctrl+Z",), "undo"),
    Verb("redo", say("Redo"), ("Ctrl+Shift+Z", "Ctrl+Y"), "redo"),
    Verb("cut", say("Cut"), ("Ctrl+X",), canvas=True),
    Verb("copy", say("Copy"), ("Ctrl+C",), "copy", canvas=True),
    Verb("paste", say("Paste"), ("Ctrl+V",), "paste", canvas=True),
    Verb("duplicate", say("Duplicate"), ("Ctrl+D",), "duplicate", canvas=True),
    Verb("duplicate_wired", say("Duplicate with input wires"), ("Ctrl+Shift+D",), canvas=True),
    Verb("delete", say("Delete and reconnect neighbours"), ("Del",), "delete", canvas=True),
    Verb("delete_gap", say("Delete and leave a gap"), ("Shift+Del",), canvas=True),
    Verb("select_all", say("Select all"), ("Ctrl+A",), canvas=True),
    Verb("rename", say("Rename"), ("F2",), "rename", canvas=True),
    Verb("edit_field", say("Edit first field"), ("E",), canvas=True),
)
VIEW = (
    Verb("fit", say("Fit all"), ("F",), "fit", canvas=True),
    Verb("fit_selection", say("Fit selection"), ("Shift+F",), canvas=True),
    Verb("symbols", say("Formulas on nodes, not values"), ("S",), canvas=True, checkable=True),
    Verb("zoom_100", say("Zoom to 100 %"), ("1",), canvas=True),
    Verb("zoom_in", say("Zoom in"), ("+", "="), "zoom_in", canvas=True),
    Verb("zoom_out", say("Zoom out"), ("-",), "zoom_out", canvas=True),
)
NETWORK = (
    Verb("add_layer", say("Add layer…"), (), "add", shown="Tab"),
    Verb("arrange", say("Arrange"), ("L",), "arrange", canvas=True),
    Verb("next_problem", say("Next problem"), ("F8",)),
    Verb("previous_problem", say("Previous problem"), ("Shift+F8",)),
    Verb("repair_1", say("Apply first repair"), ("Alt+1",)),
    Verb("repair_2", say("Apply second repair"), ("Alt+2",)),
    Verb("fit_template", say("Fit template to other images…")),
    Verb("literature", say("Literature"), (), "learn"),
    Verb("copy_source", say("Copy Python source"), ("Ctrl+Shift+E",)),
)
BLOCK = (
    Verb("group", say("Group into a block…"), ("Ctrl+G",), canvas=True),
    Verb("unpack", say("Unpack block"), ("Ctrl+Shift+G",), canvas=True),
    Verb("open_block", say("Open block"), (), shown="Enter"),
    Verb("leave_block", say("Leave block"), (), shown="Esc"),
    Verb("next_copy", say("Next of the chain"), ("Ctrl+PgDown",)),
    Verb("previous_copy", say("Previous of the chain"), ("Ctrl+PgUp",)),
    Verb("new_block", say("New empty block…"), (), "add"),
    Verb("rename_block", say("Rename block…"), (), "rename"),
    Verb("keep_block", say("Save block to my library")),
    Verb("import_blocks", say("Import blocks from a project…")),
    Verb("freeze", say("Freeze weights, or train them again"), ("Z",), canvas=True),
)
TRAIN = (
    Verb("train", say("Train or pause"), ("F5",), "train"),
    Verb("step", say("One step"), ("F10",), "step"),
    Verb("stop", say("Stop"), ("Shift+F5",), "stop"),
)
DATA = (Verb("open_folder", say("Open image folder…"), ("Ctrl+Shift+O",), "folder"),)
WINDOW = (
    Verb("next_area", say("Next area"), ("F6",)),
    Verb("previous_area", say("Previous area"), ("Shift+F6",)),
    Verb("restore_panels", say("Restore the panels of this workspace")),
)
HELP = (
    Verb("commands", say("All commands…"), ("Ctrl+K",), "search"),
    Verb("keys", say("Keys"), ("?", "Shift+?"), "keyboard"),
    Verb("about", say("About ConvLoom"), (), "info"),
)
MENUS: tuple[tuple[Message, tuple[Verb, ...]], ...] = (
    (say("File"), FILE),
    (say("Edit"), EDIT),
    (say("View"), VIEW),
    (say("Network"), NETWORK),
    (say("Block"), BLOCK),
    (say("Train"), TRAIN),
    (say("Data"), DATA),
    (say("Window"), WINDOW),
    (say("Help"), HELP),
)
LINES_BEFORE = {
    "save",
    "save_source",
    "start",
    "quit",
    "cut",
    "duplicate",
    "delete",
    "rename",
    "symbols",
    "zoom_100",
    "next_problem",
    "repair_1",
    "fit_template",
    "copy_source",
    "open_block",
    "new_block",
    "keep_block",
    "freeze",
    "next_area",
    "restore_panels",
    "about",
}


class Actions:
    """The window's actions by name, and the menus made of them."""

    def __init__(
        self,
        window: QWidget,
        canvas: QWidget,
        slots: Mapping[str, Callable[[], object]],
        workspaces: tuple[Verb, ...] = (),
    ) -> None:
        self._window = window
        self.menus: dict[str, QMenu] = {}
        self._actions: dict[str, QAction] = {}
        self._table = [(t, (*workspaces, *v) if v is WINDOW else v) for t, v in MENUS]
        for _, verbs in self._table:
            for verb in verbs:
                action = self._make(verb, slots[verb.name])
                (canvas if verb.canvas else window).addAction(action)
                self._actions[verb.name] = action

    def _make(self, verb: Verb, slot: Callable[[], object]) -> QAction:
        text = verb.text.text()
        action = QAction(f"{text}\t{verb.shown}" if verb.shown else text, self._window)
        action.setObjectName(verb.name)
        action.setCheckable(verb.checkable)
        if verb.icon:
            action.setIcon(icon(verb.icon))
            action.setIconVisibleInMenu(False)
        if verb.keys:
            action.setShortcuts([QKeySequence(key) for key in verb.keys])
        context = (
            Qt.ShortcutContext.WidgetWithChildrenShortcut
            if verb.canvas
            else Qt.ShortcutContext.WindowShortcut
        )
        action.setShortcutContext(context)
        keys = verb.shown or (
            QKeySequence(verb.keys[0]).toString(QKeySequence.SequenceFormat.NativeText)
            if verb.keys
            else ""
        )
        action.setToolTip(f"{text} ({keys})" if keys else text)
        action.triggered.connect(lambda _checked=False: slot())
        return action

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def fill(self, bar: QMenuBar) -> None:
        """Put all menus into a menu bar."""
        for title, verbs in self._table:
            menu = bar.addMenu(title.text())
            menu.setToolTipsVisible(False)
            self.menus[str(title)] = menu
            for verb in verbs:
                if verb.name in LINES_BEFORE:
                    menu.addSeparator()
                menu.addAction(self._actions[verb.name])

    def rows(self) -> Iterator[tuple[str, str, QAction]]:
        """Menu, words and action of everything in the menus, submenus included."""
        for menu in self.menus.values():
            yield from _rows(menu.title(), menu)


def _rows(path: str, menu: QMenu) -> Iterator[tuple[str, str, QAction]]:
    for action in menu.actions():
        if action.isSeparator():
            continue
        below = action.menu()
        if isinstance(below, QMenu):
            yield from _rows(f"{path} · {below.title()}", below)
        else:
            yield path, action.text().partition("\t")[0].replace("&", ""), action
