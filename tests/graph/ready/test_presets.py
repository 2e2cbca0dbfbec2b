"""Presets: each fits an image once its formulas are filled in, and says what it is."""

from __future__ import annotations

import pytest

from graph.analysis.analysis import Analysis
from graph.calls.call import Shape
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input
from graph.layers.registry import LAYERS
from graph.network.edits import AddNode, SetLayer
from graph.network.network import Network, Node
from graph.ready.presets import PRESETS, Preset
from graph.values.declaration import fields_of
from tests.generators import chain, join, place

presets = pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
BY_NAME = {preset.name: preset for preset in PRESETS}


def placed(preset: Preset, image: Shape) -> tuple[Network, str]:
    """The preset behind an image, with its id."""
    network, (image_node,) = chain(Input(shape=image))
    node = network.new_id()
    network.do(AddNode(Node(node, "node", preset.make(), formulas=preset.formulas)))
    join(network, image_node, node)
    return network, node


@presets
def test_a_preset_fits_an_image(preset: Preset) -> None:
    assert type(preset.make()) in LAYERS
    assert set(preset.formulas) <= set(fields_of(type(preset.make())))
    network, node = placed(preset, (6, 20, 24))
    analysis = Analysis(network)
    assert not any(fault.node == node for fault in analysis.errors())
    found = analysis.facts(node).output
    assert found is not None
    assert found[1:] == ((10, 12) if preset.name == "strided" else (20, 24))


@presets
def test_a_preset_explains_itself(preset: Preset) -> None:
    assert preset.summary.text().endswith(".")
    assert not preset.title.text().endswith(".")
    assert preset.search
    assert preset.make().differing()


def test_names_and_titles_differ() -> None:
    assert len(BY_NAME) == len(PRESETS)
    assert len({preset.title.text() for preset in PRESETS}) == len(PRESETS)


@pytest.mark.parametrize("channels", [1, 3, 32, 50])
def test_depthwise_follows_its_input(channels: int) -> None:
    network, node = placed(BY_NAME["depthwise"], (channels, 9, 9))
    facts = Analysis(network).facts(node)
    assert facts.output == (channels, 9, 9)
    assert facts.parameters == channels * (3 * 3 + 1)


def test_depthwise_and_pointwise_make_75_weights() -> None:
    network, node = placed(BY_NAME["depthwise"], (3, 128, 128))
    depthwise = network.nodes[node].layer.changed(bias=False)
    pointwise = BY_NAME["pointwise"].make().changed(out_channels=16, bias=False)
    network.do(SetLayer(node, depthwise))
    place(network, pointwise, node)
    totals = Analysis(network).totals()
    assert (totals.parameters, totals.macs) == (75, 1_228_800)


def test_row_and_column_are_the_halves_of_a_square() -> None:
    row, column = BY_NAME["row"].make(), BY_NAME["column"].make()
    assert isinstance(row, Conv2d)
    assert isinstance(column, Conv2d)
    assert row.kernel_size == column.kernel_size[::-1]
    network, ids = chain(Input(shape=(1, 9, 9)), column, row)
    field = Analysis(network).facts(ids[-1]).receptive_field()
    assert [axis.size for axis in field] == [3, 3]
