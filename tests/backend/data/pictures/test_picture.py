"""One picture: every format, upright from every orientation, whatever its metadata is worth."""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from backend.data.catalogue import open_data
from backend.data.pictures.picture import BadPicture, read_picture, read_picture_header
from backend.data.pictures.pixel_bytes import orientation
from tests.backend.data.made import (
    bomb,
    chunk,
    class_folders,
    encoded,
    exif,
    noise,
    put,
    with_chunk,
    with_segment,
)

ROOT = Path(__file__).resolve().parents[4]
TALL = noise(12, 7)
JPEG = encoded(noise(12, 7), "JPEG", quality=95)
PNG = encoded(TALL)


def pixels(path: Path, size: tuple[int, int] | None = None) -> NDArray[np.uint8]:
    """H×W×C of a file."""
    size = size or read_picture_header(path).upright
    return read_picture(path, 3, size, "resize").transpose(1, 2, 0)


FORMATS = {
    "a.png": ("PNG", {}),
    "a.bmp": ("BMP", {}),
    "a.dib": ("DIB", {}),
    "a.tif": ("TIFF", {}),
    "lzw.tiff": ("TIFF", {"compression": "tiff_lzw"}),
    "deflated.tiff": ("TIFF", {"compression": "tiff_adobe_deflate"}),
    "a.ppm": ("PPM", {}),
    "a.pnm": ("PPM", {}),
    "a.webp": ("WEBP", {"lossless": True}),
}
LOSSY = {
    "a.jpg": ("JPEG", {"quality": 100, "subsampling": 0}),
    "a.jfif": ("JPEG", {"quality": 100, "subsampling": 0}),
    "a.jpe": ("JPEG", {"quality": 100, "subsampling": 0, "progressive": True}),
    "lossy.webp": ("WEBP", {"quality": 100}),
    "a.avif": ("AVIF", {"quality": 100, "subsampling": "4:4:4"}),
}


@pytest.mark.parametrize("name", FORMATS)
def test_formats_that_keep_values_are_read_exactly(tmp_path: Path, name: str) -> None:
    form, options = FORMATS[name]
    path = put(tmp_path / name, encoded(TALL, form, **options))
    assert np.array_equal(pixels(path), np.asarray(TALL))
    assert read_picture_header(path).upright == (12, 7)


@pytest.mark.parametrize("name", LOSSY)
def test_formats_that_compress_are_read_nearly(tmp_path: Path, name: str) -> None:
    form, options = LOSSY[name]
    smooth = TALL.resize((70, 120), Image.Resampling.BICUBIC)
    path = put(tmp_path / name, encoded(smooth, form, **options))
    assert np.abs(pixels(path).astype(int) - np.asarray(smooth)).mean() < 6


def test_every_format_is_found_by_its_ending_and_told_by_its_content(tmp_path: Path) -> None:
    for number, (name, (form, options)) in enumerate({**FORMATS, **LOSSY}.items()):
        put(tmp_path / f"c{number}" / name.upper(), encoded(TALL, form, **options))
    put(tmp_path / "gif" / "named.png", encoded(TALL, "GIF"))
    data = open_data(str(tmp_path))
    assert (len(data), data.skipped) == (len(FORMATS) + len(LOSSY) + 1, ())


def test_of_a_moving_picture_the_first_frame_counts(tmp_path: Path) -> None:
    frames = [Image.new("L", (9, 5), level) for level in (200, 90, 10)]
    for name, form in (("a.gif", "GIF"), ("a.webp", "WEBP"), ("a.png", "PNG"), ("a.tif", "TIFF")):
        options = {"lossless": True} if form == "WEBP" else {}
        content = encoded(frames[0], form, save_all=True, append_images=frames[1:], **options)
        path = put(tmp_path / name, content)
        assert read_picture_header(path).upright == (5, 9)
        assert (pixels(path) == 200).all(), form


DEEP = np.linspace(0, 65_535, 12 * 7).astype(np.uint16).reshape(12, 7)


@pytest.mark.parametrize("form", ["PNG", "TIFF", "PPM"])
def test_grey_of_16_bits_is_brought_to_8(tmp_path: Path, form: str) -> None:
    path = put(tmp_path / "a", encoded(Image.fromarray(DEEP), form))
    assert read_picture_header(path).grey
    assert np.array_equal(pixels(path)[:, :, 0], DEEP // 257)


def tiff_of_32_bits(path: Path, values: NDArray[np.int64]) -> Path:
    image = Image.fromarray(values.astype(np.int32).reshape(12, 7))
    return put(path / "values.tif", encoded(image, "TIFF"))


@pytest.mark.parametrize(("step", "divisor"), [(1, 1), (700, 257)])
def test_a_tiff_of_32_bits_holds_bytes_or_values_of_16_bits(
    tmp_path: Path, step: int, divisor: int
) -> None:
    values = np.arange(84) * step
    found = pixels(tiff_of_32_bits(tmp_path, values))
    assert np.array_equal(found[:, :, 0].ravel(), values // divisor)


def test_a_tiff_of_larger_values_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadPicture, match="not in 0…65535"):
        pixels(tiff_of_32_bits(tmp_path, np.arange(84) * 70_000))


def test_numbers_with_a_point_are_refused(tmp_path: Path) -> None:
    path = put(tmp_path / "a.tif", encoded(Image.fromarray(np.ones((4, 4), np.float32)), "TIFF"))
    with pytest.raises(BadPicture, match="numbers with a point"):
        pixels(path)


# Orientation

TURNED_FORMATS: dict[str, Callable[[Image.Image, bytes], bytes]] = {
    "PNG": lambda image, data: encoded(image, "PNG", exif=data),
    "WEBP": lambda image, data: encoded(image, "WEBP", exif=data, lossless=True),
    "eXIf behind the pixels": lambda image, data: with_chunk(
        encoded(image), chunk(b"eXIf", data), before=b"IEND"
    ),
    "ImageMagick": lambda image, data: with_chunk(encoded(image), raw_profile(data)),
    "TIFF": lambda image, data: encoded(image, "TIFF", tiffinfo={0x0112: data[19]}),
    "compressed TIFF": lambda image, data: encoded(
        image, "TIFF", tiffinfo={0x0112: data[19]}, compression="tiff_lzw"
    ),
}


def raw_profile(data: bytes) -> bytes:
    """The chunk in which ImageMagick keeps Exif data."""
    data = b"Exif\0\0" + data
    text = f"\nexif\n{len(data):8}\n{data.hex()}\n".encode()
    return chunk(b"zTXt", b"Raw profile type exif\0\0" + zlib.compress(text))


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("form", TURNED_FORMATS)
def test_pictures_are_turned_upright(tmp_path: Path, form: str, turn: int) -> None:
    path = put(tmp_path / "a", TURNED_FORMATS[form](TALL, exif(turn)))
    plain = Image.open(put(tmp_path / "b.png", encoded(TALL, exif=exif(turn))))
    expected = np.asarray(ImageOps.exif_transpose(plain))
    header = read_picture_header(path)
    assert header.orientation == turn
    assert (header.height, header.width) == (12, 7)
    assert header.upright == expected.shape[:2]
    assert np.array_equal(pixels(path), expected)


@pytest.mark.parametrize("turn", range(1, 9))
def test_photographs_are_turned_upright(tmp_path: Path, turn: int) -> None:
    content = encoded(TALL, "JPEG", quality=100, subsampling=0, exif=exif(turn))
    path = put(tmp_path / "a.jpg", content)
    expected = np.asarray(ImageOps.exif_transpose(Image.open(path)))
    assert np.array_equal(pixels(path), expected)


def ascii_tag(tag: int) -> bytes:
    """An entry whose text is no number: a resolution ``abc``."""
    return struct.pack(">HHI4s", tag, 2, 4, b"abc\0")


BAD_EXIF: dict[str, tuple[bytes, int]] = {
    "no data": (b"", 1),
    "no header": (exif(6)[4:], 1),
    "garbage": (b"garbage that is no TIFF at all", 1),
    "cut": (exif(6)[:12], 1),
    "directory beyond the end": (b"MM\0*\xff\xff\xff\0" + exif(6)[8:], 1),
    "orientation 0": (exif(0), 1),
    "orientation 9": (exif(9), 1),
    "orientation in letters": (exif(6, kind=2), 1),
    "orientation without a value": (exif(6, count=0), 1),
    "orientation of an unknown type": (exif(6, kind=99), 1),
    "two headers": (b"Exif\0\0" + exif(6), 6),
    "bad resolution": (exif(6, ascii_tag(282), ascii_tag(283)), 6),
    "more entries than there are": (exif(6)[:8] + b"\xff\xff" + exif(6)[10:], 6),
}


@pytest.mark.parametrize("kind", BAD_EXIF)
def test_bad_exif_does_not_cost_the_picture(tmp_path: Path, kind: str) -> None:
    data, turn = BAD_EXIF[kind]
    assert orientation(data) == turn
    photograph = put(tmp_path / "a.jpg", with_segment(JPEG, 0xE1, b"Exif\0\0" + data))
    drawing = put(tmp_path / "a.png", with_chunk(PNG, chunk(b"eXIf", data)))
    for path in (photograph, drawing):
        assert read_picture_header(path).upright == ((7, 12) if turn == 6 else (12, 7))
        assert pixels(path).shape == ((7, 12, 3) if turn == 6 else (12, 7, 3))


def wrong_checksum(data: bytes) -> bytes:
    return data[:-4] + b"\0\0\0\0"


LARGE = zlib.compress(b"\0" * 5_000_000)
BAD_CHUNKS = {
    "checksum of a text": wrong_checksum(chunk(b"tEXt", b"a\0b")),
    "checksum of a time": wrong_checksum(chunk(b"tIME", b"\x07\xe8\1\1\1\1\1")),
    "long text": chunk(b"zTXt", b"Comment\0\0" + LARGE),
    "long profile": chunk(b"iCCP", b"icc\0\0" + LARGE),
    "profile that is none": chunk(b"iCCP", b"icc\0\0nonsense"),
    "long international text": chunk(b"iTXt", b"XML\0\1\0\0\0" + LARGE),
    "resolution cut short": chunk(b"pHYs", b"\0\0"),
    "gamma cut short": chunk(b"gAMA", b"\0"),
    "colours cut short": chunk(b"cHRM", b"\0"),
    "rendering cut short": chunk(b"sRGB", b""),
    "moving picture of nothing": chunk(b"acTL", b"\0\0\0\0\0\0\0\0"),
    "bad profile of ImageMagick": chunk(b"zTXt", b"Raw profile type exif\0\0nonsense"),
    "unknown": chunk(b"abCd", b"private"),
}


@pytest.mark.parametrize("kind", BAD_CHUNKS)
def test_bad_chunks_beside_the_pixels_do_not_cost_the_picture(tmp_path: Path, kind: str) -> None:
    path = put(tmp_path / "a.png", with_chunk(PNG, BAD_CHUNKS[kind]))
    assert read_picture_header(path).upright == (12, 7)
    assert np.array_equal(pixels(path), np.asarray(TALL))


BAD_SEGMENTS = {
    "profile": (0xE2, b"ICC_PROFILE\0\5\1nonsense"),
    "pictures of several": (0xE2, b"MPF\0nonsense"),
    "Photoshop": (0xED, b"Photoshop 3.0\x008BIM\4\4\0\0\0\0\xff\xffnonsense"),
    "XMP": (0xE1, b"http://ns.adobe.com/xap/1.0/\0<broken"),
    "JFIF cut short": (0xE0, b"JFIF\0\1"),
    "Adobe cut short": (0xEE, b"Adobe"),
    "comment": (0xFE, b"\xff\xfe no text"),
}


@pytest.mark.parametrize("kind", BAD_SEGMENTS)
def test_bad_segments_beside_the_pixels_do_not_cost_the_photograph(
    tmp_path: Path, kind: str
) -> None:
    plain = pixels(put(tmp_path / "b.jpg", JPEG))
    path = put(tmp_path / "a.jpg", with_segment(JPEG, *BAD_SEGMENTS[kind]))
    assert read_picture_header(path).upright == (12, 7)
    assert np.array_equal(pixels(path), plain)


def test_colours_of_print_are_told_by_their_segment(tmp_path: Path) -> None:
    image = TALL.convert("CMYK")
    path = put(tmp_path / "a.jpg", encoded(image, "JPEG", quality=100))
    expected = np.asarray(Image.open(path).convert("RGB"))
    assert np.array_equal(pixels(path), expected)


def test_bad_tags_of_a_tiff_do_not_cost_the_picture(tmp_path: Path) -> None:
    content = bytearray(encoded(TALL, "TIFF", dpi=(72, 72), software="somebody", compression="raw"))
    start = struct.unpack_from("<I", content, 4)[0]
    (count,) = struct.unpack_from("<H", content, start)
    for entry in range(start + 2, start + 2 + 12 * count, 12):
        tag = struct.unpack_from("<H", content, entry)[0]
        if tag in (282, 283, 296, 305):
            struct.pack_into("<HII", content, entry + 2, 2, 2**31, 2**31)
    struct.pack_into("<I", content, start + 2 + 12 * count, start)  # the next is itself
    path = put(tmp_path / "a.tif", bytes(content))
    assert np.array_equal(pixels(path), np.asarray(TALL))


def test_a_large_tiff_is_read_too(tmp_path: Path) -> None:
    path = put(tmp_path / "a.tif", encoded(TALL, "TIFF", big_tiff=True))
    assert np.array_equal(pixels(path), np.asarray(TALL))


def test_bad_metadata_of_webp_does_not_cost_the_picture(tmp_path: Path) -> None:
    content = encoded(TALL, "WEBP", lossless=True, exif=b"Exif\0\0nonsense", xmp=b"<broken")
    path = put(tmp_path / "a.webp", content)
    assert np.array_equal(pixels(path), np.asarray(TALL))


def test_nothing_foreign_is_written_to_the_terminal(tmp_path: Path) -> None:
    class_folders(tmp_path)
    for number, (data, _) in enumerate(BAD_EXIF.values()):
        put(tmp_path / "cat" / f"e{number}.jpg", with_segment(JPEG, 0xE1, b"Exif\0\0" + data))
    for number, extra in enumerate(BAD_CHUNKS.values()):
        put(tmp_path / "cat" / f"c{number}.png", with_chunk(PNG, extra))
    for number, (marker, data) in enumerate(BAD_SEGMENTS.values()):
        put(tmp_path / "dog" / f"s{number}.jpg", with_segment(JPEG, marker, data))
    put(tmp_path / "dog" / "large.png", bomb(9_000, 9_000))
    tiff = encoded(TALL, "TIFF", compression="tiff_lzw")
    put(tmp_path / "dog" / "cut.tif", tiff[: len(tiff) - 60])
    put(tmp_path / "dog" / "palette.png", TALL.convert("P"))
    code = (
        "import sys; from backend.data.look import look_at; "
        "from backend.data.catalogue import open_data; look_at(sys.argv[1]); "
        "data = open_data(sys.argv[1]); print(len(data), len(data.skipped))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.stderr == ""
    n_good = 7 + len(BAD_EXIF) + len(BAD_CHUNKS) + len(BAD_SEGMENTS)
    assert done.stdout.split() == [str(n_good), "2"]


def test_a_very_long_side_is_refused_before_it_costs_memory(tmp_path: Path) -> None:
    for size in ((60_000_000, 1), (1, 60_000_000), (65_536, 1)):
        path = put(tmp_path / f"{size[0]}.png", bomb(*size))
        for read in (read_picture_header, pixels):
            with pytest.raises(BadPicture, match="a side may have 65535"):
                read(path)
    header = read_picture_header(put(tmp_path / "long.png", bomb(65_535, 1)))
    assert header.upright == (1, 65_535)


@pytest.mark.parametrize("step", [7, 61])
@pytest.mark.filterwarnings("ignore:.*:UserWarning:PIL")
def test_no_damage_does_more_than_give_a_reason(tmp_path: Path, step: int) -> None:
    for name, (form, options) in {**FORMATS, **LOSSY}.items():
        content = bytearray(encoded(TALL, form, **options))
        for place in range(0, len(content), step):
            damaged = bytearray(content)
            damaged[place] ^= 0xFF
            path = put(tmp_path / name, bytes(damaged))
            for read in (read_picture_header, lambda path: pixels(path, (8, 8))):
                with suppress(BadPicture):
                    read(path)
