"""Masks to learn segmentation from: the sample of Fashion-MNIST, and which pixels are garment.

A pixel is garment where it is brighter than ``THRESHOLD``; the pictures are cut out on black.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from backend.data.base.format import KnownSet, Opening, Place, Wish
from backend.data.base.source import DataLook, Watch
from backend.data.formats.idx_folder import SAMPLE, IdxFolders
from graph.values.message import say

if TYPE_CHECKING:
    from backend.data.base.dataset import DataSet

NAME = "silhouettes"
CLASSES = ("background", "garment")
THRESHOLD = 24
"""Of 255; the rims of some garments are darker and count as background."""


class Silhouettes:
    """The pictures of the sample with a mask each in place of their class."""

    known = (
        KnownSet(
            NAME,
            say(
                "the images of {sample} with a mask each, garment or background, for networks "
                "whose output is a mask",
                sample=SAMPLE,
            ),
            masks=True,
        ),
    )
    openings: tuple[Opening, ...] = ()

    def __init__(self, images: IdxFolders) -> None:
        self._images = images

    def recognises(self, path: Path, watch: Watch) -> bool:
        return False

    def look(self, place: Place, wish: Wish, watch: Watch) -> DataLook:
        look = self._images.look(Place(SAMPLE), wish, watch)
        source = replace(
            look.source,
            spec=NAME,
            title=say("Silhouettes of Fashion-MNIST, a sample"),
            classes=CLASSES if look.source.available else None,
            masks=True,
        )
        return replace(look, source=source)

    def load(self, place: Place, wish: Wish, watch: Watch) -> DataSet:
        images = self._images.load(Place(SAMPLE), wish, watch)
        masks = (images.images[:, 0] > THRESHOLD).byte()
        return replace(images, name=NAME, labels=masks, classes=CLASSES)
