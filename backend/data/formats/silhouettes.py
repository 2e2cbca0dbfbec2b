"""Masks to learn segmentation from: the sample of Fashion-MNIST, and which pixels are garment.

A pixel is garment where it is brighter than ``THRESHOLD``; the pictures are cut out on black.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from backend.data.base.source import DataSource
from graph.values.message import say

if TYPE_CHECKING:
    from backend.data.base.dataset import DataSet

NAME = "silhouettes"
CLASSES = ("background", "garment")
THRESHOLD = 24
"""Of 255; the rims of some garments are darker and count as background."""


def describe_silhouettes(images: DataSource) -> DataSource:
    """The source of masks, from that of the pictures."""
    return replace(
        images,
        spec=NAME,
        title=say("Silhouettes of Fashion-MNIST, a sample"),
        classes=CLASSES if images.available else None,
        masks=True,
    )


def load_silhouettes(images: DataSet) -> DataSet:
    """The pictures with a mask each in place of their class."""
    masks = (images.images[:, 0] > THRESHOLD).byte()
    return replace(images, name=NAME, labels=masks, classes=CLASSES)
