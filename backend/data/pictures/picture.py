"""One file of a picture: what its header says, and its pixels as uint8.

The content tells the format, whatever a file is called; of moving pictures and of several pages the
first counts. Sizes are checked before pixels are decoded, and the whole picture is decoded, because
only that finds a truncated file. Whatever goes wrong becomes a BadPicture with the reason.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, UnidentifiedImageError

from backend.data.base.format import SizeFit
from backend.data.base.shapes import SIDE_CEILING, padded_box
from backend.data.pictures.pixel_bytes import UPRIGHT, pixel_bytes
from graph.document.files import reason_of
from graph.values.message import Message, say

PIXEL_CEILING = 64_000_000
BYTES_CEILING = 2**30
"""Of one file."""

Image.init()
_FORMATS = tuple(
    name
    for name in ("PNG", "JPEG", "BMP", "DIB", "GIF", "WEBP", "TIFF", "PPM", "AVIF")
    if name in Image.OPEN
)
_GREY_MODES = ("1", "L", "LA", "La")
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What brings a picture of an Exif orientation upright."""
_SWAPPING = (5, 6, 7, 8)
_TEXT_CEILING = 1 << 10

# What Pillow has to say of a file is said here, as the reason why it is left out.
warnings.filterwarnings("ignore", module=r"PIL\.")
logging.getLogger("PIL").addHandler(logging.NullHandler())


class BadPicture(Exception):
    """A file that cannot be used; ``reason`` says why."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


@dataclass(frozen=True, slots=True)
class PictureHeader:
    """What a file says about itself before it is decoded. ``height`` and ``width`` are as stored;
    ``orientation`` is that of Exif."""

    height: int
    width: int
    grey: bool
    orientation: int = UPRIGHT

    @property
    def upright(self) -> tuple[int, int]:
        """Height and width of the picture as one sees it."""
        if self.orientation in _SWAPPING:
            return self.width, self.height
        return self.height, self.width


def read_picture_header(path: Path) -> PictureHeader:
    """Size and colour of a picture without decoding it. Raises BadPicture."""
    with open_picture(path, head=True) as (image, orientation):
        return PictureHeader(image.height, image.width, _is_grey(image), orientation)


def read_picture(
    path: Path, channels: Literal[1, 3], size: tuple[int, int], fit: SizeFit
) -> NDArray[np.uint8]:
    """A picture upright, as uint8 C×H×W of the given channels and ``size`` (H, W).

    Transparent parts lie on white. "pad" keeps the proportions. Raises BadPicture.
    """
    with open_picture(path) as (opened, orientation):
        longest = 2 * max(size)
        opened.draft(None, (longest, longest))  # JPEG: decode at a fraction when that is enough
        opened.load()
        image = _plain(turned(opened, orientation), "L" if channels == 1 else "RGB")
        return _fitted(image, size, fit)


def turned(image: Image.Image, orientation: int) -> Image.Image:
    """An image of an Exif orientation, upright."""
    return image if orientation == UPRIGHT else image.transpose(_TURNS[orientation])


@contextmanager
def open_picture(path: Path, *, head: bool = False) -> Iterator[tuple[ImageFile.ImageFile, int]]:
    """The picture with its orientation, its size checked; any failure becomes BadPicture. With
    ``head`` it cannot be decoded."""
    try:
        n_bytes = path.stat().st_size
        if n_bytes == 0:
            raise BadPicture(say("the file is empty"))
        if n_bytes > BYTES_CEILING:
            raise BadPicture(say("the file has more than {ceiling} bytes", ceiling=BYTES_CEILING))
        with path.open("rb") as file:
            stream, orientation = pixel_bytes(file, head=head)
            with Image.open(stream, formats=_FORMATS) as image:
                _check_size(image)
                yield image, orientation
    except BadPicture:
        raise
    except UnidentifiedImageError as error:
        raise BadPicture(_no_picture(path)) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadPicture(say("it has more than {ceiling} pixels", ceiling=PIXEL_CEILING)) from error
    except Exception as error:  # decoders meet hostile bytes: anything may come out of them
        raise BadPicture(
            say("cannot be read: {why}", why=reason_of(error) or type(error).__name__)
        ) from error


def _check_size(image: Image.Image) -> None:
    if image.width * image.height > PIXEL_CEILING:
        raise BadPicture(say("it has more than {ceiling} pixels", ceiling=PIXEL_CEILING))
    if max(image.size) > SIDE_CEILING:
        raise BadPicture(
            say(
                "it has {width}×{height} pixels; a side may have {ceiling}",
                width=image.width,
                height=image.height,
                ceiling=SIDE_CEILING,
            )
        )


def _no_picture(path: Path) -> Message:
    """What a file is that no decoder knows, if it is one of those that stand for a picture."""
    try:
        with path.open("rb") as file:
            text = file.read(_TEXT_CEILING).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        text = ""
    if text.startswith("version https://git-lfs.github.com/"):
        return say("it is a pointer of Git LFS: fetch the picture itself with git lfs pull")
    if re.fullmatch(r"(?:\.{1,2}/)+[^\n]+", text):
        return say("it is the text of a link to {target} that was copied as a file", target=text)
    if text.lstrip()[:14].lower().startswith(("<!doctype html", "<html")):
        return say("it is a web page, not a picture")
    return say("it is not a PNG or JPEG image, or another that can be read")


def _is_grey(image: Image.Image) -> bool:
    if image.mode in ("P", "PA") and image.palette is not None:
        palette = np.frombuffer(bytes(image.palette.palette), np.uint8).reshape(-1, 3)
        return bool((palette == palette[:, :1]).all())
    return image.mode in _GREY_MODES or image.mode.startswith("I")


def _plain(image: Image.Image, mode: Literal["L", "RGB"]) -> Image.Image:
    """The image without palette, transparency and 16-bit depth."""
    if image.mode == "F":
        raise BadPicture(say("its values are numbers with a point; save it with 8 bits"))
    if image.mode.startswith("I"):
        image = Image.fromarray(_eight_bits(image))
    if image.has_transparency_data:
        image = image.convert("RGBA")
        background = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(background, image).convert("RGB")
    return image if image.mode == mode else image.convert(mode)


def _eight_bits(image: Image.Image) -> NDArray[np.uint8]:
    """Grey of 16 or 32 bits as uint8 H×W. 32 bits hold 16-bit values, or 8-bit ones in a TIFF."""
    values = np.asarray(image)
    most = int(values.max())
    if int(values.min()) < 0 or most > 0xFFFF:
        raise BadPicture(say("its values are not in 0…{most}", most=0xFFFF))
    eight = image.mode == "I" and image.format == "TIFF" and most <= 0xFF
    return (values if eight else values // 257).astype(np.uint8)


def _fitted(image: Image.Image, size: tuple[int, int], fit: SizeFit) -> NDArray[np.uint8]:
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
