"""The context menu of the canvas: the verbs that suit what is under the pointer."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget

from graph.blocks.block_use import BlockUse
from gui.bars.actions import Actions
from gui.session.session import Session

LINE = ""
NODES = (
    "group",
    "rename",
    "freeze",
    LINE,
    "cut",
    "copy",
    "duplicate",
    "delete",
)
USE = ("open_block", "unpack", "rename_block", "keep_block", LINE)
VOID = ("add_layer", "paste", "select_all", LINE, "new_block", LINE, "arrange", "fit")


def names_for(session: Session) -> tuple[str, ...]:
    """The verbs that suit the selection, with lines between them."""
    chosen = [session.network.nodes[node].layer for node in session.selection]
    if chosen:
        return (*USE, *NODES) if any(isinstance(x, BlockUse) for x in chosen) else NODES
    if session.selected_wires:
        return ("delete", LINE, *VOID)
    return (*VOID, LINE, "leave_block") if session.depth else VOID


def show_menu(parent: QWidget, session: Session, actions: Actions, place: QPoint) -> None:
    """Open the menu at a place of the screen."""
    menu = QMenu(parent)
    menu.aboutToHide.connect(menu.deleteLater)
    for name in names_for(session):
        if name == LINE:
            menu.addSeparator()
        else:
            menu.addAction(actions[name])
    menu.popup(place)
