"""The bytes of a picture file that make its pixels, without what else is said about them.

Much of the metadata in the world's pictures is broken, and decoders give up over it or complain.
It is left out before a decoder sees the file: text, profiles, resolutions, thumbnails. Only the
orientation is read from it, by a reader that forgives everything.

PNG: ISO/IEC 15948; JPEG: ITU-T T.81, markers in table B.1; TIFF 6.0 and BigTIFF; WebP: RFC 9649;
Exif: CIPA DC-008.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import IO

UPRIGHT = 1
"""The orientation of a picture that need not be turned."""

Note = Callable[[bytes], None]
"""Takes Exif data where it is found."""

_CHUNK_CEILING = 1_000_000
_ORIENTATION = 0x0112
_PNG_PIXELS = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_PNG_TEXTS = (b"tEXt", b"zTXt")
_PROFILE = b"Raw profile type exif\0"
_PROFILE_CEILING = 1 << 18
_WEBP_PIXELS = (b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF")
_WEBP_METADATA_FLAGS = 0x20 | 0x08 | 0x04  # ICC, Exif, XMP in the first byte of VP8X
_TIFF_PIXELS = frozenset(
    {
        *(254, 256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 292, 293, 317, 320),
        *(322, 323, 324, 325, 332, 338, 339, 347, *range(512, 522), 529, 530, 531, 532),
    }
)
"""Tags of size, samples, compression, strips, tiles and colour map."""


def pixel_bytes(stream: IO[bytes], *, head: bool) -> tuple[IO[bytes], int]:
    """What a decoder needs of a file, and the orientation 1..8 that the file tells.

    With ``head`` only what comes before the pixels of a PNG or JPEG. Formats without metadata, and
    what is none of these formats, come as they are. Raises OSError.
    """
    found: list[bytes] = []
    start = stream.read(16)
    stream.seek(0)
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        stream = _kept(stream, _png_ranges, head, found.append)
    elif start.startswith(b"\xff\xd8"):
        stream = _kept(stream, _jpeg_ranges, head, found.append)
    elif start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        stream = _webp(stream.read(), found.append)
    elif start[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        content = bytearray(stream.read())
        found.append(bytes(content))
        stream = _tiff(content)
    turns = (orientation(exif) for exif in found)
    return stream, next((turn for turn in turns if turn != UPRIGHT), UPRIGHT)


def orientation(exif: bytes) -> int:
    """The orientation in Exif or TIFF data, ``UPRIGHT`` where it tells none that exists."""
    while exif.startswith(b"Exif\0\0"):
        exif = exif[6:]
    for tag, entry, order, wide in _entries(exif):
        if tag == _ORIENTATION:
            kind, count = struct.unpack_from(order + ("HQ" if wide else "HI"), exif, entry + 2)
            form = {1: "B", 3: "H", 4: "I"}.get(kind)
            if form is None or count != 1:
                return UPRIGHT
            (value,) = struct.unpack_from(order + form, exif, entry + (12 if wide else 8))
            return value if 1 <= value <= 8 else UPRIGHT
    return UPRIGHT


def _entries(content: bytes | bytearray) -> Iterator[tuple[int, int, str, bool]]:
    """Tag, position, byte order and width of the entries in the first directory of a TIFF, as far
    as it reaches."""
    order = {b"II": "<", b"MM": ">"}.get(bytes(content[:2]))
    if order is None or len(content) < 16:
        return
    wide = content[2:4] in (b"+\0", b"\0+")
    (start,) = struct.unpack_from(order + ("Q" if wide else "I"), content, 8 if wide else 4)
    head, length = (8, 20) if wide else (2, 12)
    if start + head > len(content):
        return
    (count,) = struct.unpack_from(order + ("Q" if wide else "H"), content, start)
    for position in range(start + head, min(start + head + count * length, len(content)), length):
        if position + length > len(content):
            return
        (tag,) = struct.unpack_from(order + "H", content, position)
        yield tag, position, order, wide


Ranges = Callable[[IO[bytes], int, bool, Note], Iterator[tuple[int, int]]]


def _kept(stream: IO[bytes], ranges: Ranges, head: bool, note: Note) -> IO[bytes]:
    """The parts of a stream that make pixels, as a stream of their own."""
    if not head:
        stream = BytesIO(stream.read())
    end = stream.seek(0, os.SEEK_END)
    parts = []
    for start, stop in list(ranges(stream, end, head, note)):
        stream.seek(start)
        parts.append(stream.read(stop - start))
    return BytesIO(b"".join(parts))


def _png_ranges(stream: IO[bytes], end: int, head: bool, note: Note) -> Iterator[tuple[int, int]]:
    """The signature and the chunks of pixels; with ``head`` up to the first of them."""
    yield 0, 8
    position, pixels = 8, False
    for _ in range(_CHUNK_CEILING):
        stream.seek(position)
        start = stream.read(8)
        if len(start) < 8:
            yield position, end
            return
        length, kind = struct.unpack(">I4s", start)
        stop = min(position + 12 + length, end)
        if kind == b"eXIf":
            note(stream.read(min(length, _PROFILE_CEILING)))
        elif kind in _PNG_TEXTS:
            note(_profile(stream.read(min(length, _PROFILE_CEILING)), kind == b"zTXt"))
        elif kind in _PNG_PIXELS and not (head and pixels):
            yield position, stop
            pixels = kind == b"IDAT"
        position = stop
        if kind == b"IEND" or position >= end:
            return


def _profile(text: bytes, compressed: bool) -> bytes:
    """Exif data that ImageMagick wrote as text: a line ``exif``, its length, then hexadecimals."""
    if not text.startswith(_PROFILE):
        return b""
    try:
        text = text[len(_PROFILE) :]
        if compressed:
            text = zlib.decompressobj().decompress(text[1:], _PROFILE_CEILING)
        return bytes.fromhex(b"".join(text.split()[2:]).decode("ascii"))
    except (zlib.error, ValueError):
        return b""


def _jpeg_ranges(stream: IO[bytes], end: int, head: bool, note: Note) -> Iterator[tuple[int, int]]:
    """The segments up to the first scan without those of applications and comments, and all that
    follows; with ``head`` not the scan itself."""
    yield 0, 2
    stream.seek(2)
    while stream.tell() < end:
        if stream.read(1) != b"\xff":
            continue
        marker = stream.read(1)
        while marker == b"\xff":
            marker = stream.read(1)
        start = stream.tell() - 2
        kind = marker[0] if marker else 0
        if kind in (0x00, 0x01) or 0xD0 <= kind <= 0xD8:
            continue
        length = int.from_bytes(stream.read(2), "big")
        stop = min(start + 2 + max(length, 2), end)
        if kind == 0xDA or kind == 0xD9:
            yield start, stop if head else end
            return
        begin = stream.read(16)
        if kind == 0xE1 and begin.startswith(b"Exif\0\0"):
            stream.seek(start + 4)
            note(stream.read(stop - start - 4))
        if not (0xE0 <= kind <= 0xEF or kind == 0xFE) or _tells_colours(kind, begin, length):
            yield start, stop
        stream.seek(stop)


def _tells_colours(kind: int, begin: bytes, length: int) -> bool:
    """Whether an application's segment says how colours are stored: JFIF's or Adobe's, whole."""
    jfif = kind == 0xE0 and begin.startswith(b"JFIF\0") and length >= 16
    return jfif or (kind == 0xEE and begin.startswith(b"Adobe") and length >= 14)


def _webp(content: bytes, note: Note) -> IO[bytes]:
    """The chunks of pixels; the head no longer promises the others."""
    parts, position = [b"WEBP"], 12
    while position + 8 <= len(content):
        kind, length = struct.unpack_from("<4sI", content, position)
        stop = position + 8 + length + length % 2
        chunk = content[position:stop]
        if kind == b"EXIF":
            note(chunk[8 : 8 + length])
        if kind == b"VP8X" and len(chunk) > 8:
            chunk = chunk[:8] + bytes((chunk[8] & ~_WEBP_METADATA_FLAGS,)) + chunk[9:]
        if kind in _WEBP_PIXELS:
            parts.append(chunk)
        position = stop
    body = b"".join(parts)
    return BytesIO(b"RIFF" + struct.pack("<I", len(body)) + body)


def _tiff(content: bytearray) -> IO[bytes]:
    """The first picture of a TIFF, with the tags of its pixels alone."""
    entries = list(_entries(content))
    if entries:
        _, first, order, wide = entries[0]
        length = 20 if wide else 12
        kept = [
            bytes(content[at : at + length]) for tag, at, _, _ in entries if tag in _TIFF_PIXELS
        ]
        head = struct.pack(order + ("Q" if wide else "H"), len(kept))
        directory = head + b"".join(kept) + bytes(8 if wide else 4)
        start = first - len(head)
        content[start : start + len(directory)] = directory
    return BytesIO(bytes(content))
