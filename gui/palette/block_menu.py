"""The context menu of a project's block in the palette."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QMenu, QWidget

from graph.blocks.block import Block
from gui.language.text import full, tr, tr_count
from gui.palette.block_shelf import BlockShelf
from gui.session.block_uses import show_use, use_title, uses_of
from gui.session.session import Session

MOST_USES = 40


def block_menu(
    parent: QWidget,
    session: Session,
    shelf: BlockShelf,
    block: Block,
    add: Callable[[], None],
    rename: Callable[[], None],
) -> QMenu:
    """The verbs for a block; ``add`` places it, ``rename`` begins to edit its name."""
    menu = QMenu(parent)
    menu.aboutToHide.connect(menu.deleteLater)
    menu.addAction(tr("Add to the canvas")).triggered.connect(lambda: add())
    menu.addAction(tr("Open by itself")).triggered.connect(lambda: session.enter_block(block))
    _add_uses(menu, session, block)
    menu.addSeparator()
    menu.addAction(tr("Rename") + "\tF2").triggered.connect(lambda: rename())
    menu.addAction(tr("Duplicate")).triggered.connect(lambda: shelf.duplicate(block))
    menu.addAction(tr("Save to my library")).triggered.connect(lambda: shelf.save(block))
    menu.addSeparator()
    menu.addAction(tr("Remove") + "\tDel").triggered.connect(lambda: shelf.remove_block(block))
    return menu


def _add_uses(menu: QMenu, session: Session, block: Block) -> None:
    uses = uses_of(block)
    if not uses:
        menu.addAction(tr("Not used")).setEnabled(False)
        return
    title = tr_count("Used once", "Used {n} times", len(uses))
    below = menu.addMenu(title)
    for network, node in uses[:MOST_USES]:
        action = below.addAction(use_title(network, node).replace("&", "&&"))
        action.triggered.connect(lambda _=False, w=network, n=node: show_use(session, w, n))
    if len(uses) > MOST_USES:
        rest = full(len(uses) - MOST_USES)
        below.addAction(tr("and {n} more", n=rest)).setEnabled(False)
