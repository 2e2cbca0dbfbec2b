"""Splits that folders prescribe: by their names, and by what lies inside."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from backend.data.catalogue import open_data
from backend.data.look import look_at
from backend.data.pictures.splits import Role, role
from graph.values.message import UserError
from tests.backend.data.made import class_folders, noise, put


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        *((name, Role.TRAIN) for name in ("train", "TRAIN", "training", "seg_train", "trainset")),
        *((name, Role.TRAIN) for name in ("training_set", "train2017", "TrainImages", "my-train")),
        *((name, Role.TRAIN) for name in ("traindata", "trainimages", "TrainingPart", "xray_trn")),
        *((name, None) for name in ("constrainset", "latestdata", "contestset")),
        *((name, Role.VALIDATION) for name in ("val", "valid", "Validation", "val_set", "seg_val")),
        *((name, Role.TEST) for name in ("test", "testing", "eval", "evaluation", "test_set")),
        *((name, None) for name in ("cat", "trainer", "contest", "value", "strain", "train_test")),
        *((name, None) for name in ("retrained", "latest", "developer", "")),
    ],
)
def test_a_name_tells_its_part_by_a_word(name: str, expected: Role | None) -> None:
    assert role(name) is expected


def halves(folder: Path, train: str, validation: str, count: tuple[int, int] = (3, 2)) -> Path:
    class_folders(folder / train, count=count[0])
    class_folders(folder / validation, count=count[1])
    return folder


def expect_split(folder: Path, train: int = 6, validation: int = 4) -> list[str]:
    """The names that were left aside."""
    data, source = open_data(str(folder)), look_at(str(folder)).source
    assert data.classes == source.classes == ("cat", "dog")
    assert data.fixed is not None
    assert (len(data.fixed.train), len(data.fixed.validation)) == (train, validation)
    assert (source.n_train, source.n_validation) == (train, validation)
    return sorted(item.path.name for item in data.skipped)


@pytest.mark.parametrize(
    ("train", "validation"),
    [
        ("train", "val"),
        ("Train", "Test"),
        ("training", "testing"),
        ("train", "valid"),
        ("train", "validation"),
        ("train", "eval"),
        ("seg_train", "seg_test"),
        ("training_set", "test_set"),
        ("train_images", "val_images"),
        ("seg_train/seg_train", "seg_test/seg_test"),
        ("training_set/training_set", "test_set/test_set"),
        ("asl_train/asl_train", "asl_test"),
        ("train", "test/test"),
        ("data/train", "data/test"),
        ("pets/pets/train", "pets/pets/val"),
    ],
)
def test_the_split_of_common_sets_is_kept(tmp_path: Path, train: str, validation: str) -> None:
    assert expect_split(halves(tmp_path / "set", train, validation)) == []


def test_other_folders_are_left_aside_and_named(tmp_path: Path) -> None:
    folder = halves(tmp_path, "train", "test")
    put(folder / "__MACOSX" / "train" / "cat" / "._0.png", b"\0\5\26\7")
    put(folder / "seg_pred" / "7.png", noise())
    class_folders(folder / "extra")
    put(folder / "cover.png", noise())
    assert expect_split(folder) == ["__MACOSX", "cover.png", "extra", "seg_pred"]


def test_of_two_parts_that_validate_the_one_called_so_is_taken(tmp_path: Path) -> None:
    folder = halves(tmp_path, "train", "val")
    class_folders(folder / "test")
    assert expect_split(folder) == ["test"]


def test_the_same_folder_once_more_inside_is_no_class(tmp_path: Path) -> None:
    folder = halves(tmp_path, "train", "val")
    halves(folder / "chest_xray", "train", "val")
    assert expect_split(folder) == ["chest_xray"]


@pytest.mark.parametrize("test", ["test/1.png", "test/test/1.png", "test/unknown/1.png"])
def test_a_test_part_without_classes_is_left_aside(tmp_path: Path, test: str) -> None:
    class_folders(tmp_path / "train")
    put(tmp_path / test, noise())
    put(tmp_path / "test" / "2.png", noise())
    data = open_data(str(tmp_path))
    assert (data.classes, len(data), data.fixed) == (("cat", "dog"), 6, None)
    assert [item.path.name for item in data.skipped] == ["test"]


def test_a_folder_around_the_class_folders_is_passed(tmp_path: Path) -> None:
    class_folders(tmp_path / "set" / "pets" / "pets")
    put(tmp_path / "set" / "preview.png", noise())
    data = open_data(str(tmp_path / "set"))
    assert data.classes == ("cat", "dog")
    assert [item.path.name for item in data.skipped] == ["preview.png"]


def test_a_class_that_is_called_train_stays_a_class(tmp_path: Path) -> None:
    data = open_data(str(class_folders(tmp_path, ("bus", "train", "tram"))))
    assert data.classes == ("bus", "train", "tram")


def test_classes_whose_pictures_lie_deeper_stay_classes(tmp_path: Path) -> None:
    for name in ("bus", "train"):
        class_folders(tmp_path / name, ("old", "new"))
    data = open_data(str(tmp_path))
    assert (data.classes, data.counts()) == (("bus", "train"), (6, 6))


def test_parts_of_loose_pictures_are_not_taken_for_classes(tmp_path: Path) -> None:
    for part in ("train", "test"):
        put(tmp_path / part / "1.png", noise())
    with pytest.raises(UserError, match="folders test, train, whose pictures lie in no class"):
        open_data(str(tmp_path))


def test_names_of_classes_are_compared_in_composed_letters(tmp_path: Path) -> None:
    composed = unicodedata.normalize("NFC", "Köln")
    apart = unicodedata.normalize("NFD", composed)
    class_folders(tmp_path / "train", (composed, "Bonn"))
    class_folders(tmp_path / "val", (apart, "Bonn"), count=2)
    data = open_data(str(tmp_path))
    assert data.classes == ("Bonn", composed)
    assert data.fixed is not None
    assert len(data.fixed.validation) == 4
    assert data.skipped == ()


def test_two_folders_whose_names_read_the_same_are_one_class(tmp_path: Path) -> None:
    for form in ("NFC", "NFD"):
        class_folders(tmp_path, (unicodedata.normalize("NFC", "Bonn"),), count=1)
        put(tmp_path / unicodedata.normalize(form, "Köln") / f"{form}.png", noise())
    data = open_data(str(tmp_path))
    assert len(data.classes) == 2
    assert data.counts() == (1, 2)
