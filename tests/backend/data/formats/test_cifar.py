"""CIFAR: both versions give the same tensors, and nothing in a file is called or imported."""

from __future__ import annotations

import pickle
import pickletools
import random
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from backend.data.base.source import LoadCancelled
from backend.data.catalogue import open_data
from backend.data.formats.cifar_batch import BadBatch, ByteArray, read_batch
from backend.data.look import look_at
from graph.values.message import UserError

ROOT = Path(__file__).resolve().parents[4]
TEN = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
HUNDRED = tuple(f"thing {number}" for number in range(100))
COARSE = tuple(f"kind {number}" for number in range(20))
N = 12


def images(seed: int) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (N, 3072), dtype=np.uint8)


def labels(seed: int, classes: int) -> list[int]:
    return np.random.default_rng(seed).integers(0, classes, N).tolist()


def short(text: str) -> bytes:
    """A text as Python 2 wrote it."""
    return b"U" + bytes((len(text),)) + text.encode("ascii")


def integer(value: int) -> bytes:
    return b"K" + bytes((value,)) if value < 256 else b"M" + value.to_bytes(2, "little")


def python2_array(array: NDArray[np.uint8]) -> bytes:
    """An array as NumPy 1 and Python 2 wrote it."""
    raw = array.tobytes()
    return (
        b"cnumpy.core.multiarray\n_reconstruct\nq\x08cnumpy\nndarray\nq\x09K\x00\x85U\x01b\x87R"
        + b"(K\x01"
        + b"".join(integer(size) for size in array.shape)
        + b"\x86cnumpy\ndtype\nq\x0aU\x02u1K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff"
        + b"\xff\xffK\x00tb\x89T"
        + len(raw).to_bytes(4, "little")
        + raw
        + b"tb"
    )


def python2(values: dict[str, object]) -> bytes:
    """A dictionary as cPickle wrote it at that time, protocol 2."""
    parts = [b"\x80\x02}q\x01("]
    for number, (key, value) in enumerate(values.items()):
        parts.append(short(key) + b"r" + (1000 + number).to_bytes(4, "little"))
        match value:
            case str():
                parts.append(short(value))
            case int():
                parts.append(integer(value))
            case np.ndarray():
                parts.append(python2_array(value))
            case list():
                items = [short(i) if isinstance(i, str) else integer(int(i)) for i in value]
                parts.append(b"]q\x05(" + b"".join(items) + b"e")
    return b"".join((*parts, b"u."))


def python3(protocol: int) -> Callable[[dict[str, object]], bytes]:
    """A dictionary with keys of bytes, as people write it anew."""
    return lambda values: pickle.dumps({k.encode(): v for k, v in values.items()}, protocol)


def plain(values: dict[str, object]) -> bytes:
    """As protocol 0 wrote a list of names."""
    lines = ["(dp1\n"]
    for key, value in values.items():
        lines.append(f"S'{key}'\n")
        if isinstance(value, list):
            lines.append("(lp2\n" + "".join(f"S'{name}'\na" for name in value))
        else:
            lines.append(f"I{value}\n")
        lines.append("s")
    return "".join((*lines, ".")).encode()


WRITERS = {"python 2": python2, **{f"protocol {p}": python3(p) for p in (2, 3, 4)}}


def write_python(folder: Path, write: Callable[[dict[str, object]], bytes], hundred: bool) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    if hundred:
        for seed, part in enumerate(("train", "test")):
            batch = {
                "filenames": [f"{n}.png" for n in range(N)],
                "batch_label": part,
                "fine_labels": labels(seed, 100),
                "coarse_labels": labels(seed, 20),
                "data": images(seed),
            }
            (folder / part).write_bytes(write(batch))
        names = {"fine_label_names": list(HUNDRED), "coarse_label_names": list(COARSE)}
        (folder / "meta").write_bytes(write(names))
        return folder
    for seed, part in enumerate(("data_batch_1", "data_batch_2", "test_batch")):
        batch = {
            "batch_label": part,
            "labels": labels(seed, 10),
            "data": images(seed),
            "filenames": [f"{n}.png" for n in range(N)],
        }
        (folder / part).write_bytes(write(batch))
    meta = {"num_cases_per_batch": 10000, "label_names": list(TEN), "num_vis": 3072}
    (folder / "batches.meta").write_bytes(write(meta))
    return folder


def write_binary(folder: Path, hundred: bool) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    parts = ("train", "test") if hundred else ("data_batch_1", "data_batch_2", "test_batch")
    for seed, part in enumerate(parts):
        fine = np.array(labels(seed, 100 if hundred else 10), np.uint8)[:, None]
        coarse = [np.array(labels(seed, 20), np.uint8)[:, None]] if hundred else []
        records = np.concatenate((*coarse, fine, images(seed)), axis=1)
        (folder / f"{part}.bin").write_bytes(records.tobytes())
    if hundred:
        (folder / "fine_label_names.txt").write_text("\n".join(HUNDRED) + "\n", encoding="utf-8")
        (folder / "coarse_label_names.txt").write_text("\n".join(COARSE), encoding="utf-8")
    else:
        (folder / "batches.meta.txt").write_text("\n".join(TEN) + "\n\n", encoding="utf-8")
    return folder


def expect(folder: Path, hundred: bool) -> None:
    data, look = open_data(str(folder)), look_at(str(folder))
    n_train = N if hundred else 2 * N
    seeds = (0, 1) if hundred else (0, 1, 2)
    assert data.classes == look.source.classes == (HUNDRED if hundred else TEN)
    assert (look.source.n_train, look.source.n_validation) == (n_train, N)
    assert data.shape == look.shape == (3, 32, 32)
    pixels = np.concatenate([images(seed) for seed in seeds]).reshape(-1, 3, 32, 32)
    assert torch.equal(data.images, torch.from_numpy(pixels))
    classes = 100 if hundred else 10
    assert data.labels.tolist() == [label for seed in seeds for label in labels(seed, classes)]
    assert data.fixed is not None
    assert data.fixed.validation.tolist() == list(range(n_train, n_train + N))
    told = [] if hundred else ["3 of the 5 batches to train on are missing."]
    assert [str(note) for note in data.notes] == told


@pytest.mark.parametrize("hundred", [False, True])
def test_the_binary_version_is_read(tmp_path: Path, hundred: bool) -> None:
    expect(write_binary(tmp_path, hundred), hundred)


@pytest.mark.parametrize("hundred", [False, True])
@pytest.mark.parametrize("writer", WRITERS)
def test_the_python_version_is_read(tmp_path: Path, writer: str, hundred: bool) -> None:
    expect(write_python(tmp_path, WRITERS[writer], hundred), hundred)


def test_what_is_written_here_as_python_2_is_what_pickle_reads() -> None:
    batch = {"labels": [3, 300], "data": images(1), "filenames": ["a.png"], "batch_label": "one"}
    found = pickle.loads(python2(batch), encoding="bytes")
    assert found[b"labels"] == [3, 300]
    assert np.array_equal(found[b"data"], images(1))
    assert found[b"filenames"] == [b"a.png"]
    assert found[b"batch_label"] == b"one"


@pytest.mark.parametrize("name", ["cifar-10-batches-py", "cifar-100-binary"])
def test_a_folder_around_that_of_the_archive_will_do(tmp_path: Path, name: str) -> None:
    hundred = "100" in name
    if name.endswith("py"):
        write_python(tmp_path / name, python2, hundred)
        file = tmp_path / name / "data_batch_1"
    else:
        write_binary(tmp_path / name, hundred)
        file = tmp_path / name / "train.bin"
    for spec in (tmp_path, file):
        expect(spec, hundred)


def test_a_list_of_names_in_the_oldest_protocol_is_read(tmp_path: Path) -> None:
    folder = write_python(tmp_path, python2, False)
    meta = {"num_cases_per_batch": 10000, "label_names": list(TEN), "num_vis": 3072}
    (folder / "batches.meta").write_bytes(plain(meta))
    expect(folder, False)


def test_without_a_list_the_names_of_cifar_10_are_known(tmp_path: Path) -> None:
    folder = write_binary(tmp_path, False)
    (folder / "batches.meta.txt").unlink()
    expect(folder, False)


def test_cifar_is_read_without_unpickling(tmp_path: Path) -> None:
    folder = write_python(tmp_path, python2, False)
    code = (
        "import sys; sys.addaudithook(lambda name, _: sys.exit(3) if 'pickle' in name else None); "
        "from backend.data.catalogue import open_data; open_data(sys.argv[1])"
    )
    subprocess.run([sys.executable, "-c", code, str(folder)], cwd=ROOT, check=True)


def test_loading_can_be_cancelled(tmp_path: Path) -> None:
    folder = write_binary(tmp_path, False)
    steps: list[tuple[int, int]] = []
    open_data(str(folder), progress=lambda *step: steps.append(step))
    assert steps == [(0, 3), (1, 3), (2, 3), (3, 3)]
    with pytest.raises(LoadCancelled):
        open_data(str(folder), cancelled=lambda: True)


# What is refused


class Evil:
    """Would run a command if it were unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[object, ...]:
        return Path.touch, (self.marker,)


@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
def test_a_file_that_would_run_something_is_refused_and_runs_nothing(
    tmp_path: Path, protocol: int
) -> None:
    marker = tmp_path / "it ran"
    for value in (Evil(marker), {"labels": Evil(marker)}):
        with pytest.raises(BadBatch):
            read_batch(pickle.dumps(value, protocol))
    assert not marker.exists()
    folder = write_python(tmp_path / "set", python2, False)
    (folder / "data_batch_2").write_bytes(pickle.dumps({"labels": Evil(marker)}, max(protocol, 2)))
    with pytest.raises(UserError, match=r"data_batch_2 cannot be read as CIFAR"):
        open_data(str(folder))
    assert not marker.exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"cposix\nsystem\n(S'true'\ntR.", "posix.system"),
        (b"c__builtin__\neval\n.", "__builtin__.eval"),
        (b"\x80\x04\x8c\x02os\x8c\x06system\x93.", "os.system"),
        (b"cnumpy\nload\n.", "numpy.load"),
        (b"ccopyreg\n_reconstructor\n.", "copyreg._reconstructor"),
        (b"(i__main__\nX\n.", "opcode 0x69 at byte 1"),
        (b"}\x81.", "opcode 0x81 at byte 1"),
        (b"P1\n.", "opcode 0x50 at byte 0"),
        (b"}Q.", "opcode 0x51"),
        (b"\x82\x01.", "opcode 0x82"),
        (b"(o.", "opcode 0x6f"),
        (b"\x80\x05}.", "damaged"),
        (b"cnumpy\ndtype\nU\x02u1\x85R.", "damaged"),
        (b"]R.", "damaged"),
        (b"", "damaged"),
        (b"}", "damaged"),
        (b".", "damaged"),
        (b"T\xff\xff\xff\xff.", "damaged"),
        (b"]q\x01h\x01a.", "damaged"),
        (b"}K\x01K\x02s.", "damaged"),
        (b"S'a\\x41'\n.", "damaged"),
        (b"I" + b"9" * 5000 + b"\n.", "damaged"),
        (b"c_codecs\nencode\nX\x01\x00\x00\x00aX\x05\x00\x00\x00utf-8\x86R.", "damaged"),
    ],
)
def test_what_such_files_do_not_use_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(BadBatch, match=reason):
        read_batch(content)


def test_every_opcode_but_those_of_such_files_is_refused() -> None:
    refused = []
    for opcode in pickletools.opcodes:
        try:
            read_batch(opcode.code.encode("latin-1") + b"\x00" * 20)
        except BadBatch as bad:
            if "none that such files use" in str(bad.reason):
                refused.append(opcode.name)
    assert {"REDUCE", "BUILD", "GLOBAL", "STACK_GLOBAL"}.isdisjoint(refused)
    assert {"INST", "OBJ", "NEWOBJ", "NEWOBJ_EX", "PERSID", "BINPERSID", "EXT1", "FLOAT"} <= set(
        refused
    )


@pytest.mark.parametrize(
    "array",
    [
        images(0).astype(np.int8),
        images(0).astype(np.uint16),
        np.asfortranarray(images(0)),
        images(0)[:, :3000].copy(),
    ],
    ids=["signed", "two bytes", "columns first", "too small"],
)
def test_an_array_of_another_kind_is_refused(tmp_path: Path, array: NDArray[np.generic]) -> None:
    folder = write_python(tmp_path, python2, False)
    batch = {b"labels": labels(0, 10), b"data": array}
    (folder / "data_batch_1").write_bytes(pickle.dumps(batch, 2))
    with pytest.raises(UserError, match=r"data_batch_1 cannot be read as CIFAR: it"):
        open_data(str(folder))


def test_an_array_that_lies_about_its_size_is_refused() -> None:
    content = python2({"data": images(0)})
    for good, bad in ((b"K\x0cM\x00\x0c\x86", b"K\x0dM\x00\x0c\x86"), (b"M\x00\x0c", b"M\x00\xff")):
        assert good in content
        with pytest.raises(BadBatch, match="not as large as it says"):
            read_batch(content.replace(good, bad))
    found = read_batch(content)["data"]
    assert isinstance(found, ByteArray)
    assert found.shape == (N, 3072)


def shorten(folder: Path) -> None:
    path = folder / "data_batch_1.bin"
    path.write_bytes(path.read_bytes()[:-1])


def label_ten(folder: Path) -> None:
    path = folder / "data_batch_2.bin"
    path.write_bytes(b"\x0a" + path.read_bytes()[1:])


def empty(folder: Path) -> None:
    (folder / "test_batch.bin").write_bytes(b"")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (shorten, r"data_batch_1.bin .* 36875 bytes, which is no multiple of the 3073"),
        (label_ten, r"data_batch_2.bin .* the label 10 and there are 10 classes"),
        (empty, r"test_batch.bin .* 0 bytes"),
    ],
)
def test_damaged_records_get_a_sentence(
    tmp_path: Path, damage: Callable[[Path], None], words: str
) -> None:
    damage(write_binary(tmp_path, False))
    with pytest.raises(UserError, match=words):
        open_data(str(tmp_path))


@pytest.mark.parametrize(
    "batch",
    [
        {"data": images(0)},
        {"labels": labels(0, 10)},
        {"labels": labels(0, 10)[:5], "data": images(0)},
        {"labels": ["a"] * N, "data": images(0)},
        {"labels": [-1] * N, "data": images(0)},
        {"labels": [2**63] * N, "data": images(0)},
        {"labels": [True] * N, "data": images(0)},
    ],
)
def test_a_dictionary_that_lacks_something_gets_a_sentence(
    tmp_path: Path, batch: dict[str, object]
) -> None:
    folder = write_python(tmp_path, python2, False)
    (folder / "data_batch_1").write_bytes(python3(2)(batch))
    with pytest.raises(UserError, match="data_batch_1 cannot be read as CIFAR"):
        open_data(str(folder))


def test_no_damage_does_more_than_give_a_reason() -> None:
    generator = random.Random(0)
    batch = {"labels": [1, 2], "data": images(0)[:2, :40].copy(), "filenames": ["a", "b"]}
    good = [write(batch) for write in WRITERS.values()]
    for _ in range(4_000):
        content = bytearray(generator.choice(good))
        for _ in range(generator.randint(1, 4)):
            content[generator.randrange(len(content))] = generator.randrange(256)
        with suppress(BadBatch):
            assert isinstance(read_batch(bytes(content)), dict)
