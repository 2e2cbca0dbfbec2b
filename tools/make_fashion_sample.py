"""Make the data set that comes with the program: a balanced sample of Fashion-MNIST.

Run from the root of the repository:

    python -m tools.make_fashion_sample [FOLDER]

FOLDER holds the four official IDX files; Debian's package dataset-fashion-mnist puts them into
/usr/share/datasets/fashion-mnist, which is the default. 1,000 images of each class come from the
training files and 200 of each class from the test files, chosen by a fixed seed and kept in their
original order. The same input gives the same bytes with the same zlib.
"""

from __future__ import annotations

import argparse
import gzip
import random
import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from backend.data.base.class_names import CLASS_FILE
from backend.data.formats.idx import read_idx
from backend.data.formats.idx_classes import FASHION_CLASSES
from backend.data.formats.idx_files import IdxPart, find_idx

SEED = 20170825
TRAIN_PER_CLASS = 1_000
VALIDATION_PER_CLASS = 200
TARGET = Path(__file__).resolve().parents[1] / "resources" / "data" / "fashion-sample"

Part = tuple[NDArray[np.uint8], NDArray[np.uint8]]


def select(labels: Sequence[int], per_class: int, seed: int) -> list[int]:
    """Indices of ``per_class`` images of every class, in rising order."""
    generator = random.Random(seed)
    chosen: list[int] = []
    for label in range(len(FASHION_CLASSES)):
        members = [index for index, found in enumerate(labels) if found == label]
        chosen += generator.sample(members, per_class)
    return sorted(chosen)


def sample(part: IdxPart, per_class: int, seed: int) -> Part:
    """The chosen images (N×H×W) and labels (N) of one part."""
    labels = read_idx(part.labels, 1)
    chosen = select(labels.tolist(), per_class, seed)
    return read_idx(part.images, 3)[chosen], labels[chosen]


def make(folder: Path) -> tuple[Part, Part]:
    """The training and the validation part of the sample."""
    files = find_idx(folder)
    if files is None or files.validation is None:
        raise SystemExit(f"{folder} does not hold the four files of Fashion-MNIST.")
    return (
        sample(files.train, TRAIN_PER_CLASS, SEED),
        sample(files.validation, VALIDATION_PER_CLASS, SEED),
    )


def write(path: Path, array: NDArray[np.uint8]) -> None:
    """Write a gzipped IDX file without name and time, so that the bytes depend on data alone."""
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    with (
        path.open("wb") as plain,
        gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=plain, mtime=0) as stream,
    ):
        stream.write(header + array.tobytes())


def main() -> None:
    parser = argparse.ArgumentParser(description="Make the sample of Fashion-MNIST.")
    parser.add_argument(
        "folder", type=Path, nargs="?", default=Path("/usr/share/datasets/fashion-mnist")
    )
    train, validation = make(parser.parse_args().folder)
    TARGET.mkdir(exist_ok=True)
    for prefix, (images, labels) in (("train", train), ("t10k", validation)):
        write(TARGET / f"{prefix}-images-idx3-ubyte.gz", images)
        write(TARGET / f"{prefix}-labels-idx1-ubyte.gz", labels)
    names = "".join(f"{name}\n" for name in FASHION_CLASSES)
    (TARGET / CLASS_FILE).write_text(names, encoding="utf-8")


if __name__ == "__main__":
    main()
