"""The names of the classes in IDX files, and the label that the first of them has.

They come from ``classes.txt`` beside the files, else from the list that EMNIST or KMNIST has in its
archive. Without one EMNIST's are known here, Fashion-MNIST is recognised by the checksum of its
labels, and any others are called by their number.
"""

from __future__ import annotations

import string
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from backend.data.base.class_names import CLASS_FILE, read_class_names, read_text
from backend.data.formats.idx_files import IdxFiles
from graph.document.files import reason_of
from graph.values.message import UserError, say, verbatim

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FASHION_CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
_FASHION_CHECKSUM = 0x2ED6E46A  # CRC-32 of the 60,000 training labels
_EMNIST = "emnist"
_EMNIST_CLASSES = {
    "letters": string.ascii_uppercase,
    "balanced": string.digits + string.ascii_uppercase + "abdefghnqrt",
    "bymerge": string.digits + string.ascii_uppercase + "abdefghnqrt",
    "byclass": string.digits + string.ascii_uppercase + string.ascii_lowercase,
}
"""What the labels of EMNIST stand for, in their order; those of letters begin with 1."""
_KMNIST_MAP = "kmnist_classmap.csv"
_LIST_CEILING = 1 << 16


@dataclass(frozen=True, slots=True)
class ClassNames:
    """Names in the order of the labels, of which the first is ``first``."""

    names: tuple[str, ...]
    first: int = 0


def is_emnist(files: IdxFiles) -> bool:
    """Whether the images lie on their side: EMNIST stores columns before rows."""
    return files.name.startswith(_EMNIST)


def class_names(files: IdxFiles, labels: NDArray[np.int64]) -> ClassNames:
    """The names of the classes; ``labels``, of shape N, are those to train on. Raises UserError
    where a list cannot be used or there is one class."""
    lowest, highest = int(labels.min()), int(labels.max())
    listed = files.folder / CLASS_FILE
    if listed.is_file():
        names = read_class_names(listed)
        return ClassNames(names, int(lowest == 1 and highest == len(names)))
    found = _of_emnist(files, lowest) if is_emnist(files) else _of_kmnist(files)
    if found is not None:
        return found
    if zlib.crc32(labels.astype("uint8").tobytes()) == _FASHION_CHECKSUM:
        return ClassNames(FASHION_CLASSES)
    if highest == 0:
        raise UserError(
            say(
                "{file} has only one class; at least two are needed to learn to tell them apart.",
                file=str(files.train.labels),
            )
        )
    return ClassNames(tuple(map(str, range(highest + 1))))


def _of_emnist(files: IdxFiles, lowest: int) -> ClassNames | None:
    """Lines of a label and the codes of its characters, such as ``1 65 97``."""
    rows = _table(files.folder / f"{files.name}-mapping.txt", str.split)
    if rows:
        return ClassNames(tuple(chr(row[1]) for row in rows), rows[0][0])
    known = _EMNIST_CLASSES.get(files.name.rpartition("-")[2])
    return ClassNames(tuple(known), min(lowest, 1)) if known else None


def _of_kmnist(files: IdxFiles) -> ClassNames | None:
    """Lines of a label, the code of its character and the character: ``0,U+304A,お``."""
    rows = _table(files.folder / _KMNIST_MAP, lambda line: line.replace("U+", "0x").split(","))
    return ClassNames(tuple(chr(row[1]) for row in rows), rows[0][0]) if rows else None


def _table(path: Path, split: Callable[[str], list[str]]) -> list[tuple[int, int]]:
    """Labels, one after another, and the code of the first character of each; empty without such a
    file."""
    if not path.is_file():
        return []
    try:
        with path.open("rb") as file:
            lines = read_text(file.read(_LIST_CEILING)).splitlines()
        cells = [split(line)[:2] for line in lines if line.strip()]
        rows = sorted((int(label), int(code, 0)) for label, code in cells if label.isdecimal())
        if [label for label, _ in rows] != list(range(rows[0][0], rows[0][0] + len(rows))):
            raise ValueError("the labels do not follow one another")
        if len(rows) < 2 or not all(chr(code).isprintable() for _, code in rows):
            raise ValueError("it has no characters")
    except (OSError, ValueError, IndexError, OverflowError) as error:
        raise UserError(
            say(
                "{file} cannot be read as a list of labels and characters: {why}. Get it again, or "
                "write the names of the classes into classes.txt.",
                file=str(path),
                why=verbatim(reason_of(error)),
            )
        ) from error
    return rows
