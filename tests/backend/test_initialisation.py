"""How weights start: by the layer's own choice, by the training's, and the same in the file."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import nn

from backend.allowed import INITIALISERS
from backend.build import build
from backend.data.catalogue import open_data
from backend.data.prepare import prepare
from backend.events import Finished
from backend.settings import TrainingSettings
from backend.trainer import train
from graph.dims import Named
from graph.export import source
from graph.initialisation import (
    DEFAULT,
    SCHEMES,
    initialised,
    scheme_steps,
    with_initialisation,
)
from graph.layer import Call, Layer
from graph.layers import (
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
    Linear,
)
from graph.plan import Plan
from tests.backend.networks import branching, convolution, step


def plan_with(scheme: str, *, bias: bool = True) -> Plan:
    """A convolution and a linear layer, both with the scheme."""
    conv = replace(convolution(1, 16, bias=bias), init=scheme_steps(scheme, bias=bias))
    fc = Linear(out_features=10, bias=bias, init=scheme).call([(1024,)])
    steps = (
        step("conv", conv, "x", shape=(16, 8, 8)),
        step("flat", Call("nn.Flatten", {}), "conv", shape=(1024,)),
        step("fc", fc, "flat", shape=(10,)),
    )
    return Plan("Started", (("x", (1, 8, 8)),), steps, (("fc", 0),))


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("bias", [True, False])
def test_the_built_module_equals_the_exported_class(
    scheme: str, bias: bool, tmp_path: Path
) -> None:
    plan = plan_with(scheme, bias=bias)
    text = source(plan).text
    (tmp_path / "started.py").write_text(text)
    spec = importlib.util.spec_from_file_location("started", tmp_path / "started.py")
    assert spec is not None
    assert spec.loader is not None
    file = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(file)
    torch.manual_seed(6)
    expected = file.Started().state_dict()
    before = torch.get_rng_state()
    found = build(plan, seed=6).state_dict()
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(found[name], expected[name]) for name in expected)
    assert ("nn.init" in text) == (scheme != DEFAULT)


def test_every_scheme_is_written_as_ruff_would(tmp_path: Path) -> None:
    for scheme in SCHEMES:
        text = source(plan_with(scheme)).text
        (tmp_path / f"{scheme}.py").write_text(text)
    files = [str(path) for path in tmp_path.glob("*.py")]
    ruff = [sys.executable, "-m", "ruff"]
    subprocess.run([*ruff, "format", "--isolated", "--check", *files], check=True)


def test_the_schemes_keep_their_promises() -> None:
    modules = {scheme: build(plan_with(scheme)) for scheme in SCHEMES}
    weight = {scheme: module.fc.weight.detach() for scheme, module in modules.items()}
    assert weight["zeros"].abs().sum() == 0
    assert weight["normal"].std() == pytest.approx(0.01, rel=0.05)
    assert weight["kaiming_normal"].std() == pytest.approx((2 / 10) ** 0.5, rel=0.05)
    assert weight["kaiming_uniform"].abs().max() <= (6 / 1024) ** 0.5
    assert weight["xavier_normal"].std() == pytest.approx((2 / 1034) ** 0.5, rel=0.05)
    assert torch.allclose(weight["orthogonal"] @ weight["orthogonal"].T, torch.eye(10), atol=1e-5)
    for scheme, module in modules.items():
        assert (module.fc.bias.abs().sum() == 0) == (scheme != DEFAULT)


def test_the_networks_choice_is_for_layers_without_one() -> None:
    own = plan_with("normal")
    assert with_initialisation(own, "zeros") == own
    plain = branching()
    assert with_initialisation(plain, DEFAULT) is plain
    given = build(with_initialisation(plain, "zeros"))
    assert given.se1.squeeze.weight.abs().sum() == 0  # inside a nested plan, too
    assert given.norm.weight.abs().sum() > 0
    assert list(given.state_dict()) == list(build(plain).state_dict())


def test_a_bias_that_a_class_takes_as_an_argument_is_left_alone() -> None:
    arguments = {"in_features": 4, "out_features": 2, "init": "zeros"}
    for bias in (Named(True, "bias"), Named(False, "bias")):
        call = initialised(Call("nn.Linear", {**arguments, "bias": bias}))
        assert [init.parameter for init in call.init] == ["weight"]
        assert "init" not in call.arguments


def test_weights_about_to_be_loaded_are_not_drawn() -> None:
    torch.manual_seed(3)
    before = torch.get_rng_state()
    module = build(plan_with("orthogonal"), initialise=False)
    assert torch.equal(torch.get_rng_state(), before)
    assert module.fc.weight.shape == (10, 1024)


def test_a_training_starts_from_its_initialisation() -> None:
    digits = prepare(open_data("digits"), (1, 8, 8))
    plan = Plan(
        "Chain",
        (("x", (1, 8, 8)),),
        (
            step("flat", Call("nn.Flatten", {}), "x", shape=(64,)),
            step("fc1", Linear(out_features=32).call([(64,)]), "flat", shape=(32,)),
            step("relu", Call("nn.ReLU", {}), "fc1", shape=(32,)),
            step("fc2", Linear(out_features=10).call([(32,)]), "relu", shape=(10,)),
        ),
        (("fc2", 0),),
    )
    results = {}
    for scheme in ("zeros", "kaiming_normal"):
        settings = TrainingSettings(initialisation=scheme, epochs=2, device="cpu")
        end = list(train(plan, settings, digits))[-1]
        assert isinstance(end, Finished), end
        results[scheme] = end.accuracy or 0
    assert results["zeros"] < 0.3  # all hidden units stay alike
    assert results["kaiming_normal"] > 0.5


def test_only_known_functions_initialise() -> None:
    steps = [step for scheme in SCHEMES for step in scheme_steps(scheme, bias=True)]
    assert {step.function for step in steps} <= INITIALISERS.keys()
    assert INITIALISERS["nn.init.zeros_"] is nn.init.zeros_


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (Conv1d(init="orthogonal"), (2, 9)),
        (Conv2d(init="kaiming_normal"), (2, 9, 9)),
        (Conv3d(init="xavier_uniform", bias=False), (2, 5, 5, 5)),
        (ConvTranspose1d(init="normal"), (2, 9)),
        (ConvTranspose2d(init="zeros"), (2, 9, 9)),
        (ConvTranspose3d(init="kaiming_uniform"), (2, 5, 5, 5)),
    ],
)
def test_convolutions_choose_too(layer: Layer, shape: tuple[int, ...]) -> None:
    call = layer.call([shape])
    assert isinstance(call, Call)
    assert "init" not in call.arguments
    made = step("part", call, "x", shape=layer.shapes([shape])[0])
    plan = Plan("One", (("x", shape),), (made,), (("part", 0),))
    part = build(plan).part
    plain = build(replace(plan, steps=(replace(made, operation=replace(call, init=())),))).part
    assert not torch.equal(part.weight, plain.weight)
    assert part.bias is None or part.bias.abs().sum() == 0
    assert "nn.init." in source(plan).text
