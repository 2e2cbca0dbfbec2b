"""Chains, dense and small networks give the numbers of torchvision's, with the same weights."""

from __future__ import annotations

import pytest

from tests.backend.equality import TOLERANCE, largest_difference

SMALL = 64
"""Side of the images in training mode, where the running statistics follow them."""

TORCHVISION = {
    "densenet121": "densenet121",
    "mobilenet-v2": "mobilenet_v2",
    "squeezenet1-0": "squeezenet1_0",
    "alexnet": "alexnet",
}
LARGE = {
    "vgg11": "vgg11",
    "vgg13": "vgg13",
    "vgg16": "vgg16",
    "vgg16-bn": "vgg16_bn",
    "vgg19": "vgg19",
}
"""As those above, with more than 100 million weights each."""


def difference(name: str, reference: str, *, train: bool = False) -> float:
    models = pytest.importorskip("torchvision.models")
    module = getattr(models, reference)(weights=None)
    return largest_difference(name, module, train=train, side=SMALL if train else None)


@pytest.mark.parametrize("name", TORCHVISION)
def test_outputs_equal_those_of_torchvision(name: str) -> None:
    assert difference(name, TORCHVISION[name]) <= TOLERANCE


def test_dense_blocks_equal_those_of_torchvision_in_training() -> None:
    assert difference("densenet121", "densenet121", train=True) <= TOLERANCE


@pytest.mark.campaign
@pytest.mark.parametrize("name", LARGE)
def test_outputs_of_large_networks_equal_those_of_torchvision(name: str) -> None:
    assert difference(name, LARGE[name]) <= TOLERANCE
