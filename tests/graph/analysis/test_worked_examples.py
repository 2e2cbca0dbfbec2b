"""Numbers from the lectures: sizes, parameters and multiplications that everybody can check."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn

from backend.model.build import build
from graph.analysis.analysis import Analysis
from graph.calls.call import Shape
from graph.layers.activation.along_axis import Softmax
from graph.layers.activation.piecewise import ELU, LeakyReLU, ReLU
from graph.layers.activation.smooth import Sigmoid, SiLU, Tanh
from graph.layers.attention.squeeze import SqueezeExcitation
from graph.layers.base.layer import FaultKind, Layer
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input, Output
from graph.layers.linear import Linear
from graph.layers.normalisation import BatchNorm2d
from graph.layers.pooling.plain import AvgPool2d, MaxPool2d
from graph.layers.regularisation import Dropout, Dropout2d
from graph.layers.reshaping.flatten import Flatten
from graph.network.network import Network
from graph.planning.planner import make_plan
from graph.templates.registry import find_template
from tests.generators import chain


def shapes(*layers: Layer) -> list[Shape | None]:
    network, ids = chain(*layers)
    analysis = Analysis(network)
    assert analysis.errors() == [] or not isinstance(layers[-1], Output)
    return [analysis.facts(node).output for node in ids]


def figures(image: Shape, layer: Layer) -> tuple[int, int]:
    network, (_, node) = chain(Input(shape=image), layer)
    facts = Analysis(network).facts(node)
    return facts.parameters, facts.macs


def module(network: Network) -> nn.Module:
    return build(make_plan(network, Analysis(network))).eval()


def test_convolutions_and_poolings_from_28_to_5() -> None:
    conv, pool = Conv2d(out_channels=1), MaxPool2d()
    found = shapes(Input(shape=(1, 28, 28)), conv, pool, conv, pool)
    assert found == [(1, n, n) for n in (28, 26, 13, 11, 5)]


def test_the_example_of_the_torch_documentation() -> None:
    layer = Conv2d(
        out_channels=33, kernel_size=(3, 5), stride=(2, 1), padding=(4, 2), dilation=(3, 1)
    )
    assert shapes(Input(shape=(16, 50, 100)), layer)[-1] == (33, 26, 100)


@pytest.mark.parametrize(("n", "m"), [(1, 1), (784, 10), (400, 120), (120, 84), (84, 10)])
def test_fully_connected_has_n_plus_1_times_m(n: int, m: int) -> None:
    assert figures((n,), Linear(out_features=m)) == ((n + 1) * m, n * m)


@pytest.mark.parametrize(
    ("M", "K", "p", "q", "g"), [(1, 6, 5, 5, 1), (6, 16, 5, 3, 2), (8, 8, 3, 3, 8)]
)
def test_a_convolution_has_mpq_over_g_plus_1_times_k(
    M: int, K: int, p: int, q: int, g: int
) -> None:
    layer = Conv2d(out_channels=K, kernel_size=(p, q), groups=g)
    parameters, macs = figures((M, 10, 12), layer)
    assert parameters == (M * p * q // g + 1) * K
    assert macs == M * p * q // g * K * (11 - p) * (13 - q)


def test_depthwise_separable_against_full() -> None:
    image = (3, 128, 128)
    full = Conv2d(out_channels=16, padding="same", bias=False)
    depthwise = Conv2d(out_channels=3, padding="same", groups=3, bias=False)
    pointwise = Conv2d(out_channels=16, kernel_size=(1, 1), bias=False)
    assert figures(image, full) == (432, 7_077_888)
    totals = Analysis(chain(Input(shape=image), depthwise, pointwise)[0]).totals()
    assert (totals.parameters, totals.macs) == (75, 1_228_800)


def test_one_filter_against_a_full_connection() -> None:
    one = Conv2d(out_channels=1, kernel_size=(5, 5), padding=(2, 2))
    assert figures((1, 300, 300), one)[0] == 26
    network, ids = chain(Input(shape=(1, 300, 300)), Flatten(), Linear(out_features=90_000))
    analysis = Analysis(network)
    assert analysis.facts(ids[-1]).parameters == 90_001 * 90_000  # 8.1·10⁹
    assert FaultKind.TOO_LARGE in {fault.kind for fault in analysis.errors()}


@pytest.mark.parametrize(("stride", "size"), [(1, 5), (2, 3)])
def test_a_window_of_3_over_7(stride: int, size: int) -> None:
    for layer in (
        Conv2d(out_channels=1, stride=(stride, stride)),
        AvgPool2d(kernel_size=(3, 3), stride=(stride, stride)),
    ):
        assert shapes(Input(shape=(1, 7, 7)), layer)[-1] == (1, size, size)


@pytest.mark.parametrize(("h", "w"), [(1, 1), (3, 3), (5, 2), (4, 7)])
def test_valid_shrinks_and_same_keeps(h: int, w: int) -> None:
    image = Input(shape=(2, 9, 11))
    layer = Conv2d(out_channels=1, kernel_size=(h, w))
    assert shapes(image, layer.changed(padding="valid"))[-1] == (1, 9 - h + 1, 11 - w + 1)
    assert shapes(image, layer.changed(padding="same"))[-1] == (1, 9, 11)


def test_squeeze_and_excitation_as_its_formula() -> None:
    network, ids = chain(Input(shape=(8, 5, 7)), SqueezeExcitation(reduction=4), Output())
    assert Analysis(network).facts(ids[1]).output == (8, 5, 7)
    built = module(network)
    weights = dict(built.named_parameters())
    v, w = (weights[f"se1.{name}.weight"].flatten(1) for name in ("squeeze", "excite"))
    v0, w0 = (weights[f"se1.{name}.bias"] for name in ("squeeze", "excite"))
    x = torch.randn(3, 8, 5, 7, generator=torch.Generator().manual_seed(0))
    z = x.mean(dim=(2, 3))
    s = torch.sigmoid(torch.relu(z @ v.T + v0) @ w.T + w0)
    assert torch.allclose(built(x), x * s[:, :, None, None], atol=1e-6)


def answer(layer: Layer, rows: list[list[int]]) -> torch.Tensor:
    image = torch.tensor([[rows]], dtype=torch.float32)
    network, _ = chain(Input(shape=tuple(image.shape[1:])), layer, Output())
    found: torch.Tensor = module(network)(image)
    return found[0, 0]


def test_average_pooling_of_a_small_image() -> None:
    rows = [[3, 3, 2, 1, 0], [0, 0, 1, 3, 1], [3, 1, 2, 2, 3], [2, 0, 0, 2, 2], [2, 0, 0, 0, 1]]
    found = answer(AvgPool2d(kernel_size=(3, 3), stride=(1, 1)), rows)
    assert found.mul(9).round().tolist() == [[15, 15, 15], [9, 11, 16], [10, 7, 12]]
    assert (found * 10).round().tolist() == [[17, 17, 17], [10, 12, 18], [11, 8, 13]]


def test_pooling_2x2_of_a_small_image() -> None:
    rows = [
        [2, 4, 5, 7, 3, -2],
        [-2, 0, 0, 4, 9, 9],
        [1, 0, -1, 2, 1, 1],
        [1, 1, 6, 3, 7, 2],
        [3, 4, 0, -2, 3, 0],
        [3, 0, 5, 1, 0, 0],
    ]
    assert answer(MaxPool2d(), rows).tolist() == [[4, 7, 9], [1, 6, 7], [4, 5, 3]]
    found = answer(AvgPool2d(), rows).tolist()
    assert found == [[1, 4, 4.75], [0.75, 2.5, 2.75], [2.5, 1, 0.75]]


def test_dropout_scales_what_it_keeps_and_drops_whole_channels() -> None:
    x = torch.ones(100, 10, 4, 4)
    for layer, wanted in ((Dropout(p=0.2), {0.0, 1.25}), (Dropout2d(p=0.2), {0.0, 20.0})):
        network, _ = chain(Input(shape=(10, 4, 4)), layer, Output())
        with torch.random.fork_rng():
            torch.manual_seed(0)
            y = module(network).train()(x)
        whole = isinstance(layer, Dropout2d)
        assert set((y.sum((2, 3)) if whole else y).unique().tolist()) == wanted
        assert torch.equal(module(network)(x), x)


def test_batch_norm_keeps_mean_and_variance_per_channel() -> None:
    network, _ = chain(Input(shape=(3, 5, 4)), BatchNorm2d(), Output())
    built = module(network).train()
    x = torch.randn(8, 3, 5, 4, generator=torch.Generator().manual_seed(0))
    y = built(x)
    mean = x.mean((0, 2, 3), keepdim=True)
    variance = x.var((0, 2, 3), correction=0, keepdim=True)
    assert mean.shape == variance.shape == (1, 3, 1, 1)
    assert torch.allclose(y, (x - mean) / (variance + 1e-5).sqrt(), atol=1e-5)
    assert {n: b.shape for n, b in built.named_buffers() if "running" in n} == {
        "bn1.running_mean": (3,),
        "bn1.running_var": (3,),
    }


@pytest.mark.parametrize(
    ("layer", "rule"),
    [
        (Sigmoid(), lambda x: 1 / (1 + torch.exp(-x))),
        (Tanh(), lambda x: (torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x))),
        (ReLU(), lambda x: x * (x > 0)),
        (LeakyReLU(negative_slope=0.1), lambda x: torch.maximum(0.1 * x, x)),
        (ELU(alpha=1.5), lambda x: torch.where(x > 0, x, 1.5 * (torch.exp(x) - 1))),
        (SiLU(), lambda x: x / (1 + torch.exp(-x))),
        (Softmax(), lambda x: torch.exp(x) / torch.exp(x).sum(1, keepdim=True)),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Layer) else "",
)
def test_activations_as_their_formulas(
    layer: Layer, rule: Callable[[torch.Tensor], torch.Tensor]
) -> None:
    network, _ = chain(Input(shape=(61,)), layer, Output())
    x = torch.linspace(-4, 4, 61)[None]
    assert torch.allclose(module(network)(x), rule(x), atol=1e-6)


def test_lenet5_has_its_published_parameters() -> None:
    template = find_template("lenet5")
    assert template is not None
    network = template.build().network
    analysis = Analysis(network)
    assert analysis.faults() == []
    assert sum(p.numel() for p in module(network).parameters()) == analysis.totals().parameters
    assert analysis.totals().parameters == 61_706
    assert round(analysis.totals().macs / 1e9, 6) == 0.000417
