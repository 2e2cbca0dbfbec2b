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
