"""docs/data.md: every tree in it is built and read, and gives what its last line says."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

import numpy as np
import pytest
from PIL import Image

from backend.data.catalogue import check, open_data
from backend.data.look import look_at
from backend.data.pictures.folders import ASIDE_FILES, ASIDE_FOLDERS, SUFFIXES
from tests.backend.data.formats import test_cifar, test_idx_sets
from tests.backend.data.made import encoded, put
from tools.house import ROOT

TEXT = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
TREES = re.findall(r"```tree\n(.*?)```", TEXT, re.DOTALL)
MASKED = ("masks", "SegmentationClass")
FORMS = {".jpg": "JPEG", ".webp": "WEBP", ".tif": "TIFF"}


def files_of(tree: str) -> tuple[list[PurePosixPath], dict[str, str], str]:
    """The files of a tree, the texts that are given below it, and its last line."""
    files: list[PurePosixPath] = []
    texts: dict[str, str] = {}
    above: list[str] = []
    for line in tree.splitlines():
        if line.startswith("→ "):
            return files, texts, line[2:]
        if match := re.fullmatch(r"([\w.]+): (.*)", line):
            texts[match[1]] = match[2].replace(" | ", "\n") + "\n"
            continue
        depth = (len(line) - len(line.lstrip())) // 2
        first, *rest = line.split()
        if first.endswith("/"):
            above[depth:] = [first.rstrip("/")]
        else:
            rest, above = [first, *rest], above[:depth]
        files += [PurePosixPath(*above, name) for name in rest]
    raise AssertionError("a tree without a result")


def content_of(file: PurePosixPath, texts: dict[str, str], folder: Path) -> bytes:
    """What a file of a tree holds."""
    if file.name in texts:
        return texts[file.name].encode()
    if "idx" in file.name:
        idx = test_idx_sets.idx(
            test_idx_sets.IMAGES if "images" in file.name else test_idx_sets.LABELS
        )
        test_idx_sets.write(folder / file, idx)
        return (folder / file).read_bytes()
    if file.suffix == ".txt":
        return b"remember the milk\n"
    picture = np.full((8, 8, 3), 200, np.uint8)
    picture[:, 4:] = 0
    masked = any(part in MASKED for part in file.parts)
    image = Image.fromarray(np.where(picture[:, :, 0] > 0, 0, 255).astype(np.uint8))
    image = image if masked else Image.fromarray(picture)
    return encoded(image, FORMS.get(file.suffix, "PNG"))


def build(tree: str, folder: Path) -> Path:
    """Write the files of a tree; the folder that it is about."""
    files, texts, _ = files_of(tree)
    if "cifar" in tree:
        home = folder / files[0].parent
        if "_batch_1.bin" in tree:
            test_cifar.write_binary(home, hundred=False)
        else:
            test_cifar.write_python(home, test_cifar.python2, hundred=False)
    else:
        for file in files:
            put(folder / file, content_of(file, texts, folder))
    written = {path.relative_to(folder) for path in folder.rglob("*")}
    assert written >= {Path(file) for file in files}
    return folder / files[0].parts[0]


@pytest.mark.parametrize("number", range(len(TREES)))
def test_a_tree_gives_what_it_says(tmp_path: Path, number: int) -> None:
    root = build(TREES[number], tmp_path)
    told = dict(
        (part.split(" ", 1)[0], part.split(" ", 1)[1])
        if part[0].isalpha() and " " in part
        else (part.rsplit(" ", 1)[-1], part.split(" ")[0])
        for part in files_of(TREES[number])[2].split("; ")
    )
    check(str(root))
    data, look = open_data(str(root)), look_at(str(root))
    n_validation = len(data.fixed.validation) if data.fixed is not None else 0
    assert ", ".join(data.classes) == told["classes"]
    assert len(data) - n_validation == int(told["train"])
    assert n_validation == int(told.get("validate", "0"))
    assert data.masks is ("masks" in told)
    assert ", ".join(item.path.name for item in data.skipped) == told.get("aside", "")
    assert look.source.classes == data.classes


def test_every_format_has_a_tree() -> None:
    assert len(TREES) > 12
    for word in ("idx3", "emnist", "cifar-10-batches-bin", "cifar-10-batches-py", ".csv", "masks/"):
        assert any(word in tree for tree in TREES), word


def test_what_is_left_aside_and_what_is_read_is_named() -> None:
    for name in ("@eaDir", "#recycle", "$RECYCLE.BIN", "lost+found", "__MACOSX", "Thumbs.db"):
        assert name in TEXT
        assert name.casefold() in ASIDE_FOLDERS | ASIDE_FILES
    for name in ("PNG", "BMP", "GIF", "WEBP", "TIFF", "PPM", "PGM", "PBM", "AVIF", "JPE", "JFIF"):
        assert f".{name.lower()}" in SUFFIXES
        assert name in TEXT.upper()
