"""The menus: which there are, in which order, and where one stands within another.

What stands in a menu is not told here: each action says it of itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from graph.values.message import Message, say


@dataclass(frozen=True, slots=True)
class Menu:
    """A menu, or a row of buttons. ``within`` is its place in another menu; the entries of an
    ``exclusive`` one are a choice of which one holds."""

    id: str
    title: Message
    within: MenuPlace | None = None
    exclusive: bool = False

    def at(self, group: int, order: int) -> MenuPlace:
        """A place in this menu."""
        return MenuPlace(self, group, order)


@dataclass(frozen=True, slots=True)
class MenuPlace:
    """Where something stands: groups are parted by lines, ``order`` counts within a group."""

    menu: Menu
    group: int
    order: int


FILE = Menu("file", say("File"))
EDIT = Menu("edit", say("Edit"))
VIEW = Menu("view", say("View"))
NETWORK = Menu("network", say("Network"))
BLOCK = Menu("block", say("Block"))
TRAIN = Menu("train", say("Train"))
DATA = Menu("data", say("Data"))
WINDOW = Menu("window", say("Window"))
HELP = Menu("help", say("Help"))
BAR = (FILE, EDIT, VIEW, NETWORK, BLOCK, TRAIN, DATA, WINDOW, HELP)
"""The menus of the menu bar, in their order."""

RECENT = Menu("recent", say("Open recent"), FILE.at(2, 0))
THEME = Menu("theme", say("Theme"), VIEW.at(4, 1), exclusive=True)
SCALE = Menu("scale", say("Interface scale"), VIEW.at(4, 2), exclusive=True)
PANELS = Menu("panels", say("Panels"), VIEW.at(4, 3))
BELOW = (RECENT, THEME, SCALE, PANELS)
"""The menus within others."""

CANVAS = Menu("canvas", say("Canvas"))
"""What is done by keys alone: shown nowhere, but listed with the keys."""

ON_USE = Menu("on_use", say("Block"))
ON_NODES = Menu("on_nodes", say("Nodes"))
ON_WIRES = Menu("on_wires", say("Wires"))
ON_VOID = Menu("on_void", say("Canvas"))
ON_VOID_INSIDE = Menu("on_void_inside", say("Block"))
"""Parts of the context menu of the canvas, by what is chosen."""

TOOLS = Menu("tools", say("Tools"))
RUN_TOOLS = Menu("run_tools", say("Tools"))
"""The buttons of the tool bar, before and behind the choice of data."""
