"""A function inside a block may take a parameter of the block: the class keeps it."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.blocks.sketch import Sketch, number
from graph.export.export import source
from graph.layers.convolution.plain import Conv2d
from graph.layers.merge import Add
from graph.layers.pooling.adaptive import GlobalAvgPool2d
from graph.layers.reshaping.flatten import Flatten
from graph.network.network import Network
from tests.graph.export.test_export import Folder, plan_of


def scaled(formula: str, name: str) -> Network:
    """Residual scaling, used with three values: one of them, 1, alone needs no factor."""
    draw = Sketch()
    block = Sketch.of_block(draw.library, "Scaled", "", number("scale", 0.2, 0.0, 10.0))
    x = block.input("input", (4, 8, 8))
    main = block.put(Conv2d(kernel_size=(1, 1)), x, name=name, out_channels="input_channels")
    block.put(Add(), x, main, scale=formula)
    block.output()
    block.define()
    draw.input("input", (4, 8, 8))
    draw.use("Scaled", repeat=3)
    draw.use("Scaled", scale=1.0)
    draw.use("Scaled", scale=0.5)
    draw.then(GlobalAvgPool2d(), Flatten())
    draw.output()
    return draw.network


@pytest.mark.parametrize(
    ("formula", "name", "written"),
    [
        ("scale", "conv", "x + self.scale * conv"),
        ("scale * 2 + 1", "conv", "x + (self.scale * 2 + 1) * conv"),
        ("scale", "scale", "x + self.scale_ * scale"),
    ],
)
def test_a_factor_is_read_from_the_class(
    formula: str, name: str, written: str, tmp_path: Path
) -> None:
    plan = plan_of(scaled(formula, name), "Residual scaling")
    text = source(plan).text
    assert written in text
    assert text.count("class Scaled") == 1
    folder = Folder(tmp_path)
    folder.add("scaled", plan)
    folder.check()
