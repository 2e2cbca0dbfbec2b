"""Looking inside shows what the network computes, and leaves no trace."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from backend.channel.looking import PERIOD, SHARE, Looks, View, strongest_slices
from backend.data.base.prepare import Prepared, prepare
from backend.data.catalogue import open_data
from backend.inside.probe import MAX_CHANNELS, MAX_SIDE, Probe
from backend.model.build import build
from graph.calls.call import Call
from graph.calls.plan import Plan
from tests.backend.networks import branching, convolution, step


@pytest.fixture(scope="module")
def digits() -> Prepared:
    return prepare(open_data("digits"), (1, 8, 8))


def test_filters_are_the_weights() -> None:
    module = build(branching())
    probe = Probe(module, branching())
    filters = probe.filters("n1")
    assert filters is not None
    assert filters.dtype == np.float32
    assert np.array_equal(filters, module.conv1.weight.detach().numpy())
    inner = probe.filters("se1.squeeze")
    assert inner is not None
    assert inner.shape == (2, 4, 1, 1)
    filters[:] = 0  # a copy
    assert module.conv1.weight.abs().sum() > 0
    assert [probe.filters(key) for key in ("n2", "n4", "n5", "n10", "gone")] == [None] * 5


def test_maps_are_what_the_layers_give(digits: Prepared) -> None:
    module = build(branching(), seed=4)
    x = digits.image(3).x
    maps = Probe(module, branching()).maps(x, ["n1", "n2", "n3", "n5", "n10", "se1.gate", "gone"])
    module.eval()
    with torch.no_grad():
        first = module.conv1(x)
        normed = module.norm(first)
        expected = {
            "n1": first[0],
            "n2": normed[0],  # not what the in-place activation behind it makes of it
            "n3": normed[0].relu(),
            "n5": (normed.relu() + 2 * module.se1(normed.relu()))[0],
            "n10": module(x)[0].reshape(1, 1, -1),
        }
    assert set(maps) == {*expected, "se1.gate"}
    for key, value in expected.items():
        assert maps[key].shape == tuple(value.shape)
        assert np.allclose(maps[key], value.numpy(), atol=1e-6)
    assert maps["se1.gate"].shape == (4, 1, 1)


def test_a_look_has_all_that_was_asked_for(digits: Prepared) -> None:
    probe = Probe(build(branching(ending="LogSoftmax")), branching(ending="LogSoftmax"))
    view = View(filters=("n1", "n7"), maps=("n1", "conv1", "n8"), image=5)
    probed = probe.look(digits, view, step=12)
    assert (probed.step, probed.image) == (12, 5)
    assert set(probed.filters) == {"n1"}
    assert probed.maps["n1"].shape == probed.maps["conv1"].shape == (4, 8, 8)
    assert probed.maps["n8"].shape == (1, 1, 128)
    assert probed.probabilities.shape == (10,)
    assert probed.probabilities.sum() == pytest.approx(1.0, abs=1e-5)
    assert probed.label == digits.image(5).label
    assert np.array_equal(probed.pixels, digits.image(5).pixels)
    assert probed.classes == digits.classes
    assert not probed.cut
    last = probe.look(digits, View(image=10**9))
    assert last.image == digits.n_validation - 1


def test_large_pictures_are_cut() -> None:
    plan = Plan(
        "Wide",
        (("x", (1, 300, 600)),),
        (step("conv1", convolution(1, 70), "x", shape=(70, 300, 600), node="n1"),),
        (("conv1", 0),),
    )
    maps = Probe(build(plan), plan).maps(torch.zeros(1, 1, 300, 600), ["n1"])
    assert maps["n1"].shape == (MAX_CHANNELS, 150, 200)
    assert max(maps["n1"].shape[1:]) <= MAX_SIDE


def test_cut_tells_the_true_number_of_channels(digits: Prepared) -> None:
    flat = Call("nn.Flatten", {})
    linear = Call("nn.Linear", {"in_features": 70 * 64, "out_features": 10})
    plan = Plan(
        "Wide",
        (("x", (1, 8, 8)),),
        (
            step("conv1", convolution(1, 70), "x", shape=(70, 8, 8), node="n1"),
            step("flat", flat, "conv1", shape=(70 * 64,), node="n2"),
            step("fc", linear, "flat", shape=(10,), node="n3"),
        ),
        (("fc", 0),),
    )
    probed = Probe(build(plan), plan).look(digits, View(("n1",), ("n1", "n2")))
    assert probed.filters["n1"].shape == (MAX_CHANNELS, 1, 3, 3)
    assert probed.maps["n1"].shape == (MAX_CHANNELS, 8, 8)
    assert probed.cut == {"n1": 70}


def test_a_look_leaves_no_trace(digits: Prepared) -> None:
    module = build(branching())
    module.train()
    module.drop.eval()
    before = {name: value.clone() for name, value in module.state_dict().items()}
    modes = [part.training for part in module.modules()]
    state = torch.get_rng_state()
    Probe(module, branching()).look(digits, View(("n1",), ("n1", "n9", "n10")))
    assert [part.training for part in module.modules()] == modes
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(value, before[name]) for name, value in module.state_dict().items())
    assert all(parameter.grad is None for parameter in module.parameters())


def test_strongest_slices() -> None:
    filters = np.zeros((2, 3, 3, 3), np.float32)
    filters[0, 2] = 1.0
    filters[1, 1] = -2.0
    filters[1, 0] = 1.0
    slices = strongest_slices(filters)
    assert slices.shape == (2, 3, 3)
    assert np.array_equal(slices, np.stack([filters[0, 2], filters[1, 1]]))


def test_looks_keep_to_their_share_of_the_time() -> None:
    looks = Looks()
    assert looks.take(0.0) is None
    view = View(maps=("n1",))
    looks.show(view)
    assert looks.take(0.0) is view
    looks.spent(1.0, 0.03)
    pause = 0.03 / SHARE
    assert looks.take(1.0 + pause * 0.99) is None
    assert looks.take(1.0, anyway=True) is view
    assert looks.take(1.0 + pause) is view
    looks.spent(4.0, 0.0)
    assert looks.take(4.0 + PERIOD / 2) is None
    other = View(image=2)
    looks.show(other)
    assert looks.take(4.0) is other
    looks.show(None)
    assert looks.take(100.0) is None
