"""Keeps the facts and faults of a network up to date, edit by edit.

After an edit only what lies downstream of it is computed again, and only as far as something
changes. The first fault stops nothing: the healthy part keeps its figures, and what lies behind a
fault is assumed where a likely shape exists.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass

from graph.analysis.facts import Facts, node_facts, wire_source
from graph.analysis.faults import (
    Fault,
    lacking,
    missing_input,
    node_fault,
    structural,
    unreachable,
)
from graph.analysis.spending import Spending, beyond
from graph.calls.call import Shape
from graph.layers.base.layer import MAX_ELEMENTS, MAX_PARAMETERS, Category, FaultKind
from graph.layers.io import Input, Output
from graph.network.network import Change, Network
from graph.network.reachable import downstream, upstream
from graph.network.scope import MAIN, Scope
from graph.values.message import say, say_count


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over the whole network for one image; memory in bytes of float32. Auxiliary heads have
    parameters, but no multiply-accumulates: they do not run in evaluation."""

    layers: int
    parameters: int
    macs: int
    memory: int


class Analysis:
    """Facts and faults of one network. Follows its edits while attached."""

    def __init__(self, network: Network, scope: Scope = MAIN) -> None:
        self.network = network
        self.scope = scope
        self.updated: set[str] = set()
        """Nodes whose facts the last edit changed."""
        self.visited = 0
        """How many nodes the last edit made it compute."""
        self._facts: dict[str, Facts] = {}
        self._uses: set[str] = set()
        self._beyond: set[str] = set()
        """Uses of blocks, and those that are not computed because others are enough."""
        self._faults: list[Fault] | None = None
        self._totals: Totals | None = None
        self._image: Shape | None = None
        self._refresh(set(network.nodes))

    def follow(self) -> Callable[[], None]:
        """Update after every edit of the network; the function returned ends that."""
        return self.network.listen(self.update)

    def of_copy(self, network: Network) -> Analysis:
        """The analysis of a copy of its network with the same ids: the figures are equal, so that
        nothing is computed until the copy is edited."""
        found = copy(self)
        found.network = network
        found._facts = dict(self._facts)
        found._uses, found._beyond = set(self._uses), set(self._beyond)
        found._faults = None  # their order is that of the network's nodes
        return found

    def update(self, change: Change) -> None:
        """Take in what an edit changed."""
        self.updated = set()
        self.visited = 0
        for node in change.removed:
            self._facts.pop(node, None)
            self._uses.discard(node)
        if change.meaning:
            self._refresh({n for n in change.added | change.updated if n in self.network.nodes})
        if change.meaning or change.renamed:
            self._faults = None

    def facts(self, node: str) -> Facts:
        """The figures of one node."""
        return self._facts[node]

    def wire_shape(self, wire: str) -> tuple[Shape | None, bool]:
        """The shape a wire carries and whether it is assumed."""
        found = self.network.wires[wire]
        shape, assumed, _ = wire_source(self.network, self._facts, found.source, found.output)
        return shape, assumed

    def totals(self) -> Totals:
        if self._totals is None:
            facts, heads = self._facts.values(), self.training_only()
            self._totals = Totals(
                sum(f.layers for f in facts),
                sum(f.parameters for f in facts),
                sum(f.macs for n, f in self._facts.items() if n not in heads),
                sum(f.memory for f in facts),
            )
        return self._totals

    def image(self) -> Shape:
        """The shape of what comes in without its channels, H×W of an image: in a block of what
        arrives there, of several inputs the largest with the most axes. Empty for vectors."""
        if self._image is None:
            nodes = self.network.nodes
            shapes = [
                tuple(int(size) for size in shape[1:])
                for n, facts in self._facts.items()
                if isinstance(nodes[n].layer, Input) and (shape := facts.output) is not None
            ]
            most = max(map(len, shapes), default=0)
            fit = [shape for shape in shapes if len(shape) == most]
            self._image = tuple(max(sizes) for sizes in zip(*fit, strict=True))
        return self._image

    def training_only(self) -> set[str]:
        """The nodes that only auxiliary outputs need: they run in training alone."""
        nodes = self.network.nodes
        outputs = {n: layer for n in nodes if isinstance(layer := nodes[n].layer, Output)}
        heads = [n for n, layer in outputs.items() if layer.auxiliary]
        if not heads:
            return set()
        main = [n for n in outputs if n not in heads]
        return upstream(self.network, heads) - upstream(self.network, main)

    def faults(self) -> list[Fault]:
        """Everything that is wrong, errors before warnings, each in the order of the data."""
        if self._faults is None:
            self._faults = self._find_faults()
        return self._faults

    def errors(self) -> list[Fault]:
        """The faults that stand in the way of training and export."""
        return [fault for fault in self.faults() if not fault.warning]

    def _refresh(self, dirty: set[str]) -> None:
        if not dirty and self._facts:
            self._totals = self._image = None
            return
        self._totals = self._image = None
        network = self.network
        uses = self._uses
        uses.update(n for n in dirty if network.nodes[n].layer.category is Category.BLOCK)
        spending = Spending()
        for node in network.order():
            if node in uses and spending.over != (node in self._beyond):
                dirty.add(node)
                self._beyond.symmetric_difference_update({node})
            if node not in dirty:
                if node in uses:
                    spending.add(self._facts[node])
                continue
            self.visited += 1
            if node in self._beyond:
                new = beyond(network, node, self._facts)
            else:
                new = node_facts(network, node, self._facts, self.scope)
            if node in uses:
                spending.add(new)
            old = self._facts.get(node)
            if new == old:
                continue
            self._facts[node] = new
            self.updated.add(node)
            if old is None or (old.outputs, old.assumed, old.strands, old.further) != (
                new.outputs,
                new.assumed,
                new.strands,
                new.further,
            ):
                dirty.update(network.graph.successors(node))

    def _find_faults(self) -> list[Fault]:
        network = self.network
        nodes = network.nodes
        starts = [n for n, node in nodes.items() if isinstance(node.layer, Input)]
        ends = [n for n, node in nodes.items() if isinstance(node.layer, Output)]
        found = [lacking(FaultKind.NO_INPUT)] if not starts else []
        if not ends:
            found.append(lacking(FaultKind.NO_OUTPUT))
        fed, needed = downstream(network, starts), upstream(network, ends)
        for name in network.order():
            node = nodes[name]
            empty = network.empty_ports(name)
            found += [missing_input(node) for _ in empty]
            if name not in fed and not empty and starts:
                if not self._behind_empty_port(name):
                    found.append(unreachable(node, from_input=True))
            elif ends and name not in needed and not empty:
                found.append(unreachable(node, from_input=False))
            found += [node_fault(network, node, p) for p in self._facts[name].problems]
            found += structural(network, node, self._facts)
        absurd = self._absurd_total()
        if absurd:
            found.append(absurd)
        return sorted(found, key=lambda fault: fault.warning)

    def _behind_empty_port(self, node: str) -> bool:
        """Whether a missing input further up explains why nothing reaches this node."""
        network = self.network
        return any(network.empty_ports(n) for n in upstream(network, [node]))

    def _absurd_total(self) -> Fault | None:
        totals = self.totals()
        if any(p.kind is FaultKind.TOO_LARGE for f in self._facts.values() for p in f.problems):
            return None
        if totals.parameters > MAX_PARAMETERS:
            why = say_count(
                "{n} parameter in all is more than {most}",
                "{n} parameters in all are more than {most}",
                totals.parameters,
                most=MAX_PARAMETERS,
            )
        elif totals.memory > 4 * MAX_ELEMENTS:
            why = say_count(
                "{n} value in all for one image is more than {most}",
                "{n} values in all for one image are more than {most}",
                totals.memory // 4,
                most=MAX_ELEMENTS,
            )
        else:
            return None
        mend = say("Use fewer channels or features, or a smaller input")
        return Fault(FaultKind.TOO_LARGE, None, "network", None, "", why, mend)
