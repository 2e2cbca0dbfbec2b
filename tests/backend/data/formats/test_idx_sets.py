"""The children of MNIST: how their files are called, which way their images lie, their labels."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from backend.data.catalogue import open_data
from backend.data.look import look_at
from graph.values.message import UserError

IMAGES = np.arange(6 * 4 * 5, dtype=np.uint8).reshape(6, 4, 5)
LABELS = np.array([0, 1, 2, 0, 1, 2], dtype=np.uint8)


def idx(array: NDArray[np.generic]) -> bytes:
    """The bytes of an IDX file."""
    kind = {"u1": 0x08, "i4": 0x0C}[array.dtype.str[1:]]
    header = struct.pack(f">BBBB{array.ndim}I", 0, 0, kind, array.ndim, *array.shape)
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)


def write_set(
    folder: Path,
    form: str = "{part}-{kind}-{idx}-ubyte",
    labels: NDArray[np.uint8] = LABELS,
    parts: tuple[str, ...] = ("train", "t10k"),
) -> Path:
    """A set whose files are called by ``form``."""
    for part in parts:
        write(folder / form.format(part=part, kind="images", idx="idx3"), idx(IMAGES))
        write(folder / form.format(part=part, kind="labels", idx="idx1"), idx(labels))
    return folder


@pytest.mark.parametrize(
    "form",
    [
        "{part}-{kind}-{idx}-ubyte",
        "{part}-{kind}.{idx}-ubyte",
        "{part}-{kind}-{idx}-ubyte.gz",
        "{part}-{kind}-{idx}-ubyte/{part}-{kind}-{idx}-ubyte",
        "{part}-{kind}-{idx}-ubyte/{part}-{kind}.{idx}-ubyte",
        "{part}-{kind}.{idx}-ubyte/{part}-{kind}.{idx}-ubyte",
        "raw/{part}-{kind}-{idx}-ubyte",
        "MNIST/raw/{part}-{kind}-{idx}-ubyte",
        "archive/{part}_{kind}.{idx}-ubyte.gz",
    ],
)
def test_files_are_found_however_they_were_unpacked(tmp_path: Path, form: str) -> None:
    folder = write_set(tmp_path / "data", form)
    data, look = open_data(str(folder)), look_at(str(folder))
    assert (len(data), data.classes, data.fixed is not None) == (12, ("0", "1", "2"), True)
    assert (look.source.n_train, look.source.n_validation, look.shape) == (6, 6, (1, 4, 5))
    assert data.notes == look.notes == ()


def test_files_come_before_folders_of_their_name(tmp_path: Path) -> None:
    folder = write_set(tmp_path, "{part}-{kind}.{idx}-ubyte")
    write_set(tmp_path, "{part}-{kind}-{idx}-ubyte/{part}-{kind}-{idx}-ubyte", LABELS * 0 + 1)
    (tmp_path / "train-images-idx3-ubyte" / "readme.txt").write_text("hello", encoding="utf-8")
    assert open_data(str(folder)).labels.tolist() == [*LABELS, *LABELS]


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfcat\r\ndog\r\nbird\r\n",
        b"cat\r\ndog\r\n\r\nbird\r\n\r\n",
        b"\n\ncat\ndog\n  \nbird",
        "cat\ndog\nbird\n".encode("utf-16"),
        "\ufeffcat\ndog\nbird\n".encode("utf-16-be"),
    ],
    ids=["mark", "blank lines", "blank beginning", "UTF-16", "UTF-16, the other order"],
)
def test_names_of_classes_are_read_as_editors_write_them(tmp_path: Path, content: bytes) -> None:
    (write_set(tmp_path) / "classes.txt").write_bytes(content)
    assert open_data(str(tmp_path)).classes == ("cat", "dog", "bird")


# EMNIST

LETTERS = "emnist-letters-{part}-{kind}-{idx}-ubyte"
BALANCED = "emnist-balanced-{part}-{kind}-{idx}-ubyte.gz"
UP_TO_26 = np.array([1, 2, 26, 1, 2, 26], np.uint8)


def test_emnist_is_set_upright_and_counted_from_0(tmp_path: Path) -> None:
    write_set(tmp_path, LETTERS, UP_TO_26, ("train", "test"))
    data, look = open_data(str(tmp_path)), look_at(str(tmp_path))
    assert data.classes == look.source.classes == tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    assert data.labels.tolist() == [0, 1, 25] * 4
    assert data.shape == look.shape == (1, 5, 4)
    assert np.array_equal(data.images[:6, 0].numpy(), IMAGES.transpose(0, 2, 1))
    assert [str(note) for note in data.notes] == [
        "EMNIST's images lie on their side; they are set upright.",
        "The labels begin with 1; they are counted from 0.",
    ]
    assert data.notes == look.notes


def test_the_list_in_emnists_archive_names_the_classes(tmp_path: Path) -> None:
    write_set(tmp_path / "gzip", LETTERS + ".gz", np.array([1, 2, 3] * 2, np.uint8))
    lines = "".join(f"{n} {64 + n} {96 + n}\n" for n in range(1, 4))
    (tmp_path / "gzip" / "emnist-letters-mapping.txt").write_text(lines, encoding="ascii")
    data = open_data(str(tmp_path))
    assert data.classes == ("A", "B", "C")
    assert data.labels[:3].tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("name", "count", "last"),
    [("balanced", 47, "t"), ("bymerge", 47, "t"), ("byclass", 62, "z"), ("digits", 3, "2")],
)
def test_every_set_of_emnist_has_its_classes(
    tmp_path: Path, name: str, count: int, last: str
) -> None:
    write_set(tmp_path, BALANCED.replace("balanced", name), parts=("train", "test"))
    data = open_data(str(tmp_path))
    assert (len(data.classes), data.classes[-1]) == (count, last)
    assert data.labels.tolist() == [*LABELS, *LABELS]
    assert len(data.notes) == 1


def test_of_several_sets_in_a_folder_one_is_named_by_a_file(tmp_path: Path) -> None:
    write_set(tmp_path, LETTERS, UP_TO_26, ("train", "test"))
    write_set(tmp_path, BALANCED, parts=("train", "test"))
    with pytest.raises(UserError, match="several sets of IDX files: emnist-balanced, emnist-l"):
        open_data(str(tmp_path))
    chosen = tmp_path / "emnist-letters-test-labels-idx1-ubyte"
    assert len(open_data(str(chosen)).classes) == 26
    assert look_at(str(chosen)).source.title.text() == "IDX files in emnist-letters"


def test_a_file_in_a_folder_of_its_name_names_its_set(tmp_path: Path) -> None:
    form = "{part}-{kind}-{idx}-ubyte/{part}-{kind}-{idx}-ubyte"
    write_set(tmp_path, form)
    name = "train-images-idx3-ubyte"
    assert len(open_data(str(tmp_path / name / name))) == 12


def test_names_of_ones_own_that_begin_with_1_are_counted_from_0(tmp_path: Path) -> None:
    (write_set(tmp_path, labels=LABELS + 1) / "classes.txt").write_text("a\nb\nc\n", "utf-8")
    data = open_data(str(tmp_path))
    assert (data.classes, data.labels[:3].tolist()) == (("a", "b", "c"), [0, 1, 2])


# QMNIST, KMNIST


def test_the_labels_of_qmnist_are_the_first_of_each_row(tmp_path: Path) -> None:
    rows = np.arange(48, dtype=np.int32).reshape(6, 8) * 1000
    rows[:, 0] = LABELS
    for part, ending in (("train", ""), ("test", ".gz")):
        write(tmp_path / f"qmnist-{part}-images-idx3-ubyte{ending}", idx(IMAGES))
        write(tmp_path / f"qmnist-{part}-labels-idx2-int{ending}", idx(rows))
    data = open_data(str(tmp_path))
    assert (data.classes, data.labels.tolist()) == (("0", "1", "2"), [*LABELS, *LABELS])
    assert np.array_equal(data.images[:6, 0].numpy(), IMAGES)


def test_integers_that_are_cut_short_get_a_sentence(tmp_path: Path) -> None:
    write(tmp_path / "qmnist-train-images-idx3-ubyte", idx(IMAGES))
    rows = idx(np.zeros((6, 8), np.int32))
    write(tmp_path / "qmnist-train-labels-idx2-int", rows[:-5])
    with pytest.raises(UserError, match=r"qmnist-train-labels.* cut short: .*192 bytes and 187"):
        open_data(str(tmp_path))


@pytest.mark.parametrize("value", [-1, 7_000_000])
def test_a_label_that_is_none_gets_a_sentence(tmp_path: Path, value: int) -> None:
    write(tmp_path / "qmnist-train-images-idx3-ubyte", idx(IMAGES))
    rows = np.zeros((6, 8), np.int32)
    rows[:, 0] = [0, 1, 2, value, 1, 0]
    write(tmp_path / "qmnist-train-labels-idx2-int", idx(rows))
    (tmp_path / "classes.txt").write_text("a\nb\nc\n", encoding="utf-8")
    with pytest.raises(UserError, match=f"the label {value} at image 3"):
        open_data(str(tmp_path))


def test_kmnists_list_names_its_characters(tmp_path: Path) -> None:
    write_set(tmp_path, "{part}-{kind}-{idx}-ubyte.gz")
    text = "index,codepoint,char\n0,U+304A,お\n1,U+304D,き\n2,U+3059,す\n"
    (tmp_path / "kmnist_classmap.csv").write_text(text, encoding="utf-8")
    assert open_data(str(tmp_path)).classes == ("お", "き", "す")


@pytest.mark.parametrize(
    "text", ["0,U+304A\n2,U+304D\n", "0,U+304A\n", "0,x\n1,y\n", "0,0x7\n1,0x8\n"]
)
def test_a_list_that_is_none_says_why(tmp_path: Path, text: str) -> None:
    (write_set(tmp_path) / "kmnist_classmap.csv").write_text(text, encoding="utf-8")
    with pytest.raises(UserError, match="cannot be read as a list of labels and characters"):
        open_data(str(tmp_path))
