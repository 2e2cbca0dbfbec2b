"""What the values of masks mean: numbers as stored, void, greys, colours, compressed masks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image

from backend.data.base.dataset import DataSet
from backend.data.base.offers import ThresholdWanted
from backend.data.base.void import VOID
from backend.data.catalogue import open_data
from backend.data.look import look_at
from graph.values.message import UserError
from main import main
from tests.backend.data.made import encoded, exif, grey_png, put

Values = NDArray[np.uint8]

SIDE = 24
FOUR = np.repeat(np.arange(4, dtype=np.uint8), SIDE // 4)[None].repeat(SIDE, 0)
"""Four upright stripes of the classes 0 to 3."""


def picture(
    folder: Path, name: str, size: tuple[int, int] = (SIDE, SIDE), **options: object
) -> None:
    put(
        folder / "images" / f"{name}.jpg",
        encoded(Image.new("RGB", size, "teal"), "JPEG", **options),
    )


def written(folder: Path, masks: list[bytes | Image.Image], ending: str = "png") -> Path:
    """Pictures with these masks."""
    for number, mask in enumerate(masks):
        picture(folder, f"p{number}")
        put(folder / "masks" / f"p{number}.{ending}", mask)
    return folder


def disc(inside: int = 255, outside: int = 0) -> Values:
    rows, columns = np.mgrid[:SIDE, :SIDE]
    middle = SIDE // 2
    return np.where((rows - middle) ** 2 + (columns - middle) ** 2 < 50, inside, outside).astype(
        np.uint8
    )


def smooth(inside: int = 255) -> Values:
    """A disc with soft edges."""
    large = Image.fromarray(disc(inside)).resize((200, 200))
    return np.asarray(large.resize((SIDE, SIDE), Image.Resampling.BICUBIC))


def same(folder: Path, **options: object) -> DataSet:
    """The data, whose classes a look tells, too."""
    data = open_data(str(folder), **options)
    assert look_at(str(folder), threshold=options.get("threshold")).source.classes == data.classes
    return data


# Numbers as they are stored


@pytest.mark.parametrize("depth", [2, 4, 8])
def test_grey_of_few_bits_has_the_numbers_that_are_stored(tmp_path: Path, depth: int) -> None:
    data = same(written(tmp_path, [grey_png(FOUR, depth)] * 3))
    assert data.classes == ("class 0", "class 1", "class 2", "class 3")
    assert torch.equal(data.labels[0], torch.from_numpy(FOUR))


def test_grey_of_one_bit_is_black_and_white(tmp_path: Path) -> None:
    data = same(written(tmp_path, [grey_png(FOUR // 2, 1)] * 3))
    assert data.classes == ("background", "object")
    assert torch.equal(data.labels[0], torch.from_numpy(FOUR // 2))


@pytest.mark.parametrize("most", [3, 15, 20, 255, 1000])
def test_a_grey_map_has_the_numbers_that_are_stored(tmp_path: Path, most: int) -> None:
    size = f"{SIDE} {SIDE}\n{most}\n".encode()
    plain = b"P2\n" + size + " ".join(map(str, FOUR.ravel())).encode() + b"\n"
    wide = FOUR.astype(">u2" if most > 255 else "u1").tobytes()
    data = same(written(tmp_path, [b"P5\n" + size + wide, plain], "pgm"))
    assert len(data.classes) == 4
    for labels in data.labels:
        assert torch.equal(labels, torch.from_numpy(FOUR))


@pytest.mark.parametrize("form", ["TIFF", "BMP", "GIF", "WEBP"])
def test_numbers_in_other_exact_formats_are_read(tmp_path: Path, form: str) -> None:
    options = {"lossless": True} if form == "WEBP" else {}
    image = Image.fromarray(FOUR)
    image = image.convert("RGB") if form == "WEBP" else image
    masks = [encoded(image, form, **options)] * 2
    data = same(written(tmp_path, masks, {"TIFF": "tif"}.get(form, form.lower())))
    assert torch.equal(data.labels[0], torch.from_numpy(FOUR))


def test_a_gif_whose_palette_is_in_another_order_keeps_its_greys(tmp_path: Path) -> None:
    indexed = Image.fromarray(np.where(FOUR == 0, 1, 0).astype(np.uint8)).convert("P")
    indexed.putpalette([5, 5, 5, 0, 0, 0])
    indexed.putdata(np.where(FOUR == 0, 1, 0).ravel().tolist())
    content = encoded(indexed, "GIF")
    data = same(written(tmp_path, [content] * 2, "gif"))
    assert data.labels.unique().tolist() == [0, 5]


@pytest.mark.parametrize(
    "array",
    [FOUR.astype(np.uint16), FOUR.astype(np.int32), FOUR.astype(np.float32)],
    ids=["16 bits", "32 bits", "whole numbers with a point"],
)
def test_numbers_of_more_bits_are_read(tmp_path: Path, array: NDArray[np.generic]) -> None:
    content = encoded(Image.fromarray(array), "TIFF")
    data = same(written(tmp_path, [content] * 2, "tif"))
    assert torch.equal(data.labels[0], torch.from_numpy(FOUR))


def test_black_and_white_in_16_bits_is_read(tmp_path: Path) -> None:
    deep = disc().astype(np.uint16) * 257
    data = same(written(tmp_path, [encoded(Image.fromarray(deep))] * 2))
    assert data.classes == ("background", "object")


# Void


def palette_image(values: Values) -> Image.Image:
    """A mask as PASCAL VOC has them: numbers with a palette of colours."""
    image = Image.fromarray(values).convert("P")
    image.putdata(values.ravel().tolist())
    colours = [0, 0, 0, 128, 0, 0, 0, 128, 0, 128, 128, 0] + [0] * (3 * 251) + [224, 224, 192]
    image.putpalette(colours)
    return image


VOC = FOUR.copy()
VOC[:, 5] = VOC[:, 11] = 255


@pytest.mark.parametrize("as_palette", [True, False])
@pytest.mark.parametrize("named", [True, False])
def test_255_among_numbers_is_void(tmp_path: Path, as_palette: bool, named: bool) -> None:
    mask = palette_image(VOC) if as_palette else Image.fromarray(VOC)
    folder = written(tmp_path, [mask] * 3)
    if named:
        (folder / "classes.txt").write_text("sky\nroad\ncar\ntree\n", encoding="utf-8")
    data = same(folder)
    assert len(data.classes) == 4
    assert data.void
    assert torch.equal(data.labels[0], torch.from_numpy(VOC))
    assert "8.3 % of the pixels" in str(data.notes[0])


def test_a_mask_that_is_void_everywhere_is_left_out(tmp_path: Path) -> None:
    masks = [Image.fromarray(VOC)] * 3 + [Image.fromarray(np.full_like(VOC, 255))]
    data = open_data(str(written(tmp_path, masks)))
    assert len(data) == 3
    assert "all of its mask is void" in str(data.skipped[0].reason)


def test_a_class_that_is_called_void_is_none(tmp_path: Path) -> None:
    folder = written(tmp_path, [Image.fromarray(FOUR)] * 2)
    (folder / "classes.txt").write_text("sky\nVoid\nroad\ncar\n", encoding="utf-8")
    data = same(folder)
    assert data.classes == ("sky", "road", "car")
    assert data.labels[0, 0, ::6].tolist() == [0, VOID, 1, 2]


# Greys


@pytest.mark.parametrize(
    ("mask", "greys", "threshold"),
    [
        (disc(128), "the greys 0, 128,", 64),
        (disc(200, 50), "the greys 50, 200,", 125),
        (disc(254), "the greys 0, 254,", 127),
        (FOUR * 17 + 100, "the greys 100, 117, 134, 151,", 126),
        (FOUR * 50, "the greys 0, 50, 100, 150,", 75),
        (smooth(), "more up to 255", 128),
        (smooth(128), "more up to 1", None),
    ],
    ids=["0 and 128", "50 and 200", "0 and 254", "steps", "larger steps", "soft", "soft and dark"],
)
def test_greys_are_named_and_a_threshold_is_offered(
    tmp_path: Path, mask: Values, greys: str, threshold: int | None
) -> None:
    folder = written(tmp_path, [Image.fromarray(mask)] * 3)
    for read in (look_at, open_data):
        with pytest.raises(ThresholdWanted) as caught:
            read(str(folder))
        assert greys in str(caught.value)
        assert f"--mask-threshold {caught.value.threshold}" in str(caught.value)
        assert caught.value.threshold == (threshold or caught.value.threshold)
    data = same(folder, threshold=caught.value.threshold)
    assert data.classes == ("background", "object")
    assert torch.equal(data.labels[0].bool(), torch.from_numpy(mask >= caught.value.threshold))
    assert f"grey from {caught.value.threshold} on" in str(data.notes[0])


def test_two_named_classes_with_greys_get_the_offer_too(tmp_path: Path) -> None:
    folder = written(tmp_path, [Image.fromarray(disc(128))] * 3)
    (folder / "classes.txt").write_text("sky\nroof\n", encoding="utf-8")
    for read in (look_at, open_data):
        with pytest.raises(ThresholdWanted):
            read(str(folder))
    assert same(folder, threshold=100).classes == ("sky", "roof")


def test_a_threshold_that_parts_nothing_is_refused(tmp_path: Path) -> None:
    folder = written(tmp_path, [Image.fromarray(disc(128))] * 2)
    with pytest.raises(UserError, match=r"threshold 200 .* only one class"):
        open_data(str(folder), threshold=200)


def test_many_classes_are_numbers_nevertheless(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    masks = [
        Image.fromarray(np.sort(generator.choice(151, 12)).astype(np.uint8)[None].repeat(12, 0))
        for _ in range(12)
    ]
    for number, mask in enumerate(masks):
        picture(tmp_path, f"p{number}", (12, 12))
        put(tmp_path / "masks" / f"p{number}.png", mask)
    data = open_data(str(tmp_path))
    assert len(data.classes) == max(int(np.asarray(mask).max()) for mask in masks) + 1


# Compressed masks


@pytest.mark.parametrize("form", ["JPEG", "WEBP", "AVIF"])
def test_compressed_black_and_white_is_read(tmp_path: Path, form: str) -> None:
    content = encoded(Image.fromarray(disc()).convert("RGB"), form, quality=70)
    data = same(written(tmp_path, [content] * 3, "jpg"))
    assert data.classes == ("background", "object")
    wrong = (data.labels[0].bool() != torch.from_numpy(disc() > 0)).float().mean()
    assert wrong < 0.02


def test_compressed_numbers_are_refused_with_the_reason(tmp_path: Path) -> None:
    content = encoded(Image.fromarray(FOUR), "JPEG")
    folder = written(tmp_path, [content] * 3, "jpg")
    with pytest.raises(ThresholdWanted):
        open_data(str(folder))
    (folder / "classes.txt").write_text("a\nb\nc\nd\n", encoding="utf-8")
    with pytest.raises(UserError, match="compressed, which changes numbers: save it as PNG"):
        open_data(str(folder))


# Colours


def in_colours(values: Values, *colours: tuple[int, int, int]) -> Image.Image:
    return Image.fromarray(np.array(colours, np.uint8)[values])


ROAD, CAR, SKY, BORDER = (128, 64, 128), (0, 0, 142), (70, 130, 180), (224, 224, 192)


def test_each_colour_is_a_class(tmp_path: Path) -> None:
    mask = in_colours(FOUR, SKY, ROAD, CAR, (0, 0, 0))
    data = same(written(tmp_path, [mask] * 3))
    assert data.classes == ("#000000", "#00008e", "#4682b4", "#804080")
    assert data.labels[0, 0, ::6].tolist() == [2, 3, 1, 0]
    assert "4 colours" in str(data.notes[0])


def test_the_border_of_voc_is_void_in_colour_too(tmp_path: Path) -> None:
    mask = in_colours(FOUR, (0, 0, 0), ROAD, CAR, BORDER)
    data = same(written(tmp_path, [mask] * 3))
    assert len(data.classes) == 3
    assert data.labels[0, 0, ::6].tolist() == [0, 2, 1, VOID]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (
            "class_dict.csv",
            "name,r,g,b\nroad,128,64,128\ncar,0,0,142\nsky,70,130,180\nvoid,0,0,0\n",
        ),
        (
            "class_dict.csv",
            "name; r; g; b\r\nroad; 128; 64; 128\r\ncar;0;0;142\r\nsky;70;130;180\r\n",
        ),
        (
            "labelmap.txt",
            "# label:color_rgb:parts:actions\nroad:128,64,128::\ncar:0,0,142::\nsky:70,130,180::\n",
        ),
        ("label_colors.txt", "128 64 128\troad\n0 0 142\tcar\n70 130 180\tsky\n0 0 0\tVoid\n"),
    ],
)
def test_colours_are_named_by_a_table(tmp_path: Path, name: str, text: str) -> None:
    folder = written(tmp_path, [in_colours(FOUR, SKY, ROAD, CAR, BORDER)] * 2)
    (folder / name).write_text(text, encoding="utf-8")
    data = same(folder)
    assert data.classes == ("road", "car", "sky")
    assert data.labels[0, 0, ::6].tolist() == [2, 0, 1, VOID]
    assert name in str(data.notes[0])


def test_greys_and_palettes_are_looked_up_in_a_table_too(tmp_path: Path) -> None:
    folder = written(
        tmp_path,
        [Image.fromarray(FOUR * 60), in_colours(FOUR, (0, 0, 0), ROAD, (120,) * 3, (180,) * 3)],
    )
    (folder / "class_dict.csv").write_text(
        "name,r,g,b\na,0,0,0\nb,60,60,60\nc,120,120,120\nd,180,180,180\nroad,128,64,128\n",
        encoding="utf-8",
    )
    picture(folder, "p")
    indexed = palette_image(FOUR)
    indexed.putpalette([0, 0, 0, *ROAD, 180, 180, 180, 60, 60, 60])
    put(folder / "masks" / "p.png", indexed)
    data = open_data(str(folder))
    assert data.labels[:, 0, ::6].tolist() == [[0, 1, 2, 3], [0, 4, 2, 3], [0, 4, 3, 1]]


def test_a_colour_that_is_in_no_table_is_told(tmp_path: Path) -> None:
    folder = written(tmp_path, [in_colours(FOUR, SKY, ROAD, CAR, SKY)] * 2)
    picture(folder, "odd")
    put(folder / "masks" / "odd.png", in_colours(FOUR, SKY, ROAD, CAR, (1, 2, 3)))
    (folder / "class_dict.csv").write_text(
        "name,r,g,b\nroad,128,64,128\ncar,0,0,142\nsky,70,130,180\n", encoding="utf-8"
    )
    data = open_data(str(folder))
    assert len(data) == 2
    assert "the colour #010203, which is of no class" in str(data.skipped[0].reason)


@pytest.mark.parametrize(
    "content", ["road,1,2\ncar\n", "a,1,2,3\n", "a,1,2,3\nb,1,2,3\n", "a,1,2,300\nb,1,1,1"]
)
def test_a_table_that_is_none_says_why(tmp_path: Path, content: str) -> None:
    folder = written(tmp_path, [in_colours(FOUR, SKY, ROAD, CAR, SKY)] * 2)
    (folder / "class_dict.csv").write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match="cannot be used as a table of colours"):
        open_data(str(folder))


def test_colours_that_smoothing_made_are_refused(tmp_path: Path) -> None:
    mask = (
        in_colours(FOUR, SKY, ROAD, CAR, SKY)
        .resize((96, 96))
        .resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    )
    soft = mask.rotate(20, Image.Resampling.BICUBIC)
    with pytest.raises(UserError, match="colours, as compression or smoothing makes them"):
        open_data(str(written(tmp_path, [soft] * 2)))
    jpeg = [encoded(in_colours(FOUR, SKY, ROAD, CAR, SKY), "JPEG")] * 2
    with pytest.raises(UserError, match=r"colours, as compression|can be used with its mask"):
        open_data(str(written(tmp_path / "jpeg", jpeg, "jpg")))


def test_padding_is_of_the_first_class(tmp_path: Path) -> None:
    folder = written(tmp_path, [in_colours(FOUR, SKY, ROAD, CAR, BORDER)] * 2)
    data = open_data(str(folder), size=(SIDE, SIDE + 8), fit="pad")
    assert data.labels[0, :, :4].unique().tolist() == [0]
    assert torch.equal(data.labels[0, :, 4:-4], open_data(str(folder)).labels[0])


# Photographs that a camera turned

BAR = np.zeros((20, 32), np.uint8)
BAR[2:7, 3:28] = 255


def turned_pair(folder: Path, name: str, turn: int, bar: Values, *, mask_turn: int | None) -> None:
    """A photograph with Exif and a mask of the same stored pixels, with Exif or without."""
    image = Image.fromarray(bar).convert("RGB")
    put(folder / "images" / f"{name}.png", encoded(image, exif=exif(turn)))
    options = {} if mask_turn is None else {"exif": exif(mask_turn)}
    put(folder / "masks" / f"{name}.png", encoded(Image.fromarray(bar), **options))


@pytest.mark.parametrize("with_exif", [True, False])
@pytest.mark.parametrize("square", [True, False])
@pytest.mark.parametrize("turn", range(2, 9))
def test_a_mask_is_turned_as_its_photograph(
    tmp_path: Path, turn: int, square: bool, with_exif: bool
) -> None:
    bar = BAR[:, :20] if square else BAR
    for number in range(3):
        turned_pair(tmp_path, f"p{number}", turn, bar, mask_turn=turn if with_exif else None)
    data = open_data(str(tmp_path))
    assert torch.equal(data.images[:, 0] > 128, data.labels.bool())
    told = "3 masks are turned with their photographs." in map(str, data.notes)
    assert told is not with_exif


def test_a_mask_that_was_drawn_upright_stays_so(tmp_path: Path) -> None:
    for number in range(2):
        turned_pair(tmp_path, f"p{number}", 6, BAR, mask_turn=None)
        upright = Image.fromarray(BAR).transpose(Image.Transpose.ROTATE_270)
        put(tmp_path / "masks" / f"p{number}.png", upright)
    square = BAR[:, :20]
    turned_pair(tmp_path, "square", 6, square, mask_turn=None)
    upright = Image.fromarray(square).transpose(Image.Transpose.ROTATE_270)
    put(tmp_path / "masks" / "square.png", upright)
    data = open_data(str(tmp_path), size=(32, 20))
    assert data.notes == ()
    assert ((data.images[:, 0] > 128) != data.labels.bool()).float().mean() < 0.05


def test_the_command_line_takes_the_threshold_it_asks_for(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = written(tmp_path, [Image.fromarray(disc(128))] * 8)
    train_unet = ["train", "unet", "--input", "3x32x32", "--classes", "2", "--epochs", "1"]
    arguments = [*train_unet, "--device", "cpu", "--data", str(folder)]
    assert main(arguments) == 2
    assert "--mask-threshold 64" in capfd.readouterr().err
    assert main([*arguments, "--mask-threshold", "64"]) == 0
    assert "grey from 64 on" in capfd.readouterr().err
