"""The repair of a merge by a 1×1 convolution: offered where it fits, and then it does mend."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from graph.analysis.analysis import Analysis
from graph.analysis.faults import Fault
from graph.analysis.projection import stride
from graph.analysis.repairs import Repair, repairs
from graph.calls.call import Shape
from graph.document.project import Project, dumps
from graph.layers.base.layer import FaultKind, Layer
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input, Output
from graph.layers.linear import Linear
from graph.layers.merge import Add, Concat, Multiply
from graph.layers.normalisation import BatchNorm2d
from graph.layers.pooling.adaptive import GlobalAvgPool2d
from graph.layers.pooling.plain import MaxPool2d
from graph.layers.reshaping.flatten import Flatten
from graph.network.network import Network
from graph.planning.planner import make_plan
from tests.generators import place
from tests.graph.judge import run_operation


def conv(channels: int, size: int = 3, step: int = 1, padding: int = 0) -> Conv2d:
    return Conv2d(
        out_channels=channels,
        kernel_size=(size, size),
        stride=(step, step),
        padding=(padding, padding),
    )


def merging(merge: Layer, *branches: Layer, image: Shape = (3, 15, 15)) -> tuple[Network, str]:
    network = Network()
    start = place(network, Input(shape=image))
    merged = place(network, merge, *(place(network, branch, start) for branch in branches))
    pooled = place(network, GlobalAvgPool2d(), merged)
    vector = place(network, Flatten(), pooled)
    place(network, Output(), place(network, Linear(out_features=4), vector))
    return network, merged


def offers(network: Network) -> tuple[Fault, tuple[Repair, ...]]:
    fault = Analysis(network).errors()[0]
    assert fault.kind is FaultKind.MERGE_MISMATCH
    return fault, repairs(Analysis(network), fault)


def train_step(network: Network, image: Shape) -> None:
    """Torch runs the whole and its gradients reach every weight."""
    modules: list[nn.Module] = []
    result = run_operation(make_plan(network, Analysis(network)), [torch.randn(2, *image)], modules)
    assert result.shape == (2, 4)
    result.square().sum().backward()
    for module in modules:
        for weight in module.parameters():
            assert weight.grad is not None
            assert weight.grad.shape == weight.shape


MENDED = [
    (Add(), (conv(8, padding=1), conv(4, padding=1)), [(2, "1", 8), (1, "1", 4)]),
    (Add(), (conv(8, step=2, padding=1), conv(4, padding=1)), [(2, "2", 8)]),
    (Add(), (conv(8, padding=1), conv(4, step=2, padding=1)), [(1, "2", 4)]),
    (Add(), (conv(8, step=4, padding=1), conv(8, padding=1)), [(2, "4", 8)]),
    (Add(), (conv(8), conv(8), MaxPool2d(kernel_size=(5, 5), stride=(5, 5))), []),
    (Add(), (conv(8), conv(4), conv(4)), [(2, "1", 8), (1, "1", 4)]),
    (Add(), (conv(8, padding=1), conv(8)), []),
    (
        Add(),
        (Conv2d(out_channels=8, stride=(2, 3), padding=(1, 1)), conv(8, padding=1)),
        [(2, "2×3", 8)],
    ),
    (Concat(), (conv(8, step=2, padding=1), conv(4, padding=1)), [(2, "2", 4)]),
    (Concat(), (conv(8, padding=1), conv(4, step=2, padding=1)), [(1, "2", 8)]),
    (Concat(dim=2), (conv(8, step=1, padding=1), conv(4, padding=1)), [(2, "1", 8), (1, "1", 4)]),
    (Concat(), (conv(8), conv(8, size=4)), []),
    (Multiply(), (conv(8, padding=1), conv(4, padding=1)), [(2, "1", 8), (1, "1", 4)]),
    (Multiply(), (conv(8, padding=1), GlobalAvgPool2d()), [(2, "1", 8), (1, "1", 3)]),
]


@pytest.mark.parametrize(("merge", "branches", "wanted"), MENDED)
def test_a_projection_is_offered_where_it_fits_and_mends(
    merge: Layer, branches: tuple[Layer, ...], wanted: list[tuple[int, str, int]]
) -> None:
    network, merged = merging(merge, *branches)
    before = dumps(Project(network=network))
    errors = Analysis(network).errors()
    sources = [wire.source for wire in network.inputs(merged)]
    fault, found = offers(network)
    assert [str(repair.title) for repair in found] == [
        f"Insert a 1×1 convolution (stride {step}, {channels} channels) and BatchNorm2d "
        f"before input {number}"
        for number, step, channels in wanted
    ]
    for (number, _, _), repair in zip(wanted, found, strict=True):
        undo = network.do(repair.edit)
        left = Analysis(network).errors()
        assert len(left) < len(errors)
        assert all(other.problem != fault.problem for other in left)
        now = [wire.source for wire in network.inputs(merged)]
        assert [s for i, s in enumerate(now) if i != number - 1] == [
            s for i, s in enumerate(sources) if i != number - 1
        ]
        norm = network.nodes[now[number - 1]]
        (middle,) = network.inputs(norm.id)
        (first,) = network.inputs(middle.source)
        assert isinstance(norm.layer, BatchNorm2d)
        assert isinstance(network.nodes[middle.source].layer, Conv2d)
        assert first.source == sources[number - 1]
        if not left:
            train_step(network, (3, 15, 15))
        network.do(undo)
        assert dumps(Project(network=network)) == before


def test_two_inputs_at_fault_are_mended_one_after_the_other() -> None:
    network, _ = merging(Add(), conv(8, step=2, padding=1), conv(4, padding=1), conv(2, padding=1))
    for _ in range(2):
        network.do(offers(network)[1][0].edit)
    assert Analysis(network).errors() == []
    train_step(network, (3, 15, 15))


def test_vectors_and_images_are_not_joined_by_a_projection() -> None:
    network = Network()
    image = place(network, Input(shape=(3, 8, 8)))
    place(network, Output(), place(network, Add(), image, place(network, Flatten(), image)))
    assert offers(network)[1] == ()


def test_the_stride_is_the_smallest_that_gives_the_size() -> None:
    for size in range(1, 70):
        for wanted in range(1, 75):
            fitting = [s for s in range(1, size + 1) if (size - 1) // s + 1 == wanted]
            assert stride(size, wanted) == (fitting[0] if fitting else None)
