"""IDX files, the format of MNIST: a magic number, big-endian sizes, then plain bytes.

Bytes 0-1 of the magic number are zero, byte 2 is the type of a value (8 = unsigned byte), byte 3
the number of dimensions; one 32-bit size per dimension follows. A file may be gzipped; that is
seen from its first bytes, not from its name. The reader believes nothing: what the header
promises is checked by arithmetic against the size of the file before memory is asked for.
"""

from __future__ import annotations

import gzip
import math
import stat
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, cast

from backend.data.base.source import MEMORY_CEILING, Watch
from graph.document.files import reason_of
from graph.values.message import UserError, say, say_count

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_UNSIGNED_BYTE = 0x08
_INTEGER = 0x0C
_ITEM_BYTES = {_UNSIGNED_BYTE: 1, _INTEGER: 4}
_TYPE_NAMES = {
    0x08: "unsigned byte",
    0x09: "signed byte",
    0x0B: "16-bit integer",
    0x0C: "32-bit integer",
    0x0D: "32-bit float",
    0x0E: "64-bit float",
}
_GZIP_MAGIC = b"\x1f\x8b"
_DEFLATE_MAXIMUM = 1032  # no deflate stream expands further than 1032 to 1
_CHUNK = 2**20


@dataclass(frozen=True, slots=True)
class IdxHeader:
    """What a file promises: one size per dimension, and the type of its values."""

    sizes: tuple[int, ...]
    kind: int = _UNSIGNED_BYTE

    @property
    def n_bytes(self) -> int:
        """Bytes that follow the header."""
        return math.prod(self.sizes) * _ITEM_BYTES[self.kind]

    @property
    def length(self) -> int:
        """Bytes of the header itself."""
        return 4 + 4 * len(self.sizes)


def read_header(path: Path, dimensions: int) -> IdxHeader:
    """Read and check the header of an IDX file of ``dimensions`` dimensions.

    Raises UserError with a sentence that names the file, what was expected and what was found.
    """
    with _opened(path) as (stream, _):
        return _header(path, stream, dimensions)


def read_label_header(path: Path) -> IdxHeader:
    """As ``read_header``, for labels: bytes, or rows of integers that begin with the label."""
    with _opened(path) as (stream, _):
        return _label_header(path, stream)


def read_labels(path: Path) -> NDArray[np.int64]:
    """The labels in a file, of shape N: bytes as in MNIST, or the first of the integers in each
    row as in QMNIST. Raises UserError for anything but a complete, exact file."""
    import numpy as np

    with _opened(path) as (stream, compressed):
        header = _label_header(path, stream)
        array = _values(path, stream, header, compressed, Watch())
    if header.kind == _UNSIGNED_BYTE:
        return array.astype(np.int64)
    return array.view(">i4").reshape(header.sizes)[:, 0].astype(np.int64)


def read_idx(path: Path, dimensions: int, watch: Watch | None = None) -> NDArray[np.uint8]:
    """Read a whole IDX file as a uint8 array of ``dimensions`` dimensions: N×H×W for images (3),
    N for labels (1).

    Raises UserError for anything but a complete, exact file, LoadCancelled on request.
    """
    with _opened(path) as (stream, compressed):
        header = _header(path, stream, dimensions)
        array = _values(path, stream, header, compressed, watch or Watch())
    return array.reshape(header.sizes)


def _values(
    path: Path, stream: IO[bytes], header: IdxHeader, compressed: bool, watch: Watch
) -> NDArray[np.uint8]:
    """All bytes behind the header."""
    import numpy as np  # not before it is needed: describing a folder does without

    _check_size(path, header, compressed)
    array = np.empty(header.n_bytes, dtype=np.uint8)
    found = _fill(stream, array.data, watch)
    if found < header.n_bytes:
        raise _cut_short(path, header.n_bytes, found)
    # Reading past the end also makes gzip compare its checksum.
    if stream.read(1):
        raise UserError(
            say_count(
                "{file} holds more than the {n} byte its header promises; get the file again.",
                "{file} holds more than the {n} bytes its header promises; get the file again.",
                header.n_bytes,
                file=str(path),
            )
        )
    return array


@contextmanager
def _opened(path: Path) -> Iterator[tuple[IO[bytes], bool]]:
    """The file's plain bytes and whether they were gzipped; failures become sentences."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UserError(say("{file} is not a file; an IDX file is needed.", file=str(path)))
        with path.open("rb") as plain:
            compressed = plain.read(2) == _GZIP_MAGIC
            plain.seek(0)
            if compressed:
                with gzip.GzipFile(fileobj=plain, mode="rb") as stream:
                    yield cast(IO[bytes], stream), True
            else:
                yield plain, False
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise UserError(
            say(
                "{file} is a damaged gzip file ({found}); get the file again.",
                file=str(path),
                found=str(error),
            )
        ) from error
    except OSError as error:
        raise UserError(
            say(
                "{file} cannot be read: {found}. Check that it is there and may be read.",
                file=str(path),
                found=reason_of(error),
            )
        ) from error


def _label_header(path: Path, stream: IO[bytes]) -> IdxHeader:
    start = stream.read(4)
    stream.seek(0)
    if start == bytes((0, 0, _INTEGER, 2)):
        return _header(path, stream, 2, _INTEGER)
    return _header(path, stream, 1)


def _header(
    path: Path, stream: IO[bytes], dimensions: int, kind: int = _UNSIGNED_BYTE
) -> IdxHeader:
    buffer = bytearray(4 + 4 * dimensions)
    found = _fill(stream, memoryview(buffer), Watch())
    expected = bytes((0, 0, kind, dimensions))
    if found >= 4:
        _check_magic(path, bytes(buffer[:4]), expected)
    if found < len(buffer):
        raise UserError(
            say_count(
                "{file} is cut short: an IDX header has {n} byte and the file {found}; get the "
                "file again.",
                "{file} is cut short: an IDX header has {n} bytes and the file {found}; get the "
                "file again.",
                len(buffer),
                file=str(path),
                found=found,
            )
        )
    sizes = struct.unpack(f">{dimensions}I", buffer[4:])
    if 0 in sizes:
        raise UserError(
            say(
                "{file} is empty: its header gives the sizes {found}; sizes of at least 1 were "
                "expected. Get the file again.",
                file=str(path),
                found="×".join(map(str, sizes)),
            )
        )
    return IdxHeader(sizes, kind)


def _check_magic(path: Path, magic: bytes, expected: bytes) -> None:
    if magic == expected:
        return
    if magic[:2] != b"\x00\x00" or magic[2] not in _TYPE_NAMES:
        raise UserError(
            say(
                "{file} is not an IDX file: it begins with the bytes {found}, expected was "
                "{expected}. Choose another file or get this one again.",
                file=str(path),
                found=magic.hex(" "),
                expected=expected.hex(" "),
            )
        )
    if magic[2] != expected[2]:
        raise UserError(
            say(
                "{file} holds values of type {found}; expected was {expected}. "
                "Convert its values to 0 to 255 first.",
                file=str(path),
                found=_TYPE_NAMES[magic[2]],
                expected=_TYPE_NAMES[expected[2]],
            )
        )
    raise UserError(
        say(
            "{file} has {found}; expected were {expected}. Images need count, height and width, "
            "labels only a count: check that the two files are not swapped.",
            found=say_count("{n} dimension", "{n} dimensions", magic[3]),
            file=str(path),
            expected=expected[3],
        )
    )


def _check_size(path: Path, header: IdxHeader, compressed: bool) -> None:
    if header.n_bytes > MEMORY_CEILING:
        raise UserError(
            say(
                "{file} promises {found}; at most {expected} can be held. Its header may be "
                "damaged: get the file again or use a smaller one.",
                found=say_count("{n} byte of data", "{n} bytes of data", header.n_bytes),
                file=str(path),
                expected=MEMORY_CEILING,
            )
        )
    on_disk = path.stat().st_size
    if compressed:
        if header.n_bytes > on_disk * _DEFLATE_MAXIMUM:
            raise UserError(
                say(
                    "{file} is cut short: its header promises {expected}, which cannot come out "
                    "of {found}; get the file again.",
                    file=str(path),
                    expected=say_count("{n} byte", "{n} bytes", header.n_bytes),
                    found=say_count("{n} compressed byte", "{n} compressed bytes", on_disk),
                )
            )
    elif on_disk - header.length < header.n_bytes:
        raise _cut_short(path, header.n_bytes, on_disk - header.length)


def _cut_short(path: Path, expected: int, found: int) -> UserError:
    return UserError(
        say(
            "{file} is cut short: its header promises {expected} and {found} are there; get the "
            "file again.",
            file=str(path),
            expected=say_count("{n} byte", "{n} bytes", expected),
            found=found,
        )
    )


def _fill(stream: IO[bytes], view: memoryview, watch: Watch) -> int:
    """Fill ``view`` from the stream; returns how many bytes there were."""
    filled = 0
    while filled < len(view):
        watch.step(filled, len(view))
        try:
            piece = stream.read(min(_CHUNK, len(view) - filled))
        except EOFError:  # gzip: the compressed stream ends early
            break
        if not piece:
            break
        view[filled : filled + len(piece)] = piece
        filled += len(piece)
    watch.step(filled, len(view))
    return filled
