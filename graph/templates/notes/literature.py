"""What a paper says of a network, beside what the opened network is.

A note holds the published figures as they were printed. Ours are computed from the analysis of
the network at hand whenever somebody looks, so an edited network is compared as it is now. A
published figure is matched to the digits that it has: 25.6 M is met by 25,557,032.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from graph.analysis.analysis import Analysis
from graph.analysis.facts import Facts
from graph.blocks.block_use import BlockUse
from graph.layers.base.layer import Category, dims
from graph.network.network import Network, Node
from graph.values.message import Message

UNITS = {"": 0, "k": 3, "M": 6, "G": 9}
FIGURE = re.compile(r"(\d[\d,]*(?:\.\d+)?) ?([kMG]?)")
WEIGHTED = (Category.CONVOLUTION, Category.LINEAR)


@dataclass(frozen=True, slots=True)
class Published:
    """One line of a published table.

    ``published`` is the figure as the paper rounds it: ``61,706``, ``25.6 M``, ``3.8 G``, ``22``,
    ``64×56×56`` (``56×56`` where the channels are not printed), ``7.3 %``. ``key`` says which
    figure of the opened network stands beside it: ``parameters``, ``trainable``, ``gmacs``,
    ``layers`` (with weights, on the longest way from input to output), ``shape:NODE``,
    ``parameters:NODE``; anything else has no figure of ours. ``because`` is why the program's
    template differs, where it does.
    """

    quantity: Message
    published: str
    key: str
    because: Message | None = None


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the paper trained: in words, and as settings of a training by name."""

    text: Message
    settings: Mapping[str, str | int | float] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Literature:
    """The paper of an architecture: what was new, its figures, and how it was trained. ``link``
    is an address."""

    title: str
    authors: str
    venue: str
    year: int
    novelty: Message
    link: str
    rows: tuple[Published, ...] = ()
    recipe: Recipe | None = None


@dataclass(frozen=True, slots=True)
class ComparedFigure:
    """A published figure beside ours.

    ``ours`` is an em dash and ``matches`` None where the network itself has no such figure.
    ``because`` is given unless they match.
    """

    quantity: Message
    published: str
    ours: str
    matches: bool | None
    because: Message | None


def compare(literature: Literature, analysis: Analysis) -> list[ComparedFigure]:
    """The published table with a column for the network as it is now."""
    return [_row(line, analysis) for line in literature.rows]


def _row(line: Published, analysis: Analysis) -> ComparedFigure:
    ours, matches = "—", None
    kind, _, name = line.key.partition(":")
    if kind == "shape":
        node = node_named(analysis.network, name)
        shape = analysis.facts(node.id).output if node else None
        if shape is not None:
            ours = dims(shape)
            wanted = line.published.split("×")
            matches = ours.split("×")[-len(wanted) :] == wanted
    else:
        figure = _figure(kind, name, analysis)
        if figure is not None:
            ours = _like(line.published, figure)
            matches = same_figure(line.published, figure)
    return ComparedFigure(
        line.quantity, line.published, ours, matches, None if matches else line.because
    )


def _figure(kind: str, name: str, analysis: Analysis) -> int | None:
    """The number of ours that a key asks for."""
    totals = analysis.totals()
    if kind == "parameters" and name:
        node = node_named(analysis.network, name)
        return analysis.facts(node.id).parameters if node else None
    if kind == "parameters":
        return totals.parameters
    if kind == "trainable":
        nodes = analysis.network.nodes.values()
        return sum(analysis.facts(node.id).parameters for node in nodes if not node.frozen)
    if kind == "gmacs":
        return totals.macs
    if kind == "layers":
        return depth(analysis)
    return None


def node_named(network: Network, name: str) -> Node | None:
    """The node with this name, if there is one."""
    return next((node for node in network.nodes.values() if node.name == name), None)


def depth(analysis: Analysis) -> int:
    """Convolutions and linear layers with weights on the longest way through the network."""
    return _longest(analysis.network, analysis.facts)


def _longest(network: Network, facts: Callable[[str], Facts]) -> int:
    """Layers with weights on the longest way, those inside of blocks included."""
    deepest: dict[str, int] = {}
    for node in network.order():
        before = max((deepest[n] for n in network.graph.predecessors(node)), default=0)
        deepest[node] = before + _layers_of(facts(node))
    return max(deepest.values(), default=0)


def _layers_of(facts: Facts) -> int:
    """Layers with weights that one node puts on the way."""
    if isinstance(facts.layer, BlockUse):
        inputs = facts.known_inputs()
        chain = facts.layer.chain(inputs) if inputs is not None and not facts.problems else ()
        return sum(_longest(link.ports.network, link.facts.__getitem__) for link in chain)
    return int(facts.layer.category in WEIGHTED and facts.parameters > 0)


def _read(published: str) -> tuple[Decimal, int] | None:
    """A published number and the power of ten of its unit."""
    found = FIGURE.fullmatch(published)
    return (Decimal(found[1].replace(",", "")), UNITS[found[2]]) if found else None


def _rounded(figure: int, digits: int, power: int) -> Decimal:
    """``figure`` in units of 10^power with so many digits after the point."""
    scaled = Decimal(figure).scaleb(-power)
    return scaled.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def same_figure(published: str, figure: int) -> bool | None:
    """Whether a figure, rounded as the published one, equals it; None if that is no number."""
    read = _read(published)
    if read is None:
        return None
    number, power = read
    return number == _rounded(figure, max(0, -int(number.as_tuple().exponent)), power)


def _like(published: str, figure: int) -> str:
    """A figure of ours in the published one's unit, with digits enough to tell them apart."""
    read = _read(published)
    if read is None or not read[1]:
        return f"{figure:,}"
    number, power = read
    digits = max(0, -int(number.as_tuple().exponent)) + 2
    unit = next(unit for unit, size in UNITS.items() if size == power)
    return f"{_rounded(figure, digits, power):,} {unit}"
