"""A plan becomes a module with the plan's names, the promised first weights, and nothing else."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import fx, nn

from backend.model.allowed import module_type
from backend.model.build import BuildError, build, node_paths
from graph.analysis.analysis import Analysis
from graph.calls.call import Apply, Call
from graph.calls.plan import Plan, Step
from graph.export.export import source
from graph.layers.registry import REGISTRY
from graph.planning.planner import make_plan
from graph.templates.registry import TEMPLATES
from graph.templates.template import Template
from tests.backend.networks import branching, convolution, step
from tests.fitted import fitted


class Branching(nn.Module):
    """What a person would write for the plan ``branching``."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.se1 = SqueezeExcitation(4, 2)
        self.fc = nn.Linear(128, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.norm(self.conv1(x)).relu()
        se1 = self.se1(x)
        x = torch.cat([x + se1 + se1, x], dim=1)
        x = nn.functional.max_pool2d(x, 2).flatten(1)
        return self.fc(nn.functional.dropout(x, 0.2, self.training))


class SqueezeExcitation(nn.Module):
    def __init__(self, channels: int, reduction: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(channels, channels // reduction, 1)
        self.excite = nn.Conv2d(channels // reduction, channels, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        z = self.squeeze(x.mean((2, 3), keepdim=True)).relu()
        return x * self.excite(z).sigmoid()


def by_hand(seed: int) -> Branching:
    torch.manual_seed(seed)
    return Branching()


def test_same_weights_and_names_as_a_class_written_by_hand() -> None:
    expected = by_hand(7).state_dict()
    found = build(branching(), seed=7).state_dict()
    assert list(found) == list(expected)
    assert all(torch.equal(found[name], expected[name]) for name in expected)
    assert "se1.squeeze.weight" in found


def test_same_outputs_in_training_and_evaluation() -> None:
    x = torch.randn(5, 1, 8, 8, generator=torch.Generator().manual_seed(1))
    for training in (True, False):
        results = []
        for module in (by_hand(7).train(training), build(branching(), seed=7).train(training)):
            torch.manual_seed(3)
            results.append(module(x.clone()))
        assert torch.allclose(*results, atol=1e-6)


def test_building_leaves_torch_random_state_alone() -> None:
    torch.manual_seed(11)
    before = torch.get_rng_state()
    first, second, other = (build(branching(), seed=seed) for seed in (1, 1, 2))
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(first.fc.weight, second.fc.weight)
    assert not torch.equal(first.fc.weight, other.fc.weight)


def test_without_first_weights_only_random_ones_are_undefined() -> None:
    module = build(branching(), initialise=False)
    assert list(module.state_dict()) == list(build(branching()).state_dict())
    assert torch.equal(module.norm.weight, torch.ones(4))
    assert torch.equal(module.norm.running_var, torch.ones(4))


def test_nested_plans_are_nested_modules() -> None:
    module = build(branching())
    assert isinstance(module.se1, fx.GraphModule)
    assert isinstance(module.se1.squeeze, nn.Conv2d)
    assert type(module).__name__.startswith("Branching")


def test_several_outputs_and_inputs() -> None:
    plan = Plan(
        "Two",
        (("left", (1, 4, 4)), ("right", (1, 4, 4))),
        (
            Step("sum", Apply("operator.mul"), (("left", 0), ("right", 0)), ((1, 4, 4),)),
            Step(
                "pool",
                Call("nn.MaxPool2d", {"kernel_size": (2, 2), "return_indices": True}),
                (("sum", 0),),
                ((1, 2, 2), (1, 2, 2)),
            ),
        ),
        (("pool", 1), ("sum", 0)),
    )
    left, right = torch.rand(2, 1, 4, 4), torch.rand(2, 1, 4, 4)
    indices, product = build(plan)(left, right)
    assert torch.equal(product, left * right)
    assert torch.equal(indices, nn.functional.max_pool2d_with_indices(left * right, 2)[1])


def test_every_layer_type_is_on_the_list_of_allowed_modules() -> None:
    targets = set()
    for kind in REGISTRY.values():
        for shape in ((16, 8, 8), (16,)):
            try:
                operation = kind().call([shape, shape])
            except (LookupError, ValueError, IndexError):
                continue
            if isinstance(operation, Call):
                targets.add(operation.target)
    assert {"nn.Conv2d", "Shortcut"} <= targets
    for target in targets:
        assert issubclass(module_type(target), nn.Module), target
    with pytest.raises(ValueError, match="not a layer"):
        module_type("nn.Module")


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        (Call("nn.LazyLinear", {"out_features": 2}), "not a layer"),
        (Call("os.system", {"command": "true"}), "not a layer"),
        (Apply("torch.load"), "not a function"),
        (convolution(3, 4, groups=2), "divisible by groups"),
        (convolution(3, 4, wrong=1), "wrong"),
    ],
)
def test_what_torch_refuses_names_the_node(operation: Any, reason: str) -> None:
    bad = step("conv7", operation, "x", shape=(4, 8, 8), node="n9", title="my conv")
    with pytest.raises(BuildError) as caught:
        build(Plan("Bad", (("x", (3, 8, 8)),), (bad,), (("conv7", 0),)))
    assert caught.value.node == "n9"
    assert str(caught.value).startswith("my conv cannot be built: ")
    assert reason in str(caught.value)


def test_a_fault_inside_a_block_names_the_node_around_it() -> None:
    inner = Plan(
        "Inner",
        (("x", (3, 8, 8)),),
        (step("bad", Call("nn.Nothing", {}), "x", shape=(3, 8, 8)),),
        (("bad", 0),),
    )
    outer = step("block", inner, "x", shape=(3, 8, 8), node="n4")
    with pytest.raises(BuildError) as caught:
        build(Plan("Outer", (("x", (3, 8, 8)),), (outer,), (("block", 0),)))
    assert caught.value.node == "n4"


def test_a_name_that_the_module_needs_itself_is_refused() -> None:
    bad = step("forward", Call("nn.ReLU", {}), "x", shape=(3, 8, 8))
    with pytest.raises(BuildError, match="forward is taken"):
        build(Plan("Bad", (("x", (3, 8, 8)),), (bad,), (("forward", 0),)))


def test_node_paths() -> None:
    paths = node_paths(branching())
    assert paths["n1"] == "conv1"
    assert paths["n4"] == "se1"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
def test_exported_file_has_the_same_keys_and_outputs(template: Template, tmp_path: Path) -> None:
    project = fitted(template)
    plan = make_plan(project.network, Analysis(project.network), project.name)
    module = build(plan, seed=2).eval()
    written = source(plan)
    path = tmp_path / "exported.py"
    path.write_text(written.text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("exported", path)
    assert spec is not None
    assert spec.loader is not None
    exported = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(exported)
    copy = getattr(exported, written.class_name)()
    assert list(copy.state_dict()) == list(module.state_dict())
    copy.load_state_dict(module.state_dict())
    x = torch.randn(2, *plan.inputs[0][1], generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        assert torch.equal(copy.eval()(x), module(x))
