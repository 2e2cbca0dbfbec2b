"""A block: a network with parameters, defined once in a project and used many times.

Its Input and Output nodes are its ports, known by their ids, so that they can be renamed. Fields
inside may be formulas over the parameters (graph.values.formula). What is inside is evaluated anew
for every combination of parameter values and input shapes, and remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from typing import TYPE_CHECKING, Any

from graph.analysis.facts import Facts, node_facts
from graph.analysis.spending import Spending, beyond
from graph.blocks.evaluated import Inside
from graph.blocks.parameter import Parameter
from graph.calls.call import Shape
from graph.layers.base.layer import Port
from graph.layers.io import Input, Output
from graph.network.network import Change, Network
from graph.network.ordering import natural
from graph.network.reachable import upstream
from graph.network.scope import CHAIN_WORDS, Scope
from graph.values.declaration import Value

if TYPE_CHECKING:
    from graph.blocks.block_use import BlockUse

MAX_NAME = 60


@dataclass(eq=False)
class Block:
    """A network with parameters. Change it by edits: of its network, and ``library_edits``."""

    name: str
    parameters: tuple[Parameter, ...] = ()
    summary: str = ""
    network: Network = default(default_factory=Network)

    def __post_init__(self) -> None:
        self.network.block = self
        self._cache: dict[Any, Inside] = {}
        self._chains: dict[Any, tuple[Inside, ...]] = {}
        self._kind: type[BlockUse] | None = None
        self._ports: _Ports | None = None
        self.network.listen(self._follow)

    @property
    def kind(self) -> type[BlockUse]:
        """The layer type that uses the block; a new one once its parameters have changed."""
        if self._kind is None:
            from graph.blocks.block_use import use_type  # whose uses hold blocks

            self._kind = use_type(self)
        return self._kind

    def layer(self, **values: Any) -> BlockUse:
        """A use of the block. Raises FieldError."""
        return self.kind.make(values)

    def defaults(self) -> dict[str, Value]:
        return {parameter.name: parameter.default for parameter in self.parameters}

    @property
    def entrances(self) -> tuple[str, ...]:
        """The ids of its Input nodes, in the order of its input ports."""
        return self._found().entrances

    @property
    def exits(self) -> tuple[str, ...]:
        """The ids of its Output nodes, in the order of its output ports."""
        return self._found().exits

    @property
    def needed(self) -> frozenset[str]:
        """The nodes that some output needs."""
        return self._found().needed

    @property
    def tells_apart(self) -> bool:
        """Whether a formula inside speaks of the place in the chain."""
        return self._found().chained

    def joins(self, entrance: int, output: int) -> bool:
        """Whether a path leads from an input to an output."""
        return self.entrances[entrance] in upstream(self.network, [self.exits[output]])

    def input_ports(self) -> tuple[Port, ...]:
        return self._found().inputs

    def output_ports(self) -> tuple[Port, ...]:
        return self._found().outputs

    def uses(self) -> Iterator[Block]:
        """The blocks that its nodes use, each as often as it is used."""
        for node in self.network.nodes.values():
            block = getattr(node.layer, "block", None)
            if isinstance(block, Block):
                yield block

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
        chain = dict(zip(CHAIN_WORDS, place, strict=True)) if self._found().chained else {}
        key = (tuple(values.items()), shapes, tuple(chain.values()))
        found = self._cache.get(key)
        if found is None:
            found = self._cache[key] = self._evaluate(self.scope(values, shapes, chain))
        return found

    def chain(
        self, key: tuple[BlockUse, tuple[Shape, ...]], evaluate: Callable[[], tuple[Inside, ...]]
    ) -> tuple[Inside, ...]:
        """The insides along a chain, for a use and its input shapes, all plain."""
        place = (*key, self._found().key)
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
        return Inside(self, facts, outputs, own, tuple(spending.direct.values()))

    def forget(self) -> None:
        """Drop what was evaluated: something inside has changed."""
        self._cache.clear()
        self._chains.clear()
        self._ports = None

    def set_parameters(self, parameters: tuple[Parameter, ...], summary: str) -> None:
        """For edits only."""
        self.parameters = parameters
        self.summary = summary
        self._kind = None
        self.forget()

    def _follow(self, change: Change) -> None:
        if change.meaning or change.renamed:
            self.forget()

    def _found(self) -> _Ports:
        # Within a batch the listeners are not told yet, so the nodes are counted, too.
        if self._ports is None or self._ports.key != self._key():
            self._ports = _Ports.of(self.network, self._key())
        return self._ports

    def _key(self) -> tuple[int, int]:
        network = self.network
        return len(network.nodes), len(network.wires)


def _sizes(name: str, shape: Shape) -> dict[str, int]:
    """The words for the sizes of an input: channels, and height and width of an image."""
    axes = ("channels", "height", "width") if len(shape) == 3 else ("channels",)
    return {f"{name}_{axis}": size for axis, size in zip(axes, shape, strict=False)}


@dataclass(frozen=True, slots=True)
class _Ports:
    entrances: tuple[str, ...]
    exits: tuple[str, ...]
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    needed: frozenset[str]
    chained: bool
    key: tuple[int, int]

    @classmethod
    def of(cls, network: Network, key: tuple[int, int]) -> _Ports:
        nodes = network.nodes
        entrances = sorted((n for n in nodes if isinstance(nodes[n].layer, Input)), key=natural)
        exits = sorted((n for n in nodes if isinstance(nodes[n].layer, Output)), key=natural)
        texts = [text for node in nodes.values() for text in node.formulas.values()]
        return cls(
            tuple(entrances),
            tuple(exits),
            tuple(Port(node, title=nodes[node].name) for node in entrances),
            tuple(Port(node, title=nodes[node].name) for node in exits),
            frozenset(upstream(network, exits)),
            any(word in text for text in texts for word in CHAIN_WORDS),
            key,
        )
