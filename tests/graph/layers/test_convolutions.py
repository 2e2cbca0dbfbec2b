"""The family of convolutions by what it computes: worked numbers, fields, training and export."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import product
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from backend.model.build import build
from graph.analysis.analysis import Analysis
from graph.analysis.support import support
from graph.calls.call import Shape
from graph.export.export import source
from graph.layers.base.layer import FaultKind, Layer
from graph.layers.convolution import classic_kernels as kernels
from graph.layers.convolution.deformable import DeformConv2d
from graph.layers.convolution.fixed_kernel import KERNELS, FixedKernel
from graph.layers.convolution.local import LocallyConnected1d, LocallyConnected2d
from graph.layers.convolution.plain import Conv1d, Conv2d, Conv3d
from graph.layers.convolution.transposed import ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from graph.layers.io import Input, Output
from graph.layers.pooling.plain import AvgPool2d
from graph.layers.reshaping.padding import Pad1d, Pad2d, Pad3d
from graph.network.network import Network
from graph.planning.planner import make_plan
from tests.generators import chain, legal_case
from tests.graph.analysis.test_receptive_field import measured, run
from tests.graph.export.test_export import Folder, assert_tidy

FAMILY: tuple[type[Layer], ...] = (
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
    LocallyConnected1d,
    LocallyConnected2d,
    DeformConv2d,
    FixedKernel,
    Pad1d,
    Pad2d,
    Pad3d,
)
family = pytest.mark.parametrize("kind", FAMILY, ids=lambda kind: kind.__name__)


def module_of(layer: Layer, shape: Shape) -> nn.Module:
    """The built module of the layer alone."""
    network, _ = chain(Input(shape=shape), layer, Output())
    analysis = Analysis(network)
    assert analysis.errors() == []
    return build(make_plan(network, analysis))


def answer(layer: Layer, image: list[list[float]], kernel: list[list[float]] | None = None) -> list:
    """The output map for one image, with the kernel written into every filter."""
    values = torch.tensor(image)[None, None]
    module = module_of(layer, tuple(values.shape[1:]))
    with torch.no_grad():
        for weight in module.parameters():
            weight.copy_(torch.tensor(kernel).expand_as(weight))
        return module(values)[0, 0].tolist()


def one_filter(size: int) -> Conv2d:
    return Conv2d(out_channels=1, kernel_size=(size, size), bias=False)


# The examples of the lectures


def test_convolution_of_3x3() -> None:
    image = [[1.0, 2, 3], [3, 4, 5], [1, 0, 2]]
    assert answer(one_filter(2), image, [[0.0, 1], [1, -1]]) == [[1, 2], [5, 3]]


def test_convolution_and_mean_of_5x5() -> None:
    image = [
        [3.0, 3, 2, 1, 0],
        [0, 0, 1, 3, 1],
        [3, 1, 2, 2, 3],
        [2, 0, 0, 2, 2],
        [2, 0, 0, 0, 1],
    ]
    found = answer(one_filter(3), image, [[0.0, 1, 2], [2, 2, 0], [0, 1, 2]])
    assert found == [[12, 12, 17], [10, 17, 19], [9, 6, 14]]
    means = answer(AvgPool2d(kernel_size=(3, 3), stride=(1, 1)), image)
    rounded = [[round(value, 1) for value in row] for row in means]
    assert rounded == [[1.7, 1.7, 1.7], [1.0, 1.2, 1.8], [1.1, 0.8, 1.3]]
    box = FixedKernel(kernel="box", padding="valid")
    assert torch.allclose(torch.tensor(answer(box, image)), torch.tensor(means))


@pytest.mark.parametrize(
    ("ones", "wanted"),
    [
        (((2, 2), (3, 3)), [[0, 0, 0], [0, 1, 0], [0, 0, 2]]),
        (((2, 3), (3, 2)), [[0, 0, 0], [0, 0, 1], [0, 1, 0]]),
        (((0, 0), (1, 1)), [[2, 0, 0], [0, 1, 0], [0, 0, 0]]),
    ],
    ids=["slash", "other slash", "moved slash"],
)
def test_slash_classifier(ones: tuple[tuple[int, int], ...], wanted: list[list[int]]) -> None:
    image = [[float((row, column) in ones) for column in range(4)] for row in range(4)]
    assert answer(one_filter(2), image, [[1.0, 0], [0, 1]]) == wanted


def test_transposed_convolution_of_4x4() -> None:
    image = [[float(4 * row + column + 1) for column in range(4)] for row in range(4)]
    layer = ConvTranspose2d(out_channels=1, kernel_size=(2, 2), stride=(1, 1), bias=False)
    assert answer(layer, image, [[1.0, 1], [1, 1]]) == [
        [1, 3, 5, 7, 4],
        [6, 14, 18, 22, 12],
        [14, 30, 34, 38, 20],
        [22, 46, 50, 54, 28],
        [13, 27, 29, 31, 16],
    ]


@pytest.mark.parametrize(("k", "C", "K", "size"), [(3, 1, 1, 9), (5, 3, 4, 8), (1, 2, 3, 4)])
def test_local_weights_are_not_shared(k: int, C: int, K: int, size: int) -> None:
    image = LocallyConnected2d(out_channels=K, kernel_size=(k, k))
    positions = (size - k + 1) ** 2
    assert image.parameters([(C, size, size)]) == (k * k * C + 1) * K * positions
    assert image.macs([(C, size, size)]) == k * k * C * K * positions
    signal = LocallyConnected1d(out_channels=1, kernel_size=k)
    assert signal.parameters([(1, size)]) == (k + 1) * (size - k + 1)


@pytest.mark.parametrize(
    ("padding", "wanted"), [("valid", (7, 8)), ("same", (9, 10)), ("full", (11, 12))]
)
def test_the_words_for_padding(padding: str, wanted: tuple[int, int]) -> None:
    layer = Conv2d(out_channels=1, padding=padding)
    assert layer.shapes([(1, 9, 10)]) == ((1, *wanted),)
    assert module_of(layer, (1, 9, 10))(torch.zeros(1, 1, 9, 10)).shape[2:] == wanted


def test_full_is_dilation_times_kernel_less_one() -> None:
    signal = Conv1d(out_channels=1, kernel_size=4, dilation=2, padding="full")
    assert signal.call([(1, 9)]).arguments["padding"] == 6
    volume = Conv3d(out_channels=1, kernel_size=(1, 2, 3), padding="full")
    assert volume.call([(1, 5, 5, 5)]).arguments["padding"] == (0, 1, 2)


def test_kinds_of_padding() -> None:
    row = torch.tensor([[[[1.0, 2, 3]]]])
    wanted = {
        "zeros": [0.0, 0, 1, 2, 3, 0],
        "constant": [7.0, 7, 1, 2, 3, 7],
        "reflect": [3.0, 2, 1, 2, 3, 2],
        "replicate": [1.0, 1, 1, 2, 3, 3],
        "circular": [2.0, 3, 1, 2, 3, 1],
    }
    for mode, numbers in wanted.items():
        layer = Pad2d(mode=mode, value=7.0, left=2, right=1, top=0, bottom=0)
        assert module_of(layer, (1, 1, 3))(row)[0, 0].tolist() == [numbers], mode


def test_a_border_in_front_gives_what_padding_gives() -> None:
    image = torch.rand(1, 2, 5, 6)
    for mode in ("zeros", "reflect", "replicate", "circular"):
        whole = module_of(Conv2d(out_channels=3, padding=(1, 1), padding_mode=mode), (2, 5, 6))
        inner = module_of(Conv2d(out_channels=3), (2, 7, 8))
        inner.load_state_dict(whole.state_dict())
        border = module_of(Pad2d(mode=mode), (2, 5, 6))
        assert torch.allclose(whole(image), inner(border(image)), atol=1e-6), mode


# Classic kernels


def test_classic_kernels() -> None:
    assert kernels.BLUR == ((1 / 16, 1 / 8, 1 / 16), (1 / 8, 1 / 4, 1 / 8), (1 / 16, 1 / 8, 1 / 16))
    assert kernels.box(3) == ((1 / 9,) * 3,) * 3
    assert kernels.SHARPEN == ((0, -1, 0), (-1, 5, -1), (0, -1, 0))
    assert kernels.OUTLINE == ((-1, -1, -1), (-1, 8, -1), (-1, -1, -1))
    assert kernels.SOBEL_TOP == ((1, 2, 1), (0, 0, 0), (-1, -2, -1))
    assert kernels.SOBEL_LEFT == ((1, 0, -1), (2, 0, -2), (1, 0, -1))
    assert kernels.CUSTOM == ((1, -1, 1), (-1, 0, -1), (1, -1, 1))
    assert FixedKernel(kernel="custom").rows() == kernels.CUSTOM


def test_sobel_kernels_belong_together() -> None:
    top, bottom = torch.tensor(kernels.SOBEL_TOP), torch.tensor(kernels.SOBEL_BOTTOM)
    left, right = torch.tensor(kernels.SOBEL_LEFT), torch.tensor(kernels.SOBEL_RIGHT)
    assert bottom.equal(-top)
    assert right.equal(-left)
    assert left.equal(top.T)
    column, row = torch.tensor([1.0, 2, 1]), torch.tensor([1.0, 0, -1])
    assert left.equal(torch.outer(column, row))  # spatially separable


def test_unsharp_adds_what_smoothing_takes_away() -> None:
    image = torch.rand(1, 3, 9, 9, dtype=torch.float64)
    smooth, sharp = (
        F.conv2d(
            image,
            torch.tensor(layer.rows(), dtype=torch.float64).repeat(3, 1, 1, 1),
            padding="same",
            groups=3,
        )
        for layer in (
            FixedKernel(kernel="gaussian", size=5),
            FixedKernel(kernel="unsharp", size=5, amount=0.7),
        )
    )
    assert torch.allclose(sharp, image + 0.7 * (image - smooth))


@pytest.mark.parametrize(("size", "sigma"), [(3, 0.1), (4, 0.1), (5, 1.0), (8, 2.5), (31, 100.0)])
def test_gaussian_sums_to_one_and_falls_from_the_centre(size: int, sigma: float) -> None:
    found = torch.tensor(kernels.gaussian(size, sigma), dtype=torch.float64)
    assert found.sum().item() == pytest.approx(1)
    assert found.equal(found.T)
    assert found.equal(found.flip(0))
    assert found.max() == found[size // 2, size // 2]


def test_gabor_follows_its_formula() -> None:
    upright = kernels.gabor(7, 4, 0, 2, 0.5, 0)
    assert upright[3][3] == 1
    assert upright[3][5] == pytest.approx(-(torch.e ** (-4 / 8)))  # half a wave to the right
    assert upright[5][3] == pytest.approx(torch.e ** (-1 / 8))  # across, the bell is wider
    turned = torch.tensor(kernels.gabor(7, 4, 90, 2, 0.5, 0))
    assert torch.allclose(turned, torch.tensor(upright).T, atol=1e-6)
    assert kernels.gabor(7, 4, 0, 2, 0.5, 90)[3][3] == pytest.approx(0)


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_fixed_kernel_is_laid_over_every_channel(kernel: str) -> None:
    layer = FixedKernel(kernel=kernel, size=5)
    image = torch.rand(2, 3, 12, 10)
    module = module_of(layer, (3, 12, 10))
    assert not list(module.parameters())
    rows = torch.tensor(layer.rows())
    wanted = F.conv2d(image, rows.repeat(3, 1, 1, 1), padding="same", groups=3)
    assert torch.allclose(module(image), wanted, atol=1e-5)
    trained = module_of(layer.changed(trainable=True), (3, 12, 10))
    assert sum(p.numel() for p in trained.parameters()) == 3 * rows.numel()
    assert torch.equal(trained(image), module(image))


@pytest.mark.parametrize("count", [10, 16, 36, 120])
def test_a_custom_kernel_must_be_a_square(count: int) -> None:
    layer = FixedKernel(kernel="custom", cells=(1.0,) * count)
    (problem,) = layer.problems([(1, 20, 20)])
    assert (problem.kind, problem.field) == (FaultKind.DIMENSION, "cells")
    assert not list(layer.changed(kernel="blur").problems([(1, 20, 20)]))


# Deformable and local, as their formulas


@pytest.mark.parametrize("modulation", [False, True])
def test_without_offsets_a_deformable_convolution_is_an_ordinary_one(modulation: bool) -> None:
    layer = DeformConv2d(out_channels=6, groups=2, padding=(1, 1), modulation=modulation)
    module = module_of(layer, (4, 7, 8))
    weights = dict(module.named_parameters())
    with torch.no_grad():
        for name, weight in weights.items():
            if ".offset." in name or ".modulation." in name:
                weight.zero_()
    own = {name.rsplit(".", 1)[1]: w for name, w in weights.items() if ".deform." in name}
    image = torch.rand(2, 4, 7, 8)
    wanted = F.conv2d(image, own["weight"] / (2 if modulation else 1), None, 1, 1, 1, 2)
    assert torch.allclose(module(image), wanted + own["bias"][:, None, None], atol=1e-5)


def test_offsets_move_the_taps_by_bilinear_sampling() -> None:
    layer = DeformConv2d(out_channels=1, kernel_size=(1, 1), bias=False)
    module = module_of(layer, (1, 6, 7))
    s, t = 1.25, -0.5
    with torch.no_grad():
        for name, weight in module.named_parameters():
            weight.copy_(torch.tensor([s, t]) if name.endswith("offset.bias") else torch.zeros(1))
        dict(module.named_parameters())["deform1.deform.weight"].fill_(1)
        image = torch.rand(1, 1, 6, 7)
        found = module(image)[0, 0]
    for row, column in product(range(6), range(7)):
        wanted = sum(
            image[0, 0, a, b].item()
            * max(0, 1 - abs(a - (row + s)))
            * max(0, 1 - abs(b - (column + t)))
            for a, b in product(range(6), range(7))
        )
        assert found[row, column].item() == pytest.approx(wanted, abs=1e-5)


@pytest.mark.parametrize("groups", [1, 2])
def test_two_offsets_for_each_tap(groups: int) -> None:
    layer = DeformConv2d(out_channels=4, kernel_size=(3, 5), padding=(1, 2), offset_groups=groups)
    module = module_of(layer, (2, 9, 9))
    assert dict(module.named_parameters())["deform1.offset.bias"].numel() == 2 * 3 * 5 * groups


def test_equal_filters_everywhere_make_a_local_layer_a_convolution() -> None:
    image = torch.rand(2, 3, 8, 9)
    local = LocallyConnected2d(out_channels=4, kernel_size=(3, 2), stride=(2, 1), padding=(1, 0))
    ordinary = torch.rand(4, 3, 3, 2)
    module = module_of(local, (3, 8, 9))
    with torch.no_grad():
        for name, weight in module.named_parameters():
            if name.endswith("weight"):
                weight.copy_(ordinary.flatten(1).T.expand_as(weight))
            else:
                weight.zero_()
    wanted = F.conv2d(image, ordinary, None, (2, 1), (1, 0))
    assert torch.allclose(module(image), wanted, atol=1e-5)
    signal = module_of(LocallyConnected1d(out_channels=4, stride=2, padding=1), (3, 9))
    filters = torch.rand(4, 3, 3)
    with torch.no_grad():
        for name, weight in signal.named_parameters():
            if name.endswith("weight"):
                weight.copy_(filters.flatten(1).T.expand_as(weight))
            else:
                weight.zero_()
    line = torch.rand(2, 3, 9)
    assert torch.allclose(signal(line), F.conv1d(line, filters, None, 2, 1), atol=1e-5)


# Refusals


@pytest.mark.parametrize(
    ("layer", "shape", "field"),
    [
        (ConvTranspose2d(output_padding=(2, 0)), (3, 4, 4), "output_padding"),
        (ConvTranspose1d(padding=9), (3, 4), "padding"),
        (ConvTranspose3d(groups=2), (3, 4, 4, 4), "groups"),
        (Conv1d(kernel_size=9), (3, 4), "kernel_size"),
        (Conv3d(padding="same", stride=(1, 2, 1)), (3, 4, 4, 4), "stride"),
        (DeformConv2d(offset_groups=2), (3, 4, 4), "offset_groups"),
        (Pad2d(mode="reflect", left=4), (3, 4, 4), "left"),
        (Pad1d(mode="circular", right=5), (3, 4), "right"),
        (LocallyConnected2d(kernel_size=(5, 3)), (3, 4, 4), "kernel_size"),
        (FixedKernel(kernel="box", size=5, padding="valid"), (3, 4, 4), "padding"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Layer) else "",
)
def test_what_is_refused_names_its_field_and_is_mended(
    layer: Layer, shape: Shape, field: str
) -> None:
    (problem,) = layer.problems([shape])
    assert problem.field == field
    assert not list(layer.changed(**problem.changes).problems([shape]))


@family
def test_an_input_of_another_rank_is_refused(kind: type[Layer]) -> None:
    layer = kind()
    for shape in ((12,), (2, 12), (2, 12, 12), (2, 12, 12, 12)):
        kinds = [problem.kind for problem in layer.problems([shape])]
        assert (kinds == [FaultKind.WRONG_RANK]) == (len(shape) not in kind.ranks), shape


# Fields


@pytest.fixture
def exact() -> object:
    kind = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(0)
    yield
    torch.set_default_dtype(kind)


def check_cells(network: Network, source: random.Random, count: int = 4) -> None:
    """Every chosen cell of the last node sees what the gradient says."""
    analysis = Analysis(network)
    values, (image,) = run(network, analysis)
    last = list(network.nodes)[-1]
    shape = analysis.facts(last).output
    assert shape is not None
    cells = {tuple(source.randrange(size) for size in shape[1:]) for _ in range(count)}
    cells |= {tuple(size - 1 for size in shape[1:]), tuple(size // 2 for size in shape[1:])}
    for cell in cells:
        found = support(analysis, last, cell)[image]
        assert found == measured(values[last], values[image], cell), (cell, network.nodes)


SEEN = [kind for kind in FAMILY if kind not in (DeformConv2d, FixedKernel)]


@pytest.mark.usefixtures("exact")
@pytest.mark.parametrize("kind", SEEN, ids=lambda kind: kind.__name__)
def test_support_equals_the_gradient(kind: type[Layer]) -> None:
    random_source = random.Random(f"{kind.__name__} support")
    for _ in range(40):
        layer, (shape,) = legal_case(random_source, kind)
        check_cells(chain(Input(shape=shape), layer)[0], random_source)


@pytest.mark.usefixtures("exact")
def test_support_behind_several_layers() -> None:
    random_source = random.Random(8)
    makers: tuple[Callable[[], Layer], ...] = (
        lambda: Conv2d(out_channels=2, padding=(1, 1)),
        lambda: Conv2d(out_channels=2, stride=(2, 2), padding=(1, 1)),
        lambda: ConvTranspose2d(out_channels=2),
        lambda: ConvTranspose2d(
            out_channels=2, kernel_size=(3, 4), padding=(1, 0), output_padding=(1, 1)
        ),
        lambda: LocallyConnected2d(out_channels=2, padding=(1, 1)),
        lambda: Pad2d(mode=random_source.choice(("zeros", "reflect", "circular", "replicate"))),
    )
    for _ in range(30):
        layers = [random_source.choice(makers)() for _ in range(3)]
        check_cells(chain(Input(shape=(1, 9, 10)), *layers)[0], random_source)


@pytest.mark.usefixtures("exact")
def test_a_blur_sees_its_window() -> None:
    layer = FixedKernel(kernel="box", size=5, padding_mode="circular")
    check_cells(chain(Input(shape=(2, 9, 10)), layer)[0], random.Random(1), 10)


@pytest.mark.parametrize(
    ("layers", "size", "jump"),
    [
        ([ConvTranspose2d()], 1, 0.5),
        ([ConvTranspose2d(kernel_size=(4, 4), padding=(1, 1))], 2, 0.5),
        ([ConvTranspose2d(kernel_size=(3, 3), stride=(1, 1))], 3, 1),
        ([ConvTranspose2d(dilation=(2, 2))], 2, 0.5),
        ([ConvTranspose2d(dilation=(3, 3))], 1, 0.5),
        ([AvgPool2d(), ConvTranspose2d()], 2, 1),
    ],
)
def test_field_of_a_transposed_convolution(layers: list[Layer], size: int, jump: float) -> None:
    network, ids = chain(Input(shape=(1, 32, 32)), *layers)
    field = Analysis(network).facts(ids[-1]).receptive_field()[0]
    assert (field.size, field.jump) == (size, jump)


def test_a_deformable_convolution_may_see_everything() -> None:
    network, ids = chain(Input(shape=(1, 9, 12)), DeformConv2d(padding=(1, 1)))
    field = Analysis(network).facts(ids[-1]).receptive_field()
    assert [axis.size for axis in field] == [9, 12]


# Training, faces, export


PADDINGS = (Pad1d, Pad2d, Pad3d)


@pytest.mark.parametrize("kind", PADDINGS, ids=lambda kind: kind.__name__)
def test_padding_has_no_weights(kind: type[Layer]) -> None:
    shape = (2, *(6,) * (kind.ranks[0] - 1))
    assert not kind().parameters([shape])
    assert not list(module_of(kind(), shape).parameters())


@pytest.mark.parametrize(
    "kind", [kind for kind in FAMILY if kind not in PADDINGS], ids=lambda kind: kind.__name__
)
def test_one_step_changes_every_weight(kind: type[Layer]) -> None:
    settings = {FixedKernel: {"trainable": True}, DeformConv2d: {"modulation": True}}
    layer = kind.make(settings.get(kind, {}))
    shape = (2, *(6,) * (kind.ranks[0] - 1))
    module = module_of(layer, shape)
    before = {name: weight.detach().clone() for name, weight in module.named_parameters()}
    assert before
    assert layer.parameters([shape]) > 0
    optimiser = torch.optim.SGD(module.parameters(), lr=0.1)
    generator = torch.Generator().manual_seed(0)
    module(torch.rand(4, *shape, generator=generator)).square().sum().backward()
    optimiser.step()
    for name, weight in module.named_parameters():
        assert not torch.equal(weight, before[name]), name


@family
def test_equal_seeds_give_equal_weights(kind: type[Layer]) -> None:
    shape = (2, *(6,) * (kind.ranks[0] - 1))
    first, second = module_of(kind(), shape).state_dict(), module_of(kind(), shape).state_dict()
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)


@family
def test_faces_and_explanations_hold_for_random_cases(kind: type[Layer]) -> None:
    random_source = random.Random(f"{kind.__name__} face")
    for _ in range(30):
        layer, inputs = legal_case(random_source, kind)
        assert layer.face([])
        assert len(layer.face(inputs)[0]) < 60
        lines = list(layer.explain(inputs))
        assert lines
        costs = {layer.parameters(inputs), layer.macs(inputs)} - {0}
        assert set(map(str, costs)) <= {line.result for line in lines}


def exported(kind: type[Layer], number: int) -> Network:
    random_source = random.Random(f"{kind.__name__} export {number}")
    layer, (shape,) = legal_case(random_source, kind)
    return chain(Input(shape=shape), layer, Output())[0]


def test_exported_files_run_alone_bit_equal(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    texts = {}
    for kind in FAMILY:
        for number in range(4):
            network = exported(kind, number)
            plan = make_plan(network, Analysis(network), "network")
            name = f"{kind.__name__.lower()}{number}"
            folder.add(name, plan, number)
            texts[name] = source(plan).text
    folder.check()
    tidy = tmp_path / "tidy"
    tidy.mkdir()
    assert_tidy(texts, tidy)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 1e38])
def test_a_deformable_convolution_survives_offsets_that_are_no_numbers(value: float) -> None:
    module = module_of(DeformConv2d(modulation=True), (3, 12, 12))
    with torch.no_grad():
        module.get_parameter("deform1.offset.bias").fill_(value)
    images = torch.rand(2, 3, 12, 12, requires_grad=True)
    result = module(images)
    assert result.isfinite().all()
    result.sum().backward()


def test_one_class_serves_all_deformable_convolutions() -> None:
    layers = (
        DeformConv2d(out_channels=4, kernel_size=(3, 3), padding=(1, 1)),
        DeformConv2d(out_channels=8, kernel_size=(1, 5), padding=(0, 2), offset_groups=2),
    )
    network, _ = chain(Input(shape=(2, 8, 8)), *layers, Output())
    text = source(make_plan(network, Analysis(network))).text
    assert text.count("class DeformConv2d") == 1
    assert "kernel_size=(1, 5)" in text or "(1, 5)" in text
    assert "2 * offset_groups * (kernel_size[0] * kernel_size[1])" in text or (
        "2 * offset_groups * kernel_size[0] * kernel_size[1]" in text
    )
