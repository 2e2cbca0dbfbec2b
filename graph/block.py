"""A block: a network with parameters, defined once in a project and used many times.

Its Input and Output nodes are its ports, known by their ids, so that they can be renamed. Fields
inside may be formulas over the parameters (graph.formula). What is inside is evaluated anew for
every combination of parameter values and input shapes, and remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from functools import cached_property
from typing import TYPE_CHECKING, Any

from graph.analysis.backward import backward
from graph.analysis.facts import Facts, forward, node_facts
from graph.analysis.spending import Spending, beyond
from graph.declaration import FieldSpec, Kind, Value, show
from graph.fields import choice as choice_field
from graph.fields import flag, integer, real
from graph.layer import Port, Shape
from graph.layers.io import Input, Output
from graph.message import UserError, say
from graph.names import is_plain
from graph.network import Change, Network, natural, upstream
from graph.reach import FIRST, Strand, Strands, unite
from graph.scope import NODE_WORDS, Scope

if TYPE_CHECKING:
    from graph.block_use import BlockUse

CHAIN_WORDS = ("index", "count")
"""What a formula inside may say of the place of this one in its chain: index from 0, of count."""
PARAMETER_KINDS = (Kind.INTEGER, Kind.REAL, Kind.FLAG, Kind.CHOICE)
MAX_PARAMETERS = 32
MAX_NAME = 60


@dataclass(frozen=True, slots=True)
class Parameter:
    """A setting of a block. ``first_only``: in a chain only the first one has the value, the others
    have the default (a stride). ``required``: written at every use in the exported file."""

    name: str
    kind: Kind
    default: Value
    minimum: float = 1
    maximum: float = 65536
    words: tuple[str, ...] = ()
    help: str = ""
    first_only: bool = False
    required: bool = False

    def field(self) -> Any:
        """The field of the layer type that uses the block."""
        if self.kind is Kind.FLAG:
            return flag(bool(self.default), self.help)
        if self.kind is Kind.CHOICE:
            return choice_field(str(self.default), self.words, self.help)
        low, high = self.minimum, self.maximum
        if self.kind is Kind.REAL:
            assert isinstance(self.default, (int, float))
            return real(float(self.default), low, high, self.help)
        assert isinstance(self.default, int)
        return integer(self.default, int(low), int(high), self.help)

    def check(self) -> None:
        """Raise UserError: one sentence about what is wrong with it."""
        if not is_plain(self.name) or self.name in (*NODE_WORDS, *CHAIN_WORDS, "repeat"):
            raise UserError(
                say(
                    "{name} cannot be the name of a parameter: use a word of letters, digits and _ "
                    "that means nothing yet",
                    name=show(self.name or '""'),
                )
            )
        from graph.block_use import BlockUse

        if hasattr(BlockUse, self.name) or self.name == "block":
            raise UserError(
                say("{name} cannot be the name of a parameter: it is taken", name=self.name)
            )
        if self.kind not in PARAMETER_KINDS:
            raise UserError(say("{name} is of a kind that no parameter has", name=self.name))
        if self.kind is Kind.CHOICE and not self.words:
            raise UserError(say("{name} has no words to choose from", name=self.name))
        if self.kind in (Kind.INTEGER, Kind.REAL) and self.minimum > self.maximum:
            raise UserError(say("{name} has a range that holds no number", name=self.name))
        if not all(word.isprintable() for word in self.words):
            raise UserError(say("{name} has a word that is not on one line", name=self.name))
        words = self.words if self.kind is Kind.CHOICE else ()
        FieldSpec(self.name, self.kind, self.default, self.minimum, self.maximum, words).check(
            self.default
        )


@dataclass(frozen=True)
class Inside:
    """The inside of a block for certain parameter values and input shapes."""

    block: Block
    facts: Mapping[str, Facts]
    outputs: tuple[Shape | None, ...]
    own: int = 0
    inner: tuple[Inside, ...] = ()
    """What it took to compute it, and the insides that it uses (graph.analysis.spending)."""

    @cached_property
    def used(self) -> tuple[Facts, ...]:
        """The facts of the nodes that some output needs."""
        return tuple(self.facts[node] for node in self.block.needed if node in self.facts)

    @cached_property
    def parameters(self) -> int:
        return sum(facts.parameters for facts in self.used)

    @cached_property
    def macs(self) -> int:
        return sum(facts.macs for facts in self.used)

    @cached_property
    def elements(self) -> int:
        return sum(facts.memory // 4 for facts in self.used)

    @cached_property
    def layers(self) -> int:
        return sum(facts.layers for facts in self.used if not isinstance(facts.layer, Output))

    def strands(self, entrance: int, output: int) -> tuple[Strands, ...]:
        """What one output sees of one input, per axis: strands, if each input cell sees itself."""
        wire = self.block.network.inputs(self.block.exits[output])[0]
        place = self.block.network.output_number(wire)
        if len(self.block.entrances) == 1:
            return self.facts[wire.source].strands_of(place)
        strands: tuple[Strands, ...] = self._strands_from(self.block.entrances[entrance])[
            wire.source
        ](place)
        return strands

    def _strands_from(self, entrance: str) -> dict[str, Any]:
        network = self.block.network
        known: dict[str, Any] = {}
        for node in network.order():
            if node not in self.block.needed:
                continue
            facts = self.facts[node]
            if isinstance(facts.layer, Input):
                shape = facts.outputs[0] or ()
                own = ((FIRST,),) * (len(shape) - 1) if node == entrance else ()
                known[node] = lambda _, own=own: own
                continue
            shapes = facts.known_inputs() or ()
            before = [
                known[wire.source](network.output_number(wire)) for wire in network.inputs(node)
            ]
            count = max(1, len(facts.outputs)) if facts.layer.outputs_differ else 1
            found = [forward(facts.layer, shapes, before, port) for port in range(count)]
            known[node] = lambda port, found=found: found[port if port < len(found) else 0]
        return known

    def seen(self, entrance: int, output: int, outputs: Sequence[int]) -> tuple[int, ...]:
        """The positions of an input that positions of an output see: bit masks, one per axis."""
        network = self.block.network
        wire = network.inputs(self.block.exits[output])[0]
        start = (wire.source, network.output_number(wire))
        masks = backward(network, self.facts, {start: tuple(outputs)})
        end = self.block.entrances[entrance]
        shape = self.facts[end].outputs[0] or ()
        # Of a vector without axes one empty set says that nothing is seen.
        return masks.get((end, 0), (0,) * max(1, len(shape) - 1))


def through(inner: tuple[Strands, ...], image: tuple[Strands, ...]) -> tuple[Strands, ...]:
    """The strands of an output, from those of an input: all rules are linear in start and jump."""
    return tuple(
        unite(
            tuple(
                Strand(
                    strand.start + own.start * strand.jump,
                    strand.size + (own.size - 1) * strand.jump,
                    own.jump * strand.jump,
                )
                for strand in image[axis]
                for own in inner[axis]
            )
        )
        for axis in range(min(len(inner), len(image)))
    )


@dataclass(eq=False)
class Block:
    """A network with parameters. Change it by edits: of its network, and those of graph.library."""

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
            from graph.block_use import use_type

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
