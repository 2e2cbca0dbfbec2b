"""The blocks of a project: which there are, and who uses them (edits: graph.blocks.library_edits).

Every network of a project knows the same library. What changes inside a block is told to all
networks that use it, at any depth, so that their figures follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from graph.blocks.block import MAX_NAME, Block, block_of
from graph.blocks.block_use import TAKEN, BlockUse
from graph.blocks.parameter import check_parameters
from graph.layers.base.layer import FaultKind, Layer
from graph.layers.io import Input, Output
from graph.network.network import Change, EditRefused, Network, Node
from graph.values.declaration import show
from graph.values.message import say, verbatim

MAX_BLOCKS = 500
MAX_DEPTH = 24
"""How deep blocks may stand inside each other."""


class Library:
    """The blocks of a project, by name, beside its main network. It guards all of its networks."""

    def __init__(self, main: Network) -> None:
        """Raises EditRefused where the main network uses blocks already."""
        self.main = main
        self.blocks: dict[str, Block] = {}
        self._ends: dict[str, Callable[[], None]] = {}
        self._listeners: list[Callable[[], None]] = []
        self._spreading = False
        for node in main.nodes.values():
            self.check_use(main, node.layer)
        main.guard = self

    def networks(self) -> Iterator[Network]:
        """All networks of the project, the main one first."""
        yield self.main
        for block in self.blocks.values():
            yield block.network

    def uses(self, block: Block) -> Iterator[tuple[Network, Node]]:
        """All nodes that use a block."""
        for network in self.networks():
            for node in network.nodes.values():
                if isinstance(node.layer, BlockUse) and node.layer.block is block:
                    yield network, node

    def listen(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call ``listener`` when blocks come, go, or get another name or other parameters."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def free_name(self, name: str) -> str:
        """The name, with a number behind it if it is taken."""
        found, number = name, 2
        while found in self.blocks:
            found = f"{name} {number}"
            number += 1
        return found

    # For edits only

    def define(self, block: Block, index: int | None = None) -> None:
        """Take a block in, at a place among the others or as the last. Raises EditRefused."""
        _check_block(block)
        if block.name in self.blocks:
            raise EditRefused(say("There is a block {name} already", name=show(block.name)))
        if len(self.blocks) >= MAX_BLOCKS:
            raise EditRefused(say("A project has at most {most} blocks", most=MAX_BLOCKS))
        for inner in block.uses():
            if self.blocks.get(inner.name) is not inner:
                raise EditRefused(
                    say(
                        "{name} uses the block {inner}, which is not in this project",
                        name=show(block.name),
                        inner=show(inner.name),
                    )
                )
        blocks = list(self.blocks.values())
        blocks.insert(len(blocks) if index is None else index, block)
        self.blocks = {known.name: known for known in blocks}
        block.network.guard = self
        self._ends[block.name] = block.network.listen(lambda change: self._spread(block, change))
        self._tell()

    def drop(self, name: str) -> Block:
        """Take a block out. Raises EditRefused."""
        block = self.block(name)
        for network, node in self.uses(block):
            used = verbatim(node.name)
            if network.owner is not None:
                used = say("{node} in {block}", node=node.name, block=show(network.owner.name))
            raise EditRefused(
                say(
                    "The block {name} is used by {node}: take its uses away first",
                    name=show(name),
                    node=used,
                )
            )
        del self.blocks[name]
        self._ends.pop(name)()
        self._tell()
        return block

    def block(self, name: str) -> Block:
        """A block by name. Raises EditRefused."""
        if name not in self.blocks:
            raise EditRefused(say("There is no block {name}", name=show(name)))
        return self.blocks[name]

    def rename(self, old: str, new: str) -> None:
        block = self.block(old)
        if new in self.blocks:
            raise EditRefused(say("There is a block {name} already", name=show(new)))
        _check_name(new)
        # The order of the blocks stays, so that undo gives the same file.
        self.blocks = {new if n == old else n: b for n, b in self.blocks.items()}
        self._ends[new] = self._ends.pop(old)
        block.name = new
        self._refresh(block)
        self._tell()

    def changed(self, block: Block) -> None:
        """Tell that a block's parameters have changed."""
        self._refresh(block)
        self._tell()

    def check_use(self, network: Network, layer: Layer) -> None:
        """Refuse a use of a block that is not of this project, or that would contain itself."""
        if not isinstance(layer, BlockUse):
            return
        block, outer = layer.block, block_of(network)
        if self.blocks.get(block.name) is not block:
            raise EditRefused(say("The block {name} is not in this project", name=show(block.name)))
        if outer is not None and block.contains(outer):
            raise EditRefused(
                say("{name} would contain itself", name=show(outer.name)), FaultKind.CYCLE
            )
        around = self._depth_of_uses(outer) if outer is not None else 0
        if _depth(block, {}) + around > MAX_DEPTH:
            raise EditRefused(say("Blocks stand at most {n} deep in each other", n=MAX_DEPTH))

    def check_port(self, network: Network, node: Node) -> None:
        """Refuse to take away an Input or Output of a block that has wires where it is used."""
        block = block_of(network)
        if block is None or not isinstance(node.layer, (Input, Output)):
            return
        for outer, use in self.uses(block):
            ends = [wire.input for wire in outer.inputs(use.id)]
            ends += [wire.output for wire in outer.outputs(use.id)]
            if node.id in ends:
                raise EditRefused(
                    say(
                        "{port} has a wire where the block is used, at {node}: cut it there first",
                        port=node.name,
                        node=use.name,
                    )
                )

    def _by_depth(self) -> list[Block]:
        """The blocks, those inside others first."""
        depths: dict[Block, int] = {}
        return sorted(self.blocks.values(), key=lambda block: _depth(block, depths))

    def _depth_of_uses(self, block: Block) -> int:
        """How many blocks stand around the inside of one, itself included."""
        around = {block: 1}
        for user in self._by_depth():
            levels = [around[inner] for inner in set(user.uses()) if inner in around]
            if levels:
                around[user] = 1 + max(levels)
        return max(around.values())

    def _spread(self, block: Block, change: Change) -> None:
        if change.meaning or change.renamed:
            self._refresh(block)

    def _refresh(self, block: Block) -> None:
        """Let all that use a block follow, at any depth, inner networks first and each once."""
        if self._spreading:
            return
        changed = {block}
        users: list[tuple[Network, list[str]]] = []
        for network in (*(inner.network for inner in self._by_depth()), self.main):
            nodes = [n for n, node in network.nodes.items() if _used(node.layer) in changed]
            if nodes:
                users.append((network, nodes))
                user = block_of(network)
                if user is not None:
                    changed.add(user)
                    user.forget()
        self._spreading = True
        try:
            for network, nodes in users:
                network.refresh(nodes)
        finally:
            self._spreading = False

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()


def library_of(network: Network) -> Library:
    """The library of the project that a network belongs to; a network that belongs to none becomes
    the main one of a new project."""
    if network.guard is None:
        return Library(network)
    assert isinstance(network.guard, Library), "another guard knows no blocks"
    return network.guard


def _used(layer: Layer) -> Block | None:
    return layer.block if isinstance(layer, BlockUse) else None


def _depth(block: Block, known: dict[Block, int]) -> int:
    """How many blocks stand in each other in it, itself included."""
    if block not in known:
        known[block] = 1 + max((_depth(inner, known) for inner in set(block.uses())), default=0)
    return known[block]


def _check_block(block: Block) -> None:
    """Raise EditRefused unless name and parameters are in order."""
    _check_name(block.name)
    check_parameters(block.parameters, TAKEN)


def _check_name(name: str) -> None:
    if not 1 <= len(name) <= MAX_NAME or not name.isprintable() or name != name.strip():
        raise EditRefused(
            say("The name of a block has 1 to {most} characters, on one line", most=MAX_NAME)
        )
