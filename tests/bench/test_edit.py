"""From an edit to the updated shapes of a 500-node network, against torch's meta device.

Both stand in one run, so that their ratio holds on any machine.
"""

from __future__ import annotations

import pytest
import torch

from backend.model.build import build
from graph.analysis.analysis import Analysis
from graph.layers.activation.piecewise import ReLU
from graph.layers.convolution.plain import Conv2d
from graph.layers.merge import Add
from graph.layers.normalisation import BatchNorm2d
from graph.layers.pooling.adaptive import GlobalAvgPool2d
from graph.network.edits import SetLayer
from graph.network.network import Network
from graph.planning.planner import make_plan
from graph.templates.template import Builder

pytestmark = pytest.mark.bench


def residual_network(nodes: int) -> Network:
    """A residual network of about this many nodes."""
    net = Builder((3, 64, 64))
    net.then(Conv2d(out_channels=64, padding=(1, 1)))
    for _ in range((nodes - 4) // 7):
        start = net.last
        for _ in range(2):
            net.then(Conv2d(out_channels=64, padding=(1, 1), bias=False), BatchNorm2d(), ReLU())
        net.put(Add(), net.last, start)
    net.then(GlobalAvgPool2d())
    return net.finish()


@pytest.fixture(scope="module")
def network() -> Network:
    return residual_network(500)


def test_edit_at_the_stem_changes_every_shape(benchmark, network: Network) -> None:
    analysis = Analysis(network)
    analysis.follow()
    sizes = [(3, 3), (5, 5)]

    def edit() -> None:
        sizes.reverse()
        layer = network.nodes["n2"].layer
        network.do(SetLayer("n2", layer.changed(kernel_size=sizes[0])))

    benchmark(edit)
    assert analysis.visited > 400
    benchmark.extra_info["nodes"] = len(network.nodes)


def test_edit_that_changes_no_shape(benchmark, network: Network) -> None:
    analysis = Analysis(network)
    analysis.follow()

    def edit() -> None:
        layer = network.nodes["n3"].layer
        network.do(SetLayer("n3", layer.changed(bias=not layer.bias)))

    benchmark(edit)
    assert analysis.visited == 1


def test_baseline_the_same_network_on_the_meta_device(benchmark, network: Network) -> None:
    module = build(make_plan(network, Analysis(network)), initialise=False).to("meta").eval()
    image = torch.empty(1, 3, 64, 64, device="meta")

    def forward() -> None:
        with torch.no_grad():
            module(image)

    benchmark(forward)
