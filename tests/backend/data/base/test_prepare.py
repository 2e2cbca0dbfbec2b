"""Prepared data: the network's shape, normalised, in an order that (seed, epoch) fixes."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

import backend.data.base.prepare as module
from backend.data.base.dataset import DataSet, DataSplit
from backend.data.base.prepare import Prepared, order_seed, prepare
from backend.data.base.shapes import fits, padded_box, plan_conversion
from backend.data.base.source import LoadCancelled
from backend.data.catalogue import DEFAULT, open_data
from graph.values.message import UserError


def make_data(n: int = 50, channels: int = 1, height: int = 8, width: int = 8) -> DataSet:
    generator = torch.Generator().manual_seed(0)
    images = torch.randint(
        0, 256, (n, channels, height, width), generator=generator, dtype=torch.uint8
    )
    labels = torch.arange(n) % 3
    return DataSet("random", images, labels, ("a", "b", "c"))


def numbered(n: int, n_train: int) -> Prepared:
    """Every image is its own number, so that batches show which images they hold."""
    images = torch.arange(n, dtype=torch.uint8).view(n, 1, 1, 1)
    split = DataSplit(torch.arange(n_train), torch.arange(n_train, n))
    return prepare(DataSet("numbers", images, torch.arange(n), tuple("x" * n), split), (1, 1, 1))


def order(prepared: Prepared, seed: int, epoch: int, batch_size: int = 7) -> list[int]:
    return [int(y) for _, ys in prepared.train_batches(seed, epoch, batch_size) for y in ys]


def test_the_order_depends_on_seed_and_epoch_alone() -> None:
    prepared = numbered(60, 50)
    first = order(prepared, 3, 5)
    assert sorted(first) == list(range(50))
    assert first != sorted(first)
    torch.manual_seed(99)
    order(prepared, 1, 1)
    assert order(prepared, 3, 5) == order(numbered(60, 50), 3, 5, batch_size=50) == first
    assert first not in (order(prepared, 3, 6), order(prepared, 4, 5), order(prepared, 5, 3))
    seeds = {order_seed(seed, epoch) for seed in range(50) for epoch in range(50)}
    assert len(seeds) == 2_500
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_an_epoch_can_be_entered_in_its_middle() -> None:
    prepared = numbered(60, 50)
    whole = list(prepared.train_batches(1, 2, 8))
    rest = list(prepared.train_batches(1, 2, 8, first=4))
    assert len(rest) == len(whole) - 4
    for (x, y), (x_rest, y_rest) in zip(whole[4:], rest, strict=True):
        assert torch.equal(x, x_rest)
        assert torch.equal(y, y_rest)


@settings(max_examples=100, deadline=None)
@given(n_train=st.integers(1, 40), batch_size=st.integers(1, 45), drop_single=st.booleans())
def test_batches_hold_every_image_once_but_a_dropped_single(
    n_train: int, batch_size: int, drop_single: bool
) -> None:
    prepared = numbered(n_train + 3, n_train)
    sizes = [len(y) for _, y in prepared.train_batches(0, 0, batch_size, drop_single=drop_single)]
    assert len(sizes) == prepared.n_train_batches(batch_size, drop_single=drop_single) > 0
    assert all(size == batch_size for size in sizes[:-1])
    dropped = drop_single and n_train > batch_size and n_train % batch_size == 1
    assert sum(sizes) == n_train - dropped
    assert [int(y) for _, ys in prepared.validation_batches(2) for y in ys] == list(
        range(n_train, n_train + 3)
    )


@pytest.mark.parametrize(
    ("channels", "shape"),
    [(1, (1, 8, 8)), (3, (3, 8, 8)), (1, (3, 10, 9)), (3, (1, 5, 16)), (3, (3, 12, 3))],
)
def test_the_training_part_has_mean_0_and_deviation_1(
    channels: int, shape: tuple[int, int, int]
) -> None:
    prepared = prepare(make_data(channels=channels), shape, seed=2)
    batches = list(prepared.train_batches(0, 0, 16))
    x = torch.cat([x for x, _ in batches])
    assert x.shape == (prepared.n_train, *shape)
    assert x.dtype == torch.float32
    assert x.is_contiguous()
    assert x.mean(dim=(0, 2, 3)).abs().max() < 1e-5
    assert (x.std(dim=(0, 2, 3), unbiased=False) - 1).abs().max() < 1e-5
    assert len(prepared.mean) == len(prepared.std) == shape[0]
    assert all(0 < value < 1 for value in (*prepared.mean, *prepared.std))


def test_the_sample_has_the_known_statistics_of_fashion_mnist() -> None:
    prepared = prepare(open_data(DEFAULT), (1, 28, 28))
    assert (prepared.n_train, prepared.n_validation) == (10_000, 2_000)
    assert prepared.mean[0] == pytest.approx(0.2860, abs=0.005)
    assert prepared.std[0] == pytest.approx(0.3530, abs=0.005)
    assert sum(len(y) for _, y in prepared.validation_batches(512)) == 2_000


def test_images_without_variation_stay_finite() -> None:
    images = torch.full((6, 1, 2, 2), 40, dtype=torch.uint8)
    prepared = prepare(DataSet("flat", images, torch.arange(6) % 2, ("a", "b")), (1, 2, 2))
    assert prepared.std == (1.0,)
    assert all(x.eq(0).all() for x, _ in prepared.train_batches(0, 0, 3))


def test_a_validation_image_comes_as_the_network_sees_it_and_as_a_picture() -> None:
    data = make_data(channels=1)
    prepared = prepare(data, (3, 10, 10), seed=4)
    split = data.split(seed=4)
    picture = prepared.image(2)
    position = int(split.validation[2])
    assert picture.label == int(data.labels[position])
    assert picture.pixels.shape == (10, 10, 3)
    assert (picture.pixels[1:9, 1:9, 1] == data.images[position, 0].numpy()).all()
    assert not picture.pixels[0].any()
    mean, std = torch.tensor(prepared.mean), torch.tensor(prepared.std)
    expected = (torch.tensor(picture.pixels) / 255 - mean) / std
    torch.testing.assert_close(picture.x[0].permute(1, 2, 0), expected)
    batch, _ = next(prepared.validation_batches(3))
    assert torch.equal(batch[2:], picture.x)
    for index in (-1, prepared.n_validation):
        with pytest.raises(IndexError):
            prepared.image(index)


def test_batches_do_not_change_the_store() -> None:
    prepared = prepare(make_data(), (3, 8, 8))
    first = [x.clone() for x, _ in prepared.validation_batches(4)]
    for x, _ in prepared.validation_batches(4):
        x.zero_()
    assert all(
        torch.equal(x, y) for x, (y, _) in zip(first, prepared.validation_batches(4), strict=True)
    )


@pytest.mark.parametrize("fit", ["auto", "pad"])
@pytest.mark.parametrize("channels", [1, 3])
def test_large_images_are_converted_batch_by_batch_with_the_same_result(
    monkeypatch: pytest.MonkeyPatch, channels: int, fit: module.FitMode
) -> None:
    data = make_data(channels=channels)
    shape = (4 - channels, 20, 13)
    stored = prepare(data, shape, fit=fit)
    monkeypatch.setattr(module, "STORE_CEILING", 0)
    converted = prepare(data, shape, fit=fit)
    assert (stored.mean, stored.std) == (converted.mean, converted.std)
    batches = zip(stored.train_batches(0, 1, 8), converted.train_batches(0, 1, 8), strict=True)
    for (x, y), (other_x, other_y) in batches:
        assert torch.equal(x, other_x)
        assert torch.equal(y, other_y)


@pytest.mark.parametrize(
    ("source", "target", "fit", "how"),
    [
        ((1, 28, 28), (1, 28, 28), "auto", "keep"),
        ((1, 28, 28), (3, 32, 32), "auto", "pad"),
        ((1, 28, 28), (1, 35, 35), "auto", "pad"),
        ((1, 28, 28), (1, 36, 28), "auto", "resize"),
        ((1, 28, 28), (1, 32, 27), "auto", "resize"),
        ((1, 8, 8), (1, 28, 28), "auto", "resize"),
        ((1, 8, 8), (1, 28, 28), "pad", "pad"),
        ((1, 28, 28), (1, 32, 32), "resize", "resize"),
        ((1, 28, 28), (1, 28, 28), "pad", "keep"),
    ],
)
def test_how_images_reach_the_network(
    source: tuple[int, int, int], target: tuple[int, int, int], fit: module.FitMode, how: str
) -> None:
    conversion = plan_conversion(source, target, fit)
    assert conversion.how == how
    assert len(conversion.sentences()) == (how != "keep") + (source[0] != target[0])
    assert all("{" not in str(sentence) for sentence in conversion.sentences())


def test_resizing_is_the_antialiased_resizing_of_torch() -> None:
    data = make_data(n=20, channels=3, height=16, width=12)
    prepared = prepare(data, (3, 5, 7))
    position = int(data.split().validation[0])
    image = data.images[position : position + 1]
    expected = F.interpolate(image, (5, 7), mode="bilinear", antialias=True)[0].permute(1, 2, 0)
    difference = torch.tensor(prepared.image(0).pixels).int() - expected.int()
    assert difference.abs().max() <= 1


def test_colours_become_grey_by_their_brightness() -> None:
    images = torch.zeros((4, 3, 1, 1), dtype=torch.uint8)
    for channel in range(3):
        images[channel, channel] = 255
    images[3] = 255
    split = DataSplit(torch.tensor([0]), torch.arange(4))
    prepared = prepare(DataSet("colours", images, torch.arange(4), tuple("rgbw"), split), (1, 1, 1))
    assert [int(prepared.image(index).pixels[0, 0, 0]) for index in range(4)] == [76, 150, 29, 255]


@given(
    source=st.tuples(st.integers(1, 300), st.integers(1, 300)),
    target=st.tuples(st.integers(1, 300), st.integers(1, 300)),
)
def test_a_padded_picture_lies_inside_its_frame(
    source: tuple[int, int], target: tuple[int, int]
) -> None:
    box = padded_box(source, target)
    assert 1 <= box.height <= min(source[0], target[0])
    assert 1 <= box.width <= min(source[1], target[1])
    assert 0 <= box.top <= target[0] - box.height
    assert 0 <= box.left <= target[1] - box.width
    kept = (box.height, box.width) == source
    filled = box.height == target[0] or box.width == target[1]
    assert kept if source[0] <= target[0] and source[1] <= target[1] else filled


@pytest.mark.parametrize(
    ("target", "parts"),
    [
        ((2, 8, 8), ("2 channels", "has 1", "Set the input to 1 channel.")),
        ((1, 0, 8), ("1×0×8", "at least 1")),
        ((1, 10**6, 10**6), ("1×1000000×1000000", "at most")),
    ],
)
def test_shapes_out_of_reach_are_refused(
    target: tuple[int, int, int], parts: tuple[str, ...]
) -> None:
    data = make_data()
    assert not fits(data.shape, target)
    with pytest.raises(UserError) as caught:
        prepare(data, target)
    for part in parts:
        assert part in str(caught.value)
    assert fits(data.shape, (3, 100, 100))


def test_a_single_image_cannot_be_split() -> None:
    with pytest.raises(UserError, match="add more images"):
        prepare(make_data(n=1), (1, 8, 8))


def test_preparing_tells_its_progress_and_can_be_cancelled() -> None:
    steps: list[tuple[int, int]] = []
    prepare(make_data(), (3, 30, 30), progress=lambda done, total: steps.append((done, total)))
    assert (50, 50) in steps
    with pytest.raises(LoadCancelled):
        prepare(make_data(), (3, 30, 30), cancelled=lambda: True)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_on_a_gpu_the_whole_set_lives_there() -> None:
    data = make_data(channels=3)
    here, there = prepare(data, (3, 16, 16)), prepare(data, (3, 16, 16), "cuda")
    assert there.on_device
    pairs = zip(here.train_batches(0, 0, 8), there.train_batches(0, 0, 8), strict=True)
    for (x, y), (other_x, other_y) in pairs:
        assert other_x.device.type == other_y.device.type == "cuda"
        torch.testing.assert_close(x, other_x.cpu())
        assert torch.equal(y, other_y.cpu())
