"""One mask: a PNG whose values are the numbers of classes, or black and white.

A palette's entries count by their number, not by their colour. Which values are allowed depends on
the whole set, so that reading keeps them as they are and ``MaskValues`` judges them afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from backend.data.base.shapes import padded_box
from backend.data.pictures.picture import (
    BadPicture,
    PictureHeader,
    open_picture,
    read_picture_header,
)
from graph.values.message import Message, UserError, say

WHITE = 255
CLASS_CEILING = 200
"""Larger values than this are hardly numbers of classes where no names are given."""
BLACK_AND_WHITE = ("background", "object")


def read_mask(path: Path) -> NDArray[np.uint8]:
    """The values of a mask, uint8 H×W. Raises BadPicture."""
    with _of_mask(), open_picture(path) as image:
        image.load()
        return _plain(np.asarray(image.convert("L") if image.mode == "1" else image))


@contextmanager
def _of_mask() -> Iterator[None]:
    """Reasons are told of a picture; say that its mask is meant."""
    try:
        yield
    except BadPicture as bad:
        raise BadPicture(say("its mask cannot be used: {reason}", reason=bad.reason)) from bad


def _plain(values: NDArray[Any]) -> NDArray[np.uint8]:
    """One value for each pixel, from 0 to 255."""
    if values.ndim == 3:
        # A last channel of two or four is transparency.
        colours = values[:, :, : 1 if values.shape[2] == 2 else 3]
        if (colours != colours[:, :, :1]).any():
            raise BadPicture(
                say("it is in colour; a mask needs class numbers in grey or in a palette")
            )
        values = colours[:, :, 0]
    largest = int(values.max())
    if largest > WHITE or int(values.min()) < 0:
        raise BadPicture(say("its value {value} is not in 0…255", value=largest))
    return np.ascontiguousarray(values, dtype=np.uint8)


def read_header(image: Path, mask: Path) -> PictureHeader:
    """That of a picture. Raises BadPicture if its mask has another size; decodes neither."""
    picture = read_picture_header(image)
    with _of_mask():
        other = read_picture_header(mask)
    if (picture.height, picture.width) != (other.height, other.width):
        raise BadPicture(
            say(
                "it has {height}×{width} pixels and its mask {mask_height}×{mask_width}",
                height=picture.height,
                width=picture.width,
                mask_height=other.height,
                mask_width=other.width,
            )
        )
    return picture


def values_of(mask: NDArray[np.uint8]) -> frozenset[int]:
    """The different values in a mask."""
    return frozenset(np.flatnonzero(np.bincount(mask.ravel(), minlength=256)).tolist())


def fitted_mask(mask: NDArray[np.uint8], size: tuple[int, int], fit: str) -> NDArray[np.uint8]:
    """H×W to ``size`` without new values; what is padded is of class 0."""
    height, width = mask.shape
    top = left = 0
    box_height, box_width = size
    if fit == "pad":
        box = padded_box((height, width), size)
        top, left, box_height, box_width = box.top, box.left, box.height, box.width
    if (height, width) != (box_height, box_width):
        image = Image.fromarray(mask).resize((box_width, box_height), Image.Resampling.NEAREST)
        mask = np.asarray(image)
    if (box_height, box_width) == size:
        return mask
    frame = np.zeros(size, dtype=np.uint8)
    frame[top : top + box_height, left : left + box_width] = mask
    return frame


@dataclass(frozen=True, slots=True)
class MaskValues:
    """What the values of a set of masks mean. ``white``: 255 stands for class 1."""

    classes: tuple[str, ...]
    white: bool

    def refusal(self, values: frozenset[int]) -> Message | None:
        """Why a mask with these values cannot be used."""
        wrong = values - {0, WHITE} if self.white else {v for v in values if v >= self.n_classes}
        if not wrong:
            return None
        return say(
            "its mask has the value {value}, which is the number of no class", value=max(wrong)
        )

    @property
    def n_classes(self) -> int:
        return len(self.classes)


def judge(
    masks: Iterable[frozenset[int]], names: tuple[str, ...] | None, folder: Path
) -> MaskValues:
    """What the values mean, from those of each mask and the names of the classes if they are
    given: black and white if more than half of the masks are that. Raises UserError if there is
    but one class."""
    found = list(masks)
    filled = [values for values in found if values != {0}]
    white = sum(values <= {0, WHITE} for values in filled) > len(filled) / 2
    if white and (names is None or len(names) == 2):
        return MaskValues(names or BLACK_AND_WHITE, True)
    if names is not None:
        return MaskValues(names, False)
    numbers = {value for value in frozenset().union(*found) if value < CLASS_CEILING}
    if not numbers or max(numbers) == 0:
        raise UserError(
            say(
                "The masks in {folder} have only one class; give the pixels of each class a number "
                "of their own from 0, or make the masks black and white.",
                folder=str(folder),
            )
        )
    return MaskValues(tuple(f"class {number}" for number in range(max(numbers) + 1)), False)
