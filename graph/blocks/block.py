"""A block: a network with parameters, defined once in a project and used many times.

Its Input and Output nodes are its ports, known by their ids, so that they can be renamed. Fields
inside may be formulas over the parameters (graph.values.formula). What is inside is evaluated anew
for every combination of parameter values and input shapes, and remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any

from graph.analysis.facts import Facts, node_facts
from graph.analysis.spending import Spending, beyond
from graph.blocks.evaluated import Inside
from graph.blocks.parameter import Parameter
from graph.blocks.ports import BlockPorts, size_of
from graph.calls.call import Shape
from graph.layers.base.composite import Composite
from graph.layers.base.layer import Layer
from graph.layers.io import Input
from graph.network.network import Change, Network
from graph.network.reachable import upstream
from graph.network.scope import CHAIN_WORDS, Scope, size_words
from graph.values.declaration import Value

MAX_NAME = 60


@dataclass(eq=False)
class Block:
    """A network with parameters. Change it by edits: of its network, and ``library_edits``."""

    name: str
    parameters: tuple[Parameter, ...] = ()
    summary: str = ""
    network: Network = default(default_factory=Network)

    def __post_init__(self) -> None:
        self.network.owner = self
        self.layer_type: type[Layer] | None = None
        """The layer type that graph.blocks.block_use made of it; None until then, and once its
        parameters have changed."""
        self._insides: dict[Any, Inside] = {}
        self._chains: dict[Any, tuple[Inside, ...]] = {}
        self._ports: BlockPorts | None = None
        self.network.listen(self._follow)

    @property
    def ports(self) -> BlockPorts:
        """Its ends, and what they need."""
        # Within a batch the listeners are not told yet, so the nodes are counted, too.
        if self._ports is None or self._ports.size != size_of(self.network):
            self._ports = BlockPorts.of(self.network)
        return self._ports

    def parameter_names(self) -> frozenset[str]:
        """What formulas inside may call its parameters."""
        return frozenset(parameter.name for parameter in self.parameters)

    def defaults(self) -> dict[str, Value]:
        return {parameter.name: parameter.default for parameter in self.parameters}

    @property
    def entrances(self) -> tuple[str, ...]:
        """The ids of its Input nodes, in the order of its input ports."""
        return self.ports.entrances

    @property
    def exits(self) -> tuple[str, ...]:
        """The ids of its Output nodes, in the order of its output ports."""
        return self.ports.exits

    def joins(self, entrance: int, output: int) -> bool:
        """Whether a path leads from an input to an output."""
        return self.entrances[entrance] in upstream(self.network, [self.exits[output]])

    def uses(self) -> Iterator[Block]:
        """The blocks that its nodes use, each as often as it is used."""
        for node in self.network.nodes.values():
            if isinstance(node.layer, Composite) and isinstance(node.layer.block, Block):
                yield node.layer.block

    def contains(self, other: Block) -> bool:
        """Whether the other is used in it, at any depth, or is itself."""
        waiting: list[Block] = [self]
        seen: set[Block] = set()
        while waiting:
            block = waiting.pop()
            if block not in seen:
                seen.add(block)
                waiting.extend(block.uses())
        return other in seen

    def words(self) -> frozenset[str]:
        """All that formulas inside may speak of, besides the node's own input."""
        sizes: set[str] = set()
        for node in self.entrances:
            placed = self.network.nodes[node]
            shape = placed.layer.shape if isinstance(placed.layer, Input) else ()
            sizes.update(_sizes(placed.name, shape))
        return frozenset({*self.defaults(), *CHAIN_WORDS, *sizes})

    def scope(
        self, values: Mapping[str, Any], shapes: Sequence[Shape], entries: Mapping[str, Any]
    ) -> Scope:
        """The scope of its network for parameter values and input shapes; ``entries`` are further
        words: those of the chain."""
        words = {**entries, **values}
        for node, shape in zip(self.entrances, shapes, strict=True):
            words.update(_sizes(self.network.nodes[node].name, shape))
        return Scope(words, dict(zip(self.entrances, shapes, strict=True)), inside=True)

    def inside(
        self, values: Mapping[str, Value], shapes: tuple[Shape, ...], place: tuple[int, int]
    ) -> Inside:
        """Its inside for plain values and shapes, ``place`` being index and count in a chain."""
        ports = self.ports
        chain = dict(zip(CHAIN_WORDS, place, strict=True)) if ports.chained else {}
        key = (tuple(values.items()), shapes, tuple(chain.values()), ports.size)
        found = self._insides.get(key)
        if found is None:
            found = self._insides[key] = self._evaluate(self.scope(values, shapes, chain))
        return found

    def chain(
        self, key: tuple[Layer, tuple[Shape, ...]], evaluate: Callable[[], tuple[Inside, ...]]
    ) -> tuple[Inside, ...]:
        """The insides along the chain of a use on inputs of these shapes, all plain."""
        place = (*key, self.ports.size)
        found = self._chains.get(place)
        if found is None:
            found = self._chains[place] = evaluate()
        return found

    def _evaluate(self, scope: Scope) -> Inside:
        network = self.network
        facts: dict[str, Facts] = {}
        spending = Spending()
        for node in network.order():
            if spending.over:
                facts[node] = beyond(network, node, facts)
                continue
            facts[node] = node_facts(network, node, facts, scope)
            spending.add(facts[node])
        outputs = tuple(
            facts[node].inputs[0] if facts[node].inputs else None for node in self.exits
        )
        own = len(facts) + spending.links
        return Inside(self.ports, facts, outputs, own, tuple(spending.direct.values()))

    def forget(self) -> None:
        """Drop what was evaluated: something inside has changed."""
        self._insides.clear()
        self._chains.clear()
        self._ports = None

    def set_parameters(self, parameters: tuple[Parameter, ...], summary: str) -> None:
        """For edits only."""
        self.parameters = parameters
        self.summary = summary
        self.layer_type = None
        self.forget()

    def _follow(self, change: Change) -> None:
        if change.meaning or change.renamed:
            self.forget()


def block_of(network: Network) -> Block | None:
    """The block whose inside a network is; None for a network of its own."""
    return network.owner if isinstance(network.owner, Block) else None


def _sizes(name: str, shape: Shape) -> dict[str, int]:
    """The words for the sizes of an input: channels, and height and width of an image."""
    words = size_words(name) if len(shape) == 3 else size_words(name)[:1]
    return dict(zip(words, shape, strict=False))
