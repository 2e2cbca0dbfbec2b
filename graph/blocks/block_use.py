"""The layer type that uses a block, once or several times in a chain.

Every block has a type of its own, whose fields are the block's parameters, so that form, checks,
file and canvas need no rules of their own for blocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, ClassVar, cast, get_type_hints

from pydantic import create_model

from graph.analysis.faults import structural
from graph.analysis.spending import Spending, too_much
from graph.blocks.block import Block
from graph.blocks.evaluated import Inside, through
from graph.blocks.parameter import Parameter
from graph.calls.call import Shape
from graph.layers.base.composite import Composite
from graph.layers.base.layer import (
    Explanation,
    FaultKind,
    Origin,
    Port,
    Problem,
    Station,
    macs_line,
    parameters_line,
)
from graph.layers.base.reach import Axis, Strands
from graph.network.network import MAX_NODES
from graph.values.declaration import Declaration, FieldKind, show
from graph.values.fields import integer
from graph.values.message import Message, say, say_count, verbatim
from graph.values.names import is_plain

PREFIX = "block:"
"""How the type names of blocks start in a file."""
MAX_REPEAT = 1000

_TYPES: Mapping[FieldKind, type] = {
    FieldKind.INTEGER: int,
    FieldKind.REAL: float,
    FieldKind.FLAG: bool,
    FieldKind.CHOICE: str,
}


def use_type(block: Block) -> type[BlockUse]:
    """The layer type that uses a block; a new one once its parameters have changed."""
    found = block.layer_type
    if found is None or not issubclass(found, BlockUse):
        found = block.layer_type = _made(block)
    return found


def use_of(block: Block, **values: Any) -> BlockUse:
    """A use of a block with these parameter values. Raises FieldError."""
    return use_type(block).make(values)


def _made(block: Block) -> type[BlockUse]:
    fields: dict[str, Any] = {
        parameter.name: (_TYPES[parameter.kind], parameter.field())
        for parameter in block.parameters
    }
    made = create_model(block.name, __base__=BlockUse, **fields)
    made.block = block
    made.summary = block.summary or "A block of this project."
    return cast("type[BlockUse]", made)


class BlockUse(Composite):
    """A use of a block. ``repeat`` of them stand in a chain, each behind the one before."""

    outputs_differ = True
    keeps_output = True  # whatever gives it inside may need it, or share it
    block: ClassVar[Block]

    repeat: int = integer(
        1, 1, MAX_REPEAT, "How many of them stand in a chain, one behind the other."
    )

    @classmethod
    def type_name(cls) -> str:
        return PREFIX + cls.block.name

    @classmethod
    def base_name(cls) -> str:
        word = "".join(c if c.isalnum() and c.isascii() else "_" for c in cls.block.name).lower()
        return word if is_plain(word) else "block"

    def input_ports(self) -> tuple[Port, ...]:
        return self.block.ports.inputs

    def output_ports(self) -> tuple[Port, ...]:
        return self.block.ports.outputs

    @property
    def chains(self) -> bool:
        """Whether it can stand behind itself."""
        return len(self.block.entrances) == len(self.block.exits) == 1

    def arguments(self, index: int = 0) -> dict[str, Any]:
        """The parameter values of one in the chain."""
        # Amid a change of the parameters a use may still be of the type before it.
        return {
            p.name: p.default if p.first_only and index else getattr(self, p.name, p.default)
            for p in self.block.parameters
        }

    def chain(self, inputs: Sequence[Shape]) -> tuple[Inside, ...]:
        """The insides along the chain, as far as shapes are known."""
        shapes = tuple(inputs)
        return self.block.chain((self, shapes), lambda: self._evaluate(shapes))

    def _evaluate(self, inputs: tuple[Shape, ...]) -> tuple[Inside, ...]:
        found: list[Inside] = []
        spending = Spending()
        shapes = inputs
        for index in range(self.repeat):
            inside = self.block.inside(self.arguments(index), shapes, (index, self.repeat))
            found.append(inside)
            spending.add_chain((inside,))
            if spending.over:
                break
            known = tuple(shape for shape in inside.outputs if shape is not None)
            if len(known) < len(inside.outputs) or not self.chains:
                break
            if index and known == shapes and not self.block.ports.chained:
                found += [inside] * (self.repeat - len(found))
                break
            shapes = known
        return tuple(found)

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        if not self.block.exits:
            yield Problem(
                FaultKind.BLOCK,
                say("the block {name} has no output", name=self.block.name),
                say("Open the block and add an Output"),
                value=self.block.name,
            )
            return
        if self.repeat > 1 and not self.chains:
            yield Problem(
                FaultKind.BLOCK,
                say("only a block of one input and one output can stand behind itself"),
                say("Set repeat to 1"),
                field="repeat",
                value=str(self.repeat),
                changes={"repeat": 1},
            )
            return
        chain = self.chain(inputs)
        spending = Spending()
        spending.add_chain(chain)
        if spending.over:
            yield too_much(self.block.name)
            return
        for index, inside in enumerate(chain):
            if index and inside is chain[index - 1]:
                continue
            problem = self._problem_inside(inside, index)
            if problem is not None:
                yield problem
                return
        layers = sum(inside.layers for inside in chain)
        if layers > MAX_NODES:
            yield Problem(
                FaultKind.TOO_LARGE,
                say_count(
                    "it stands for {n} layer, more than {most}",
                    "it stands for {n} layers, more than {most}",
                    layers,
                    most=MAX_NODES,
                ),
                say("Repeat it less often, or use fewer blocks inside"),
                value=self.block.name,
            )

    def _problem_inside(self, inside: Inside, index: int) -> Problem | None:
        nodes, needed = self.block.network.nodes, self.block.ports.needed
        for node in self.block.network.order():
            facts = inside.facts[node]
            if node not in needed:
                continue
            for problem in facts.problems:
                if not problem.warning:
                    return self._told(node, index, problem)
            if self.block.network.empty_ports(node):
                return self._told(node, index, None)
            for fault in structural(self.block.network, nodes[node], inside.facts):
                if fault.problem is not None:
                    return self._told(node, index, fault.problem)
        return None

    def _told(self, node: str, index: int, problem: Problem | None) -> Problem:
        """What is wrong at a node inside, told of the use; without a problem its input is empty."""
        name = self.block.network.nodes[node].name
        way: tuple[Station, ...] = (Station(index, self.repeat, node, name),)
        what = say("nothing is connected to it") if problem is None else _sentence(problem)
        if problem is not None and problem.origin is not None:
            way += problem.origin.way
            what = problem.origin.what
        mend = say("Change its settings, its input, or open the block")
        origin = Origin(way, what)
        return Problem(
            FaultKind.BLOCK, _told_once(origin), mend, value=self.block.name, origin=origin
        )

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        return tuple(shape for shape in self.chain(inputs)[-1].outputs if shape is not None)

    def parameters(self, inputs: Sequence[Shape]) -> int:
        return sum(inside.parameters for inside in self.chain(inputs))

    def macs(self, inputs: Sequence[Shape]) -> int:
        return sum(inside.macs for inside in self.chain(inputs))

    def elements(self, inputs: Sequence[Shape]) -> int:
        return sum(inside.elements for inside in self.chain(inputs))

    def layers(self, inputs: Sequence[Shape]) -> int:
        return sum(inside.layers for inside in self.chain(inputs))

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        raise LookupError("a block has several paths: strands and seen tell their reach")

    def strands(
        self, inputs: Sequence[Shape], index: int, output: int, image: tuple[Strands, ...]
    ) -> tuple[Strands, ...] | None:
        if len(inputs[index]) != len(image) + 1:
            return image if self.block.joins(index, output) else ()
        for inside in self.chain(inputs):
            if None in inside.outputs:
                return None
            image = through(inside.strands(index, output), image)
        return image

    def seen(
        self, inputs: Sequence[Shape], index: int, output: int, outputs: Sequence[int]
    ) -> tuple[int, ...]:
        masks = tuple(outputs)
        for inside in reversed(self.chain(inputs)):
            masks = inside.seen(index, output, masks)
        return masks

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        values = self.differing()  # how many there are stands beside the name
        parts = [
            _short(parameter, getattr(self, parameter.name))
            for parameter in self.block.parameters
            if parameter.name in values or parameter.required
        ]
        if not inputs or len(inputs) < len(self.block.entrances):
            return " ".join(parts), ""
        outputs = self.chain(inputs)[-1].outputs if not any(self.problems(inputs)) else ()
        after = str(outputs[0][0]) if outputs and outputs[0] else "?"
        return " ".join(parts), f"{inputs[0][0]}→{after}"

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        chain = self.chain(inputs)
        rule = say("Σ inside") if len(chain) == 1 else say("Σ inside, along the chain")
        more = " + …" if len(chain) > 6 else ""
        parameters = " + ".join(f"{inside.parameters:,}" for inside in chain[:6])
        yield parameters_line(self, inputs, rule, f"{parameters}{more}")
        macs = " + ".join(f"{inside.macs:,}" for inside in chain[:6])
        yield macs_line(self, inputs, rule, f"{macs}{more}")


def _settle_annotations() -> None:
    """Let the types of fields stand as objects where the classes have them as text: pydantic reads
    them anew for every block, and reading a text evaluates it."""
    for base in BlockUse.__mro__:
        if issubclass(base, Declaration):
            hints = get_type_hints(base, include_extras=True)
            base.__annotations__ = {name: hints[name] for name in base.__annotations__}


_settle_annotations()

TAKEN = frozenset({*dir(BlockUse), *dir(type(BlockUse)), "block"})
"""Names that no parameter may have: they mean something of every use."""


def _short(parameter: Parameter, value: Any) -> str:
    """A value for the node's face: 64, s2, groups 32."""
    text = show(value)
    if parameter.required:
        return text
    return f"s{text}" if parameter.name == "stride" else f"{parameter.name} {text}"


def _told_once(origin: Origin) -> Message:
    """``number 2 of the chain, inside stage › branch, at conv2: groups 3: …``: the way once."""
    way, what = origin.way, origin.what
    node, number = way[-1].name, way[0].copy + 1
    through: Message | None = None
    for station, behind in pairwise(way):
        name = verbatim(station.name)
        if behind.copy:
            name = say("{name} ({n} of {count})", name=name, n=behind.copy + 1, count=behind.count)
        through = name if through is None else say("{outer} › {inner}", outer=through, inner=name)
    if through is None and number == 1:
        return say("inside, at {node}: {what}", node=node, what=what)
    if through is None:
        return say("number {n} of the chain, at {node}: {what}", n=number, node=node, what=what)
    if number == 1:
        return say("inside {way}, at {node}: {what}", way=through, node=node, what=what)
    return say(
        "number {n} of the chain, inside {way}, at {node}: {what}",
        n=number,
        way=through,
        node=node,
        what=what,
    )


def _sentence(problem: Problem) -> Message:
    if problem.field is None:
        return problem.why
    return say("{field} {value}: {why}", field=problem.field, value=problem.value, why=problem.why)
