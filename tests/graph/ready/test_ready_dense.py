"""Blocks of dense, mobile, U-shaped and detecting networks: placed, counted, and run alone."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from backend.model.build import build
from graph.analysis.analysis import Analysis
from graph.blocks.sketch import Sketch
from graph.layers.io import Input
from graph.network.network import Network
from graph.planning.planner import make_plan
from graph.ready.dense import DENSE
from graph.ready.mobile import MOBILE
from graph.ready.registry import READY
from graph.ready.unet import UNET
from graph.ready.yolo import YOLO
from graph.values.formula import names_in
from tests.graph.export.test_export import Folder

BLOCKS = [maker.name for maker in (*DENSE, *MOBILE, *UNET, *YOLO)]
SMALL = 16
"""Height and width at most, so that it is quick."""


def placed(name: str, **values: object) -> Network:
    """A use of the block on inputs like its own, at most 16 cells wide and high."""
    draw = Sketch(ready=READY)
    block = draw.need(name)
    largest = max(
        block.network.nodes[node].layer.shape[1]
        for node in block.entrances
        if isinstance(block.network.nodes[node].layer, Input)
    )
    sources = []
    for node in block.entrances:
        layer = block.network.nodes[node].layer
        assert isinstance(layer, Input)
        channels, height, _ = layer.shape
        side = max(1, min(height, SMALL * height // largest))
        sources.append(draw.input(block.network.nodes[node].name, (channels, side, side)))
    use = draw.use(name, *sources, **values)
    for number in range(len(block.exits)):
        draw.output((use, number), name=f"result{number}", target="mask")
    return draw.network


@pytest.mark.parametrize("name", BLOCKS)
def test_a_ready_block_can_be_placed_and_built(name: str) -> None:
    network = placed(name)
    analysis = Analysis(network)
    assert analysis.errors() == []
    plan = make_plan(network, analysis, "Network")
    module = build(plan).eval()
    assert sum(p.numel() for p in module.parameters()) == analysis.totals().parameters
    with torch.no_grad():
        found = module(*(torch.rand(1, *shape) for _, shape in plan.inputs))
    results = found if isinstance(found, tuple) else (found,)
    ends = [n for n, node in network.nodes.items() if not node.layer.output_ports()]
    wanted = [analysis.facts(node).inputs[0] for node in ends]
    assert [tuple(value.shape[1:]) for value in results] == wanted


def test_the_classes_of_ready_blocks_run_alone_bit_equal(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    for number, name in enumerate(BLOCKS):
        network = placed(name)
        folder.add(f"block{number}", make_plan(network, Analysis(network), "Network"))
    folder.check()


@pytest.mark.parametrize("name", BLOCKS)
def test_the_formulas_of_a_ready_block_know_their_words(name: str) -> None:
    block = Sketch(ready=READY).need(name)
    known = block.words() | {"in_channels", "in_height", "in_width"}
    for node in block.network.nodes.values():
        for text in node.formulas.values():
            assert names_in(text) <= known, f"{node.name}: {text}"


def test_the_height_of_an_input_is_a_word_inside() -> None:
    block = Sketch(ready=READY).need("PSA")
    assert {"input_channels", "input_height", "input_width"} <= block.words()


@pytest.mark.parametrize(
    ("k", "expected"), [(3, 2 * 3 * 64 * 64 + 4 * 64), (7, 2 * 7 * 64 * 64 + 4 * 64)]
)
def test_a_separable_pair_has_two_thin_windows(k: int, expected: int) -> None:
    network = placed("Spatially separable pair", channels=64, kernel_size=k)
    analysis = Analysis(network)
    assert analysis.totals().parameters == expected
    use = next(n for n, node in network.nodes.items() if node.layer.category.name == "BLOCK")
    assert [axis.size for axis in analysis.facts(use).receptive_field()] == [k, k]


def test_dense_layers_in_a_chain_add_their_channels() -> None:
    network = placed("Dense layer", growth_rate=12, repeat=5)
    analysis = Analysis(network)
    use = next(n for n, node in network.nodes.items() if node.layer.category.name == "BLOCK")
    assert analysis.facts(use).output == (64 + 5 * 12, SMALL, SMALL)
