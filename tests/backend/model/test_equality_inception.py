"""The Inception family gives the numbers of torchvision's own, with the same weights."""

from __future__ import annotations

import pytest
from torch import nn

from tests.backend.equality import TOLERANCE, largest_difference

SMALL = 160
"""Side of the images in training mode, where the running statistics follow them."""


deep = pytest.mark.campaign
"""What takes many seconds."""


def put_last(model: nn.Module, *names: str) -> None:
    """Move parts to the end of ``state_dict``: our main head stands before auxiliary ones."""
    for name in names:
        part = getattr(model, name)
        delattr(model, name)
        setattr(model, name, part)


def test_googlenet_equals_that_of_torchvision() -> None:
    models = pytest.importorskip("torchvision.models")
    reference = models.googlenet(weights=None, aux_logits=True, init_weights=False)
    put_last(reference, "fc", "aux1", "aux2")
    reference.register_forward_hook(  # its second head comes before its first
        lambda module, _images, found: (found[0], found[2], found[1]) if module.training else found
    )
    assert largest_difference("googlenet", reference, train=False, settled=96) <= TOLERANCE
    assert largest_difference("googlenet", reference, train=True, side=96) <= TOLERANCE


@deep
@pytest.mark.timeout(900)
def test_inception_v3_equals_that_of_torchvision() -> None:
    models = pytest.importorskip("torchvision.models")
    reference = models.inception_v3(
        weights=None, aux_logits=True, init_weights=False, transform_input=False
    )
    put_last(reference, "fc", "AuxLogits")
    assert largest_difference("inception-v3", reference, train=False, settled=299) <= TOLERANCE
    assert largest_difference("inception-v3", reference, train=True) <= TOLERANCE


@deep
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("name", "reference"),
    [("inception-v4", "inception_v4"), ("inception-resnet-v2", "inception_resnet_v2")],
)
def test_outputs_equal_those_of_timm(name: str, reference: str) -> None:
    timm = pytest.importorskip("timm")
    model = timm.create_model(reference, pretrained=False)
    assert largest_difference(name, model, train=False, settled=SMALL) <= TOLERANCE
    assert largest_difference(name, model, train=True, side=SMALL) <= TOLERANCE


@deep
@pytest.mark.timeout(900)
def test_xception_equals_that_of_timm() -> None:
    timm = pytest.importorskip("timm")
    model = timm.create_model("legacy_xception", pretrained=False)
    assert largest_difference("xception", model, train=False, settled=96) <= TOLERANCE
    assert largest_difference("xception", model, train=True, side=96) <= TOLERANCE
