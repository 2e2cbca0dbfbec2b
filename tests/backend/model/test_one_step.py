"""Every layer type there is: trained for one step, frozen, and exported."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from backend.model.build import build
from backend.model.losses import make_loss
from backend.training.optimiser import make_optimiser
from backend.training.settings import TrainingSettings
from graph.calls.call import Shape
from graph.calls.plan import Plan
from graph.layers.base.layer import Layer
from graph.layers.io import Input, Output
from graph.layers.linear import Linear
from graph.layers.registry import LAYERS
from graph.layers.reshaping.flatten import Flatten
from graph.network.edits import Freeze
from graph.network.network import Network
from tests.generators import legal_case, place, without_in_place
from tests.graph.export.test_export import Folder, bits, images_for, outputs, plan_of, stirred
from tests.single import single, wire, with_outputs

TYPES = tuple(kind for kind in LAYERS if kind not in (Input, Output))
WEIGHTED = tuple(kind for kind in TYPES if kind.parameters is not Layer.parameters)
CLASSES = 3
SEED = 5

weighted = pytest.mark.parametrize("kind", WEIGHTED, ids=lambda kind: kind.__name__)


def classifier(layer: Layer, shapes: list[Shape]) -> tuple[Network, str]:
    """The layer with a classifier behind each of its outputs, and its node."""
    network, node = single(layer, shapes)
    for port, shape in zip(layer.output_ports(), layer.shapes(shapes), strict=True):
        last = place(network, Flatten() if len(shape) > 1 else Linear(out_features=8))
        wire(network, node, port.name, last, "input")
        place(network, Output(), place(network, Linear(out_features=CLASSES), last))
    return network, node


def weighted_case(kind: type[Layer]) -> tuple[Layer, list[Shape]]:
    """Settings with weights, on inputs whose every axis has several cells: one cell alone is
    nothing to normalise or to move about in."""
    source = random.Random(kind.__name__)
    for _ in range(2000):
        layer, shapes = legal_case(source, kind)
        sizes = [size for shape in (*shapes, *layer.shapes(shapes)) for size in shape]
        if min(sizes) > 1 and layer.parameters(shapes):
            return layer, shapes
    raise AssertionError(f"{kind.__name__} has never a weight")


def one_step(plan: Plan) -> tuple[nn.Module, dict[str, torch.Tensor]]:
    """A module after one step of training, and its parameters before.

    There is no weight decay, so that only a gradient can change anything.
    """
    module = build(plan, seed=SEED).train()
    before = {name: value.detach().clone() for name, value in module.named_parameters()}
    settings = TrainingSettings(weight_decay=0.0)
    optimiser = make_optimiser(module, settings)
    assert optimiser is not None
    loss = make_loss(replace(plan, inputs=plan.inputs[:1]), settings.label_smoothing, CLASSES)
    generator = torch.Generator().manual_seed(SEED)
    images = [torch.randn(16, *shape, generator=generator) for _, shape in plan.inputs]
    torch.manual_seed(SEED)
    loss(module(*images), torch.arange(16) % CLASSES).backward()
    optimiser.step()
    return module, before


def changed(module: nn.Module, before: dict[str, torch.Tensor]) -> dict[str, bool]:
    """For each parameter, whether it differs from before."""
    after = dict(module.named_parameters())
    return {name: not torch.equal(after[name], old) for name, old in before.items()}


def part_of(plan: Plan, node: str) -> str:
    return next(step.name for step in plan.steps if step.node == node)


@weighted
def test_one_step_changes_every_weight_unless_frozen(kind: type[Layer]) -> None:
    network, node = classifier(*weighted_case(kind))
    plan = plan_of(network)
    found = changed(*one_step(plan))
    own = [name for name in found if name.startswith(f"{part_of(plan, node)}.")]
    assert own
    assert all(found[name] for name in own), found
    network.do(Freeze((node,), True))
    frozen = plan_of(network)
    found = changed(*one_step(frozen))
    kept = {name for name in found if name.startswith(f"{part_of(frozen, node)}.")}
    assert kept
    assert not any(found[name] for name in kept), found
    assert any(found[name] for name in found.keys() - kept), found


def test_every_type_runs_alone_bit_equal_from_the_same_seed(tmp_path: Path) -> None:
    """In evaluation and in training, with the weights that the exported class makes itself."""
    folder = Folder(tmp_path)
    plans = {}
    for kind in TYPES:
        layer, shapes = legal_case(random.Random(kind.__name__), kind)
        name = kind.__name__.lower()
        plans[name] = plan_of(with_outputs(*single(without_in_place(layer), shapes)))
        folder.add(name, plans[name], SEED)
        about = tmp_path / f"{name}.json"
        about.write_text(json.dumps(json.loads(about.read_text()) | {"seed": SEED}))
    folder.check()
    for name, plan in plans.items():
        first = load_file(tmp_path / f"{name}.first")
        for key, value in build(plan, seed=SEED).state_dict().items():
            assert torch.equal(first[key], value), f"{name}: {key}"
        trained = load_file(tmp_path / f"{name}.train")
        module = stirred(plan, SEED).train()
        torch.manual_seed(SEED)
        for number, value in enumerate(outputs(module, images_for(plan, SEED))):
            assert torch.equal(bits(trained[f"{number:03}"]), bits(value)), name
