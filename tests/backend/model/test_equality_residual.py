"""Residual networks give the numbers of torchvision's and timm's own, with the same weights."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.backend.equality import TOLERANCE, largest_difference

SMALL = 64
"""Side of the images in training mode, where the running statistics follow them."""

TORCHVISION = {
    "resnet18": "resnet18",
    "resnet34": "resnet34",
    "resnet50": "resnet50",
    "resnet101": "resnet101",
    "resnet152": "resnet152",
    "resnext50-32x4d": "resnext50_32x4d",
}
TIMM = {
    "se-resnet18": "legacy_seresnet18",
    "se-resnet50": "legacy_seresnet50",
    "se-resnet101": "legacy_seresnet101",
    "senet154": "legacy_senet154",
}

DEEP = ("resnet101", "resnet152", "se-resnet101", "senet154")
"""Those of many seconds, for the campaign."""


def names(of: Mapping[str, str]) -> pytest.MarkDecorator:
    """The networks one by one, the deep ones in the campaign."""
    deep = (pytest.mark.campaign, pytest.mark.timeout(900))
    each = [pytest.param(name, marks=deep if name in DEEP else ()) for name in of]
    return pytest.mark.parametrize("name", each)


@names(TORCHVISION)
def test_outputs_equal_those_of_torchvision(name: str) -> None:
    models = pytest.importorskip("torchvision.models")
    reference = getattr(models, TORCHVISION[name])(weights=None)
    assert largest_difference(name, reference, train=False) <= TOLERANCE
    assert largest_difference(name, reference, train=True, side=SMALL) <= TOLERANCE


@names(TIMM)
def test_outputs_equal_those_of_timm(name: str) -> None:
    timm = pytest.importorskip("timm")
    reference = timm.create_model(TIMM[name], pretrained=False, drop_rate=0.0)
    assert largest_difference(name, reference, train=False) <= TOLERANCE
    trained = [] if name == "senet154" else [SMALL]  # whose template has dropout
    for side in trained:
        assert largest_difference(name, reference, train=True, side=side) <= TOLERANCE
