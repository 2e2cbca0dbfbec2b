"""Inception modules that no template uses, and fitted networks of the family."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.analysis.analysis import Analysis
from graph.blocks.sketch import Sketch
from graph.calls.call import Shape
from graph.export.export import source
from graph.layers.io import Output
from graph.layers.pooling.adaptive import GlobalAvgPool2d
from graph.layers.reshaping.flatten import Flatten
from graph.network.network import Network
from graph.ready.registry import READY
from graph.templates.registry import find_template
from tests.graph.export.test_export import Folder, plan_of

MODULE = {
    "channels_1x1": 64,
    "reduced_3x3": 96,
    "channels_3x3": 128,
    "reduced_5x5": 16,
    "channels_5x5": 32,
    "channels_pool": 32,
}
NAIVE = {"channels_1x1": 64, "channels_3x3": 128, "channels_5x5": 32}


def alone(block: str, shape: Shape, **values: int) -> tuple[Network, str]:
    """A network of one use of a block, and the use's node."""
    draw = Sketch(ready=READY)
    draw.input("input", shape)
    node = draw.use(block, **values)
    draw.then(GlobalAvgPool2d(), Flatten())
    draw.output()
    return draw.network, node


def convolved(inputs: int, outputs: int, taps: int = 1) -> int:
    """Parameters of a unit: weights, and scale and shift of every channel."""
    return inputs * outputs * taps + 2 * outputs


@pytest.mark.parametrize(
    ("block", "values", "channels", "parameters"),
    [
        (
            "Naive inception",
            NAIVE,
            64 + 128 + 32 + 192,
            convolved(192, 64) + convolved(192, 128, 9) + convolved(192, 32, 25),
        ),
        (
            "Inception",
            MODULE,
            256,
            convolved(192, 64 + 96 + 16 + 32) + convolved(96, 128, 9) + convolved(16, 32, 25),
        ),
        (
            "SE inception",
            MODULE,
            256,
            convolved(192, 64 + 96 + 16 + 32)
            + convolved(96, 128, 9)
            + convolved(16, 32, 25)
            + (256 + 1) * 16
            + (16 + 1) * 256,
        ),
    ],
)
def test_a_module_has_the_channels_and_parameters_of_its_branches(
    block: str, values: dict[str, int], channels: int, parameters: int, tmp_path: Path
) -> None:
    network, node = alone(block, (192, 9, 9), **values)
    analysis = Analysis(network)
    assert analysis.faults() == []
    assert analysis.facts(node).output == (channels, 9, 9)
    assert analysis.facts(node).parameters == parameters
    folder = Folder(tmp_path)
    folder.add("module", plan_of(network, "One module"))
    folder.check()


def test_factorised_windows_may_have_another_length() -> None:
    network, node = alone("Inception-v3 C", (768, 17, 17), channels=128, n=5)
    facts = Analysis(network).facts(node)
    assert facts.output == (768, 17, 17)
    assert "n=5" in source(plan_of(network)).text


@pytest.mark.parametrize(("side", "heads"), [(299, 2), (298, 1)])
def test_inception_v3_has_its_auxiliary_head_where_its_windows_fit(side: int, heads: int) -> None:
    template = find_template("inception-v3")
    assert template is not None
    network = template.build((3, side, side)).network
    outputs = [n.layer for n in network.nodes.values() if isinstance(n.layer, Output)]
    assert len(outputs) == heads
    assert [o.loss_weight for o in outputs if o.auxiliary] == [0.4] * (heads - 1)


def test_googlenet_trains_with_two_auxiliary_heads() -> None:
    template = find_template("googlenet")
    assert template is not None
    network = template.build().network
    outputs = [n.layer for n in network.nodes.values() if isinstance(n.layer, Output)]
    assert [(o.auxiliary, o.loss_weight) for o in outputs] == [(False, 1), (True, 0.3), (True, 0.3)]
    nodes, analysis = network.nodes.values(), Analysis(network)
    heads = sum(analysis.facts(n.id).parameters for n in nodes if n.name in ("aux1", "aux2"))
    assert analysis.totals().parameters - heads == 6_624_904


@pytest.mark.parametrize(
    ("name", "parameters"), [("googlenet", 6_624_904), ("inception-v3", 23_834_568)]
)
def test_parameters_without_the_auxiliary_heads(name: str, parameters: int) -> None:
    template = find_template(name)
    assert template is not None
    analysis = Analysis(template.build().network)
    heads = sum(analysis.facts(node).parameters for node in analysis.training_only())
    assert analysis.totals().parameters - heads == parameters
