"""One PNG or JPEG file: what its header says, and its pixels as uint8.

Only these two formats are tried, whatever a file is called. The size is checked before pixels are
decoded, and the whole picture is decoded, because only that finds a truncated file. Whatever goes
wrong becomes a BadPicture with the reason.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from backend.data.base.shapes import padded_box
from graph.document.files import reason_of
from graph.values.message import Message, say

PIXEL_CEILING = 64_000_000
_FORMATS = ("PNG", "JPEG")
_GREY_MODES = ("1", "L", "LA", "La")
_TURNED = (5, 6, 7, 8)  # EXIF orientations that swap height and width
_ORIENTATION = 0x0112

# Pillow's own warning lies above our ceiling, which refuses such files with a reason.
warnings.filterwarnings("ignore", category=Image.DecompressionBombWarning)


class BadPicture(Exception):
    """A file that cannot be used; ``reason`` says why."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class PictureHeader:
    """What a file says about itself before it is decoded; the size is of the upright picture."""

    height: int
    width: int
    grey: bool


def read_picture_header(path: Path) -> PictureHeader:
    """Size and colour of a picture without decoding it. Raises BadPicture."""
    with open_picture(path) as image:
        width, height = image.size
        # A PNG without exif data at its head would be decoded whole in search of it.
        if "exif" in image.info and image.getexif().get(_ORIENTATION) in _TURNED:
            width, height = height, width
        return PictureHeader(height, width, _is_grey(image))


def read_picture(
    path: Path, channels: Literal[1, 3], size: tuple[int, int], fit: Literal["resize", "pad"]
) -> NDArray[np.uint8]:
    """A picture upright, as uint8 C×H×W of the given channels and ``size`` (H, W).

    Transparent parts lie on white. "pad" keeps the proportions. Raises BadPicture.
    """
    with open_picture(path) as opened:
        longest = 2 * max(size)
        opened.draft(None, (longest, longest))  # JPEG: decode at a fraction when that is enough
        opened.load()
        image = _plain(ImageOps.exif_transpose(opened), "L" if channels == 1 else "RGB")
        return _fitted(image, size, fit)


@contextmanager
def open_picture(path: Path) -> Iterator[Image.Image]:
    """The picture, its size checked; any failure becomes BadPicture."""
    try:
        if path.stat().st_size == 0:
            raise BadPicture(say("the file is empty"))
        with Image.open(path, formats=_FORMATS) as image:
            if image.width * image.height > PIXEL_CEILING:
                raise _too_large()
            yield image
    except BadPicture:
        raise
    except UnidentifiedImageError as error:
        raise BadPicture(say("it is not a PNG or JPEG image")) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large() from error
    except Exception as error:  # decoders meet hostile bytes: anything may come out of them
        raise BadPicture(
            say("cannot be read: {why}", why=reason_of(error) or type(error).__name__)
        ) from error


def _too_large() -> BadPicture:
    return BadPicture(say("it has more than {ceiling} pixels", ceiling=PIXEL_CEILING))


def _is_grey(image: Image.Image) -> bool:
    if image.mode in ("P", "PA") and image.palette is not None:
        palette = np.frombuffer(bytes(image.palette.palette), np.uint8).reshape(-1, 3)
        return bool((palette == palette[:, :1]).all())
    return image.mode in _GREY_MODES or image.mode.startswith("I")


def _plain(image: Image.Image, mode: Literal["L", "RGB"]) -> Image.Image:
    """The image without palette, transparency and 16-bit depth."""
    if image.mode.startswith("I"):
        depth16 = np.asarray(image).clip(0, 65535)
        image = Image.fromarray((depth16 // 257).astype(np.uint8))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        background = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(background, image).convert("RGB")
    return image if image.mode == mode else image.convert(mode)


def _fitted(
    image: Image.Image, size: tuple[int, int], fit: Literal["resize", "pad"]
) -> NDArray[np.uint8]:
    height, width = size
    top = left = 0
    if fit == "pad":
        box = padded_box((image.height, image.width), size)
        top, left, height, width = box.top, box.left, box.height, box.width
    if image.size != (width, height):
        image = image.resize((width, height), Image.Resampling.BILINEAR)
    pixels = np.asarray(image, dtype=np.uint8).reshape(height, width, -1).transpose(2, 0, 1)
    if (height, width) == size:
        return np.ascontiguousarray(pixels)
    frame = np.zeros((len(pixels), *size), dtype=np.uint8)
    frame[:, top : top + height, left : left + width] = pixels
    return frame
