"""How weights start: by the layer's own choice, by the training's, and the same in the file."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from backend.channel.events import Finished
from backend.data.base.prepare import prepare
from backend.data.catalogue import open_data
from backend.model.allowed import INITIALISERS
from backend.model.build import build
from backend.training.settings import TrainingSettings, started
from backend.training.trainer import train
from graph.analysis.analysis import Analysis
from graph.calls.call import Call
from graph.calls.plan import Plan
from graph.export.export import source
from graph.layers.attention.efficient import EfficientChannelAttention
from graph.layers.attention.maps import CBAM, ChannelAttention, SpatialAttention
from graph.layers.attention.squeeze import SqueezeExcitation
from graph.layers.base.initialisation import (
    DEFAULT,
    LAYER_SCHEMES,
    SCHEMES,
    initialised,
    scheme_steps,
    with_initialisation,
)
from graph.layers.base.layer import Layer
from graph.layers.convolution import classic_kernels as kernels
from graph.layers.convolution.deformable import DeformConv2d
from graph.layers.convolution.local import LocallyConnected1d, LocallyConnected2d
from graph.layers.convolution.plain import Conv1d, Conv2d, Conv3d
from graph.layers.convolution.table import TableConv2d
from graph.layers.convolution.transposed import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from graph.layers.io import Input, Output
from graph.layers.linear import Linear
from graph.layers.pooling.weighted import WeightedAvgPool2d
from graph.layers.radial import RadialBasis
from graph.layers.reshaping.flatten import Flatten
from graph.network.edits import Freeze
from graph.planning.planner import make_plan
from graph.values.dims import Named
from tests.backend.networks import branching, convolution, step, template_plan
from tests.generators import chain


def plan_with(scheme: str, *, bias: bool = True) -> Plan:
    """A convolution and a linear layer, both with the scheme if they may have it."""
    conv = replace(convolution(1, 16, bias=bias), init=scheme_steps(scheme, bias=bias))
    own = scheme if scheme in LAYER_SCHEMES else DEFAULT
    fc = Linear(out_features=10, bias=bias, init=own).call([(1024,)])
    steps = (
        step("conv", conv, "x", shape=(16, 8, 8)),
        step("flat", Call("nn.Flatten", {}), "conv", shape=(1024,)),
        step("fc", fc, "flat", shape=(10,)),
    )
    return Plan("Started", (("x", (1, 8, 8)),), steps, (("fc", 0),))


def imported(text: str, folder: Path) -> Any:
    """An exported file as a module."""
    (folder / "started.py").write_text(text)
    spec = importlib.util.spec_from_file_location("started", folder / "started.py")
    assert spec is not None
    assert spec.loader is not None
    file = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(file)
    return file


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("bias", [True, False])
def test_the_built_module_equals_the_exported_class(
    scheme: str, bias: bool, tmp_path: Path
) -> None:
    plan = plan_with(scheme, bias=bias)
    text = source(plan).text
    file = imported(text, tmp_path)
    torch.manual_seed(6)
    expected = file.Started().state_dict()
    before = torch.get_rng_state()
    found = build(plan, seed=6).state_dict()
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(found[name], expected[name]) for name in expected)
    assert ("(self.conv.weight" in text) == (scheme != DEFAULT)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_exported_class_starts_as_the_training_asks_for(scheme: str, tmp_path: Path) -> None:
    training = {"initialisation": scheme, "initial_value": 0.25}
    plan = started(template_plan("resnet-small"), training)
    file = imported(source(plan).text, tmp_path)
    torch.manual_seed(3)
    expected = getattr(file, plan.class_name)().state_dict()
    found = build(plan, seed=3).state_dict()
    assert all(torch.equal(found[name], expected[name]) for name in expected)


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
    assert (weight["constant"] == 0.01).all()
    assert weight["normal"].std() == pytest.approx(0.01, rel=0.05)
    assert weight["kaiming_normal"].std() == pytest.approx((2 / 10) ** 0.5, rel=0.05)
    assert weight["kaiming_uniform"].abs().max() <= (6 / 1024) ** 0.5
    assert weight["xavier_normal"].std() == pytest.approx((2 / 1034) ** 0.5, rel=0.05)
    assert torch.allclose(weight["orthogonal"] @ weight["orthogonal"].T, torch.eye(10), atol=1e-5)
    for scheme, module in modules.items():
        assert (module.conv.bias.abs().sum() == 0) == (scheme != DEFAULT)


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


FIRST = (
    *(kernels.BLUR, kernels.SHARPEN, kernels.OUTLINE),
    *(kernels.SOBEL_TOP, kernels.SOBEL_BOTTOM, kernels.SOBEL_LEFT, kernels.SOBEL_RIGHT),
    kernels.LAPLACE,
)


@pytest.mark.parametrize("side", [3, 4, 7, 11])
def test_the_first_filters_are_the_classic_kernels(side: int) -> None:
    layer = Conv2d(out_channels=20, kernel_size=(side, side), padding="same", init="classic")
    conv = alone(layer, (3, 16, 16))
    plain = alone(layer.changed(init=DEFAULT), (3, 16, 16))
    assert torch.equal(conv.weight[17:], plain.weight[17:])
    images = torch.rand(2, 1, 16, 16, generator=torch.Generator().manual_seed(1))
    found = conv(images.expand(-1, 3, -1, -1))
    for number, kernel in enumerate(FIRST):
        expected = F.conv2d(images, torch.tensor(kernel)[None, None], padding=1)
        assert torch.allclose(found[:, number : number + 1], expected, atol=1e-5), kernel
    gauss = torch.tensor(kernels.gaussian(side, side / 4)) / 3
    assert torch.allclose(conv.weight[8], gauss.expand(3, -1, -1))
    for eighth in range(8):
        wave = torch.tensor(kernels.gabor(side, (side + 1) / 2, eighth * 22.5, side / 4, 0.5, 0))
        wave = (wave / wave.abs().sum() / 3).expand(3, -1, -1)
        assert torch.allclose(conv.weight[9 + eighth], wave, atol=1e-6)


def test_classic_kernels_suit_any_shape_of_filter() -> None:
    few = alone(Conv2d(out_channels=2, kernel_size=(3, 6), init="classic"), (1, 9, 9))
    assert torch.equal(few.weight[1, 0, :, 1:4], torch.tensor(kernels.SHARPEN))
    assert few.weight[1, 0, :, [0, 4, 5]].abs().sum() == 0
    grouped = alone(Conv2d(out_channels=4, groups=2, init="classic"), (4, 9, 9))
    assert torch.equal(grouped.weight[2, 1], torch.tensor(kernels.OUTLINE) / 2)
    small = Conv2d(kernel_size=(1, 1), init="classic")
    (problem,) = small.problems([(3, 9, 9)])
    assert problem.warning
    assert problem.changes == {"init": DEFAULT}
    plain = alone(small.changed(init=DEFAULT), (3, 9, 9))
    assert torch.equal(alone(small, (3, 9, 9)).weight, plain.weight)


def test_a_training_gives_classic_kernels_to_the_first_convolution() -> None:
    conv = convolution(1, 4)
    point = Call("nn.Conv2d", {"in_channels": 1, "out_channels": 1, "kernel_size": (1, 1)})
    steps = (
        step("point", point, "x", shape=(1, 8, 8)),
        step("first", conv, "point", shape=(4, 8, 8)),
        step("second", convolution(4, 4), "first", shape=(4, 8, 8)),
    )
    plan = Plan("Two", (("x", (1, 8, 8)),), steps, (("second", 0),))
    plain, given = build(plan), build(with_initialisation(plan, "classic"))
    assert torch.equal(given.first.weight[1, 0], torch.tensor(kernels.SHARPEN))
    assert torch.equal(given.point.weight, plain.point.weight)
    assert torch.equal(given.second.weight, plain.second.weight)


def test_constants_can_be_chosen() -> None:
    conv = alone(Conv2d(init="constant", init_value=0.5), (2, 9, 9))
    assert (conv.weight == 0.5).all()
    assert conv.bias.abs().sum() == 0
    settings = TrainingSettings(initialisation="constant", initial_value=-2.0)
    assert "initial_value" not in settings.unused()
    assert "initial_value" in TrainingSettings().unused()
    plan = with_initialisation(branching(), settings.initialisation, settings.initial_value)
    assert (build(plan).fc.weight == -2).all()


def alone(layer: Layer, shape: tuple[int, ...]) -> Any:
    """The built module of one layer."""
    made = step("part", layer.call([shape]), "x", shape=layer.shapes([shape])[0])
    return build(Plan("One", (("x", shape),), (made,), (("part", 0),))).part


def test_layers_of_several_parts_choose_for_all_of_them() -> None:
    shape = (8, 9, 9)
    for kind in (SqueezeExcitation, ChannelAttention, CBAM):
        part = alone(kind(reduction=2, init="orthogonal"), shape)
        plain = alone(kind(reduction=2), shape)
        weights = [name for name, _ in part.named_parameters() if name.endswith("weight")]
        assert weights
        for name in weights:
            chosen = part.get_parameter(name)
            assert not torch.equal(chosen, plain.get_parameter(name)), name
    for layer in (EfficientChannelAttention(init="zeros"), SpatialAttention(init="zeros")):
        assert all(not value.any() for value in alone(layer, shape).parameters())
    deform = alone(DeformConv2d(init="constant", init_value=3.0, modulation=True), shape)
    assert (deform.deform.weight == 3).all()
    assert not deform.offset.weight.any()


def test_trainable_subsampling_starts_as_a_mean() -> None:
    images = torch.rand(2, 3, 8, 8, generator=torch.Generator().manual_seed(1))
    subsample = alone(WeightedAvgPool2d(), (3, 8, 8))
    assert torch.equal(subsample(images), F.avg_pool2d(images, 2))


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (Conv1d(init="orthogonal"), (2, 9)),
        (Conv2d(init="kaiming_normal"), (2, 9, 9)),
        (Conv3d(init="xavier_uniform", bias=False), (2, 5, 5, 5)),
        (ConvTranspose1d(init="normal"), (2, 9)),
        (ConvTranspose2d(init="zeros"), (2, 9, 9)),
        (ConvTranspose3d(init="kaiming_uniform"), (2, 5, 5, 5)),
        (LocallyConnected1d(init="normal"), (2, 9)),
        (LocallyConnected2d(init="constant"), (2, 9, 9)),
        (TableConv2d(table=(1, 12), init="normal"), (2, 9, 9)),
        (RadialBasis(weights="trainable", init="kaiming_normal"), (12,)),
    ],
)
def test_other_layers_choose_too(layer: Layer, shape: tuple[int, ...]) -> None:
    call = layer.call([shape])
    assert isinstance(call, Call)
    assert "init" not in call.arguments
    made = step("part", call, "x", shape=layer.shapes([shape])[0])
    plan = Plan("One", (("x", shape),), (made,), (("part", 0),))
    part = build(plan).part
    plain = build(replace(plan, steps=(replace(made, operation=replace(call, init=())),))).part
    assert not torch.equal(part.weight, plain.weight)
    assert getattr(part, "bias", None) is None or part.bias.abs().sum() == 0
    assert "nn.init." in source(plan).text


def shared_start(last: str, *, frozen: bool = False) -> Plan:
    """Three convolutions, of which the last may start otherwise, and three linear layers."""
    layers = [Conv2d(out_channels=3, kernel_size=(1, 1), init="kaiming_normal")] * 2
    layers.append(layers[0].changed(init=last))
    network, ids = chain(
        Input(shape=(2, 4, 4)),
        *layers,
        Flatten(),
        *[Linear(out_features=5, init="normal")] * 3,
        Output(),
    )
    if frozen:
        network.do(Freeze((ids[2],)))
    return make_plan(network, Analysis(network), "started")


@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize(("last", "loops"), [("kaiming_normal", 2), ("zeros", 1), ("default", 1)])
def test_a_start_that_all_share_is_written_once(
    last: str, loops: int, frozen: bool, tmp_path: Path
) -> None:
    plan = shared_start(last, frozen=frozen)
    text = source(plan).text
    assert text.count("isinstance(module, ") == loops
    assert text.count("nn.init.normal_") == 1
    file = imported(text, tmp_path)
    torch.manual_seed(3)
    expected = file.Started()
    found = build(plan, seed=3)
    for name, value in expected.state_dict().items():
        assert torch.equal(found.state_dict()[name], value), name
    trained = [(name, value.requires_grad) for name, value in expected.named_parameters()]
    assert trained == [(name, value.requires_grad) for name, value in found.named_parameters()]
    for part in (part for part in plan.steps if "conv" in part.name):
        first = text.splitlines()[source(plan).lines[part.node][0] - 1]
        assert "self.conv" in first
