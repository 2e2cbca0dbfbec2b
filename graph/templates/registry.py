"""Networks to start from, written as code that builds them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from graph.templates.classic import ALEXNET, ALEXNET_2012, LENET5, LINEAR, VGG_SMALL
from graph.templates.dense import DENSENET121, SQUEEZENET
from graph.templates.inception import GOOGLENET
from graph.templates.inception_resnet import INCEPTION_RESNET_V2
from graph.templates.inception_v3 import INCEPTION_V3
from graph.templates.inception_v4 import INCEPTION_V4
from graph.templates.lenet1998 import LENET5_1998
from graph.templates.mobile import MOBILENET_V2
from graph.templates.residual import RESNET_SMALL, SE_RESNET_SMALL
from graph.templates.resnet import RESNETS, RESNEXT50, SE_RESNETS
from graph.templates.template import Template
from graph.templates.unet import UNET
from graph.templates.vgg import VGG11, VGG13, VGG16, VGG16_BN, VGG19
from graph.templates.xception import XCEPTION
from graph.templates.yolo import YOLO11N
from graph.values.message import Message, say

TEMPLATES: tuple[Template, ...] = (
    LINEAR,
    LENET5_1998,
    LENET5,
    ALEXNET_2012,
    ALEXNET,
    VGG11,
    VGG13,
    VGG16,
    VGG19,
    VGG16_BN,
    GOOGLENET,
    INCEPTION_V3,
    INCEPTION_V4,
    INCEPTION_RESNET_V2,
    *RESNETS,
    *SE_RESNETS,
    DENSENET121,
    MOBILENET_V2,
    XCEPTION,
    SQUEEZENET,
    RESNEXT50,
    UNET,
    YOLO11N,
    VGG_SMALL,
    RESNET_SMALL,
    SE_RESNET_SMALL,
)


TEMPLATE_CATEGORIES: Mapping[str, Message] = MappingProxyType(
    {
        "classic": say("Classic"),
        "residual": say("Residual"),
        "inception": say("Inception"),
        "dense": say("Dense"),
        "efficient": say("Efficient"),
        "attention": say("Attention"),
        "segmentation": say("Segmentation"),
        "detection": say("Detection"),
    }
)
"""What a person calls the category of a template."""


def find_template(name: str) -> Template | None:
    """A template by its name on the command line."""
    return next((t for t in TEMPLATES if t.name == name), None)
