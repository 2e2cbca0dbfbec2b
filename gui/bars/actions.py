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

from gui.appearance.icons import icon
from gui.language.text import tr


@dataclass(frozen=True, slots=True)
class Verb:
    """One action. ``canvas`` limits its keys to the canvas; ``shown`` are keys that the canvas
    handles by itself and the menu only names."""

    name: str
    text: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    canvas: bool = False
    shown: str = ""
    checkable: bool = False


FILE = (
    Verb("new", "New network", ("Ctrl+N",), "new"),
    Verb("open", "Open project…", ("Ctrl+O",), "open"),
    Verb("save", "Save", ("Ctrl+S",), "save"),
    Verb("save_as", "Save as…", ("Ctrl+Shift+S",), "save_as"),
    Verb("save_source", "Save Python source…", ("Ctrl+E",), "export"),
    Verb("save_picture", "Save picture of the canvas…", (), "image"),
    Verb("start", "Start page", ("Ctrl+Shift+H",)),
    Verb("quit", "Quit", ("Ctrl+Q",)),
)
EDIT = (
    Verb("undo", "Undo", ("Ctrl+Z",), "undo"),
    Verb("redo", "Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "redo"),
    Verb("cut", "Cut", ("Ctrl+X",), canvas=True),
    Verb("copy", "Copy", ("Ctrl+C",), "copy", canvas=True),
    Verb("paste", "Paste", ("Ctrl+V",), "paste", canvas=True),
    Verb("duplicate", "Duplicate", ("Ctrl+D",), "duplicate", canvas=True),
    Verb("duplicate_wired", "Duplicate with input wires", ("Ctrl+Shift+D",), canvas=True),
    Verb("delete", "Delete and reconnect neighbours", ("Del",), "delete", canvas=True),
    Verb("delete_gap", "Delete and leave a gap", ("Shift+Del",), canvas=True),
    Verb("select_all", "Select all", ("Ctrl+A",), canvas=True),
    Verb("rename", "Rename", ("F2",), "rename", canvas=True),
    Verb("edit_field", "Edit first field", ("E",), canvas=True),
)
VIEW = (
    Verb("fit", "Fit all", ("F",), "fit", canvas=True),
    Verb("fit_selection", "Fit selection", ("Shift+F",), canvas=True),
    Verb("symbols", "Formulas on nodes, not values", ("S",), canvas=True, checkable=True),
    Verb("zoom_100", "Zoom to 100 %", ("1",), canvas=True),
    Verb("zoom_in", "Zoom in", ("+", "="), "zoom_in", canvas=True),
    Verb("zoom_out", "Zoom out", ("-",), "zoom_out", canvas=True),
)
NETWORK = (
    Verb("add_layer", "Add layer…", (), "add", shown="Tab"),
    Verb("arrange", "Arrange", ("L",), "arrange", canvas=True),
    Verb("next_problem", "Next problem", ("F8",)),
    Verb("previous_problem", "Previous problem", ("Shift+F8",)),
    Verb("repair_1", "Apply first repair", ("Alt+1",)),
    Verb("repair_2", "Apply second repair", ("Alt+2",)),
    Verb("fit_template", "Fit template to other images…"),
    Verb("literature", "Literature", (), "learn"),
    Verb("copy_source", "Copy Python source", ("Ctrl+Shift+E",)),
)
BLOCK = (
    Verb("group", "Group into a block…", ("Ctrl+G",), canvas=True),
    Verb("unpack", "Unpack block", ("Ctrl+Shift+G",), canvas=True),
    Verb("open_block", "Open block", (), shown="Enter"),
    Verb("leave_block", "Leave block", (), shown="Esc"),
    Verb("next_copy", "Next of the chain", ("Ctrl+PgDown",)),
    Verb("previous_copy", "Previous of the chain", ("Ctrl+PgUp",)),
    Verb("new_block", "New empty block…", (), "add"),
    Verb("rename_block", "Rename block…", (), "rename"),
    Verb("keep_block", "Save block to my library"),
    Verb("import_blocks", "Import blocks from a project…"),
    Verb("freeze", "Freeze weights, or train them again", ("Z",), canvas=True),
)
TRAIN = (
    Verb("train", "Train or pause", ("F5",), "train"),
    Verb("step", "One step", ("F10",), "step"),
    Verb("stop", "Stop", ("Shift+F5",), "stop"),
)
DATA = (Verb("open_folder", "Open image folder…", ("Ctrl+Shift+O",), "folder"),)
WINDOW = (
    Verb("next_area", "Next area", ("F6",)),
    Verb("previous_area", "Previous area", ("Shift+F6",)),
    Verb("restore_panels", "Restore the panels of this workspace"),
)
HELP = (
    Verb("commands", "All commands…", ("Ctrl+K",), "search"),
    Verb("keys", "Keys", ("?", "Shift+?"), "keyboard"),
    Verb("about", "About ConvLoom", (), "info"),
)
MENUS: tuple[tuple[str, tuple[Verb, ...]], ...] = (
    ("File", FILE),
    ("Edit", EDIT),
    ("View", VIEW),
    ("Network", NETWORK),
    ("Block", BLOCK),
    ("Train", TRAIN),
    ("Data", DATA),
    ("Window", WINDOW),
    ("Help", HELP),
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
        text = tr(verb.text)
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
            menu = bar.addMenu(tr(title))
            menu.setToolTipsVisible(False)
            self.menus[title] = menu
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
