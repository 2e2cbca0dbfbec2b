"""Small pictures, broken in many ways, and folders of them, for tests of data."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def encoded(image: Image.Image, form: str = "PNG", **options: object) -> bytes:
    """A picture as the bytes of a file."""
    buffer = BytesIO()
    image.save(buffer, form, **options)
    return buffer.getvalue()


def noise(height: int = 8, width: int = 10, channels: int = 3, seed: int = 0) -> Image.Image:
    """A picture of random pixels."""
    generator = np.random.default_rng(seed)
    pixels = generator.integers(0, 256, (height, width, channels), dtype=np.uint8)
    return Image.fromarray(pixels[:, :, 0] if channels == 1 else pixels)


def put(path: Path, content: bytes | Image.Image, form: str = "PNG") -> Path:
    """Write a file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else encoded(content, form))
    return path


def class_folders(folder: Path, names: tuple[str, ...] = ("cat", "dog"), count: int = 3) -> Path:
    """Folders of these names with so many good colour pictures of 8×10 pixels."""
    for number, name in enumerate(names):
        for index in range(count):
            put(folder / name / f"{index}.png", noise(seed=10 * number + index))
    return folder


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def with_chunk(png: bytes, extra: bytes, *, before: bytes = b"IDAT") -> bytes:
    """A PNG with a further chunk before that of some kind."""
    at = png.index(before) - 4
    return png[:at] + extra + png[at:]


def bomb(width: int, height: int, depth: int = 8) -> bytes:
    """A small PNG whose header promises many grey pixels."""
    header = struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 10_000))
    return SIGNATURE + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


def grey_png(values: NDArray[np.uint8], depth: int) -> bytes:
    """Numbers H×W as a PNG in grey of 1, 2, 4 or 8 bits, as they are."""
    height, width = values.shape
    rows = b""
    for row in values:
        bits = "".join(format(int(value), f"0{depth}b") for value in row)
        bits += "0" * (-len(bits) % 8)
        rows += b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big")
    header = struct.pack(">IIBBBBB", width, height, depth, 0, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(rows))
    return SIGNATURE + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


def exif(orientation: int, *extra: bytes, kind: int = 3, count: int = 1) -> bytes:
    """Exif data, big-endian, with an orientation and further entries of 12 bytes."""
    first = struct.pack(">HHIHH", 0x0112, kind, count, orientation, 0)
    entries = b"".join((first, *extra))
    return b"MM\0*\0\0\0\x08" + struct.pack(">H", 1 + len(extra)) + entries + b"\0\0\0\0"


def with_segment(jpeg: bytes, marker: int, data: bytes) -> bytes:
    """A JPEG with a further segment at its start."""
    return jpeg[:2] + struct.pack(">BBH", 0xFF, marker, len(data) + 2) + data + jpeg[2:]
