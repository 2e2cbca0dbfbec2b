"""From nothing to a network with all its figures, against what torch needs to say as much.

Opening is drawing the network from its template, or reading its file, then shapes, parameters,
multiply-accumulates, memory and receptive field of every node, totals and faults. What equal
layers let the analysis remember is dropped before each round: every opening is a first one. The
baseline builds torchvision's model on the meta device and counts in one forward pass; it knows
neither receptive fields nor faults. All stand in one run, so that their ratios hold anywhere.
Times are processor times, and rounds begin with no garbage of the one before: a full collection
within a round costs 100 ms more where torch is loaded, as it is here.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

import networkx as nx
import pytest
import torch
import torchvision
from torch.utils.flop_counter import FlopCounterMode

from graph.analysis import facts
from graph.analysis.analysis import Analysis, Totals
from graph.blocks.block_use import BlockUse
from graph.blocks.unpacking import unpack
from graph.document.project import Project, dumps, loads
from graph.layers.base import sliding
from graph.network import scope
from graph.network.network import Network
from graph.templates.registry import find_template

pytestmark = [pytest.mark.bench, pytest.mark.benchmark(timer=time.process_time)]

NAMES = ("resnet152", "densenet121")
ROUNDS = 25


def drawn(name: str) -> Network:
    template = find_template(name)
    assert template is not None
    return template.build().network


def flattened(name: str) -> Network:
    """The network with every block unpacked, at any depth."""
    network = drawn(name)
    while uses := [n for n, node in network.nodes.items() if isinstance(node.layer, BlockUse)]:
        for node in uses:
            network.do(unpack(network, Analysis(network), node))
    return network


def figures(network: Network) -> Totals:
    """All figures of a network."""
    analysis = Analysis(network)
    assert not analysis.errors()
    for node in network.nodes:
        analysis.facts(node).receptive_field()
    return analysis.totals()


def forget() -> None:
    """Drop what other networks left behind."""
    gc.collect()
    facts.remembered_figures.cache_clear()
    scope.remembered_layers.cache_clear()
    sliding.windows.cache_clear()


def measure(benchmark, action: Callable[[], object]) -> None:
    benchmark.pedantic(action, setup=forget, rounds=ROUNDS, warmup_rounds=2)


@pytest.mark.parametrize("name", NAMES)
def test_draw_from_the_template(benchmark, name: str) -> None:
    measure(benchmark, lambda: figures(drawn(name)))


@pytest.mark.parametrize("name", NAMES)
def test_open_a_file_with_blocks(benchmark, name: str) -> None:
    text = dumps(Project(network=drawn(name)))
    measure(benchmark, lambda: figures(loads(text).network))


@pytest.mark.parametrize("name", NAMES)
def test_open_a_file_without_blocks(benchmark, name: str) -> None:
    network = flattened(name)
    assert figures(network) == figures(drawn(name))
    text = dumps(Project(network=network))
    measure(benchmark, lambda: figures(loads(text).network))
    benchmark.extra_info["nodes"] = len(network.nodes)


@pytest.mark.parametrize("name", NAMES)
def test_figures_without_blocks(benchmark, name: str) -> None:
    network = flattened(name)
    measure(benchmark, lambda: figures(network))


@pytest.mark.parametrize("name", NAMES)
def test_baseline_torchvision_on_the_meta_device(benchmark, name: str) -> None:
    image = torch.empty(1, 3, 224, 224, device="meta")

    def build_and_count() -> tuple[int, int]:
        with torch.device("meta"):
            model = getattr(torchvision.models, name)().eval()
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            model(image)
        return sum(p.numel() for p in model.parameters()), counter.get_total_flops() // 2

    totals = figures(drawn(name))
    assert build_and_count() == (totals.parameters, totals.macs)
    benchmark.pedantic(build_and_count, setup=forget, rounds=7)


@pytest.mark.parametrize("name", NAMES)
def test_baseline_a_topological_sort(benchmark, name: str) -> None:
    graph = flattened(name).graph
    benchmark.pedantic(lambda: list(nx.topological_sort(graph)), rounds=ROUNDS, iterations=10)
