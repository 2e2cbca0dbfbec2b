"""Folders of class folders: good images are used, bad ones listed with their reason."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from backend.data.base.source import LoadCancelled
from backend.data.catalogue import open_data
from backend.data.formats.class_folders import scan
from backend.data.look import look_at
from backend.data.pictures.folders import natural_key
from graph.values.message import UserError
from tests.backend.data.made import bomb, class_folders, encoded, noise, put


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two classes, three good colour images of 8×10 pixels each."""
    return class_folders(tmp_path / "pets")


PNG = encoded(noise(40, 40))
JPEG = encoded(noise(40, 40), "JPEG")
BIG_JPEG = encoded(noise(400, 400), "JPEG")
BAD_FILES: dict[str, tuple[bytes, str]] = {
    "zero.png": (b"", "the file is empty"),
    "text.jpg": (b"this is no image at all", "it is not a PNG or JPEG image"),
    "truncated.png": (PNG[: len(PNG) // 2], "cannot be read"),
    "truncated.jpg": (JPEG[: len(JPEG) // 2], "cannot be read"),
    "truncated-big.jpeg": (BIG_JPEG[: len(BIG_JPEG) - 2_000], "cannot be read"),
    "header-only.png": (PNG[:20], "cannot be read"),
    "start-only.jpg": (JPEG[:3], "not a PNG or JPEG image"),
    "damaged.png": (PNG[:60] + b"\xff" * 200 + PNG[260:], "cannot be read"),
    "icon-inside.png": (encoded(noise(16, 16), "ICO"), "it is not a PNG or JPEG image"),
    "tga-inside.jpg": (encoded(noise(), "TGA"), "it is not a PNG or JPEG image"),
    "web-page.jpg": (b"<!DOCTYPE html><html>", "it is a web page"),
    "pointer.png": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull"),
    "link-as-text.png": (b"../../store/cat0.bin", "../../store/cat0.bin that was copied"),
    "bomb.png": (bomb(8_001, 8_000), "more than 64000000 pixels"),
    "large-bomb.png": (bomb(60_000, 60_000), "more than 64000000 pixels"),
    "no-pixels.png": (bomb(500, 500), "cannot be read"),
    "side.png": (bomb(60_000_000, 1), "60000000×1 pixels; a side may have 65535"),
    "tall.png": (bomb(1, 70_000), "a side may have 65535"),
    "notes.txt": (b"remember the milk", "does not end in .png, .jpg or as that of another"),
    "picture.heic": (PNG, "does not end in .png, .jpg or as that of another"),
}


def test_bad_files_are_listed_and_the_rest_is_used(folder: Path) -> None:
    for name, (content, _) in BAD_FILES.items():
        put(folder / "cat" / name, content)
    first, second = open_data(str(folder)), open_data(str(folder))
    assert first.counts() == (3, 3)
    assert first.shape == (3, 8, 10)
    reasons = {skipped.path.name: str(skipped.reason) for skipped in first.skipped}
    assert reasons.keys() == BAD_FILES.keys()
    for name, (_, reason) in BAD_FILES.items():
        assert reason in reasons[name], name
    assert first.skipped == second.skipped
    assert torch.equal(first.images, second.images)
    assert torch.equal(first.labels, second.labels)


def link_to_itself(folder: Path) -> None:
    (folder / "cat" / "odd.png").symlink_to(folder / "cat" / "odd.png")


def link_to_nothing(folder: Path) -> None:
    (folder / "cat" / "odd.png").symlink_to(folder / "cat" / "gone.png")


def link_to_parent(folder: Path) -> None:
    (folder / "cat" / "odd.png").symlink_to(folder)


def link_to_grandparent(folder: Path) -> None:
    (folder / "cat" / "odd.png").symlink_to(folder.parent)


def pipe(folder: Path) -> None:
    os.mkfifo(folder / "cat" / "odd.png")


def forbid(folder: Path) -> None:
    path = put(folder / "cat" / "odd.png", noise())
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read everything")


@pytest.mark.skipif(os.name != "posix", reason="links, pipes and modes of POSIX")
@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (link_to_itself, "cannot be read"),
        (link_to_nothing, "cannot be read"),
        (link_to_parent, "a folder that it lies in itself"),
        (link_to_grandparent, "a folder that it lies in itself"),
        (pipe, "not a regular file"),
        (forbid, "cannot be read: Permission denied"),
    ],
)
def test_odd_files_are_skipped(folder: Path, make: Callable[[Path], None], reason: str) -> None:
    make(folder)
    data = open_data(str(folder))
    assert len(data) == 6
    assert [skipped.path.name for skipped in data.skipped] == ["odd.png"]
    assert reason in str(data.skipped[0].reason)


def test_a_link_inside_the_folder_is_an_image(folder: Path) -> None:
    (folder / "cat" / "again.png").symlink_to(folder / "cat" / "0.png")
    assert open_data(str(folder)).counts() == (4, 3)


def test_the_list_of_files_is_in_natural_order(tmp_path: Path) -> None:
    for name in ("class10", "Class2", "class1"):
        for index in (10, 9):
            put(tmp_path / name / f"{index}.png", noise(channels=1))
    found = scan(tmp_path)
    assert found.classes == ("class1", "Class2", "class10")
    assert [file.path.name for file in found.files] == ["9.png", "10.png"] * 3
    assert sorted(["b1", "a", "10", "9", "a²", ""], key=natural_key) == [
        "",
        "9",
        "10",
        "a",
        "a²",
        "b1",
    ]


@pytest.mark.skipif(os.name != "posix", reason="names of any bytes")
def test_a_class_name_that_is_no_text_can_be_shown(folder: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(folder) + b"/z\xff"))
    put(odd / "x.png", noise())
    data = open_data(str(folder))
    assert data.classes == ("cat", "dog", "z\N{REPLACEMENT CHARACTER}")
    assert data.counts() == (3, 3, 1)


def test_a_look_counts_files_and_reads_their_headers_alone(folder: Path) -> None:
    put(folder / "dog" / "deep" / "down" / "bad.jpg", b"nonsense")
    put(folder / "dog" / "cut.png", PNG[:60])
    look = look_at(str(folder))
    source = look.source
    assert (source.masks, source.classes, source.shape) == (False, ("cat", "dog"), None)
    assert (source.n_train, source.n_validation) == (8, None)
    assert (look.shape, look.n_shapes) == ((3, 8, 10), 2)
    assert [item.path.name for item in look.skipped] == ["bad.jpg"]


@pytest.mark.parametrize("validation", ["val", "Validation", "test"])
def test_train_and_validation_folders_are_a_fixed_split(tmp_path: Path, validation: str) -> None:
    for part, count in (("train", 3), (validation, 2)):
        for name in ("a", "b"):
            for index in range(count):
                put(tmp_path / part / name / f"{index}.png", noise(channels=1, seed=index))
    put(tmp_path / validation / "c" / "new.png", noise())
    assert look_at(str(tmp_path)).source.n_validation == 4
    data = open_data(str(tmp_path))
    assert data.classes == ("a", "b")
    split = data.split()
    assert data.labels[split.train].tolist() == [0, 0, 0, 1, 1, 1]
    assert data.labels[split.validation].tolist() == [0, 0, 1, 1]
    assert [skipped.path.name for skipped in data.skipped] == ["c"]


GREY = np.arange(80, dtype=np.uint8).reshape(8, 10)


def grey_palette() -> Image.Image:
    return Image.fromarray(GREY).convert("P")


GREY_FILES: dict[str, bytes] = {
    "grey": encoded(Image.fromarray(GREY)),
    "16 bits": encoded(Image.fromarray(GREY.astype(np.uint16) * 257)),
    "palette of greys": encoded(grey_palette()),
    "alpha": encoded(Image.merge("LA", (Image.fromarray(GREY), Image.new("L", (10, 8), 255)))),
}


@pytest.mark.parametrize("kind", GREY_FILES)
def test_grey_images_have_one_channel(tmp_path: Path, kind: str) -> None:
    for name in ("a", "b"):
        put(tmp_path / name / "x.png", GREY_FILES[kind])
    data = open_data(str(tmp_path))
    assert data.shape == (1, 8, 10)
    assert np.array_equal(data.images[1, 0].numpy(), GREY)


def test_one_colour_image_makes_all_three_channels(tmp_path: Path) -> None:
    put(tmp_path / "a" / "grey.png", noise(channels=1))
    put(tmp_path / "b" / "cmyk.jpg", noise().convert("CMYK"), "JPEG")
    data = open_data(str(tmp_path))
    assert data.shape == (3, 8, 10)
    assert torch.equal(data.images[0, 0], data.images[0, 2])


def test_a_colour_image_that_cannot_be_used_does_not_count(tmp_path: Path) -> None:
    for name in ("a", "b"):
        put(tmp_path / name / "grey.png", noise(channels=1))
    put(tmp_path / "a" / "bad.png", PNG[: len(PNG) // 2])
    assert open_data(str(tmp_path)).shape == (1, 8, 10)


def test_transparent_parts_are_white(tmp_path: Path) -> None:
    for name in ("a", "b"):
        put(tmp_path / name / "x.png", Image.new("RGBA", (4, 4), (200, 0, 0, 0)))
    assert open_data(str(tmp_path)).images.eq(255).all()


def test_photographs_are_turned_upright(tmp_path: Path) -> None:
    image = Image.new("RGB", (40, 20), "red")
    image.paste("blue", (20, 0, 40, 20))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter, clockwise
    for name in ("a", "b"):
        put(tmp_path / name / "x.jpg", encoded(image, "JPEG", exif=exif, quality=95))
    data = open_data(str(tmp_path))
    assert data.shape == (3, 40, 20)
    top, bottom = data.images[0, :, 5, 10], data.images[0, :, 35, 10]
    assert top[0] > 200 > 50 > top[2]
    assert bottom[2] > 200 > 50 > bottom[0]


def test_images_come_to_the_most_common_size_or_to_the_size_asked_for(tmp_path: Path) -> None:
    white = Image.new("L", (10, 8), 255)
    for name in ("a", "b"):
        put(tmp_path / name / "1.png", white)
        put(tmp_path / name / "2.png", white)
        put(tmp_path / name / "3.png", white.resize((40, 16)))
    assert open_data(str(tmp_path)).shape == (1, 8, 10)
    resized = open_data(str(tmp_path), size=(12, 12))
    assert resized.shape == (1, 12, 12)
    assert resized.images.eq(255).all()
    padded = open_data(str(tmp_path), size=(12, 20), fit="pad").images
    small, large = padded[0, 0], padded[2, 0]
    assert small[2:10, 5:15].eq(255).all()
    assert int(small.ne(0).sum()) == 80
    assert large[2:10].eq(255).all()
    assert int(large.ne(0).sum()) == 160


def test_large_photographs_are_scaled_down(tmp_path: Path) -> None:
    for name in ("a", "b"):
        put(tmp_path / name / "x.jpg", Image.new("L", (1024, 512), 77), "JPEG")
    data = open_data(str(tmp_path))
    assert data.shape == (1, 128, 256)
    assert int((data.images.int() - 77).abs().max()) <= 1


def no_classes(folder: Path) -> None:
    put(folder / "x.png", noise())


def one_class(folder: Path) -> None:
    put(folder / "cat" / "x.png", noise())


def nothing_readable(folder: Path) -> None:
    for name in ("cat", "dog"):
        put(folder / name / "bad.png", b"nonsense")


def one_class_readable(folder: Path) -> None:
    put(folder / "cat" / "good.png", noise())
    put(folder / "dog" / "bad.png", b"nonsense")


def empty_classes(folder: Path) -> None:
    (folder / "cat").mkdir()
    (folder / "dog").mkdir()


@pytest.mark.parametrize(
    ("make", "parts"),
    [
        (Path.touch, ("holds nothing to train on", "class folders", "IDX files")),
        (empty_classes, ("holds nothing to train on", "class folders", "IDX files")),
        (no_classes, ("images but no class folders", "folder of its own")),
        (one_class, ("only one class, cat",)),
        (nothing_readable, ("None of the 2 images", "bad.png", "not a PNG or JPEG image")),
        (one_class_readable, ("one class only, cat", "bad.png")),
    ],
)
def test_a_folder_without_use_gets_a_sentence(
    tmp_path: Path, make: Callable[[Path], object], parts: tuple[str, ...]
) -> None:
    make(tmp_path)
    with pytest.raises(UserError) as caught:
        open_data(str(tmp_path))
    for part in (str(tmp_path), *parts):
        assert part in str(caught.value)


def test_loading_tells_its_progress_and_can_be_cancelled(folder: Path) -> None:
    put(folder / "cat" / "bad.png", b"nonsense")
    steps: list[tuple[int, int]] = []
    open_data(str(folder), progress=lambda done, total: steps.append((done, total)))
    assert steps == sorted(steps)
    assert steps[-1] == (14, 14)

    seen: list[int] = []
    with pytest.raises(LoadCancelled):
        open_data(
            str(folder),
            progress=lambda *step: seen.append(step[0]),
            cancelled=lambda: len(seen) >= 9,
        )
    assert len(seen) == 9
