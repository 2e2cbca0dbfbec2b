"""A layer type is one class that says everything about itself.

Its fields carry type, default, range and help; its methods give output shapes, problems,
parameters, multiply-accumulates, reach and the torch call. Palette, form, checks, compiler,
exporter, file format and tests only read it, so a new type touches one file.

Shapes are tuples of integers, 1 or more each, without the batch: ``(channels, height, width)`` or
``(features,)``. All arithmetic is on Python integers, plain or traced (graph.values.dims); torch is
the judge in the tests only. Every formula has its source beside it where it is not the definition
that torch documents.

``inputs`` are the shapes on the input ports in their order, one for each wire of a port of many.
What is said of a layer besides its problems is asked only where none of them is an error; on other
inputs it may be wrong or raise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as default
from enum import Enum
from math import prod
from typing import Any, ClassVar

from graph.calls.call import Shape
from graph.calls.plan import Operation
from graph.layers.base.reach import SAME, Axis, Strands, carried, seen
from graph.values.declaration import Declaration
from graph.values.message import Message, say

MAX_PARAMETERS = 2_000_000_000
MAX_ELEMENTS = 2_000_000_000


class Category(Enum):
    """The family of a layer: its hue, glyph and place in the palette."""

    INPUT_OUTPUT = "input_output"
    CONVOLUTION = "convolution"
    POOLING = "pooling"
    NORMALISATION = "normalisation"
    ACTIVATION = "activation"
    LINEAR = "linear"
    MERGE = "merge"
    ATTENTION = "attention"
    RESHAPE = "reshape"
    REGULARISATION = "regularisation"
    BLOCK = "block"


class FaultKind(Enum):
    """What can be wrong with a network."""

    CYCLE = "cycle"
    MISSING_INPUT = "missing input"
    UNREACHABLE = "unreachable"
    NO_INPUT = "no input"
    NO_OUTPUT = "no output"
    MERGE_MISMATCH = "merge mismatch"
    WRONG_RANK = "wrong rank"
    WINDOW_TOO_LARGE = "window too large"
    PADDING = "padding"
    GROUPS = "groups"
    REDUCTION = "reduction"
    FLATTEN_MISSING = "flatten missing"
    STRIDE_WITH_SAME = "stride with same"
    DIMENSION = "dimension"
    RANGE = "range"
    IN_PLACE = "in place"
    TOO_LARGE = "too large"
    WRONG_KIND = "wrong kind"
    LOSS = "loss"
    FORMULA = "formula"
    BLOCK = "block"
    POSITIONS = "positions"
    LONE_INPUT = "lone input"


@dataclass(frozen=True, slots=True)
class Station:
    """One step on the way into blocks: a node inside the one with the number ``copy``, from 0, of
    a chain of ``count``."""

    copy: int
    count: int
    node: str
    name: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where in a block the problem of its use lies: the way to a node, and what is wrong there."""

    way: tuple[Station, ...]
    what: Message


@dataclass(frozen=True, slots=True)
class Problem:
    """What a layer says is wrong with its settings or inputs.

    ``field`` or ``port`` (with ``index`` on a port of many wires) names the place, ``value`` what
    was found there, ``why`` the rule and ``mend`` a way out. ``changes`` are settings that mend
    it; ``insert`` is a layer that mends it when put before this one. A warning does not block.
    ``origin`` is where it lies if that is inside a block.
    """

    kind: FaultKind
    why: Message
    mend: Message
    field: str | None = None
    port: str | None = None
    index: int = 0
    value: str = ""
    changes: Mapping[str, Any] = default(default_factory=dict)
    insert: Layer | None = None
    warning: bool = False
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Port:
    """A place where wires end. ``many`` takes any number, in order. ``indices`` are positions
    of maxima, which only unpooling can use. ``title`` is what a person calls it, if not by its
    name."""

    name: str
    many: bool = False
    indices: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One line of "what it computes": the rule, the rule with this node's numbers, the result.
    Signs and letters stand as they are; where words stand among them it is a message."""

    title: Message
    rule: str | Message
    numbers: str | Message
    result: str


def port_number(ports: Sequence[Port], name: str) -> int:
    """The place of the port called ``name``, from 0. Raises ValueError where there is none."""
    return [port.name for port in ports].index(name)


INPUT = Port("input")
OUTPUT = Port("output")


class Layer(Declaration):
    """Base of all layer types.

    ``inputs``, which most methods take, are the shapes that come in, one for each wire in the order
    of the ports and without the batch: C×H×W for an image, F for a vector.
    """

    category: ClassVar[Category]
    summary: ClassVar[str]
    """One sentence of help."""
    search: ClassVar[tuple[str, ...]] = ()
    """Other words a person may search for."""
    renamed: ClassVar[tuple[str, ...]] = ()
    """Names this type had in older files."""
    renamed_fields: ClassVar[Mapping[str, str]] = {}
    """Old field name -> field name."""
    short_name: ClassVar[str] = ""
    """What a new node is called, before its number; the type's name in small letters if empty."""
    modules: ClassVar[tuple[str, ...]] = ()
    """What its calls name of torch, ``nn.ZeroPad2d``, beside modules that have the name of a layer
    type; the builder makes no others."""
    ranks: ClassVar[tuple[int, ...]] = ()
    """How many axes an input may have, the batch not counted; empty if any number will do."""
    operator: ClassVar[bool] = False
    """Drawn as a small operator."""
    keeps_output: ClassVar[bool] = False
    """Its gradient needs its own output, so nothing may overwrite that in place."""
    passes_input: ClassVar[bool] = False
    """Its output may be the input's memory, in training or in evaluation."""
    outputs_differ: ClassVar[bool] = False
    """Its outputs see different parts of the input: ``reach_to`` tells."""
    lasting: ClassVar[bool] = True
    """Its figures depend on its settings and inputs alone, so that they may be remembered."""

    @classmethod
    def type_name(cls) -> str:
        """The name in palette and files: that of the class."""
        return cls.__name__

    @classmethod
    def base_name(cls) -> str:
        """What a new node is called, before its number."""
        return cls.short_name or cls.__name__.lower()

    def input_ports(self) -> tuple[Port, ...]:
        """Where wires end, in the order of ``inputs``."""
        return (INPUT,)

    def output_ports(self) -> tuple[Port, ...]:
        """Where wires begin, in the order of ``shapes``."""
        return (OUTPUT,)

    def problems(self, inputs: Sequence[Shape]) -> Iterator[Problem]:
        """All that is wrong, for inputs of any shapes; warnings do not block. Raises nothing."""
        return iter(())

    def shapes(self, inputs: Sequence[Shape]) -> tuple[Shape, ...]:
        """The shape on each output port; traced sizes stay traced where they can."""
        return (inputs[0],)

    def assumed(self, inputs: Sequence[Shape]) -> Shape | None:
        """A likely output shape in spite of a problem, so that the rest keeps its figures, or None.
        ``inputs`` may be of any shapes."""
        return None

    def parameters(self, inputs: Sequence[Shape]) -> int:
        """How many trainable numbers it has; 0 or more."""
        return 0

    def macs(self, inputs: Sequence[Shape]) -> int:
        """Multiply-accumulates of convolutions and matrix products for one image; 0 or more.

        An addition of a bias, an activation, a pooling and the like count nothing.
        """
        return 0

    def reach(self, inputs: Sequence[Shape], index: int) -> tuple[Axis, ...]:
        """How the output sees input ``index``: a rule for each axis of that input but the first,
        channels or features."""
        return (SAME,) * (len(inputs[index]) - 1)

    def reach_to(self, inputs: Sequence[Shape], index: int, output: int) -> tuple[Axis, ...]:
        """As ``reach``, for the output with this number."""
        return self.reach(inputs, index)

    def strands(
        self, inputs: Sequence[Shape], index: int, output: int, image: tuple[Strands, ...]
    ) -> tuple[Strands, ...] | None:
        """The strands that input ``index`` brings to one output; ``image`` are those of the input,
        axis by axis of the image. None where the input has another number of axes."""
        return carried(self.reach_to(inputs, index, output), inputs[index], image)

    def seen(
        self, inputs: Sequence[Shape], index: int, output: int, outputs: Sequence[int]
    ) -> tuple[int, ...]:
        """The rows, columns ... of input ``index`` that those of one output see; bit masks, bit 0
        for the first cell, axis by axis."""
        return seen(self.reach_to(inputs, index, output), inputs[index], outputs)

    def elements(self, inputs: Sequence[Shape]) -> int:
        """How many values it gives for one image, those between its own layers included where they
        are told apart, as in a block."""
        return sum(prod(shape) for shape in self.shapes(inputs))

    def layers(self, inputs: Sequence[Shape]) -> int:
        """How many layers it stands for."""
        return 1

    def call(self, inputs: Sequence[Shape]) -> Operation:
        """What runs: a torch module, a function, a nested plan, or a chain of them.

        It takes the inputs in their order, with a batch in front, and gives the outputs in theirs.
        Raises LookupError for a type that is not run as it is: Input, Output, and the use of a
        block, which is planned.
        """
        raise LookupError(f"{self.type_name()} is not executed")

    def face(self, inputs: Sequence[Shape]) -> tuple[str, str]:
        """Two short texts for the node: what differs from the default, and channels in -> out.

        ``inputs`` is empty where they are not known.
        """
        return ("", "")

    def explain(self, inputs: Sequence[Shape]) -> Iterator[Explanation]:
        """What the layer computes, with its own numbers."""
        return iter(())


def parameters_line(
    layer: Layer, inputs: Sequence[Shape], rule: str | Message, numbers: str
) -> Explanation:
    """The line that explains ``layer.parameters(inputs)`` for inputs of these shapes: ``rule`` with
    letters, then with this layer's ``numbers``."""
    return Explanation(say("Parameters"), rule, numbers, str(int(layer.parameters(inputs))))


def macs_line(
    layer: Layer, inputs: Sequence[Shape], rule: str | Message, numbers: str
) -> Explanation:
    """The line that explains ``layer.macs(inputs)`` for inputs of these shapes, otherwise as
    ``parameters_line``."""
    title = say("Multiply-accumulates per image")
    return Explanation(title, rule, numbers, str(int(layer.macs(inputs))))


def dims(shape: Sequence[int]) -> str:
    """A shape as a person writes it: ``64×14×14``."""
    return "×".join(str(int(size)) for size in shape)


def wrong_rank(layer: Layer, shape: Shape, allowed: tuple[int, ...], mend: Message) -> Problem:
    """The problem of a ``shape`` whose number of axes is none of those ``allowed``, from 1 to 3."""
    names = {1: "F", 2: "N×F", 3: "C×H×W"}
    return Problem(
        FaultKind.WRONG_RANK,
        say(
            "{type} takes {allowed}",
            type=layer.type_name(),
            allowed=" / ".join(names[rank] for rank in allowed),
        ),
        mend,
        port="input",
        value=dims(shape),
    )


def needs_image(layer: Layer, shape: Shape) -> Iterator[Problem]:
    """Yield the problem unless ``shape`` is C×H×W."""
    if len(shape) != 3:
        mend = say("Place it before the flatten, or take it away")
        yield wrong_rank(layer, shape, (3,), mend)


_AXES = {1: "F", 2: "C×L", 3: "C×H×W", 4: "C×D×H×W"}


def needs_rank(layer: Layer, shape: Shape) -> Iterator[Problem]:
    """Yield the problem unless ``shape`` has as many axes as one of ``layer.ranks``, 1 to 4."""
    if len(shape) in layer.ranks:
        return
    name = layer.type_name()
    if name.endswith(("1d", "2d", "3d")) and 2 <= len(shape) <= 4:
        mend = say("Use {type}", type=f"{name[:-2]}{len(shape) - 1}d")
    else:
        mend = say("Place it before the flatten, or take it away")
    yield Problem(
        FaultKind.WRONG_RANK,
        say(
            "{type} takes {allowed}",
            type=name,
            allowed=" / ".join(_AXES[rank] for rank in layer.ranks),
        ),
        mend,
        port="input",
        value=dims(shape),
    )
