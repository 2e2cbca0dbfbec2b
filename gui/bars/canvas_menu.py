"""The context menu of the canvas: the actions that suit what is under the pointer."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget

from graph.blocks.block_use import BlockUse
from gui.actions.menus import ON_NODES, ON_USE, ON_VOID, ON_VOID_INSIDE, ON_WIRES, Menu
from gui.bars.actions import Actions
from gui.session.session import Session


def parts_for(session: Session) -> tuple[Menu, ...]:
    """The parts of the menu that suit the selection."""
    chosen = [session.network.nodes[node].layer for node in session.selection]
    if chosen:
        used = any(isinstance(layer, BlockUse) for layer in chosen)
        return (ON_USE, ON_NODES) if used else (ON_NODES,)
    if session.selected_wires:
        return (ON_WIRES, ON_VOID)
    return (ON_VOID, ON_VOID_INSIDE) if session.depth else (ON_VOID,)


def show_menu(parent: QWidget, parts: Iterable[Menu], actions: Actions, place: QPoint) -> None:
    """Open the menu of these parts at a place of the screen."""
    menu = QMenu(parent)
    menu.aboutToHide.connect(menu.deleteLater)
    for group in (group for part in parts for group in actions.groups(part)):
        if not menu.isEmpty():
            menu.addSeparator()
        for action in group:
            menu.addAction(actions[action.id])
    menu.popup(place)
