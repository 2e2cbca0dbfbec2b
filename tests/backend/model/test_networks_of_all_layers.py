"""What the analysis lets pass, torch runs: forward and backward in training, and exported alone.

The networks are random and of all layer types together (tests.growing).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from backend.model.build import build
from graph.analysis.analysis import Analysis
from graph.analysis.faults import Fault
from graph.calls.call import Shape
from graph.calls.plan import Plan
from graph.export.export import source
from graph.layers.activation.piecewise import ReLU
from graph.layers.activation.smooth import Sigmoid, SiLU
from graph.layers.base.layer import FaultKind, Layer
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input, Output
from graph.layers.merge import Add
from graph.layers.pooling.plain import MaxPool2d
from graph.layers.pooling.unpooling import MaxUnpool2d
from graph.layers.reshaping.slicing import Chunk
from graph.network.network import Network
from graph.planning.planner import make_plan
from tests.generators import chain, legal_case, place
from tests.graph.export.test_export import Folder, assert_harmless, assert_tidy
from tests.growing import PLACED, Growing, grown
from tests.single import wire

NETWORKS = 200


def train(plan: Plan, seed: int) -> None:
    """One forward and backward pass in training. Raises whatever torch raises."""
    module = build(plan, seed=seed).train()
    generator = torch.Generator().manual_seed(seed)
    images = [
        torch.randn(2, *shape, generator=generator, requires_grad=True) for _, shape in plan.inputs
    ]
    result = module(*images)
    results = result if isinstance(result, tuple) else (result,)
    torch.stack([value.square().sum() for value in results]).sum().backward()


def told(growing: Growing) -> str:
    """The network in words, for the report of a failure."""
    network = growing.network
    lines = []
    for name in network.order():
        node = network.nodes[name]
        sources = ", ".join(
            f"{network.nodes[wire.source].name}.{wire.output}" for wire in network.inputs(name)
        )
        shapes = growing.analysis.facts(name).outputs
        lines.append(f"{node.name} = {node.layer!r} ({sources}) -> {shapes}")
    return "\n".join(lines)


def campaign(path: Path, seeds: range) -> Counter[str]:
    """Train and export networks; returns how often each layer type stood in one."""
    folder = Folder(path / "run")
    folder.path.mkdir()
    files: dict[str, str] = {}
    kinds: Counter[str] = Counter()
    for seed in seeds:
        growing = grown(random.Random(seed))
        network = growing.network
        assert growing.analysis.errors() == []
        plan = make_plan(network, growing.analysis)
        try:
            train(plan, seed)
        except Exception as error:
            pytest.fail(f"seed {seed}: {error}\n{told(growing)}")
        name = f"network{seed}"
        files[name] = source(plan).text
        assert_harmless(files[name])
        folder.add(name, plan, seed)
        kinds.update(node.layer.type_name() for node in network.nodes.values())
    folder.check()
    (path / "tidy").mkdir()
    assert_tidy(files, path / "tidy")
    return kinds


@pytest.mark.filterwarnings("ignore")
def test_networks_without_a_fault_train_and_run_alone(tmp_path: Path) -> None:
    kinds = campaign(tmp_path, range(NETWORKS))
    seldom = {kind.__name__: kinds[kind.__name__] for kind in PLACED if not kinds[kind.__name__]}
    assert not seldom, f"never drawn: {seldom}"


@pytest.mark.campaign
@pytest.mark.timeout(7200)
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("part", range(10))
def test_many_networks_without_a_fault_train_and_run_alone(tmp_path: Path, part: int) -> None:
    campaign(tmp_path, range(10_000 + 500 * part, 10_500 + 500 * part))


class Blind(Analysis):
    """An analysis that sees nothing wrong, to show what torch then says."""

    def errors(self) -> list[Fault]:
        return []


def foreign_positions() -> Network:
    """Maxima of a small map, put where those of a large one were."""
    network = Network()
    large = place(network, Input(shape=(1, 32, 32)))
    small = place(network, Input(shape=(1, 8, 8)))
    places = place(network, MaxPool2d(kernel_size=(8, 8), return_indices=True), large)
    values = place(network, MaxPool2d(), small)
    unpool = place(network, MaxUnpool2d(), values)
    wire(network, places, "indices", unpool, "indices")
    place(network, Output(), unpool)
    return network


def overwritten() -> Network:
    return chain(Input(shape=(3, 8, 8)), Conv2d(), Sigmoid(), ReLU(inplace=True), Output())[0]


def overwritten_view() -> Network:
    """One of several views of the same values, overwritten."""
    layers = (Input(shape=(4, 4, 4)), Conv2d(out_channels=4), Chunk(chunks=2), ReLU(inplace=True))
    return chain(*layers, Output())[0]


def mismatched() -> Network:
    network = Network()
    image = place(network, Input(shape=(3, 8, 8)))
    narrow = place(network, Conv2d(out_channels=4), image)
    wide = place(network, Conv2d(out_channels=5), image)
    place(network, Output(), place(network, Add(), narrow, wide))
    return network


@pytest.mark.parametrize(
    ("planted", "kind"),
    [
        (foreign_positions, FaultKind.POSITIONS),
        (overwritten, FaultKind.IN_PLACE),
        (overwritten_view, FaultKind.IN_PLACE),
        (mismatched, FaultKind.MERGE_MISMATCH),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_planted_fault_is_seen_by_us_and_by_torch(
    planted: Callable[[], Network], kind: FaultKind
) -> None:
    network = planted()
    assert kind in {fault.kind for fault in Analysis(network).errors()}
    with pytest.raises((RuntimeError, ValueError)):
        train(make_plan(network, Blind(network)), 0)


def behind(layer: Layer, shapes: list[Shape], port: str) -> Network:
    """The layer, and a layer that overwrites one of its outputs."""
    network = Network()
    ports = layer.input_ports()
    names = [ports[0].name] * len(shapes) if len(ports) == 1 else [p.name for p in ports]
    node = place(network, layer)
    for shape, name in zip(shapes, names, strict=True):
        start = place(network, SiLU(), place(network, Input(shape=shape)))
        wire(network, start, "output", node, name)
    last = place(network, ReLU(inplace=True))
    wire(network, node, port, last, "input")
    place(network, Output(), last)
    return network


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", PLACED, ids=lambda kind: kind.__name__)
def test_whatever_may_not_be_overwritten_is_refused(kind: type[Layer]) -> None:
    random_source = random.Random(kind.__name__)
    for number in range(12):
        layer, shapes = legal_case(random_source, kind)
        if any(port.indices for port in layer.input_ports()):
            continue
        for port in layer.output_ports():
            if port.indices:
                continue
            network = behind(layer, shapes, port.name)
            analysis = Analysis(network)
            refused = {fault.kind for fault in analysis.errors()}
            assert refused <= {FaultKind.IN_PLACE}
            if refused:
                continue
            try:
                train(make_plan(network, analysis), number)
            except RuntimeError as error:
                pytest.fail(f"{layer!r} on {shapes}: {error}")
