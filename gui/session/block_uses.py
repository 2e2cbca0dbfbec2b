"""Where a block is used: in the network, or in other blocks."""

from __future__ import annotations

from graph.blocks.block import Block, block_of
from graph.blocks.library import library_of
from graph.network.network import Network, Node
from gui.language.text import full, tr, tr_count
from gui.session.session import Session

NAMED = 3
"""So many uses are named in a line; a tooltip or menu has all."""


def use_title(network: Network, node: Node) -> str:
    """``layer1``, or ``first in Residual`` where a block uses it."""
    if network.owner is None:
        return node.name
    return tr("{node} in {block}", node=node.name, block=network.owner.name)


def uses_of(block: Block) -> list[tuple[Network, Node]]:
    """All nodes of the project that use a block, those of the network first."""
    return list(library_of(block.network).uses(block))


def used_words(block: Block) -> str:
    """``used 4 times: layer1, layer2, layer3 and 1 more``"""
    uses = uses_of(block)
    if not uses:
        return tr("not used")
    names = ", ".join(use_title(*use) for use in uses[:NAMED])
    if len(uses) > NAMED:
        names = tr("{names} and {n} more", names=names, n=full(len(uses) - NAMED))
    return tr_count("used once: {names}", "used {n} times: {names}", len(uses), names=names)


def all_uses(block: Block) -> str:
    """One line for each use."""
    return "\n".join(use_title(*use) for use in uses_of(block))


def show_use(session: Session, network: Network, node: Node) -> None:
    """Open where a block is used, and choose that use."""
    session.reveal_in(session.levels.way_to(block_of(network)), node.id)
