"""IDX files: exact ones are read, every kind of broken one gets a sentence of its own."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.data.base.source import LoadCancelled, Watch
from backend.data.catalogue import open_data
from backend.data.formats.idx import read_header, read_idx
from backend.data.look import look_at
from graph.values.message import UserError
from tools.make_fashion_sample import write

IMAGES = np.arange(6 * 4 * 5, dtype=np.uint8).reshape(6, 4, 5)
LABELS = np.array([0, 1, 2, 0, 1, 2], dtype=np.uint8)


def plain_idx(array: np.ndarray) -> bytes:
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes()


def write_folder(folder: Path, images: np.ndarray = IMAGES, labels: np.ndarray = LABELS) -> Path:
    folder.mkdir(exist_ok=True)
    write(folder / "train-images-idx3-ubyte.gz", images)
    write(folder / "train-labels-idx1-ubyte.gz", labels)
    return folder


@pytest.mark.parametrize("compressed", [False, True])
def test_an_exact_file_is_read(tmp_path: Path, compressed: bool) -> None:
    path = tmp_path / "images"
    content = plain_idx(IMAGES)
    path.write_bytes(gzip.compress(content) if compressed else content)
    assert read_header(path, 3).sizes == (6, 4, 5)
    assert np.array_equal(read_idx(path, 3), IMAGES)


GOOD = plain_idx(IMAGES)
ZIPPED = gzip.compress(GOOD, mtime=0)
BROKEN: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "empty file": (b"", ("cut short", "16 bytes", "the file 0")),
    "half a header": (GOOD[:10], ("cut short", "16 bytes", "the file 10")),
    "a text": (b"hello, this is no IDX file", ("is not an IDX file", "68 65 6c 6c")),
    "unknown type": (b"\0\0\x07\x03" + GOOD[4:], ("is not an IDX file", "00 00 07 03")),
    "floats": (b"\0\0\x0d\x03" + GOOD[4:], ("32-bit float", "unsigned byte")),
    "one dimension": (plain_idx(LABELS), ("has 1 dimension;", "were 3")),
    "no images": (plain_idx(IMAGES[:0]), ("is empty", "0×4×5")),
    "truncated": (GOOD[:-7], ("cut short", "120 bytes", "113 are there")),
    "too long": (GOOD + b"x", ("more than the 120 bytes",)),
    "absurd sizes": (
        struct.pack(">BBBB3I", 0, 0, 8, 3, 2**31, 2**31, 2**31),
        (str(2**93), "at most"),
    ),
    "gzip of a truncated file": (gzip.compress(GOOD[:-7]), ("cut short", "113 are there")),
    "truncated gzip": (ZIPPED[: len(ZIPPED) // 2], ("cut short",)),
    "gzip without its end": (ZIPPED[:-8], ("damaged gzip",)),
    "gzip with a wrong checksum": (
        ZIPPED[:-8] + b"\0\0\0\0" + ZIPPED[-4:],
        ("damaged gzip",),
    ),
    "gzip with rubbish inside": (ZIPPED[:10] + b"\xff" * 40, ("damaged gzip",)),
    "gzip that cannot hold so much": (
        gzip.compress(struct.pack(">BBBB3I", 0, 0, 8, 3, 1000, 1000, 1000)),
        ("cannot come out of",),
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_file_gets_a_sentence(tmp_path: Path, kind: str) -> None:
    content, parts = BROKEN[kind]
    path = tmp_path / "broken-file"
    path.write_bytes(content)
    with pytest.raises(UserError) as caught:
        read_idx(path, 3)
    for part in (str(path), *parts):
        assert part in str(caught.value)


def test_a_missing_file_and_a_folder_get_a_sentence(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing"):
        with pytest.raises(UserError, match=path.name):
            read_idx(path, 3)


@settings(max_examples=150, deadline=None)
@given(position=st.integers(0, len(ZIPPED) - 1), value=st.integers(0, 255), cut=st.integers(0, 200))
def test_no_damage_does_more_than_raise_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, position: int, value: int, cut: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged"
    for content in (GOOD, ZIPPED):
        damaged = bytearray(content)
        damaged[position % len(content)] = value
        path.write_bytes(bytes(damaged[: len(content) - cut] if cut < len(content) else b""))
        with suppress(UserError):
            assert read_idx(path, 3).ndim == 3


def test_reading_tells_its_progress_and_can_be_cancelled(tmp_path: Path) -> None:
    big = np.zeros((5, 1000, 1000), dtype=np.uint8)
    path = tmp_path / "big"
    path.write_bytes(plain_idx(big))
    steps: list[tuple[int, int]] = []
    read_idx(path, 3, Watch(progress=lambda done, total: steps.append((done, total))))
    assert steps == sorted(steps)
    assert steps[-1] == (big.size, big.size)
    with pytest.raises(LoadCancelled):
        read_idx(path, 3, Watch(cancelled=lambda: True))


def test_a_folder_without_names_calls_classes_by_number(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "numbers")
    source = look_at(str(folder)).source
    assert source.classes == ("0", "1", "2")
    assert (source.shape, source.n_train, source.n_validation) == ((1, 4, 5), 6, None)
    data = open_data(str(folder))
    assert (data.name, data.classes, data.fixed) == ("numbers", source.classes, None)
    assert np.array_equal(data.images[:, 0].numpy(), IMAGES)
    assert data.labels.tolist() == LABELS.tolist()


def test_names_come_from_a_file_and_the_test_part_validates(tmp_path: Path) -> None:
    raw = write_folder(tmp_path / "raw")
    (raw / "t10k-images.idx3-ubyte").write_bytes(plain_idx(IMAGES[:2]))
    (raw / "t10k-labels.idx1-ubyte").write_bytes(plain_idx(LABELS[:2]))
    (raw / "classes.txt").write_text("cat\ndog\nemu\n", encoding="utf-8")
    assert look_at(str(tmp_path)).source.n_validation == 2
    data = open_data(str(tmp_path))
    assert data.classes == ("cat", "dog", "emu")
    split = data.split(seed=3)
    assert split.train.tolist() == [0, 1, 2, 3, 4, 5]
    assert split.validation.tolist() == [6, 7]


def set_labels(folder: Path) -> None:
    write(folder / "train-labels-idx1-ubyte.gz", LABELS[:4])


def name_two_classes(folder: Path) -> None:
    (folder / "classes.txt").write_text("cat\ndog\n", encoding="utf-8")


def name_one_twice(folder: Path) -> None:
    (folder / "classes.txt").write_text("cat\ndog\ncat\n", encoding="utf-8")


def name_in_bytes(folder: Path) -> None:
    (folder / "classes.txt").write_bytes(b"\xff\xfe\x00\x00")


def lose_labels(folder: Path) -> None:
    (folder / "train-labels-idx1-ubyte.gz").unlink()


def keep_the_test_part(folder: Path) -> None:
    for path in list(folder.iterdir()):
        path.rename(folder / path.name.replace("train", "t10k"))


def add_a_larger_test_part(folder: Path) -> None:
    write(folder / "t10k-images-idx3-ubyte.gz", np.zeros((2, 7, 7), dtype=np.uint8))
    write(folder / "t10k-labels-idx1-ubyte.gz", LABELS[:2])


def label_all_alike(folder: Path) -> None:
    write(folder / "train-labels-idx1-ubyte.gz", np.zeros(6, dtype=np.uint8))


def add_a_new_class_to_the_test_part(folder: Path) -> None:
    write(folder / "t10k-images-idx3-ubyte.gz", IMAGES[:2])
    write(folder / "t10k-labels-idx1-ubyte.gz", np.array([0, 9], dtype=np.uint8))


@pytest.mark.parametrize(
    ("damage", "parts"),
    [
        (set_labels, ("6 images", "4 labels", "train-labels")),
        (name_two_classes, ("label 2", "image 2", "only 2 classes", "train-labels")),
        (name_one_twice, ("classes.txt", "twice")),
        (name_in_bytes, ("classes.txt", "UTF-8")),
        (lose_labels, ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte is missing")),
        (keep_the_test_part, ("test files only", "train-images-idx3-ubyte")),
        (add_a_larger_test_part, ("t10k-images", "7×7", "4×5")),
        (label_all_alike, ("only one class", "train-labels")),
        (add_a_new_class_to_the_test_part, ("t10k-labels", "label 9", "0 to 2")),
    ],
)
def test_files_that_do_not_match_get_a_sentence(
    tmp_path: Path, damage: Callable[[Path], None], parts: tuple[str, ...]
) -> None:
    folder = write_folder(tmp_path / "data")
    damage(folder)
    with pytest.raises(UserError) as caught:
        open_data(str(folder))
    for part in parts:
        assert part in str(caught.value)
