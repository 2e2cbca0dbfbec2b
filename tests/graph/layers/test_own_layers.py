"""Layers that are functions, own modules or composites: exported, and what they see."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import torch

from backend.model.build import build
from graph.analysis.analysis import Analysis
from graph.analysis.support import support
from graph.calls.call import Shape
from graph.calls.own_modules import OWN_NAMES, own_module
from graph.export.export import source
from graph.layers.activation.piecewise import ReLU
from graph.layers.attention.dot_product import ScaledDotProductAttention
from graph.layers.attention.efficient import EfficientChannelAttention
from graph.layers.attention.maps import CBAM, SpatialAttention
from graph.layers.base.layer import Layer, port_number
from graph.layers.convolution.plain import Conv2d
from graph.layers.convolution.shortcut import Shortcut
from graph.layers.io import Input, Output
from graph.layers.linear import Linear
from graph.layers.matrix import MatMul
from graph.layers.merge import Add, Concat, Maximum, Mean, Subtract
from graph.layers.normalisation import BatchNorm2d
from graph.layers.radial import RadialBasis
from graph.layers.reshaping.identity import Identity
from graph.layers.reshaping.mean_over import MeanOver
from graph.layers.reshaping.slicing import Chunk, Slice, Split
from graph.network.network import Network
from tests.generators import chain, join, legal_case, place, without_in_place
from tests.graph.export.test_export import Folder, assert_tidy, plan_of
from tests.graph.judge import run_operation
from tests.growing import PLACED
from tests.single import single, wire, with_outputs


def alone(layer: Layer, shapes: list[Shape]) -> Network:
    """A network of one layer between its inputs and outputs."""
    return with_outputs(*single(layer, shapes))


def test_exported_layers_run_alone_bit_equal_and_are_tidy(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "run")
    folder.path.mkdir()
    files = {}
    for kind in PLACED:
        random_source = random.Random(kind.__name__)
        for number in range(6):
            layer, shapes = legal_case(random_source, kind)
            plan = plan_of(alone(without_in_place(layer), shapes))
            name = f"{kind.__name__.lower()}_{number}"
            files[name] = source(plan).text
            folder.add(name, plan, number)
    folder.check()
    (tmp_path / "tidy").mkdir()
    assert_tidy(files, tmp_path / "tidy")


def test_exported_functions_read_well() -> None:
    def text(layer: Layer, *shapes: Shape) -> str:
        return source(plan_of(alone(layer, list(shapes)))).text

    image = (4, 6, 6)
    assert "input1 + 0.17 * input2" in text(Add(scale=0.17), image, image)
    assert "(input1 + input2 + input3) / 3" in text(Mean(), image, image, image)
    assert "input1 - input2" in text(Subtract(), image, image)
    assert "torch.maximum(torch.maximum(input1, input2), input3)" in text(
        Maximum(), image, image, image
    )
    assert "[:, :, 1:-1]" in text(Slice(dim=2, start=1, stop=-1), image)
    assert "split1, split1_1 = torch.split(x, (1, 3), dim=1)" in text(
        Split(split_size=(1, 3)), image
    )
    assert "torch.matmul(input1, input2.mT)" in text(MatMul(transpose_other=True), (2, 3), (5, 3))
    attention = text(ScaledDotProductAttention(), (2, 3, 4), (2, 5, 4), (2, 5, 6))
    assert "from torch.nn import functional as F" in attention
    assert "F.scaled_dot_product_attention(input1, input2, input3)" in attention


def test_own_modules_stand_once_before_the_class_that_uses_them() -> None:
    network, _ = chain(
        Input(shape=(4, 8, 8)),
        Shortcut(out_channels=8, stride=2),
        Shortcut(out_channels=16, stride=2, option="A"),
        Output(),
    )
    text = source(plan_of(network, "Shortcut")).text
    assert text.count("class Shortcut(") == 1
    assert text.index("class Shortcut(") < text.index("class Shortcut2(")
    assert "Shortcut(4, 8, 2, " in text
    assert text.count("import functional as F") == 1


def test_every_own_module_can_be_read() -> None:
    for name in OWN_NAMES:
        found = own_module(name)
        assert found.lines[0].startswith((f"class {name}(", f"def {name}("))
        assert max(map(len, found.lines)) <= 88


def test_bitmaps_are_fixed_and_the_drawn_digit_is_at_distance_0() -> None:
    module = build(plan_of(alone(RadialBasis(), [(84,)])))
    assert list(module.parameters()) == []
    ((name, digits),) = module.state_dict().items()
    assert name.endswith(".weight")
    assert set(digits.unique().tolist()) == {-1.0, 1.0}
    distances = module(digits)
    assert distances.diag().eq(0).all()
    others = distances[~torch.eye(10, dtype=torch.bool)]
    assert others.min() >= 4 * 6  # any two digits differ in several cells


def test_negative_distances_let_the_largest_output_win() -> None:
    module = build(plan_of(alone(RadialBasis(negative=True), [(84,)])))
    (digits,) = module.state_dict().values()
    noisy = digits + 0.5 * torch.randn(digits.shape, generator=torch.Generator().manual_seed(0))
    nearest = build(plan_of(alone(RadialBasis(), [(84,)])))(noisy)
    assert torch.equal(module(noisy), -nearest)
    assert module(noisy).argmax(dim=1).tolist() == list(range(10))


def test_efficient_channel_attention_takes_its_window_from_the_channels() -> None:
    wanted = {8: 3, 64: 3, 128: 5, 256: 5, 512: 5, 1024: 5, 2048: 7}
    layer = EfficientChannelAttention()
    assert {c: layer.parameters([(c, 7, 7)]) for c in wanted} == wanted


def seen(layer: Layer, shape: Shape, output: str, cell: tuple[int, ...]) -> tuple[object, object]:
    """The cells that one output cell sees by our rules, and those that move it."""
    network = Network()
    start = place(network, Input(shape=shape))
    node = place(network, layer, start)
    end = place(network, Identity())
    wire(network, node, output, end, "input")
    ours = support(Analysis(network), end, cell)[start]
    image = torch.rand(1, *shape, dtype=torch.float64).requires_grad_()
    kind = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        found = run_operation(layer.call([shape]), [image], [])
    finally:
        torch.set_default_dtype(kind)
    number = port_number(layer.output_ports(), output)
    value = found[number] if isinstance(found, tuple) else found
    value[(0, slice(None), *cell)].sum().backward()
    assert image.grad is not None
    touched = image.grad[0].ne(0).any(dim=0)
    axes = tuple(torch.nonzero(touched.any(dim=1 - axis)).flatten().tolist() for axis in (0, 1))
    return ours, axes


@pytest.mark.parametrize(
    ("layer", "output"),
    [
        (Split(split_size=(3, 5), dim=2), "out1"),
        (Split(split_size=(3, 5), dim=2), "out2"),
        (Split(split_size=(1, 1)), "out2"),
        (Chunk(chunks=3, dim=3), "out2"),
        (Slice(dim=2, start=1, step=2), "output"),
        (Slice(dim=3, start=-5, stop=-1), "output"),
        (MeanOver(dim=(1, 2), keepdim=True), "output"),
        (Shortcut(out_channels=2, stride=2, option="A"), "output"),
        (Shortcut(out_channels=3, stride=2, norm=False), "output"),
        (Shortcut(out_channels=3, kernel_size=3, norm=False), "output"),
        (SpatialAttention(kernel_size=3), "output"),
    ],
    ids=str,
)
def test_the_field_of_parts_is_exact(layer: Layer, output: str) -> None:
    torch.manual_seed(0)
    for cell in ((0, 0), (0, 1), (0, 2)):
        ours, measured = seen(layer, (2, 8, 8), output, cell)
        assert ours == measured, cell


def test_a_residual_network_of_these_layers_trains_to_lower_loss() -> None:
    network, ids = chain(
        Input(shape=(1, 8, 8)), Conv2d(out_channels=8, padding=(1, 1)), BatchNorm2d(), ReLU()
    )
    body = place(network, Conv2d(out_channels=16, padding=(1, 1), stride=(2, 2)), ids[-1])
    short = place(network, Shortcut(out_channels=16, stride=2), ids[-1])
    added = place(network, Add(scale=0.3), short, body)
    gated = place(network, CBAM(reduction=4), added)
    split = place(network, Split(split_size=(8, 8)), gated)
    joined = place(network, Concat())
    for port in ("out2", "out1"):
        wire(network, split, port, joined, "inputs")
    mean = place(network, MeanOver(), joined)
    last = place(network, Linear(out_features=84), mean)
    radial = place(network, RadialBasis(negative=True), last)
    join(network, radial, place(network, Output()))
    module = build(plan_of(network))
    images = torch.randn(20, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    labels = torch.arange(20) % 10
    optimiser = torch.optim.Adam(module.parameters(), lr=0.01)
    losses = []
    for _ in range(30):
        loss = torch.nn.functional.cross_entropy(module(images) / 10, labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.5 * losses[0]
