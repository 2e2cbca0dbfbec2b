"""Poolings, resamplings, normalisations, activations and dropouts: what they compute, and see."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn

from backend.model.build import build
from graph.analysis.analysis import Analysis
from graph.analysis.support import support
from graph.calls.call import Shape
from graph.export.export import source
from graph.layers.activation.piecewise import Activation, PReLU
from graph.layers.activation.smooth import ScaledTanh
from graph.layers.base.layer import FaultKind, Layer
from graph.layers.io import Input, Output
from graph.layers.normalisation import (
    BatchNorm1d,
    BatchNorm3d,
    GroupNorm,
    InstanceNorm1d,
    InstanceNorm2d,
    LayerNorm,
    LocalResponseNorm,
    RMSNorm,
)
from graph.layers.pooling.plain import (
    AvgPool1d,
    AvgPool3d,
    LPPool1d,
    LPPool2d,
    MaxPool1d,
    MaxPool2d,
    MaxPool3d,
)
from graph.layers.pooling.unpooling import MaxUnpool1d, MaxUnpool2d, MaxUnpool3d
from graph.layers.pooling.weighted import WeightedAvgPool2d
from graph.layers.registry import LAYERS
from graph.layers.regularisation import DropPath
from graph.layers.reshaping.upsampling import PixelShuffle, PixelUnshuffle, Upsample
from graph.network.edits import Connect
from graph.network.network import Network, Wire
from graph.planning.planner import make_plan
from tests.generators import chain, is_legal, legal_case, place
from tests.graph.judge import run_operation

ACTIVATIONS = [kind for kind in LAYERS if issubclass(kind, Activation)]


@pytest.fixture(autouse=True)
def seeded() -> Iterator[None]:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


def module(layer: Layer, shape: Shape) -> nn.Module:
    network, _ = chain(Input(shape=shape), layer, Output())
    return build(make_plan(network, Analysis(network)))


def mended(layer: Layer, *shapes: Shape) -> Layer:
    """The layer with the changes its first problem proposes."""
    (problem, *_) = layer.problems(shapes)
    changed = layer.changed(**problem.changes)
    assert is_legal(changed, list(shapes)), changed
    return changed


# Values


def test_weighted_average_is_weight_times_mean_plus_bias() -> None:
    layer, shape = WeightedAvgPool2d(), (6, 28, 28)
    assert (layer.parameters([shape]), layer.shapes([shape])) == (12, ((6, 14, 14),))
    assert layer.macs([shape]) == 6 * 14 * 14
    built = module(layer, shape)
    weight, bias = (
        dict(built.named_parameters())[f"subsample1.weigh.{n}"] for n in ("weight", "bias")
    )
    x = torch.randn(2, *shape)
    wanted = nn.functional.avg_pool2d(x, 2) * weight.reshape(6, 1, 1) + bias.reshape(6, 1, 1)
    assert torch.allclose(built(x), wanted, atol=1e-6)


def test_p_norm_pooling() -> None:
    built = module(LPPool2d(norm_type=2.0), (1, 2, 2))
    assert built(torch.tensor([[[[1.0, 1.0], [1.0, 1.0]]]])).item() == pytest.approx(2.0)


def test_the_norm_of_p_norm_pooling_is_always_written() -> None:
    network, _ = chain(Input(shape=(2, 8)), LPPool1d(), Output())
    assert "nn.LPPool1d(2.0, 2)" in source(make_plan(network, Analysis(network))).text


def test_scaled_tanh_keeps_one() -> None:
    built = module(ScaledTanh(), (3,))
    x = torch.tensor([[-1.0, 0.0, 1.0]])
    assert torch.allclose(built(x), x, atol=1e-3)
    assert torch.equal(built(x), 1.7159 * torch.tanh(2 / 3 * x))


def test_local_response_as_its_formula() -> None:
    x = torch.randn(1, 4, 2, 2)
    built = module(LocalResponseNorm(size=3, alpha=0.3, beta=0.5, k=2.0), (4, 2, 2))
    for channel in range(4):
        near = x[:, max(0, channel - 1) : channel + 2]
        wanted = x[:, channel] / (2.0 + 0.3 / 3 * near.square().sum(1)) ** 0.5
        assert torch.allclose(built(x)[:, channel], wanted, atol=1e-6)


@pytest.mark.parametrize(
    ("layer", "shape", "axes"),
    [
        (BatchNorm1d(), (5,), (0,)),
        (BatchNorm1d(), (3, 7), (0, 2)),
        (BatchNorm3d(), (3, 2, 4, 5), (0, 2, 3, 4)),
        (InstanceNorm1d(affine=True), (3, 7), (2,)),
        (InstanceNorm2d(track_running_stats=True), (3, 5, 4), (2, 3)),
        (LayerNorm(), (6, 8), (2,)),
        (LayerNorm(normalized_axes=3, bias=False), (2, 5, 4), (1, 2, 3)),
        (GroupNorm(num_groups=1), (4, 5, 5), (1, 2, 3)),
    ],
)
def test_normalised_axes_have_mean_0_and_variance_1(
    layer: Layer, shape: Shape, axes: tuple[int, ...]
) -> None:
    y = module(layer, shape)(3 + 2 * torch.randn(16, *shape))
    assert y.mean(axes).abs().max() < 1e-4
    assert (y.var(axes, correction=0) - 1).abs().max() < 1e-2


def test_rms_norm_keeps_the_mean() -> None:
    x = 3 + torch.randn(4, 6)
    y = module(RMSNorm(), (6,))(x)
    assert torch.allclose(y.square().mean(1), torch.ones(4), atol=1e-3)
    assert y.mean() > 0.5


def test_drop_path_drops_whole_images_and_scales_the_others() -> None:
    built = module(DropPath(drop_prob=0.25), (2, 3, 3))
    x = torch.ones(4000, 2, 3, 3)
    y = built(x)
    kept = y[:, 0, 0, 0] != 0
    assert 0.7 < kept.float().mean().item() < 0.8
    assert torch.allclose(y[kept], x[kept] / 0.75)
    assert y[~kept].abs().max() == 0
    assert torch.equal(built.eval()(x), x)
    assert torch.equal(module(DropPath(drop_prob=1.0), (2,))(torch.ones(3, 2)), torch.zeros(3, 2))


# Unpooling


def unpooled(pool: Layer, unpool: Layer, shape: Shape) -> Network:
    network = Network()
    image = place(network, Input(shape=shape))
    first = place(network, pool, image)
    second = place(network, unpool, first)
    network.do(Connect(Wire(network.new_id("w"), first, "indices", second, "indices"), None))
    place(network, Output(), second)
    return network


@pytest.mark.parametrize(
    ("pool", "unpool", "shape", "given"),
    [
        (MaxPool1d, MaxUnpool1d, (2, 9), 9),
        (MaxPool2d, MaxUnpool2d, (2, 7, 8), (7, 8)),
        (MaxPool3d, MaxUnpool3d, (1, 4, 5, 6), (4, 5, 6)),
    ],
)
def test_maxima_go_back_to_their_places(
    pool: type[Layer], unpool: type[Layer], shape: Shape, given: object
) -> None:
    network = unpooled(
        pool.make({"return_indices": True}), unpool.make({"output_size": given}), shape
    )
    analysis = Analysis(network)
    assert analysis.errors() == []
    plan = make_plan(network, analysis)
    x = torch.rand(2, *shape) + 0.5
    y = build(plan)(x)
    assert y.shape == x.shape
    assert torch.equal(y[y != 0], x[y != 0])
    assert (y != 0).sum() == 2 * pool().shapes([shape])[0][0] * int(
        torch.tensor(pool().shapes([shape])[0][1:]).prod()
    )
    assert f"F.max_unpool{len(shape) - 1}d" in source(plan).text


def test_unpooling_says_what_does_not_fit() -> None:
    layer = MaxUnpool2d(output_size=(9, 9))
    (problem,) = layer.problems([(2, 3, 3), (2, 3, 3)])
    assert (problem.kind, problem.field) == (FaultKind.DIMENSION, "output_size")
    assert mended(layer, (2, 3, 3), (2, 3, 3)).shapes([(2, 3, 3)] * 2) == ((2, 6, 6),)
    (problem,) = MaxUnpool2d().problems([(2, 3, 3), (2, 4, 4)])
    assert (problem.kind, problem.port) == (FaultKind.MERGE_MISMATCH, "indices")


# What one output cell sees


def seen(layer: Layer, shape: Shape, cell: tuple[int, ...]) -> tuple[list[int], ...]:
    """Positions of the input whose gradient of one output cell is not zero."""
    x = (torch.rand(1, *shape) + 0.5).requires_grad_()
    modules: list[nn.Module] = []
    y = run_operation(layer.call([shape]), [x], modules)
    (gradient,) = torch.autograd.grad(y[(0, slice(None), *cell)].square().sum(), x)
    touched = gradient[0].abs().sum(0) > 1e-6
    axes = range(touched.dim())
    return tuple(
        torch.nonzero(
            touched.any(dim=tuple(b for b in axes if b != a)) if len(axes) > 1 else touched
        )
        .flatten()
        .tolist()
        for a in axes
    )


SEEN = (Upsample, PixelShuffle, PixelUnshuffle, AvgPool1d, AvgPool3d, LPPool2d, LayerNorm)


@pytest.mark.parametrize("kind", [*SEEN, InstanceNorm1d], ids=lambda kind: kind.__name__)
def test_exact_support(kind: type[Layer]) -> None:
    random_source = random.Random(f"support {kind.__name__}")
    compared = 0
    while compared < 150:
        layer, (shape,) = legal_case(random_source, kind)
        if not 2 <= len(shape) <= 4:
            continue
        found = layer.shapes([shape])[0]
        if max(found) > 60:
            continue
        network, (image, node) = chain(Input(shape=shape), layer)
        analysis = Analysis(network)
        for _ in range(3):
            cell = tuple(random_source.randrange(size) for size in found[1:])
            ours, theirs = support(analysis, node, cell)[image], seen(layer, shape, cell)
            within = all(set(b) <= set(a) for a, b in zip(ours, theirs, strict=True))
            chance = kind in (LayerNorm, InstanceNorm1d)  # that one gradient vanishes
            assert within if chance else ours == theirs, f"{layer!r} on {shape} at {cell}"
            compared += 1
        assert len(analysis.facts(node).receptive_field()) == len(shape) - 1


# In place


def torch_keeps_output(layer: Layer, shape: Shape, training: bool) -> bool:
    x = torch.randn(2, *shape, requires_grad=True) + 0
    modules: list[nn.Module] = []
    run_operation(layer.call([shape]), [x.detach().clone()], modules)
    y = modules[0].train(training)(x)
    y.mul_(2)
    try:
        y.sum().backward()
    except RuntimeError:
        return True
    return False


@pytest.mark.parametrize("kind", ACTIVATIONS, ids=lambda kind: kind.__name__)
def test_what_must_not_be_overwritten(kind: type[Layer]) -> None:
    variants = [kind(), *([kind(inplace=True)] if "inplace" in kind.model_fields else [])]
    for layer in variants:
        for training in (True, False):
            found = torch_keeps_output(layer, (4, 6, 6), training)
            assert layer.keeps_output == found, (layer, training)


# Weights


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (WeightedAvgPool2d(), (2, 6, 6)),
        (PReLU(num_parameters="channels"), (3, 4, 4)),
        (BatchNorm1d(), (3, 5)),
        (BatchNorm3d(), (2, 3, 3, 3)),
        (GroupNorm(num_groups=2), (4, 3, 3)),
        (InstanceNorm2d(affine=True), (2, 4, 4)),
        (LayerNorm(normalized_axes=2), (2, 4, 4)),
        (RMSNorm(), (2, 4)),
    ],
)
def test_one_step_of_training_changes_all_weights(layer: Layer, shape: Shape) -> None:
    built = module(layer, shape)
    before = [weight.detach().clone() for weight in built.parameters()]
    assert sum(weight.numel() for weight in before) == layer.parameters([shape]) > 0
    optimiser = torch.optim.SGD(built.parameters(), lr=0.1)
    y: Tensor = built(torch.randn(4, *shape))
    (y - torch.randn_like(y)).square().sum().backward()
    optimiser.step()
    for old, new in zip(before, built.parameters(), strict=True):
        assert not torch.equal(old, new)


# Problems


@pytest.mark.parametrize(
    ("layer", "shape", "field"),
    [
        (GroupNorm(num_groups=5), (12, 4, 4), "num_groups"),
        (LayerNorm(normalized_axes=3), (4, 4), "normalized_axes"),
        (PixelShuffle(upscale_factor=3), (8, 4, 4), "upscale_factor"),
        (PixelUnshuffle(downscale_factor=3), (8, 4, 6), "downscale_factor"),
        (Upsample(mode="bilinear"), (2, 9), "mode"),
        (Upsample(size=(4, 4)), (2, 9), "size"),
        (Upsample(align_corners=True), (2, 9, 9), "align_corners"),
        (Upsample(scale_factor=(0.1,)), (2, 9, 9), "scale_factor"),
        (AvgPool3d(kernel_size=(3, 3, 3)), (2, 2, 4, 4), "kernel_size"),
        (PReLU(num_parameters=3), (4, 2, 2), "num_parameters"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Layer) else str(value),
)
def test_problems_name_the_field_and_a_way_out(layer: Layer, shape: Shape, field: str) -> None:
    (problem,) = layer.problems([shape])
    assert problem.field == field
    mended(layer, shape)


def test_group_norm_names_the_nearest_divisors() -> None:
    (problem,) = GroupNorm(num_groups=5).problems([(12, 4, 4)])
    assert "4 / 6" in str(problem.mend)
