"""Ready blocks: the parts that the known architectures are made of.

Each is written as code that draws it into a project, where it can be changed like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from graph.ready.dense import DENSE
from graph.ready.inception import INCEPTION
from graph.ready.inception_resnet import INCEPTION_RESNET
from graph.ready.inception_v3 import INCEPTION_V3
from graph.ready.inception_v4 import INCEPTION_V4
from graph.ready.maker import Maker
from graph.ready.mobile import MOBILE
from graph.ready.residual import RESIDUAL
from graph.ready.unet import UNET
from graph.ready.xception import XCEPTION
from graph.ready.yolo import YOLO
from graph.values.message import Message, say, verbatim

FAMILIES = (
    RESIDUAL,
    INCEPTION,
    INCEPTION_V3,
    INCEPTION_V4,
    INCEPTION_RESNET,
    XCEPTION,
    DENSE,
    MOBILE,
    UNET,
    YOLO,
)

FAMILY_TITLES: Mapping[str, Message] = MappingProxyType(
    {
        "residual": say("residual"),
        "inception": say("inception"),
        "dense": say("dense"),
        "mobile": say("mobile"),
        "U-Net": verbatim("U-Net"),
        "YOLO": verbatim("YOLO"),
    }
)
"""What a person calls the family of a maker."""

READY: Mapping[str, Maker] = MappingProxyType(
    {maker.name: maker for family in FAMILIES for maker in family}
)
"""The ready blocks by name."""
