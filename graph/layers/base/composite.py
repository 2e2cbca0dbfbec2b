"""A layer that stands for a network inside it: the use of a block (graph.blocks.block_use).

Whoever only places, wires and counts layers needs to know no more of blocks than this.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar, Protocol

from graph.calls.call import Shape
from graph.layers.base.layer import Category, Layer


class Definition(Protocol):
    """What is defined once and used many times: a block."""

    name: str

    def parameter_names(self) -> frozenset[str]:
        """What formulas inside may call its parameters."""
        ...


class ComputedInside(Protocol):
    """The network inside, computed for certain inputs."""

    @property
    def own(self) -> int:
        """How many nodes that took, without those further inside."""
        ...

    @property
    def inner(self) -> Sequence[ComputedInside]:
        """The networks further inside, each once."""
        ...


class Composite(Layer):
    """A layer that stands for a network, once or several times in a chain."""

    category = Category.BLOCK
    lasting = False  # the network inside may change
    block: ClassVar[Definition]

    @abstractmethod
    def chain(self, inputs: Sequence[Shape]) -> Sequence[ComputedInside]:
        """The network inside, computed for each place in the chain as far as shapes are known."""
