"""An action: something a person can do, with all that menus, buttons and lists show of it.

Each panel offers its actions, bound to itself; whoever shows some reads them and declares nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from gui.actions.menus import Menu, MenuPlace


class KeyScope(Enum):
    """Where the keys of an action mean it."""

    WINDOW = auto()
    """Anywhere in the window."""
    CANVAS = auto()
    """While the canvas or something that lies on it has the keyboard."""
    TYPED = auto()
    """While the canvas itself has it: keys that a field needs for itself, such as Enter."""


def always() -> bool:
    """What an action that can be done at any time answers for ``enabled``."""
    return True


@dataclass(frozen=True, slots=True)
class Action:
    """One verb. ``run`` does it; ``keys`` are written as Qt writes them, the first is shown.

    ``elsewhere`` are places beside the one in its ``menu``: in context menus, and in the tool bar,
    where a button says ``short``. ``enabled`` and ``checked`` are asked whenever something happened
    in the window; what can be switched on and off has a ``checked``. One that ``needs_document`` is
    off while the start page is shown. ``through`` names another action whose keys come to this one,
    too, if there is nothing nearer to do, as Escape leaves a block.
    """

    id: str
    text: str
    menu: MenuPlace
    run: Callable[[], object]
    keys: tuple[str, ...] = ()
    scope: KeyScope = KeyScope.WINDOW
    icon: str = ""
    short: str = ""
    elsewhere: tuple[MenuPlace, ...] = ()
    enabled: Callable[[], bool] = always
    checked: Callable[[], bool] | None = None
    needs_document: bool = False
    through: str = ""

    def place_in(self, menu: Menu) -> MenuPlace | None:
        """Where the action stands in a menu; None if it does not."""
        return next((at for at in (self.menu, *self.elsewhere) if at.menu == menu), None)
