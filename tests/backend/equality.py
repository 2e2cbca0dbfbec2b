"""Runs a template beside another implementation of the same architecture, with the same weights."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from backend.model.build import build
from graph.analysis.analysis import Analysis
from graph.planning.planner import make_plan
from graph.templates.registry import find_template

TOLERANCE = 1e-5


NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


def built(name: str, side: int | None = None) -> nn.Module:
    """The module of a template for its original input, or for images with this side."""
    template = find_template(name)
    assert template is not None
    shape = template.shape if side is None else (template.shape[0], side, side)
    network = template.build(shape).network
    return build(make_plan(network, Analysis(network), template.title), initialise=False)


def randomise_statistics(module: nn.Module) -> None:
    """Give every batch normalisation statistics and weights of its own, as after training."""
    generator = torch.Generator().manual_seed(7)
    for part in module.modules():
        if isinstance(part, NORMS):
            shape = part.running_mean.shape
            part.running_mean.copy_(torch.randn(shape, generator=generator) * 0.1)
            part.running_var.copy_(torch.rand(shape, generator=generator) + 0.5)
            part.weight.data.copy_(torch.rand(shape, generator=generator) * 0.5 + 0.5)
            part.bias.data.copy_(torch.randn(shape, generator=generator) * 0.1)


def settle(module: nn.Module, side: int) -> None:
    """Take the statistics of random images, without which a deep network without shortcuts tells
    no images apart in evaluation."""
    norms = [m for m in module.modules() if isinstance(m, NORMS)]
    momentums = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 1.0
    outputs(
        module.train(), torch.randn(4, 3, side, side, generator=torch.Generator().manual_seed(3))
    )
    for norm, momentum in zip(norms, momentums, strict=True):
        norm.momentum = momentum


def copy_in_order(source: nn.Module, target: nn.Module) -> None:
    """Copy all values of a ``state_dict`` into another, the first to the first and so on."""
    given, wanted = source.state_dict(), target.state_dict()
    assert [value.shape for value in given.values()] == [value.shape for value in wanted.values()]
    target.load_state_dict(dict(zip(wanted, given.values(), strict=True)))


def outputs(module: nn.Module, images: Tensor) -> list[Tensor]:
    """The results as a list, whatever the module wraps them in."""
    with torch.no_grad():
        found = module(images)
    return [found] if isinstance(found, Tensor) else [value for value in found if value is not None]


def largest_difference(
    name: str,
    reference: nn.Module,
    *,
    train: bool,
    side: int | None = None,
    settled: int | None = None,
) -> float:
    """Between the template's outputs and the reference's, with the reference's weights and
    without dropout. ``settled`` is the side of images that it takes its statistics from."""
    with torch.no_grad():
        randomise_statistics(reference)
    if settled is not None:
        settle(reference, settled)
    ours = built(name, side)
    copy_in_order(reference, ours)
    for part in (*reference.modules(), *ours.modules()):
        if isinstance(part, nn.Dropout):
            part.p = 0.0
    template = find_template(name)
    assert template is not None
    channels, height, width = template.shape
    images = torch.randn(
        2 if train else 1,
        channels,
        side or height,
        side or width,
        generator=torch.Generator().manual_seed(1),
    )
    reference.train(train)
    ours.train(train)
    expected, found = outputs(reference, images), outputs(ours, images)
    assert len(expected) == len(found)
    return max(float((a - b).abs().max()) for a, b in zip(expected, found, strict=True))
