"""Auxiliary heads train with the rest and are gone afterwards."""

from __future__ import annotations

import copy
import importlib.util
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, fx, nn

from backend.channel.events import Failed, Finished
from backend.data.base.prepare import Prepared, prepare
from backend.data.catalogue import open_data
from backend.inside.probe import Probe
from backend.model.build import BuildError, build
from backend.model.heads import running_graph
from backend.model.losses import make_loss
from backend.model.walk import Walk
from backend.training.settings import TrainingSettings
from backend.training.trainer import train
from graph.analysis.analysis import Analysis
from graph.calls.plan import Plan
from graph.export.export import source
from graph.layers.activation.piecewise import ReLU
from graph.layers.convolution.plain import Conv2d
from graph.layers.io import Input, Output
from graph.layers.linear import Linear
from graph.layers.pooling.adaptive import AdaptiveAvgPool2d
from graph.layers.reshaping.flatten import Flatten
from graph.network.network import Network
from graph.planning.planner import make_plan
from tests.backend.networks import branching
from tests.equal_bits import save_askew
from tests.generators import place


def drawn(weight: float = 0.3) -> Plan:
    """A trunk, the auxiliary head drawn first, then the main one."""
    network = Network()
    image = place(network, Input(shape=(1, 8, 8)))
    conv = place(network, Conv2d(out_channels=6, padding="same"), image)
    relu = place(network, ReLU(), conv)
    pool = place(network, AdaptiveAvgPool2d(output_size=(2, 2)), relu)
    flat = place(network, Flatten(), pool)
    side = place(network, Linear(out_features=10), flat)
    place(network, Output(auxiliary=True, loss_weight=weight), side)
    deeper = place(network, Conv2d(out_channels=8), relu)
    squeeze = place(network, Flatten(), deeper)
    head = place(network, Linear(out_features=10), squeeze)
    place(network, Output(), head)
    return make_plan(network, Analysis(network), "headed")


def images(count: int = 3) -> Tensor:
    return torch.randn(count, 1, 8, 8, generator=torch.Generator().manual_seed(5))


def heads(plan: Plan) -> tuple[str, str]:
    """The names of the main and of the auxiliary head."""
    (main, _), (side, _) = plan.outputs
    return main, side


@pytest.fixture(scope="module")
def digits() -> Prepared:
    return prepare(open_data("digits"), (1, 8, 8))


def test_the_plan_puts_main_outputs_first() -> None:
    plan = drawn()
    assert (plan.auxiliary, plan.weights) == (1, (1.0, 0.3))
    always, training = plan.parts()
    assert [step.name for step in training][-1] == heads(plan)[1]
    assert len(training) == 3
    assert {step.name for step in always} | {step.name for step in training} == {
        step.name for step in plan.steps
    }


def test_both_outputs_in_training_one_in_evaluation() -> None:
    module = build(drawn())
    x = images()
    both = module(x)
    assert [tuple(values.shape) for values in both] == [(3, 10), (3, 10)]
    assert torch.equal(module.eval()(x), both[0])
    assert len(module.train()(x)) == 2


def test_evaluation_leaves_out_what_only_training_needs() -> None:
    plan = drawn()
    module = build(plan).eval()
    called: list[str] = []
    for name, part in module.named_children():
        part.register_forward_hook(lambda *_, name=name: called.append(name))
    module(images())
    ran = sorted(called)
    assert ran == sorted(step.name for step in plan.parts()[0])
    walked: list[str] = []
    Walk(module, lambda path, _: walked.append(path)).run(images())
    assert sorted(walked) == ran
    assert len(running_graph(module).nodes) < len(running_graph(module.train()).nodes)


def test_a_copy_and_another_kind_of_number_keep_both_ways() -> None:
    module = build(drawn())
    twin = copy.deepcopy(module)
    with torch.no_grad():
        for value in module.parameters():
            value.zero_()
    assert len(twin(images())) == 2
    assert torch.equal(twin.eval()(images()), build(drawn()).eval()(images()))
    assert twin.double()(images().double()).dtype == torch.float64
    assert list(twin.state_dict()) == list(module.state_dict())


def test_training_changes_both_heads(digits: Prepared) -> None:
    plan = drawn()
    module = build(plan)
    before = {name: value.clone() for name, value in module.state_dict().items()}
    settings = TrainingSettings(epochs=1, device="cpu", learning_rate=0.02)
    events = list(train(plan, settings, digits, module=module))
    assert isinstance(events[-1], Finished), events[-1]
    assert events[-1].accuracy is not None
    assert events[-1].accuracy > 0.5
    after = module.state_dict()
    assert all(not torch.equal(before[name], after[name]) for name in before)


def test_the_loss_is_the_weighted_sum_and_of_the_main_output_alone_in_evaluation() -> None:
    plan = drawn(weight=0.25)
    main, side = torch.randn(2, 4, 10)
    labels = torch.tensor([1, 2, 3, 4])
    loss = make_loss(plan, 0.0, 10)
    of = nn.functional.cross_entropy
    assert torch.equal(loss((main, side), labels), of(main, labels) + of(side, labels) * 0.25)
    assert torch.equal(loss(main, labels), of(main, labels))


def test_a_weight_of_zero_trains_nothing_of_the_head(digits: Prepared) -> None:
    plan = drawn(weight=0.0)
    module = build(plan)
    before = module.get_submodule(heads(plan)[1]).weight.clone()  # type: ignore[operator]
    settings = TrainingSettings(epochs=1, device="cpu", optimizer="SGD", weight_decay=0.0)
    list(train(plan, settings, digits, module=module))
    assert torch.equal(module.get_submodule(heads(plan)[1]).weight, before)


def test_looking_inside_sees_both_heads_only_where_they_run() -> None:
    plan = drawn()
    module = build(plan)
    main, side = heads(plan)
    probe = Probe(module, plan)
    assert probe.probabilities(images(1)).sum() == pytest.approx(1)
    assert list(probe.maps(images(1), (main, side))) == [main]
    assert module.training


def test_plain_networks_are_plain_modules() -> None:
    plan = branching()
    module = build(plan)
    assert type(module).__mro__[1] is fx.GraphModule
    assert plan.parts() == (plan.steps, ())
    assert "self.training" not in source(plan).text


def test_without_a_main_output_nothing_is_built() -> None:
    plan = drawn()
    with pytest.raises(BuildError, match="auxiliary"):
        build(Plan(plan.class_name, plan.inputs, plan.steps, plan.outputs[1:], auxiliary=1))


# The exported file

_RUN = """
import importlib.util, sys
from safetensors.torch import load_file, save_file
spec = importlib.util.spec_from_file_location("headed", "headed.py")
file = importlib.util.module_from_spec(spec)
spec.loader.exec_module(file)
model = file.Headed()
model.load_state_dict(load_file("weights.safetensors"))
x = load_file("x.safetensors")["x"].clone()
main, side = model(x)
save_file({"main": main.detach(), "side": side.detach(), "alone": model.eval()(x).detach()}, "out")
"""


def test_the_exported_file_gives_the_same_in_both_modes(tmp_path: Path) -> None:
    plan = drawn()
    module = build(plan, seed=random.Random(3).randrange(1000))
    (tmp_path / "headed.py").write_text(source(plan).text)
    save_askew(module.state_dict(), tmp_path / "weights.safetensors")
    save_askew({"x": images()}, tmp_path / "x.safetensors")
    run = subprocess.run(
        [sys.executable, "-P", "-c", _RUN], cwd=tmp_path, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    found = load_file(tmp_path / "out")
    main, side = module(images())
    assert torch.equal(found["main"], main)
    assert torch.equal(found["side"], side)
    assert torch.equal(found["alone"], module.eval()(images()))


def test_the_exported_file_is_formatted_and_has_the_modules_keys(tmp_path: Path) -> None:
    plan = drawn()
    file = tmp_path / "headed.py"
    text = source(plan).text
    file.write_text(text)
    for command in (["format", "--isolated"], ["check", "--isolated"]):
        subprocess.run([sys.executable, "-m", "ruff", *command, str(file)], check=True)
    assert file.read_text() == text
    spec = importlib.util.spec_from_file_location("headed", file)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    torch.manual_seed(4)
    ours, theirs = build(plan, seed=4).state_dict(), loaded.Headed().state_dict()
    assert list(ours) == list(theirs)
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_a_headed_network_fails_with_a_sentence_where_the_head_has_too_few_outputs(
    digits: Prepared,
) -> None:
    plan = drawn()
    few = Plan(
        plan.class_name,
        plan.inputs,
        plan.steps,
        (plan.outputs[0], (plan.steps[0].name, 0)),
        auxiliary=1,
    )
    failed = list(train(few, TrainingSettings(device="cpu"), digits))[-1]
    assert isinstance(failed, Failed)
    assert "value per class" in str(failed.message)


@pytest.mark.parametrize("name", ["evaluation", "mro", "MAIN"])
def test_no_name_of_a_node_hides_a_part_of_the_module(name: str) -> None:
    plan = drawn()
    renamed = replace(
        plan,
        steps=tuple(
            replace(
                step,
                name=name if index == 0 else step.name,
                inputs=tuple((name if n == plan.steps[0].name else n, i) for n, i in step.inputs),
            )
            for index, step in enumerate(plan.steps)
        ),
    )
    module, plain = build(renamed, seed=3), build(plan, seed=3)
    for training in (True, False):
        expected, found = (m.train(training)(images()) for m in (plain, module))
        assert all(torch.equal(a, b) for a, b in zip(expected, found, strict=True))
