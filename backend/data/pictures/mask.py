"""One mask: a picture that gives every pixel a number or a colour.

Numbers are read as they are stored: grey of few bits is not spread over 0…255, and a palette's
entries count by their number. What numbers and colours mean depends on the whole set and is judged
elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile

from backend.data.base.format import SizeFit
from backend.data.base.shapes import padded_box
from backend.data.pictures.picture import (
    BadPicture,
    PictureHeader,
    open_picture,
    read_picture_header,
    turned,
)
from backend.data.pictures.pixel_bytes import UPRIGHT
from graph.values.message import say

LOSSY_SPREAD = 32
"""By how much compression parts the channels of a grey pixel, at most."""

_READ_MODES = ("L", "LA", "RGB", "RGBA", "F")

MaskArray = NDArray[Any]
"""H×W: uint8 numbers, or int32 colours as 0xRRGGBB."""


@dataclass(frozen=True, slots=True, eq=False)
class MaskPixels:
    """What a mask holds. ``palette``: the colours of its numbers, if they have any; ``lossy``: its
    values may have been changed by compression."""

    values: MaskArray
    palette: tuple[int, ...] | None = None
    lossy: bool = False

    @property
    def coloured(self) -> bool:
        """Whether ``values`` are colours."""
        return self.values.dtype != np.uint8


class PairHeader(NamedTuple):
    """What a picture and its mask say about themselves."""

    picture: PictureHeader
    mask: PictureHeader


def read_mask(path: Path, orientation: int = UPRIGHT) -> MaskPixels:
    """A mask, upright. ``orientation`` is that of a mask that tells none. Raises BadPicture."""
    with _of_mask(), open_picture(path) as (image, own):
        scale, lossy = _scale(image), _is_lossy(image)
        image.load()
        palette = _palette(image)
        upright = turned(image, own if own != UPRIGHT else orientation)
        if palette is not None:
            values = np.asarray(upright)
            if image.format == "GIF" and all(_is_grey(colour) for colour in palette):
                # GIF has no grey but a palette of greys, in any order.
                values, palette = _looked_up(values, palette), None
            return MaskPixels(np.ascontiguousarray(values), palette)
        if upright.mode == "1":
            upright = upright.convert("L")
        elif upright.mode not in _READ_MODES and not upright.mode.startswith("I"):
            upright = upright.convert("RGB")
        values = np.asarray(upright)
        return MaskPixels(_plain(values, scale, lossy), None, lossy)


@contextmanager
def _of_mask() -> Iterator[None]:
    """Reasons are told of a picture; say that its mask is meant."""
    try:
        yield
    except BadPicture as bad:
        raise BadPicture(say("its mask cannot be used: {reason}", reason=bad.reason)) from bad


def _is_lossy(image: ImageFile.ImageFile) -> bool:
    """Whether compression may have changed values."""
    if image.format == "WEBP" and image.fp is not None:
        image.fp.seek(0)
        return b"VP8L" not in image.fp.read(64)  # the chunk of exact pixels
    return image.format in ("JPEG", "AVIF") or image.info.get("compression") == "jpeg"


def _scale(image: ImageFile.ImageFile) -> tuple[int, int]:
    """The largest value as Pillow gives it, and as the file stores it."""
    for tile in image.tile:
        args = tile[3] if isinstance(tile[3], tuple) else (tile[3],)
        mode = args[0] if args else None
        if isinstance(mode, str) and mode.startswith(("L;2", "L;4")):
            return 255, 2 ** int(mode[2]) - 1
        if tile[0] in ("ppm", "ppm_plain") and len(args) == 2:
            return (0xFFFF if image.mode == "I" else 255), int(args[1])
    return 255, 255


def _palette(image: Image.Image) -> tuple[int, ...] | None:
    if image.mode != "P" or image.palette is None:
        return None
    colours = np.frombuffer(image.palette.tobytes(), np.uint8)
    depth = len(image.palette.mode)
    table = colours[: len(colours) // depth * depth].reshape(-1, depth)[:, :3].astype(int)
    return tuple((table @ (0x10000, 0x100, 1)).tolist())


def _is_grey(colour: int) -> bool:
    return colour == (colour & 0xFF) * 0x010101


def _looked_up(values: MaskArray, palette: tuple[int, ...]) -> NDArray[np.uint8]:
    """The greys of a palette of greys in place of its numbers."""
    table = np.zeros(256, np.uint8)
    table[: len(palette)] = [colour & 0xFF for colour in palette[:256]]
    return table[values]


def _plain(values: NDArray[Any], scale: tuple[int, int], lossy: bool) -> MaskArray:
    """One number or colour for each pixel, from H×W or H×W×C as decoded."""
    if values.ndim == 3:
        # A last channel of two or four is transparency.
        colours = values[:, :, : 1 if values.shape[2] == 2 else 3]
        first = colours[:, :, :1]
        spread = int(np.ptp(colours, axis=2).max()) if colours.shape[2] > 1 else 0
        if spread > (LOSSY_SPREAD if lossy else 0):
            return np.ascontiguousarray(colours.astype(np.int32) @ (0x10000, 0x100, 1), np.int32)
        values = first[:, :, 0]
    if values.dtype.kind == "f":
        if (values != values.round()).any():
            raise BadPicture(say("its values are not whole numbers"))
        values = values.astype(np.int64)
    shown, stored = scale
    if stored != shown:
        values = (values.astype(np.int64) * stored + shown // 2) // shown
    largest = int(values.max())
    if largest > 0xFF and not (values % 257).any():  # black and white in 16 bits
        values, largest = values // 257, largest // 257
    if largest > 0xFF or int(values.min()) < 0:
        raise BadPicture(say("its value {value} is not in 0…255", value=largest))
    return np.ascontiguousarray(values, dtype=np.uint8)


def read_headers(image: Path, mask: Path) -> PairHeader:
    """What a picture and its mask say. Raises BadPicture if their sizes do not go together; decodes
    neither."""
    picture = read_picture_header(image)
    with _of_mask():
        other = read_picture_header(mask)
    headers = PairHeader(picture, other)
    if not (_fits_upright(headers) or _fits_as_stored(headers)):
        raise BadPicture(
            say(
                "it has {height}×{width} pixels and its mask {mask_height}×{mask_width}",
                height=picture.upright[0],
                width=picture.upright[1],
                mask_height=other.upright[0],
                mask_width=other.upright[1],
            )
        )
    return headers


def _fits_upright(headers: PairHeader) -> bool:
    return headers.picture.upright == headers.mask.upright


def _fits_as_stored(headers: PairHeader) -> bool:
    """Whether a mask may have been drawn on a picture before it was turned."""
    picture, mask = headers
    stored = (picture.height, picture.width) == (mask.height, mask.width)
    return stored and mask.orientation == UPRIGHT != picture.orientation


def turns_of_masks(headers: Sequence[PairHeader]) -> list[int]:
    """The orientation that each mask has from its picture.

    A mask of a picture that a camera turned is turned with it where only that fits. Where both
    fit, as with squares, the others of the set decide, and without them it is turned.
    """
    turnable = [_fits_as_stored(pair) for pair in headers]
    certain = [
        turn
        for turn, pair in zip(turnable, headers, strict=True)
        if pair.picture.orientation != UPRIGHT and turn != _fits_upright(pair)
    ]
    alike = 2 * sum(certain) >= len(certain)
    return [
        pair.picture.orientation if turn and (alike or not _fits_upright(pair)) else UPRIGHT
        for turn, pair in zip(turnable, headers, strict=True)
    ]


def fitted_mask(
    mask: NDArray[np.uint8], size: tuple[int, int], fit: SizeFit, padding: int = 0
) -> NDArray[np.uint8]:
    """uint8 H×W to ``size`` (H, W) without new values but ``padding``: by the nearest pixel, and
    for ``fit`` "pad" with ``padding`` beside the picture."""
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
    frame = np.full(size, padding, dtype=np.uint8)
    frame[top : top + box_height, left : left + box_width] = mask
    return frame
