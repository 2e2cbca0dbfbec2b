"""A folder of pictures and masks: what is read, what is left out and why, and training on it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from backend.channel.events import Failed
from backend.data.base.prepare import prepare
from backend.data.catalogue import open_data
from backend.data.look import look_at
from backend.training.settings import TrainingSettings
from backend.training.trainer import train
from graph.analysis.analysis import Analysis
from graph.planning.planner import make_plan
from graph.templates.registry import find_template
from graph.values.message import UserError

SIDE = 20


def disc(number: int, value: int = 255) -> NDArray[np.uint8]:
    """A mask with a disc, the same for the same number."""
    rows, columns = np.mgrid[:SIDE, :SIDE]
    middle = 6 + number % 8
    inside = (rows - middle) ** 2 + (columns - middle) ** 2 < 25
    return np.where(inside, value, 0).astype(np.uint8)


def write(folder: Path, name: str, mask: NDArray[np.uint8] | None, ending: str = "png") -> Path:
    """A picture that is bright where the mask is, and the mask as a PNG."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    (folder / "masks").mkdir(parents=True, exist_ok=True)
    shown = mask if mask is not None else disc(0)
    colour = np.stack([shown, shown // 2, 255 - shown], axis=2)
    Image.fromarray(colour).save(folder / "images" / f"{name}.{ending}")
    if mask is not None:
        Image.fromarray(mask).save(folder / "masks" / f"{name}.png")
    return folder


def black_and_white(folder: Path, count: int = 6) -> Path:
    for number in range(count):
        write(folder, f"p{number}", disc(number), "jpg" if number % 2 else "png")
    return folder


def test_black_and_white_masks_are_background_and_object(tmp_path: Path) -> None:
    folder = black_and_white(tmp_path)
    source = look_at(str(folder)).source
    assert (source.title.text(), source.masks, source.n_train) == (
        f"Images and masks in {folder.name}",
        True,
        6,
    )
    assert source.n_validation is None
    data = open_data(str(folder))
    assert data.masks
    assert (data.shape, data.classes) == ((3, SIDE, SIDE), ("background", "object"))
    assert not data.skipped
    for number in range(6):
        assert torch.equal(data.labels[number].bool(), torch.from_numpy(disc(number) > 0))


def test_class_numbers_in_grey_and_in_palettes_with_names_from_a_file(tmp_path: Path) -> None:
    write(tmp_path, "a", disc(0, 1))
    write(tmp_path, "b", disc(1, 2))
    indexed = Image.fromarray(disc(1, 2)).convert("P")
    indexed.putdata(disc(1, 2).flatten().tolist())
    indexed.putpalette([0, 0, 0, 255, 0, 0, 0, 200, 0])
    indexed.save(tmp_path / "masks" / "b.png")
    data = open_data(str(tmp_path))
    assert data.classes == ("class 0", "class 1", "class 2")
    assert look_at(str(tmp_path)).source.classes == data.classes
    assert data.labels[1].unique().tolist() == [0, 2]
    (tmp_path / "classes.txt").write_text("street\ncar\n\nbicycle\nwalker\n", encoding="utf-8")
    assert look_at(str(tmp_path)).source.classes == ("street", "car", "bicycle", "walker")
    assert open_data(str(tmp_path)).classes == ("street", "car", "bicycle", "walker")


def test_black_and_white_saved_in_colour_or_with_one_bit_is_the_same(tmp_path: Path) -> None:
    black_and_white(tmp_path, 3)
    Image.fromarray(disc(0)).convert("RGB").save(tmp_path / "masks" / "p0.png")
    Image.fromarray(disc(1)).convert("1").save(tmp_path / "masks" / "p1.png")
    Image.fromarray(disc(2)).convert("RGBA").save(tmp_path / "masks" / "p2.png")
    data = open_data(str(tmp_path))
    for number in range(3):
        assert torch.equal(data.labels[number].bool(), torch.from_numpy(disc(number) > 0))


def test_training_and_validation_folders_are_a_fixed_split(tmp_path: Path) -> None:
    black_and_white(tmp_path / "train", 4)
    black_and_white(tmp_path / "val", 2)
    (tmp_path / "classes.txt").write_text("ground\ndisc\n", encoding="utf-8")
    source = look_at(str(tmp_path)).source
    assert (source.n_train, source.n_validation) == (4, 2)
    data = open_data(str(tmp_path))
    split = data.split()
    assert (split.train.tolist(), split.validation.tolist()) == ([0, 1, 2, 3], [4, 5])
    assert data.classes == ("ground", "disc")


def test_what_has_no_partner_or_does_not_fit_is_left_out_with_a_reason(tmp_path: Path) -> None:
    black_and_white(tmp_path, 3)
    write(tmp_path, "lonely", None)
    Image.fromarray(disc(0)).save(tmp_path / "masks" / "stray.png")
    write(tmp_path, "lossy", None)
    Image.fromarray(disc(1)).save(tmp_path / "masks" / "lossy.jpg", quality=60)
    write(tmp_path, "small", disc(0)[:10])
    Image.fromarray(disc(0)).save(tmp_path / "images" / "small.png")
    write(tmp_path, "grey", disc(0, 77))
    write(tmp_path, "colour", disc(0))
    Image.open(tmp_path / "images" / "colour.png").save(tmp_path / "masks" / "colour.png")
    write(tmp_path, "broken", disc(0))
    (tmp_path / "masks" / "broken.png").write_bytes(b"none")
    (tmp_path / "classes.txt").write_text("ground\ndisc\n", encoding="utf-8")
    data = open_data(str(tmp_path))
    reasons = {(item.path.parent.name, item.path.stem): str(item.reason) for item in data.skipped}
    assert "no mask of this name" in reasons["images", "lonely"]
    assert "no picture of this name" in reasons["masks", "stray"]
    assert "20×20 pixels and its mask 10×20" in reasons["images", "small"]
    assert "value 77" in reasons["images", "grey"]
    assert "in colour" in reasons["images", "colour"]
    assert "not a PNG or JPEG" in reasons["images", "broken"]


def test_one_odd_mask_does_not_turn_black_and_white_into_numbers(tmp_path: Path) -> None:
    black_and_white(tmp_path, 5)
    write(tmp_path, "soft", disc(0, 77))
    data = open_data(str(tmp_path))
    assert data.classes == ("background", "object")
    assert len(data) == 5
    (item,) = data.skipped
    assert "value 77" in str(item.reason)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda folder: (folder / "masks").mkdir(), "no folder images"),
        (lambda folder: (folder / "images").mkdir(), "no folder masks"),
        (
            lambda folder: ((folder / "images").mkdir(), (folder / "masks").mkdir()),
            "There are no pictures",
        ),
        (lambda folder: write(write(folder, "a", None), "b", None), "has a mask"),
        (lambda folder: write(folder, "a", disc(0, 0)), "only one class"),
        (lambda folder: write(folder, "a", disc(0, 1)[:5]), "cannot be used with its mask"),
    ],
)
def test_folders_that_cannot_be_used_say_why(tmp_path: Path, make: object, words: str) -> None:
    assert callable(make)
    make(tmp_path)
    if words == "cannot be used with its mask":
        Image.fromarray(disc(0)).save(tmp_path / "images" / "a.png")
    with pytest.raises(UserError, match=words):
        open_data(str(tmp_path))


@pytest.mark.parametrize("content", [b"only one\n", b"\xff\xfe\x00", b"x\n" * 300])
def test_names_that_cannot_be_used_say_why(tmp_path: Path, content: bytes) -> None:
    black_and_white(tmp_path, 2)
    (tmp_path / "classes.txt").write_bytes(content)
    with pytest.raises(UserError, match="name of one class in each line"):
        open_data(str(tmp_path))


def test_masks_follow_their_pictures_to_the_size_asked_for(tmp_path: Path) -> None:
    black_and_white(tmp_path, 2)
    data = open_data(str(tmp_path), size=(40, 60), fit="pad")
    assert data.shape == (3, 40, 60)
    bright = data.images[:, 0] > 128
    assert (bright != data.labels.bool()).float().mean() < 0.02
    assert data.labels[:, :, :20].sum() == 0


def test_unet_learns_a_folder_of_masks(tmp_path: Path) -> None:
    black_and_white(tmp_path, 40)
    data = open_data(str(tmp_path), size=(32, 32))
    template = find_template("unet")
    assert template is not None
    network = template.build((3, 32, 32), 2).network
    plan = make_plan(network, Analysis(network), "UNet")
    settings = TrainingSettings.make(
        {"epochs": 2, "device": "cpu", "batch_size": 6, "learning_rate": 0.05}
    )
    events = list(train(plan, settings, prepare(data, (3, 32, 32))))
    assert not [event for event in events if isinstance(event, Failed)]
