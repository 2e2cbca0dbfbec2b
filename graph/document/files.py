"""Writes files so that a path always holds the old content or the new one."""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import suppress
from pathlib import Path


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 through a temporary file in the same folder: fsync, rename, fsync folder."""
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, data: bytes) -> None:
    """As write_text, for bytes. Raises OSError and leaves no temporary file."""
    path = Path(os.path.realpath(path))
    if path.exists() and not path.is_file():
        raise OSError(errno.EINVAL, "it is not a regular file")
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        with suppress(OSError):  # some shares have no modes; the content counts
            temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    with suppress(OSError):  # the file is in its place: from here on nothing is a failure
        _sync_folder(path.parent)


def _sync_folder(path: Path) -> None:
    """Let a rename in a folder outlast a power cut. Raises OSError."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def reason_of(error: Exception) -> str:
    """What the system says of a file that it refuses, without number and path."""
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def readable(path: Path) -> str:
    """A path for a sentence: on one line, and in characters that can be shown."""
    return "".join(c if c.isprintable() else "\ufffd" for c in str(path))
