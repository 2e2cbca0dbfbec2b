"""Every architecture runs: the small ones learn from real images, the large give their shape."""

from __future__ import annotations

from statistics import mean

import pytest
import torch

from backend.channel.control import Control
from backend.channel.events import Failed, Finished, Progress
from backend.data.base.dataset import DataSet, DataSplit
from backend.data.base.prepare import prepare
from backend.data.catalogue import open_data
from backend.model.build import build
from backend.training.settings import TrainingSettings
from backend.training.trainer import train
from graph.analysis.analysis import Analysis
from graph.calls.plan import Plan
from graph.document.project import Project
from graph.planning.planner import make_plan
from graph.templates.registry import TEMPLATES, find_template
from graph.templates.template import Template

STEPS = 50
LEARN = {
    # name: side of the images, batch, learning rate
    "linear": (28, 32, 0.005),
    "lenet5": (32, 32, 0.05),
    "vgg-small": (28, 8, 0.02),
    "resnet-small": (28, 8, 0.05),
    "se-resnet-small": (28, 16, 0.05),
}
"""Architectures small enough for the processor in the default run."""
SLOWLY = {
    "resnet18": (16, 16, 0.001),
    "plain18": (16, 16, 0.001),
    "se-resnet18": (16, 16, 0.001),
    "resnext50-32x4d": (16, 16, 0.001),
    "densenet121": (16, 16, 0.001),
    "mobilenet-v2": (28, 16, 0.001),
    "squeezenet1-0": (28, 16, 0.001),
    "googlenet": (28, 16, 0.001),
}
"""Those that take about a minute: in their variant for small images, in the campaign."""

large = pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.name)


def plan_of(project: Project) -> Plan:
    return make_plan(project.network, Analysis(project.network), project.name)


def losses(name: str, side: int, batch: int, rate: float) -> list[float]:
    """The loss of each of fifty steps on the embedded images."""
    template = find_template(name)
    assert template is not None
    data = open_data("fashion-sample")
    whole = data.split()
    few = DataSplit(whole.train[: STEPS * batch], whole.validation[:20])
    part = DataSet(data.name, data.images, data.labels, data.classes, few)
    shape = (1, side, side)
    plan = plan_of(template.build(shape, len(data.classes), small=template.has_small))
    settings = TrainingSettings.make(
        {
            "epochs": 1,
            "device": "cpu",
            "learning_rate": rate,
            "batch_size": batch,
            "initialisation": "kaiming_normal",
        }
    )
    events = list(train(plan, settings, prepare(part, shape), control=Control()))
    assert not [event for event in events if isinstance(event, Failed)]
    assert isinstance(events[-1], Finished)
    points = [p for event in events if isinstance(event, Progress) for p in event.points]
    assert len(points) == STEPS
    return [point.loss for point in points]


def assert_falling(found: list[float]) -> None:
    assert mean(found[-10:]) < 0.9 * mean(found[:5]), found


@pytest.mark.parametrize("name", LEARN)
def test_a_small_architecture_learns_within_fifty_steps(name: str) -> None:
    assert_falling(losses(name, *LEARN[name]))


@pytest.mark.campaign
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", SLOWLY)
def test_a_larger_architecture_learns_within_fifty_steps(name: str) -> None:
    assert_falling(losses(name, *SLOWLY[name]))


@large
def test_an_architecture_runs_on_its_original_input_without_numbers(template: Template) -> None:
    plan = plan_of(template.build())
    with torch.device("meta"):
        module = build(plan, initialise=False).eval()
        images = [torch.empty(1, *shape) for _, shape in plan.inputs]
        found = module(*images)
    results = [found] if isinstance(found, torch.Tensor) else list(found)
    network = template.build().network
    analysis = Analysis(network)
    wanted = [
        analysis.facts(n).output
        for n, node in network.nodes.items()
        if node.layer.type_name() == "Output" and not getattr(node.layer, "auxiliary", False)
    ]
    assert sorted(tuple(value.shape[1:]) for value in results) == sorted(wanted)
