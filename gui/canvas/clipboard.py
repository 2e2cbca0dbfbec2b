"""Networks as text: what is copied is a small project file, so it can travel by mail.

Text from the clipboard is read as strictly as a file: nothing runs, and foreign text is refused
with a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable

from graph.blocks.adopting import adopt_all, copy_block
from graph.blocks.block import Block
from graph.blocks.library import Library
from graph.document.project import Project, dumps, loads
from graph.document.strict_json import ProjectError
from graph.network.edits import AddNode, Batch, Connect
from graph.network.network import Edit, Network
from graph.values.message import UserError, say

MAX_CHARACTERS = 8 * 1024 * 1024


def part_of(network: Network, nodes: Iterable[str]) -> Network:
    """A network of some nodes and the wires among them."""
    wanted = set(nodes)
    chosen = [node for node in network.order() if node in wanted]
    part = Network(network.guard)
    edits: list[Edit] = [AddNode(network.nodes[node]) for node in chosen]
    for node in chosen:
        edits += [Connect(wire) for wire in network.inputs(node) if wire.source in wanted]
    part.do(Batch(tuple(edits)))
    return part


def to_text(network: Network, nodes: Iterable[str]) -> str:
    """Nodes and the wires among them as the text of a project."""
    return dumps(Project(name="part", network=part_of(network, nodes)))


def from_text(text: str) -> Network:
    """The network in a text. Raises UserError: one sentence."""
    if not text.strip():
        raise UserError(say("There is no text to paste"))
    if len(text) > MAX_CHARACTERS:
        raise UserError(say("The text is too long to be pasted as layers"))
    try:
        network = loads(text).network
    except ProjectError as error:
        raise UserError(
            say("This text holds no ConvLoom layers: {reason}", reason=error.message)
        ) from error
    if not network.nodes:
        raise UserError(say("The text holds an empty network"))
    return network


def at_home(part: Network, library: Library) -> Network:
    """A part of another project with the blocks of this one: found here, or copies that are not
    defined yet."""
    whole = Block("part", network=part)
    blocks = dict.fromkeys(whole.uses())
    if not blocks:
        return part
    _, mapping = adopt_all(library, blocks)
    return copy_block(whole, mapping).network
