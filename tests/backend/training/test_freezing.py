"""A frozen node keeps its weights while the rest learns."""

from __future__ import annotations

import importlib.util
from collections.abc import Set
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from backend.channel.events import Event, Failed, Finished
from backend.data.base.prepare import Prepared, prepare
from backend.data.catalogue import open_data
from backend.model.build import build, node_paths
from backend.training.optimiser import make_optimiser
from backend.training.settings import TrainingSettings
from backend.training.trainer import train
from graph.analysis.analysis import Analysis
from graph.calls.plan import Plan
from graph.export.export import source
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input, Output
from graph.layers.linear import Linear
from graph.layers.reshaping.flatten import Flatten
from graph.network.edits import Freeze
from graph.planning.planner import make_plan
from tests.backend.networks import branching
from tests.generators import chain


def frozen(*names: str) -> Plan:
    plan = branching()
    steps = (replace(step, frozen=not names or step.name in names) for step in plan.steps)
    return replace(plan, steps=tuple(steps))


@pytest.fixture(scope="module")
def digits() -> Prepared:
    return prepare(open_data("digits"), (1, 8, 8))


def trained(plan: Plan, data: Prepared) -> tuple[Event, Set[str]]:
    """The last event and the names of the tensors that changed."""
    module = build(plan)
    before: dict[str, Tensor] = {name: v.clone() for name, v in module.state_dict().items()}
    settings = TrainingSettings(epochs=1, device="cpu")
    end = list(train(plan, settings, data, module=module))[-1]
    after = module.state_dict()
    return end, {name for name in before if not torch.equal(before[name], after[name])}


def test_frozen_weights_stay_and_the_others_change(digits: Prepared) -> None:
    end, changed = trained(frozen("conv1", "se1"), digits)
    assert isinstance(end, Finished), end
    fixed = {"conv1.weight", "conv1.bias"}
    fixed |= {f"se1.{part}.{kind}" for part in ("squeeze", "excite") for kind in ("weight", "bias")}
    assert changed == set(build(branching()).state_dict()) - fixed


def test_a_frozen_normalisation_still_follows_the_data(digits: Prepared) -> None:
    _, changed = trained(frozen("norm"), digits)
    assert "norm.running_mean" in changed
    assert not {"norm.weight", "norm.bias"} & changed


def test_the_optimiser_takes_only_what_is_trained() -> None:
    module = build(frozen("fc"))
    optimiser = make_optimiser(module, TrainingSettings(device="cpu"))
    assert optimiser is not None
    held = {id(value) for group in optimiser.param_groups for value in group["params"]}
    assert held == {id(v) for n, v in module.named_parameters() if not n.startswith("fc.")}


def test_with_everything_frozen_there_is_a_sentence(digits: Prepared) -> None:
    failed, changed = trained(frozen(), digits)
    assert isinstance(failed, Failed)
    assert "frozen" in str(failed.message)
    assert not changed


def test_a_node_frozen_in_the_drawing() -> None:
    network, (_, conv, _, fc, _) = chain(
        Input(shape=(1, 8, 8)),
        Conv2d(out_channels=4),
        Flatten(),
        Linear(out_features=10),
        Output(),
    )
    network.do(Freeze((conv,), True))
    plan = make_plan(network, Analysis(network))
    module = build(plan)
    paths = node_paths(plan)
    assert not any(v.requires_grad for v in module.get_submodule(paths[conv]).parameters())
    assert all(v.requires_grad for v in module.get_submodule(paths[fc]).parameters())
    assert source(plan).text.count(".requires_grad_(False)") == 1


def test_the_file_freezes_the_same(tmp_path: Path) -> None:
    plan = frozen("conv1", "se1")
    (tmp_path / "frozen.py").write_text(source(plan).text)
    spec = importlib.util.spec_from_file_location("frozen", tmp_path / "frozen.py")
    assert spec is not None
    assert spec.loader is not None
    file = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(file)

    def trained_names(module: nn.Module) -> list[str]:
        return [name for name, value in module.named_parameters() if value.requires_grad]

    assert trained_names(file.Branching()) == trained_names(build(plan))
    assert len(trained_names(build(plan))) == 4
