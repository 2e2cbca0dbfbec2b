"""Presets: each fits an image once its formulas are filled in, and says what it is."""

from __future__ import annotations

import pytest

from graph.analysis import Analysis
from graph.declaration import fields_of
from graph.layer import Layer, Shape
from graph.layers import LAYERS, Input
from graph.layers.convolution import Conv2d
from graph.presets import PRESETS, Preset
from tests.generators import chain

presets = pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
BY_NAME = {preset.name: preset for preset in PRESETS}


def filled(preset: Preset, channels: int) -> Layer:
    """The layer for an input of so many channels."""
    values = {"in_channels": channels}
    return preset.make().changed(**{f: values[text] for f, text in preset.formulas.items()})


def shape_of(preset: Preset, image: Shape) -> Shape | None:
    network, (_, node) = chain(Input(shape=image), filled(preset, image[0]))
    analysis = Analysis(network)
    assert not any(fault.node == node for fault in analysis.errors())
    return analysis.facts(node).output


@presets
def test_a_preset_fits_an_image(preset: Preset) -> None:
    assert type(preset.make()) in LAYERS
    assert set(preset.formulas) <= set(fields_of(type(preset.make())))
    found = shape_of(preset, (6, 20, 24))
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
    layer = filled(BY_NAME["depthwise"], channels)
    assert layer.shapes([(channels, 9, 9)]) == ((channels, 9, 9),)
    assert layer.parameters([(channels, 9, 9)]) == channels * (3 * 3 + 1)


def test_depthwise_and_pointwise_make_75_weights() -> None:
    depthwise = filled(BY_NAME["depthwise"], 3).changed(bias=False)
    pointwise = BY_NAME["pointwise"].make().changed(out_channels=16, bias=False)
    image = [(3, 128, 128)]
    layers = (depthwise, pointwise)
    assert sum(layer.parameters(image) for layer in layers) == 75
    assert sum(layer.macs(image) for layer in layers) == 1_228_800


def test_row_and_column_are_the_halves_of_a_square() -> None:
    row, column = BY_NAME["row"].make(), BY_NAME["column"].make()
    assert isinstance(row, Conv2d)
    assert isinstance(column, Conv2d)
    assert row.kernel_size == column.kernel_size[::-1]
    network, ids = chain(Input(shape=(1, 9, 9)), column, row)
    field = Analysis(network).facts(ids[-1]).receptive_field()
    assert [axis.size for axis in field] == [3, 3]
