"""The receptive field against torch: which image cells move one output cell, measured.

All weights are positive and the arithmetic is float64, so nothing cancels and no gradient is lost.
"""

from __future__ import annotations

import random
from collections import Counter

import pytest
import torch

from graph.analysis.analysis import Analysis
from graph.analysis.support import support
from graph.calls.call import Shape
from graph.layers.activation.along_axis import LogSoftmax
from graph.layers.attention.squeeze import SqueezeExcitation
from graph.layers.base.layer import Layer
from graph.layers.base.reach import field_words
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input
from graph.layers.linear import Linear
from graph.layers.merge import Add, Concat, Multiply
from graph.layers.normalisation import BatchNorm2d
from graph.layers.pooling.adaptive import AdaptiveAvgPool2d
from graph.layers.pooling.plain import AvgPool2d, MaxPool2d
from graph.layers.reshaping.flatten import Flatten
from graph.network.edits import SetLayer
from graph.network.network import Network
from graph.templates.registry import find_template
from tests.generators import Growth, chain, legal_case, place
from tests.graph.judge import run_operation

Cells = tuple[list[int], ...]


def run(network: Network, analysis: Analysis) -> tuple[dict[str, torch.Tensor], list[str]]:
    """The value of every node for a positive random image; and which nodes are inputs."""
    values: dict[str, torch.Tensor] = {}
    inputs = []
    for name in network.order():
        layer = network.nodes[name].layer
        if isinstance(layer, Input):
            inputs.append(name)
            values[name] = torch.rand(1, *layer.shape).add_(0.5).requires_grad_()
            continue
        shapes = analysis.facts(name).known_inputs()
        assert shapes is not None
        modules: list[torch.nn.Module] = []
        own = [values[wire.source] for wire in network.inputs(name)]
        with torch.no_grad():
            run_operation(layer.call(shapes), [value[:1].detach() for value in own], modules)
            for module in modules:
                for weight in module.parameters():
                    weight.uniform_(0.5, 1.0).div_(max(1, weight[0].numel()))
        values[name] = rerun(layer, shapes, own, modules)
    return values, inputs


def rerun(
    layer: Layer, shapes: tuple[Shape, ...], values: list[torch.Tensor], made: list[torch.nn.Module]
) -> torch.Tensor:
    """Run the layer again with the modules already made, so that their weights count."""
    result = run_operation(layer.call(shapes), values, [], iter(made))
    return result[0] if isinstance(result, tuple) else result


def measured(value: torch.Tensor, image: torch.Tensor, cell: tuple[int, ...]) -> Cells:
    """Rows and columns of the image whose gradient of one output cell is not zero."""
    chosen = value[(0, slice(None), *cell)] if cell else value[0]
    (gradient,) = torch.autograd.grad(
        chosen.sum(), image, retain_graph=True, allow_unused=True, materialize_grads=True
    )
    touched = gradient[0].ne(0).any(dim=0)
    axes = range(touched.dim())
    return tuple(
        torch.nonzero(
            touched.any(dim=tuple(a for a in axes if a != axis)) if len(axes) > 1 else touched
        )
        .flatten()
        .tolist()
        for axis in axes
    )


@pytest.fixture(autouse=True)
def exact() -> object:
    kind = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(0)
    yield
    torch.set_default_dtype(kind)


def window_layer(random_source: random.Random, modes: tuple[str, ...]) -> Layer:
    kernel = tuple(random_source.choice((1, 2, 3, 3, 4, 5)) for _ in range(2))
    stride = random_source.choice(((1, 1), (1, 1), (1, 1), (2, 2), (1, 2), (3, 1)))
    if random_source.random() < 0.3:
        padding = tuple(random_source.randint(0, k // 2) for k in kernel)
        return AvgPool2d(
            kernel_size=kernel,
            stride=random_source.choice((None, (1, 1), stride)),
            padding=padding,
            ceil_mode=random_source.random() < 0.3,
            count_include_pad=random_source.random() < 0.5,
        )
    words = ("same", "valid") if stride == (1, 1) else ("valid",)
    numbers = tuple(random_source.randint(0, 3) for _ in range(2))
    return Conv2d(
        out_channels=random_source.choice((1, 2)),
        kernel_size=kernel,
        stride=stride,
        padding=random_source.choice((*words, numbers, (kernel[0] // 2, kernel[1] // 2))),
        dilation=random_source.choice(((1, 1), (1, 1), (2, 2), (1, 3))),
        padding_mode=random_source.choice(modes),
    )


def random_dag(
    random_source: random.Random, size: int, nodes: int, *, modes: tuple[str, ...], extra: bool
) -> Network:
    """Windows and merges; with ``extra`` also layers whose field is the whole map, or bins."""
    growth = Growth(random_source, (1, size, size + random_source.randint(0, 3)))
    tries = 0
    while len(growth.shapes) < nodes and tries < 60:
        tries += 1
        draw = random_source.random()
        if draw < 0.3:
            growth.merge(random_source.choice((Add, Concat)))
        elif extra and draw < 0.4:
            source = growth.recent()
            layer = random_source.choice(
                (
                    AdaptiveAvgPool2d(output_size=(random_source.randint(1, 7), 3)),
                    SqueezeExcitation(reduction=1),
                    Concat(dim=random_source.choice((2, 3))),
                    Multiply(),
                )
            )
            if isinstance(layer, Multiply):
                gate = growth.put(AdaptiveAvgPool2d(output_size=(1, 1)), source)
                growth.put(layer, source, gate or source)
            elif isinstance(layer, Concat):
                growth.put(layer, source, source)
            else:
                growth.put(layer, source)
        else:
            source = growth.recent()
            grown = growth.put(window_layer(random_source, modes), source)
            if grown and random_source.random() < 0.4:  # a second path of equal shape
                channels = growth.shapes[grown][0]
                if growth.shapes[grown][1:] == growth.shapes[source][1:]:
                    growth.put(Conv2d(out_channels=channels, kernel_size=(1, 1)), source)
    return growth.network


def corner_cells(random_source: random.Random, shape: Shape) -> list[tuple[int, ...]]:
    """The middle, the borders and some cells between."""
    rows, columns = shape[1:]
    cells = {(rows // 2, columns // 2), (0, 0), (rows - 1, columns - 1), (0, columns - 1)}
    cells |= {(random_source.randrange(rows), random_source.randrange(columns)) for _ in range(3)}
    return sorted(cells)


def check_support(network: Network, random_source: random.Random, last: int = 2) -> int:
    """Compare support and measurement at cells of the newest nodes; returns how many."""
    analysis = Analysis(network)
    assert not any(problem for node in network.nodes for problem in analysis.facts(node).problems)
    values, (image,) = run(network, analysis)
    compared = 0
    for name in list(network.nodes)[-last:]:
        shape = analysis.facts(name).output
        assert shape is not None
        assert tuple(values[name].shape[1:]) == shape
        for cell in corner_cells(random_source, shape):
            ours = support(analysis, name, cell)[image]
            assert ours == measured(values[name], values[image], cell), (
                f"cell {cell} of {network.nodes[name]} in {list(network.nodes.values())}"
            )
            compared += 1
    return compared


MODES = ("zeros", "zeros", "reflect", "replicate", "circular")


def test_support_equals_the_gradient_on_random_dags() -> None:
    random_source = random.Random(5)
    compared = 0
    for number in range(600):
        network = random_dag(
            random_source, random_source.choice((7, 12, 20)), 8, modes=MODES, extra=number % 2 == 0
        )
        compared += check_support(network, random_source)
    assert compared > 5000


@pytest.mark.campaign
@pytest.mark.timeout(1800)
def test_support_equals_the_gradient_in_a_campaign() -> None:
    random_source = random.Random(6)
    for number in range(4000):
        network = random_dag(random_source, 16, 10, modes=MODES, extra=number % 2 == 0)
        check_support(network, random_source)


def hull(cells: list[int]) -> tuple[int, int]:
    return cells[0], cells[-1]


def check_field(network: Network, name: str, margin: int) -> Counter[str]:
    """Size, jump and offset of one node against the measured field of its middle cells."""
    analysis = Analysis(network)
    values, (image,) = run(network, analysis)
    shape = analysis.facts(name).output
    assert shape is not None
    middle = (shape[1] // 2, shape[2] // 2)
    fields = measured(values[name], values[image], middle)
    lengths = values[image].shape[2:]
    done: Counter[str] = Counter()
    for axis, (field, cells) in enumerate(
        zip(analysis.facts(name).receptive_field(), fields, strict=True)
    ):
        if not cells:
            continue  # a window that lies in the padding
        first, last = hull(cells)
        far = margin + 3 * field.jump  # no gap between taps is wider
        if first < far or last >= lengths[axis] - far:
            continue
        assert field.size == last - first + 1
        assert (
            field.offset + field.jump * middle[axis] == (first + last) / 2
            or len(analysis.facts(name).strands[axis]) > 1
        )
        done["size"] += 1
        if middle[axis] + 1 >= shape[1 + axis]:
            continue
        cell = (middle[0] + 1, middle[1]) if axis == 0 else (middle[0], middle[1] + 1)
        beside = measured(values[name], values[image], cell)[axis]
        if not beside:
            continue
        after = hull(beside)
        if after[1] >= lengths[axis] - far or after[0] - first != after[1] - last:
            continue
        assert field.jump == after[0] - first
        done["jump"] += 1
    return done


def field_dag(random_source: random.Random) -> tuple[Network, str]:
    network = random_dag(random_source, 120, 8, modes=("zeros",), extra=False)
    wide = [n for n in network.nodes if not network.outputs(n)]
    return network, wide[-1]


def test_size_and_jump_equal_the_measured_field_on_random_dags() -> None:
    random_source = random.Random(7)
    done: Counter[str] = Counter()
    for _ in range(250):
        done += check_field(*field_dag(random_source), margin=10)
    assert done["size"] > 250, done
    assert done["jump"] > 200, done


@pytest.mark.campaign
@pytest.mark.timeout(1800)
def test_size_and_jump_equal_the_measured_field_in_a_campaign() -> None:
    random_source = random.Random(8)
    for _ in range(1500):
        check_field(*field_dag(random_source), margin=10)


def test_max_pooling_sees_the_cells_of_its_window() -> None:
    """The gradient of a maximum shows one cell only, so each image cell is lit in turn."""
    random_source = random.Random(9)
    for _ in range(150):
        layer, ((_, rows, columns),) = legal_case(random_source, MaxPool2d)
        layer = layer.changed(return_indices=False)
        network, (image, pool) = chain(Input(shape=(1, rows, columns)), layer)
        lit = torch.eye(rows * columns).reshape(-1, 1, rows, columns)
        seen = run_operation(layer.call([(1, rows, columns)]), [lit], [])
        analysis = Analysis(network)
        for cell in corner_cells(random_source, seen.shape[1:]):
            touched = seen[:, 0, cell[0], cell[1]].eq(1).reshape(rows, columns)
            found = tuple(torch.nonzero(touched.any(dim=1 - a)).flatten().tolist() for a in (0, 1))
            assert support(analysis, pool, cell)[image] == found, layer


def test_a_vector_sees_the_whole_image() -> None:
    network, (image, *_, last) = chain(
        Input(shape=(1, 9, 7)), Conv2d(out_channels=2), Flatten(), Linear(out_features=3)
    )
    analysis = Analysis(network)
    values, _ = run(network, analysis)
    assert support(analysis, last, ())[image] == measured(values[last], values[image], ())
    assert support(analysis, last, ())[image] == (list(range(9)), list(range(7)))
    assert [f.size for f in analysis.facts(last).receptive_field()] == [9, 7]


def test_linear_over_a_list_of_vectors_sees_whole_vectors() -> None:
    network, (image, last) = chain(Input(shape=(4, 6)), Linear(out_features=3))
    analysis = Analysis(network)
    assert support(analysis, last, (1,))[image] == (list(range(6)),)
    assert [f.size for f in analysis.facts(last).receptive_field()] == [6]


def test_softmax_over_rows_sees_its_column() -> None:
    network, (image, last) = chain(Input(shape=(2, 5, 6)), LogSoftmax(dim=2))
    assert support(Analysis(network), last, (1, 3))[image] == ([0, 1, 2, 3, 4], [3])


def test_two_inputs_have_a_field_each() -> None:
    network = Network()
    first = place(network, Input(shape=(1, 12, 12)))
    second = place(network, Input(shape=(1, 12, 12)))
    merged = place(
        network, Add(), place(network, Conv2d(out_channels=1, padding="same"), first), second
    )
    found = support(Analysis(network), merged, (5, 0))
    assert found == {first: ([4, 5, 6], [0, 1]), second: ([5], [0])}


def windows(*layers: Layer, size: int = 512) -> tuple[float, float, float]:
    """Size, jump and offset behind a chain, equal along both axes."""
    network, ids = chain(Input(shape=(1, size, size)), *layers)
    height, width = Analysis(network).facts(ids[-1]).receptive_field()
    assert height == width
    return height.size, height.jump, height.offset


CONV3 = Conv2d(out_channels=1)
SAME3 = Conv2d(out_channels=1, padding=(1, 1))


@pytest.mark.parametrize(
    ("layers", "wanted"),
    [
        ((), (1, 1, 0)),
        ((CONV3,), (3, 1, 1)),
        ((CONV3, CONV3), (5, 1, 2)),  # two 3×3 see 5×5
        ((SAME3, SAME3), (5, 1, 0)),
        ((CONV3.changed(dilation=(2, 2)),), (5, 1, 2)),
        ((CONV3, AvgPool2d()), (4, 2, 1.5)),
        ((CONV3, AvgPool2d(), CONV3), (8, 2, 3.5)),
        ((CONV3, AvgPool2d(), CONV3, AvgPool2d()), (10, 4, 4.5)),
        ((SAME3.changed(stride=(2, 2)), SAME3.changed(stride=(2, 2))), (7, 4, 0)),
        ((CONV3, BatchNorm2d(), CONV3), (5, 1, 2)),
    ],
)
def test_worked_chains(layers: tuple[Layer, ...], wanted: tuple[float, float, float]) -> None:
    assert windows(*layers) == wanted


@pytest.mark.parametrize("count", [1, 2, 3, 10, 150])
def test_a_chain_of_3x3_sees_twice_its_length_plus_one(count: int) -> None:
    assert windows(*[CONV3] * count)[0] == 2 * count + 1


def test_an_object_of_300_pixels_needs_150_layers_of_3x3() -> None:
    needed = next(n for n in range(1, 200) if windows(*[SAME3] * n, size=301)[0] >= 300)
    assert needed == 150


def test_a_shortcut_does_not_shrink_the_field() -> None:
    network = Network()
    image = place(network, Input(shape=(1, 32, 32)))
    body = place(network, SAME3, place(network, SAME3, image))
    merged = place(network, Add(), body, image)
    field = Analysis(network).facts(merged).receptive_field()[0]
    assert (field.size, field.jump, field.offset) == (5, 1, 0)


def words(*layers: Layer, size: int = 16) -> str:
    """What a person reads of the field behind a chain on a square image."""
    network, ids = chain(Input(shape=(4, size, size)), *layers)
    analysis = Analysis(network)
    fields = analysis.facts(ids[-1]).receptive_field()
    return str(field_words(fields, analysis.image(), "×".join(f"{f.size:g}" for f in fields)))


@pytest.mark.parametrize(
    ("layers", "wanted"),
    [
        ((), "1×1"),
        ((SAME3,) * 7, "15×15"),
        ((Conv2d(kernel_size=(3, 31), padding=(1, 15)),), "3×31"),
        ((SAME3,) * 8, "whole image (17×17)"),
        ((SqueezeExcitation(reduction=1),), "whole image"),
        ((SAME3, BatchNorm2d(), SqueezeExcitation(reduction=1), SAME3), "whole image"),
        ((Flatten(), Linear()), "whole image"),
    ],
)
def test_what_reaches_beyond_the_image_is_the_whole_image(
    layers: tuple[Layer, ...], wanted: str
) -> None:
    assert words(*layers) == wanted


def test_squeeze_and_excitation_does_not_make_the_field_of_resnet_smaller() -> None:
    for name in ("resnet50", "se-resnet50"):
        template = find_template(name)
        assert template is not None
        analysis = Analysis(template.build().network)
        fields = analysis.facts(analysis.network.order()[-1]).receptive_field()
        assert str(field_words(fields, analysis.image(), "?")) == "whole image"


def test_the_image_of_a_block_is_what_arrives_there_and_follows_edits() -> None:
    network, (image, _) = chain(Input(shape=(1, 9, 7)), CONV3)
    analysis = Analysis(network)
    analysis.follow()
    assert analysis.image() == (9, 7)
    network.do(SetLayer(image, Input(shape=(1, 5, 6))))
    assert analysis.image() == (5, 6)
    network.do(SetLayer(image, Input(shape=(5,))))
    assert analysis.image() == ()
