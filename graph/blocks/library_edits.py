"""The edits of a project's blocks; each can stand in a Batch with edits of any of its networks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from graph.blocks.block import Block
from graph.blocks.block_use import TAKEN, BlockUse, use_type
from graph.blocks.library import Library, library_of
from graph.blocks.parameter import Parameter, check_parameters
from graph.network.edits import Batch, SetLayer
from graph.network.network import Edit, EditRefused, Network
from graph.values.declaration import Value
from graph.values.formula import FormulaError, names_in, substituted
from graph.values.message import Message, UserError, say


@dataclass(frozen=True, slots=True)
class DefineBlock:
    """Take a block into the project."""

    block: Block
    index: int | None = None
    """Its place among the blocks, last if None."""

    def apply(self, network: Network) -> Edit:
        library_of(network).define(self.block, self.index)
        return RemoveBlock(self.block.name)

    def title(self) -> Message:
        return say("Define the block {name}", name=self.block.name)


@dataclass(frozen=True, slots=True)
class RemoveBlock:
    """Take a block that nothing uses out of the project."""

    name: str

    def apply(self, network: Network) -> Edit:
        library = library_of(network)
        index = list(library.blocks).index(library.block(self.name).name)
        return DefineBlock(library.drop(self.name), index)

    def title(self) -> Message:
        return say("Remove the block {name}", name=self.name)


@dataclass(frozen=True, slots=True)
class RenameBlock:
    """Give a block another name."""

    old: str
    new: str

    def apply(self, network: Network) -> Edit:
        library_of(network).rename(self.old, self.new)
        return RenameBlock(self.new, self.old)

    def title(self) -> Message:
        return say("Rename the block to {name}", name=self.new)


@dataclass(frozen=True, slots=True)
class SetParameters:
    """Give a block other parameters or another summary. Uses keep the values that still fit;
    a default they follow, unless the parameter is required: there every use chose its value.

    ``renames`` are pairs of old and new names: formulas and uses follow.
    """

    name: str
    parameters: tuple[Parameter, ...]
    summary: str
    renames: tuple[tuple[str, str], ...] = ()
    follow: bool = True
    """Whether formulas inside follow; the edit that undoes this one puts their texts back."""

    def apply(self, network: Network) -> Edit:
        library = library_of(network)
        block = library.block(self.name)
        check_parameters(self.parameters, TAKEN)
        back = tuple((new, old) for old, new in self.renames)
        parameters, summary = block.parameters, block.summary
        undo: list[Edit] = [SetParameters(self.name, parameters, summary, back, follow=False)]
        names = dict(self.renames)
        defaults = _defaults_to_follow(block, names, self.parameters)
        followed = list(_followed(block, names)) if self.follow else []
        try:
            self._make(library, block, names, defaults, followed, undo)
        except BaseException:
            block.set_parameters(parameters, summary)
            for edit in reversed(undo[1:]):
                edit.apply(network)
            raise
        library.changed(block)
        first, *rest = undo
        return Batch((first, *reversed(rest)), self.title())

    def _make(
        self,
        library: Library,
        block: Block,
        names: dict[str, str],
        defaults: dict[str, Value],
        followed: Iterable[SetLayer],
        undo: list[Edit],
    ) -> None:
        """Make the changes, and put what undoes each one behind ``undo``."""
        before = list(library.uses(block))
        block.set_parameters(self.parameters, self.summary)
        for outer, node in before:
            old = node.layer.values()
            moved = {names.get(key, key): value for key, value in old.items()}
            kept = {k: v for k, v in moved.items() if k not in defaults or v != defaults[k]}
            new = _moved(block, kept)
            formulas = {
                names.get(key, key): text
                for key, text in node.formulas.items()
                if names.get(key, key) in type(new).model_fields
            }
            changed = SetLayer(node.id, new, formulas)
            undo.append(OnNetwork(outer, outer.do(changed)))
        for edit in followed:
            undo.append(OnNetwork(block.network, block.network.do(edit)))

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


def _defaults_to_follow(
    block: Block, names: dict[str, str], parameters: tuple[Parameter, ...]
) -> dict[str, Value]:
    """The defaults that give way to others, by the new names of their parameters."""
    required = {parameter.name for parameter in parameters if parameter.required}
    found = {names.get(old.name, old.name): old for old in block.parameters}
    return {
        name: old.default
        for name, old in found.items()
        if not old.required and name not in required
    }


def _moved(block: Block, values: dict[str, object]) -> BlockUse:
    """A use with the values that its fields still take, each on its own."""
    found = use_type(block)()
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
