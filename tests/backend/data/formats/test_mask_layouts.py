"""Where masks lie beside their pictures, and how they are called."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backend.data.catalogue import open_data
from backend.data.look import look_at
from tests.backend.data.made import put

MASK = np.zeros((6, 6), np.uint8)
MASK[:, 3:] = 255


def write(folder: Path, image: str, mask: str) -> None:
    """A picture and its mask at these places."""
    put(folder / image, Image.fromarray(np.stack([MASK] * 3, axis=2)))
    put(folder / mask, Image.fromarray(MASK))


def names(folder: Path) -> tuple[int, int | None, list[str]]:
    """How many pictures train and validate, and what was left out."""
    data, source = open_data(str(folder)), look_at(str(folder)).source
    assert data.masks
    assert data.classes == ("background", "object")
    n_validation = len(data.fixed.validation) if data.fixed is not None else None
    assert (source.n_train, source.n_validation) == (len(data) - (n_validation or 0), n_validation)
    return len(data) - (n_validation or 0), n_validation, [i.path.name for i in data.skipped]


@pytest.mark.parametrize(
    ("images", "masks"),
    [
        ("images/train", "masks/train"),
        ("images/training", "masks/training"),
        ("Images/Train", "Masks/train"),
        ("train/images", "train/masks"),
        ("train/image", "train/mask"),
        ("data/train/imgs", "data/train/masks"),
        ("set/images/train", "set/masks/train"),
        ("images/train", "annotations/training"),
        ("JPEGImages/train", "SegmentationClass/train"),
        ("images/seg_train", "labels/seg_train"),
    ],
)
@pytest.mark.parametrize("validation", ["val", "Test"])
def test_the_split_is_kept_wherever_it_stands(
    tmp_path: Path, images: str, masks: str, validation: str
) -> None:
    for number in range(3):
        write(tmp_path, f"{images}/{number}.png", f"{masks}/{number}.png")
    for number in range(2):
        half = [
            "/".join(validation if "train" in part.lower() else part for part in side.split("/"))
            for side in (images, masks)
        ]
        write(tmp_path, f"{half[0]}/{number}.png", f"{half[1]}/{number}.png")
    assert names(tmp_path) == (3, 2, [])


def test_what_belongs_to_no_part_is_named(tmp_path: Path) -> None:
    for part in ("train", "val", "test", "extra"):
        write(tmp_path, f"images/{part}/0.png", f"masks/{part}/0.png")
    n_train, n_validation, left = names(tmp_path)
    assert (n_train, n_validation) == (1, 1)
    assert left == ["extra", "test", "extra", "test"]


def test_without_a_part_that_validates_all_train(tmp_path: Path) -> None:
    write(tmp_path, "images/train/0.png", "masks/train/0.png")
    write(tmp_path, "images/more/0.png", "masks/more/0.png")
    assert names(tmp_path) == (2, None, [])


@pytest.mark.parametrize(
    ("image", "mask"),
    [
        ("a.png", "a_mask.png"),
        ("a.png", "a-mask.png"),
        ("a.png", "a.mask.png"),
        ("a.png", "a mask.png"),
        ("a.png", "a_Mask.png"),
        ("a.png", "a_masks.png"),
        ("a.png", "a_seg.png"),
        ("a.png", "a_segmentation.png"),
        ("a.png", "a_label.png"),
        ("a.png", "a_labels.png"),
        ("a.png", "a_gt.png"),
        ("a.png", "a_L.png"),
        ("a.png", "a_P.png"),
        ("a.png", "mask_a.png"),
        ("a.jpg", "a.jpg.png"),
        ("a_image.png", "a_mask.png"),
        ("a_sat.png", "a_mask.png"),
        ("deep/down/a.png", "deep/down/a_mask.png"),
        ("ulm/x_leftImg8bit.png", "ulm/x_gtFine_labelIds.png"),
    ],
)
def test_a_mask_may_say_that_it_is_one(tmp_path: Path, image: str, mask: str) -> None:
    write(tmp_path, f"images/{image}", f"masks/{mask}")
    write(tmp_path, "images/other.png", "masks/other.png")
    assert names(tmp_path) == (2, None, [])


def test_a_mask_of_exactly_this_name_is_preferred(tmp_path: Path) -> None:
    write(tmp_path, "images/a.png", "masks/a.png")
    write(tmp_path, "images/a_mask.png", "masks/a_mask_mask.png")
    put(tmp_path / "masks" / "mask_a.png", Image.fromarray(MASK))
    assert names(tmp_path) == (2, None, ["mask_a.png"])


def test_of_two_masks_of_one_name_the_exact_one_is_taken(tmp_path: Path) -> None:
    write(tmp_path, "images/a.png", "masks/a.png")
    put(tmp_path / "masks" / "a.jpg", Image.fromarray(MASK), "JPEG")
    assert names(tmp_path) == (1, None, ["a.jpg"])


@pytest.mark.parametrize(("image", "mask"), [("NFC", "NFD"), ("NFD", "NFC"), ("NFKD", "NFC")])
def test_names_are_compared_in_composed_letters(tmp_path: Path, image: str, mask: str) -> None:
    for number, name in enumerate(("Köln", "Ångström", "a\u0323\u0307")):
        write(
            tmp_path,
            f"images/{unicodedata.normalize(image, name)}{number}.png",
            f"masks/{unicodedata.normalize(mask, name)}{number}_mask.png",
        )
    assert names(tmp_path) == (3, None, [])


@pytest.mark.parametrize("place", ["", "images", "masks", "masks/train"])
def test_names_of_classes_are_found_beside_masks_and_above(tmp_path: Path, place: str) -> None:
    for part in ("train", "val"):
        write(tmp_path, f"images/{part}/0.png", f"masks/{part}/0.png")
    (tmp_path / place / "classes.txt").write_text("ground\nroof\n", encoding="utf-8")
    expected = ("background", "object") if place == "images" else ("ground", "roof")
    assert open_data(str(tmp_path)).classes == expected


@pytest.mark.parametrize(
    ("images", "masks"),
    [
        ("train", "train_masks"),
        ("train_images", "train_masks"),
        ("images_train", "masks_train"),
        ("TrainImages", "TrainMasks"),
        ("set/train", "set/train_labels"),
    ],
)
def test_folders_may_say_part_and_side_in_their_names(
    tmp_path: Path, images: str, masks: str
) -> None:
    for number in range(3):
        write(tmp_path, f"{images}/{number}.png", f"{masks}/{number}_mask.png")
    assert names(tmp_path) == (3, None, [])
    other = [side.replace("train", "test").replace("Train", "Test") for side in (images, masks)]
    write(tmp_path, f"{other[0]}/0.png", f"{other[1]}/0.png")
    (tmp_path / "metadata").mkdir()
    n_train, n_validation, left = names(tmp_path)
    assert (n_train, n_validation) == (3, 1)
    assert set(left) <= {"metadata"}


def test_one_folder_of_masks_may_serve_both_parts(tmp_path: Path) -> None:
    for number in range(5):
        part = "train" if number < 3 else "val"
        write(tmp_path, f"images/{part}/{number}.png", f"masks/{number}.png")
    put(tmp_path / "masks" / "stray.png", Image.fromarray(MASK))
    assert names(tmp_path) == (3, 2, ["stray.png"])


@pytest.mark.parametrize("folder", ["", "street", "train"])
@pytest.mark.parametrize(("image", "mask"), [("", "_mask"), ("_sat", "_mask"), ("", "_seg")])
def test_pictures_and_masks_may_lie_together(
    tmp_path: Path, folder: str, image: str, mask: str
) -> None:
    for number in range(3):
        write(tmp_path / folder, f"{number}{image}.png", f"{number}{mask}.png")
    put(tmp_path / folder / "alone.png", Image.fromarray(MASK))
    assert names(tmp_path) == (3, None, ["alone.png"])


def test_in_class_folders_a_mask_is_no_picture_of_the_class(tmp_path: Path) -> None:
    for name in ("benign", "malignant"):
        for number in range(3):
            write(tmp_path, f"{name}/{name} ({number}).png", f"{name}/{name} ({number})_mask.png")
        put(tmp_path / name / f"{name} (0)_mask_1.png", Image.fromarray(MASK))
        put(tmp_path / name / "the_mask.png", Image.fromarray(MASK))
    data = open_data(str(tmp_path))
    assert (data.classes, data.counts()) == (("benign", "malignant"), (4, 4))
    assert all("is the mask of" in str(item.reason) for item in data.skipped)
    assert len(data.skipped) == 8


def test_classes_that_are_called_mask_stay_classes(tmp_path: Path) -> None:
    for name in ("with_mask", "without_mask"):
        for number in range(3):
            put(tmp_path / name / f"{number}-{name}.jpg", Image.fromarray(MASK))
    data = open_data(str(tmp_path))
    assert (data.classes, data.masks, len(data)) == (("with_mask", "without_mask"), False, 6)


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("ImageSets/Segmentation", "{n}"),
        ("", "{n}.png"),
        ("splits", "images/{n}.jpg"),
        ("", "/home/somebody/images/{n}.png\tmasks/{n}.png"),
    ],
)
@pytest.mark.parametrize("train", [True, False])
def test_lists_beside_the_pictures_are_the_split(
    tmp_path: Path, place: str, line: str, train: bool
) -> None:
    sides = ("JPEGImages", "SegmentationClass") if place.startswith("I") else ("images", "masks")
    for number in range(6):
        write(tmp_path, f"{sides[0]}/n{number}.png", f"{sides[1]}/n{number}.png")
    folder = tmp_path / place
    folder.mkdir(parents=True, exist_ok=True)
    lists = {"train.txt": range(3), "val.txt": range(3, 5)}
    for name, numbers in lists.items():
        if train or name == "val.txt":
            text = "".join(line.format(n=f"n{number}") + "\n" for number in numbers)
            (folder / name).write_text(text, encoding="utf-8")
    data = open_data(str(tmp_path))
    assert data.fixed is not None
    assert len(data.fixed.validation) == 2
    assert len(data.fixed.train) == (3 if train else 4)
    assert [item.path.name for item in data.skipped] == (["n5.png"] if train else [])


def test_a_text_that_lists_no_pictures_is_no_split(tmp_path: Path) -> None:
    for number in range(3):
        write(tmp_path, f"images/{number}.png", f"masks/{number}.png")
    (tmp_path / "val.txt").write_text("validation loss 0.3\n", encoding="utf-8")
    (tmp_path / "train.txt").write_bytes(b"\xff\xfe\x00")
    assert names(tmp_path) == (3, None, [])
