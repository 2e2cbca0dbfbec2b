"""Repairs are read off the running analysis: the same as a new one would give, for no new work."""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any

import pytest

from graph.analysis.analysis import Analysis
from graph.analysis.faults import Fault
from graph.analysis.repairs import Repair, repairs
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input
from graph.layers.linear import Linear
from graph.layers.merge import Add, Concat
from graph.network.edits import SetLayer
from graph.network.network import Edit, EditRefused, Network
from tests.generators import Editor, place, random_network

MENDABLE = {"out_channels": (2, 3, 4, 8), "groups": (1, 2, 3), "inplace": (True, False)}
"""Settings whose faults have repairs, and values that often are one."""


class Spoiler(Editor):
    """Draws edits like an Editor, but mostly such that leave faults with repairs."""

    def draw(self) -> Edit:
        if self.random.random() < 0.2:
            return super().draw()
        fields = [
            (node.id, node.layer, field)
            for node in self.network.nodes.values()
            for field in MENDABLE.keys() & type(node.layer).model_fields.keys()
        ]
        node, layer, field = self.random.choice(sorted(fields, key=lambda found: found[::2]))
        return SetLayer(node, layer.changed(**{field: self.random.choice(MENDABLE[field])}))


def twins(seed: int) -> tuple[Spoiler, Spoiler]:
    """Two equal networks, each with an editor that draws the same edits as the other's."""
    first, second = (random.Random(seed) for _ in range(2))
    return Spoiler(first, network(first)), Spoiler(second, network(second))


def network(random_source: random.Random) -> Network:
    """A random network, beside it a merge of two convolutions, a merge of that alone, and a linear
    layer behind."""
    found = random_network(random_source, 16)
    image = next(n for n, node in found.nodes.items() if isinstance(node.layer, Input))
    merged = place(found, Add(), place(found, Conv2d(), image), place(found, Conv2d(), image))
    place(found, Linear(), place(found, Concat(), merged))
    return found


def step(*editors: Spoiler) -> None:
    """Draw an edit for each and make it, if it is not refused."""
    for editor in editors:
        edit = editor.draw()
        with suppress(EditRefused):
            editor.network.do(edit)


def offered(analysis: Analysis) -> list[tuple[Fault, tuple[Repair, ...]]]:
    return [(fault, repairs(analysis, fault)) for fault in analysis.faults()]


def calls(function: Callable[..., Any], action: Callable[[], object]) -> int:
    """How often a function of the product is called while ``action`` runs."""
    found = 0

    def count(frame: FrameType, event: str, _argument: object) -> None:
        nonlocal found
        found += event == "call" and frame.f_code is function.__code__

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        action()
    finally:
        sys.setprofile(before)
    return found


def test_a_running_analysis_offers_what_a_new_one_would() -> None:
    kinds: Counter[str] = Counter()
    for seed in range(12):
        own, other = twins(seed)
        running = Analysis(own.network)
        running.follow()
        for _ in range(40):
            step(own, other)
            found = offered(running)
            assert found == offered(Analysis(other.network))
            kinds.update(repair.title.template for _, ways in found for repair in ways)
    assert len(kinds) == 4, "settings, inserted layers, projections, merges taken away"
    assert min(kinds.values()) > 50


def test_no_repair_makes_an_analysis() -> None:
    own, _ = twins(1)
    running = Analysis(own.network)
    running.follow()
    for _ in range(60):
        step(own)
    assert sum(len(ways) for _, ways in offered(running)) > 2
    assert calls(Analysis.__init__, lambda: Analysis(own.network)) == 1  # the count does count
    assert calls(Analysis.__init__, lambda: offered(running)) == 0
    assert calls(Analysis.update, lambda: offered(running)) == 0


@pytest.mark.parametrize("seed", range(4))
def test_the_analysis_of_a_copy_goes_its_own_way(seed: int) -> None:
    """A repair is tried on a copy, whose analysis begins with the figures of the running one."""
    own, copy = twins(seed)
    running = Analysis(own.network)
    running.follow()
    before, faults = {n: running.facts(n) for n in own.network.nodes}, list(running.faults())
    trial = running.of_copy(copy.network)
    trial.follow()
    assert trial.faults() == faults
    assert calls(Analysis.update, lambda: running.of_copy(copy.network)) == 0
    for _ in range(30):
        step(copy)
        fresh = Analysis(copy.network)
        assert {n: trial.facts(n) for n in copy.network.nodes} == {
            n: fresh.facts(n) for n in copy.network.nodes
        }
        assert (trial.faults(), trial.totals()) == (fresh.faults(), fresh.totals())
    assert {n: running.facts(n) for n in own.network.nodes} == before
    assert running.faults() == faults
