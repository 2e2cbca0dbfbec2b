"""The blocks of a project: which there are, who uses them, and the edits that change them.

Every network of a project knows the same library. What changes inside a block is told to all
networks that use it, at any depth, so that their figures follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.block import MAX_NAME, MAX_PARAMETERS, Block, Parameter
from graph.block_use import BlockUse
from graph.declaration import show
from graph.formula import FormulaError, names_in, substituted
from graph.layer import FaultKind, Layer
from graph.layers.io import Input, Output
from graph.message import Message, UserError, say
from graph.network import Change, EditRefused, Network, Node

if TYPE_CHECKING:
    from graph.edits import Edit, SetLayer

MAX_BLOCKS = 500
MAX_DEPTH = 24
"""How deep blocks may stand inside each other."""


class Library:
    """The blocks of a project, by name, beside its main network."""

    def __init__(self, main: Network) -> None:
        self.main = main
        self.blocks: dict[str, Block] = {}
        self._ends: dict[str, Callable[[], None]] = {}
        self._listeners: list[Callable[[], None]] = []
        self._spreading = False
        main.library = self

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
        check_block(block)
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
        block.network.library = self
        self._ends[block.name] = block.network.listen(lambda change: self._spread(block, change))
        self._tell()

    def drop(self, name: str) -> Block:
        """Take a block out. Raises EditRefused."""
        block = self.block(name)
        for network, node in self.uses(block):
            used = say("{node}", node=node.name)
            if network.block is not None:
                used = say("{node} in {block}", node=node.name, block=show(network.block.name))
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
        block = layer.block
        if self.blocks.get(block.name) is not block:
            raise EditRefused(say("The block {name} is not in this project", name=show(block.name)))
        if network.block is not None and block.contains(network.block):
            raise EditRefused(
                say("{name} would contain itself", name=show(network.block.name)),
                FaultKind.CYCLE,
            )
        around = self._depth_of_uses(network.block) if network.block is not None else 0
        if _depth(block, {}) + around > MAX_DEPTH:
            raise EditRefused(say("Blocks stand at most {n} deep in each other", n=MAX_DEPTH))

    def check_port(self, network: Network, node: Node) -> None:
        """Refuse to take away an Input or Output of a block that has wires where it is used."""
        block = network.block
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
                if network.block is not None:
                    changed.add(network.block)
                    network.block.forget()
        self._spreading = True
        try:
            for network, nodes in users:
                network.refresh(nodes)
        finally:
            self._spreading = False

    def _tell(self) -> None:
        for listener in tuple(self._listeners):
            listener()


def _used(layer: Layer) -> Block | None:
    return layer.block if isinstance(layer, BlockUse) else None


def _depth(block: Block, known: dict[Block, int]) -> int:
    """How many blocks stand in each other in it, itself included."""
    if block not in known:
        known[block] = 1 + max((_depth(inner, known) for inner in set(block.uses())), default=0)
    return known[block]


def check_block(block: Block) -> None:
    """Raise EditRefused unless name and parameters are in order."""
    _check_name(block.name)
    check_parameters(block.parameters)


def _check_name(name: str) -> None:
    if not 1 <= len(name) <= MAX_NAME or not name.isprintable() or name != name.strip():
        raise EditRefused(
            say("The name of a block has 1 to {most} characters, on one line", most=MAX_NAME)
        )


def check_parameters(parameters: tuple[Parameter, ...]) -> None:
    """Raise EditRefused unless every parameter is in order and no name stands twice."""
    if len(parameters) > MAX_PARAMETERS:
        raise EditRefused(say("A block has at most {most} parameters", most=MAX_PARAMETERS))
    names = [parameter.name for parameter in parameters]
    for name in names:
        if names.count(name) > 1:
            raise EditRefused(say("There are two parameters called {name}", name=name))
    for parameter in parameters:
        try:
            parameter.check()
        except UserError as error:
            raise EditRefused(error.message) from error


@dataclass(frozen=True, slots=True)
class DefineBlock:
    """Take a block into the project."""

    block: Block
    index: int | None = None
    """Its place among the blocks, last if None."""

    def apply(self, network: Network) -> Edit:
        network.library.define(self.block, self.index)
        return RemoveBlock(self.block.name)

    def title(self) -> Message:
        return say("Define the block {name}", name=self.block.name)


@dataclass(frozen=True, slots=True)
class RemoveBlock:
    """Take a block that nothing uses out of the project."""

    name: str

    def apply(self, network: Network) -> Edit:
        index = list(network.library.blocks).index(network.library.block(self.name).name)
        return DefineBlock(network.library.drop(self.name), index)

    def title(self) -> Message:
        return say("Remove the block {name}", name=self.name)


@dataclass(frozen=True, slots=True)
class RenameBlock:
    """Give a block another name."""

    old: str
    new: str

    def apply(self, network: Network) -> Edit:
        network.library.rename(self.old, self.new)
        return RenameBlock(self.new, self.old)

    def title(self) -> Message:
        return say("Rename the block to {name}", name=self.new)


@dataclass(frozen=True, slots=True)
class SetParameters:
    """Give a block other parameters or another summary. Uses keep the values that still fit.

    ``renames`` are pairs of old and new names: formulas and uses follow.
    """

    name: str
    parameters: tuple[Parameter, ...]
    summary: str
    renames: tuple[tuple[str, str], ...] = ()

    def apply(self, network: Network) -> Edit:
        from graph.edits import Batch, SetLayer

        library = network.library
        block = library.block(self.name)
        check_parameters(self.parameters)
        back = tuple((new, old) for old, new in self.renames)
        undo: list[Edit] = [SetParameters(self.name, block.parameters, block.summary, back)]
        names = dict(self.renames)
        followed = list(_followed(block, names))
        before = list(library.uses(block))
        block.set_parameters(self.parameters, self.summary)
        for outer, node in before:
            old = node.layer.values()
            new = _moved(block, {names.get(key, key): value for key, value in old.items()})
            formulas = {
                names.get(key, key): text
                for key, text in node.formulas.items()
                if names.get(key, key) in type(new).model_fields
            }
            changed = SetLayer(node.id, new, formulas)
            undo.append(OnNetwork(outer, outer.do(changed)))
        for edit in followed:
            undo.append(OnNetwork(block.network, block.network.do(edit)))
        library.changed(block)
        first, *rest = undo
        return Batch((first, *reversed(rest)), self.title())

    def title(self) -> Message:
        return say("Change the parameters of {name}", name=self.name)


@dataclass(frozen=True, slots=True)
class OnNetwork:
    """An edit of another network of the project."""

    network: Network
    edit: Edit

    def apply(self, network: Network) -> Edit:
        return OnNetwork(self.network, self.network.do(self.edit))

    def title(self) -> Message:
        return self.edit.title()


def _moved(block: Block, values: dict[str, object]) -> BlockUse:
    """A use with the values that its fields still take, each on its own."""
    found = block.kind()
    for key, value in values.items():
        if key in type(found).model_fields:
            try:
                found = found.changed(**{key: value})
            except UserError:
                continue
    return found


def _followed(block: Block, names: dict[str, str]) -> Iterator[SetLayer]:
    """The changes of formulas inside a block that follow new names of parameters. Raises
    EditRefused where a formula becomes too long."""
    from graph.edits import SetLayer

    for node in block.network.nodes.values():
        try:
            texts = {field: substituted(text, names) for field, text in node.formulas.items()}
            for text in texts.values():
                names_in(text)
        except FormulaError as error:
            raise EditRefused(
                say("{node}: {reason}", node=node.name, reason=error.message)
            ) from error
        if texts != dict(node.formulas):
            yield SetLayer(node.id, node.layer, texts)
