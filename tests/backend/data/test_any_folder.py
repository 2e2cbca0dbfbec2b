"""Whatever lies in a folder: it is read, or there is a sentence; a look tells the same classes."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backend.data.base.source import DataLook
from backend.data.catalogue import open_data
from backend.data.look import look_at
from graph.values.message import UserError
from tests.backend.data.formats import test_idx_sets
from tests.backend.data.made import encoded, noise, put

FOLDERS = (
    *("train", "val", "test", "images", "masks", "cat", "dog", "labels", "Train_masks", "raw"),
    *("seg_test", "__MACOSX", "@eaDir", "extra", "imgs", "annotations", "ä"),
)
FILES = (
    *("1.png", "2.png", "3.jpg", "1_mask.png", "2_mask.png", "a.gif", "b.tif", "bad.png"),
    *("x.txt", "classes.txt", "val.txt", "train.txt", "labels.csv", "train.csv"),
    *("class_dict.csv", ".hidden.png", "Thumbs.db"),
)
PARTICULAR = (
    *("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte"),
    *("data_batch_1", "data_batch_1.bin", "batches.meta", "kmnist_classmap.csv"),
)
TABLES = (
    "path,label\n1.png,a\n2.png,b\n3,c\n",
    "id;label\n1;x\n2;y",
    "name,r,g,b\na,0,0,0\nb,255,255,255\n",
    "label,pixel1\n0,1\n",
    "",
)
LISTS = ("a\nb\n", "1\n2\n", "\n\n", "x\nx\n", "void\nroad\ncar\n")
FORMS = {".gif": "GIF", ".tif": "TIFF", ".jpg": "JPEG"}


def content(chance: random.Random, name: str) -> bytes:
    """What such a file may hold, now and then nonsense."""
    if chance.random() < 0.1:
        return chance.randbytes(chance.randrange(60))
    if name.endswith(".csv"):
        encoding = chance.choice(("utf-8", "utf-16", "utf-8-sig"))
        return chance.choice(TABLES).encode(encoding)
    if name.endswith(".txt"):
        return chance.choice(LISTS).encode()
    if "idx" in name:
        array = np.array([0, 1, chance.randrange(3), 1], np.uint8)
        return test_idx_sets.idx(np.zeros((4, 6, 6), np.uint8) if "images" in name else array)
    if "batch" in name:
        return chance.choice((b"\x80\x02}q\x01.", b"\x01" * 3073, b"(dp1\n."))
    return picture(chance, Path(name).suffix)


def picture(chance: random.Random, ending: str) -> bytes:
    """A picture or a mask of 8×8, or of another size."""
    values = np.zeros((8, 8), np.uint8)
    values[:, chance.randrange(9) :] = chance.choice((1, 2, 255, 128, 77))
    mask = Image.fromarray(values)
    indexed = mask if ending == ".jpg" else mask.convert("P")
    kinds = (mask, mask, mask, indexed, mask.resize((9, 8)), noise(8, 8, seed=1))
    return encoded(chance.choice(kinds), FORMS.get(ending, "PNG"))


def grow(chance: random.Random, folder: Path, names: tuple[str, ...], depth: int = 0) -> None:
    """Files and folders at random, some folders links upward."""
    for name in chance.choices(names, k=chance.randrange(1, 5)):
        put(folder / name, content(chance, name))
    for name in chance.choices(FOLDERS, k=chance.randrange(4) if depth < 3 else 0):
        inner = folder / name
        if inner.exists():
            continue
        if chance.random() < 0.04:
            inner.symlink_to(folder.parent)
        else:
            grow(chance, inner, names, depth + 1)


def classes_of(read: object, spec: str) -> tuple[str, ...] | None:
    """The classes that a way of reading tells; None for a sentence."""
    assert callable(read)
    try:
        found = read(spec)
    except UserError:
        return None
    source = found.source if isinstance(found, DataLook) else found
    return tuple(source.classes)


def try_folders(folder: Path, seeds: range) -> int:
    """Grow and read folders; how many could be used."""
    usable = 0
    for seed in seeds:
        chance = random.Random(seed)
        root = folder / f"set{seed}"
        grow(chance, root, FILES + PARTICULAR if seed % 4 == 0 else FILES)
        looked, loaded = classes_of(look_at, str(root)), classes_of(open_data, str(root))
        assert loaded is None or looked == loaded, seed
        usable += loaded is not None
        shutil.rmtree(root)
    return usable


def test_a_folder_at_random_is_read_or_answered_with_a_sentence(tmp_path: Path) -> None:
    assert try_folders(tmp_path, range(120)) > 20


@pytest.mark.campaign
@pytest.mark.timeout(3_600)
def test_many_folders_at_random(tmp_path: Path) -> None:
    assert try_folders(tmp_path, range(1_000, 11_000)) > 2_000
