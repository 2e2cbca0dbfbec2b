"""The inside of a block for certain parameter values and input shapes: figures and what it sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from graph.analysis.backward import backward
from graph.analysis.facts import Facts, forward
from graph.blocks.ports import BlockPorts
from graph.calls.call import Shape
from graph.layers.base.composite import ComputedInside
from graph.layers.base.reach import FIRST, Strand, Strands, unite
from graph.layers.io import Input


@dataclass(frozen=True)
class Inside:
    """The inside of a block for certain parameter values and input shapes."""

    ports: BlockPorts
    facts: Mapping[str, Facts]
    outputs: tuple[Shape | None, ...]
    own: int
    inner: tuple[ComputedInside, ...]
    """What it took to compute it, and the insides that it uses (graph.analysis.spending)."""

    @cached_property
    def used(self) -> tuple[Facts, ...]:
        """The facts of the nodes that some output needs."""
        return tuple(self.facts[node] for node in self.ports.needed if node in self.facts)

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
        return sum(facts.layers for facts in self.used)

    def strands(self, entrance: int, output: int) -> tuple[Strands, ...]:
        """What the output with this number sees of the input with the number ``entrance``: its
        strands for each axis of the image, if each cell of the input sees itself."""
        wire = self.ports.network.inputs(self.ports.exits[output])[0]
        place = self.ports.network.output_number(wire)
        if len(self.ports.entrances) == 1:
            return self.facts[wire.source].strands_of(place)
        strands: tuple[Strands, ...] = self._strands_from(self.ports.entrances[entrance])[
            wire.source
        ](place)
        return strands

    def _strands_from(self, entrance: str) -> dict[str, Any]:
        network = self.ports.network
        known: dict[str, Any] = {}
        for node in network.order():
            if node not in self.ports.needed:
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
        """The positions of the input with the number ``entrance`` that the positions ``outputs`` of
        an output see: one bit mask for each axis of the image, bit 0 for the first cell."""
        network = self.ports.network
        wire = network.inputs(self.ports.exits[output])[0]
        start = (wire.source, network.output_number(wire))
        masks = backward(network, self.facts, {start: tuple(outputs)})
        end = self.ports.entrances[entrance]
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
