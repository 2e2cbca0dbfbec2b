"""Which changes of a network leave a trained one what it is."""

from __future__ import annotations

import pytest

from graph.analysis.analysis import Analysis
from graph.calls.plan import Plan
from graph.layers.activation.piecewise import ReLU
from graph.layers.attention.squeeze import SqueezeExcitation
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input, Output
from graph.layers.linear import Linear
from graph.layers.reshaping.flatten import Flatten
from graph.network.edits import Freeze, Rename, SetLayer
from graph.network.network import Edit, Network
from graph.planning.planner import make_plan
from gui.runs.same_computation import computes_the_same
from gui.verbs.source_saver import weights_fit
from tests.generators import place


@pytest.fixture
def network() -> Network:
    """A classifier with an auxiliary output; its nodes go by their names."""
    network = Network()
    image = place(network, Input(shape=(1, 8, 8)))
    conv = place(network, Conv2d(out_channels=4), image, name="conv")
    gate = place(network, SqueezeExcitation(reduction=2), conv, name="gate")
    relu = place(network, ReLU(), gate, name="relu")
    for name, auxiliary in (("main", False), ("aux", True)):
        flat = place(network, Flatten(), relu, name=f"{name}_flat")
        head = place(network, Linear(out_features=3), flat, name=f"{name}_head")
        place(network, Output(auxiliary=auxiliary), head, name=name)
    return network


def plan_of(network: Network) -> Plan:
    return make_plan(network, Analysis(network), "network")


def node(network: Network, name: str) -> str:
    return next(node.id for node in network.nodes.values() if node.name == name)


def changed(network: Network, name: str, **values: object) -> Edit:
    found = node(network, name)
    return SetLayer(found, network.nodes[found].layer.changed(**values))


@pytest.mark.parametrize(
    ("name", "values", "same", "fits"),
    [
        ("conv", {"init": "orthogonal"}, True, True),
        ("gate", {"init": "zeros"}, True, True),
        ("main", {"loss_weight": 0.5}, True, True),
        ("aux", {"loss_weight": 0.2}, True, True),
        ("aux_head", {"bias": False}, True, False),
        ("aux", {"auxiliary": False}, False, False),
        ("main_head", {"bias": False}, False, False),
        ("conv", {"padding_mode": "circular", "padding": (1, 1)}, False, False),
        ("gate", {"gate": "hardsigmoid"}, False, False),
    ],
)
def test_settings(
    network: Network, name: str, values: dict[str, object], same: bool, fits: bool
) -> None:
    before = plan_of(network)
    network.do(changed(network, name, **values))
    after = plan_of(network)
    assert computes_the_same(before, after) == same
    assert weights_fit(before, after) == fits


def test_frozen_layers_compute_what_they_did(network: Network) -> None:
    before = plan_of(network)
    network.do(Freeze((node(network, "conv"), node(network, "gate")), True))
    assert computes_the_same(before, plan_of(network))
    assert weights_fit(before, plan_of(network))


def test_other_names_compute_the_same_but_are_other_weights(network: Network) -> None:
    before = plan_of(network)
    network.do(Rename(node(network, "gate"), "door"))
    assert computes_the_same(before, plan_of(network))
    assert not weights_fit(before, plan_of(network))
