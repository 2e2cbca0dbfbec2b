"""The known data sets and what is said about unknown ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from backend.data.base.shapes import check_classes
from backend.data.base.source import LoadCancelled
from backend.data.catalogue import (
    DEFAULT,
    NAMES,
    check,
    help_text,
    list_sources,
    open_data,
    openings,
)
from backend.data.formats.idx_folder import FULL
from backend.data.formats.registry import FORMATS
from backend.data.look import look_at
from graph.values.message import UserError
from tools import house
from tools.make_fashion_sample import make, select

ROOT = Path(__file__).resolve().parents[3]
DEBIAN = Path("/usr/share/datasets/fashion-mnist")
needs_debian = pytest.mark.skipif(not DEBIAN.is_dir(), reason="dataset-fashion-mnist is missing")


def test_listing_needs_no_torch() -> None:
    code = (
        "import sys; from backend.data import catalogue, look; import backend.data.base.shapes; "
        "[look.look_at(source.spec) for source in catalogue.list_sources()]; "
        "sys.exit(any(name in sys.modules for name in ('torch', 'sklearn', 'PIL', 'PySide6')))"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_the_registry_of_formats_loads_little() -> None:
    code = (
        "import sys; from backend.data.formats import registry; "
        "sys.exit(any(name in sys.modules for name in ('torch', 'sklearn', 'PIL', 'numpy')))"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_every_format_is_offered_by_what_it_declares() -> None:
    offered = [opening for form in FORMATS for opening in form.openings]
    assert set(openings()) == set(offered)
    assert all(str(opening.action).endswith("…") for opening in offered)
    for texts in ([o.action for o in offered], [o.what for o in offered], NAMES):
        assert len(set(texts)) == len(texts)
    for form in FORMATS:
        assert form.known or form.openings
        for text in (*(o.what for o in form.openings), *(k.name for k in form.known)):
            assert str(text) in help_text()


def test_only_the_registry_knows_the_formats() -> None:
    formats = "backend.data.formats."
    known_by = {
        name
        for name, used in house.uses_of(house.read_house()).items()
        if any(module.startswith(formats) for module in used) and not name.startswith(formats)
    }
    assert known_by == {"backend.data.catalogue"}


def test_the_default_source_comes_first_and_is_described() -> None:
    sources = list_sources()
    assert tuple(source.name for source in sources) == NAMES
    default = sources[0]
    assert default.spec == DEFAULT
    assert default.available
    assert (default.shape, default.n_train, default.n_validation) == ((1, 28, 28), 10_000, 2_000)
    assert default.classes is not None
    assert default.classes[9] == "Ankle boot"


def test_the_embedded_sample_is_balanced_and_has_its_own_split() -> None:
    data = open_data(DEFAULT)
    assert data.shape == (1, 28, 28)
    assert data.counts() == (1_200,) * 10
    assert data.skipped == ()
    split = data.split(seed=5)
    assert torch.bincount(data.labels[split.train]).tolist() == [1_000] * 10
    assert torch.bincount(data.labels[split.validation]).tolist() == [200] * 10
    # T-shirts cover the middle of the picture, trousers leave its sides empty.
    assert data.images[data.labels == 0][:, 0, 14, 14].float().mean() > 100
    assert data.images[data.labels == 1][:, 0, 14, :5].float().mean() < 20
    assert look_at(DEFAULT).source.classes == data.classes


@needs_debian
def test_the_sample_can_be_made_again() -> None:
    data = open_data(DEFAULT)
    (train, train_labels), (validation, validation_labels) = make(DEBIAN)
    assert np.array_equal(data.images[:, 0].numpy(), np.concatenate((train, validation)))
    assert np.array_equal(data.labels.numpy(), np.concatenate((train_labels, validation_labels)))


def test_the_choice_is_balanced_and_repeatable() -> None:
    labels = [index % 10 for index in range(200)]
    chosen = select(labels, 5, seed=1)
    assert chosen == sorted(set(chosen)) == select(labels, 5, seed=1)
    assert chosen != select(labels, 5, seed=2)
    assert np.bincount([labels[index] for index in chosen]).tolist() == [5] * 10


@needs_debian
def test_full_fashion_mnist_is_described_where_it_is_installed() -> None:
    source = look_at(FULL).source
    assert (source.n_train, source.n_validation) == (60_000, 10_000)
    assert source.classes == look_at(DEFAULT).source.classes


@pytest.mark.skipif(DEBIAN.is_dir(), reason="the package is installed")
def test_full_fashion_mnist_says_how_to_get_it() -> None:
    assert "dataset-fashion-mnist" in str(look_at(FULL).source.missing)


@needs_debian
def test_full_fashion_mnist_is_known_by_its_folder_too() -> None:
    data = open_data(str(DEBIAN))
    assert len(data) == 70_000
    assert data.classes == look_at(DEFAULT).source.classes
    assert data.counts() == (7_000,) * 10


def test_digits_are_as_described() -> None:
    source, data = look_at("digits").source, open_data("digits")
    assert (data.shape, len(data), data.classes) == (source.shape, source.n_train, source.classes)
    assert data.images.unique().numel() == 17
    assert (int(data.images.min()), int(data.images.max())) == (0, 255)
    split = data.split(seed=1)
    assert (len(split.train), len(split.validation)) == (1_617, 180)


def test_cancelled_before_it_begins() -> None:
    for name in NAMES:
        with pytest.raises(LoadCancelled):
            open_data(name, cancelled=lambda: True)


@pytest.mark.parametrize(
    ("spec", "parts"),
    [
        ("fashion-simple", ("fashion-simple", DEFAULT, FULL, "digits", "path")),
        ("", ("no data set", DEFAULT)),
        ("/no/such/folder", ("/no/such/folder", "check the path")),
        ("~nobody-of-this-name/data", ("~nobody-of-this-name", "check the path")),
        ("a\0b", ("no data set",)),
        ("x" * 5_000, ("no data set",)),
        (str(Path(__file__)), (Path(__file__).name, "is a file")),
    ],
)
def test_an_unknown_spec_gets_a_sentence(spec: str, parts: tuple[str, ...]) -> None:
    for look in (look_at, check, open_data):
        with pytest.raises(UserError) as caught:
            look(spec)
        for part in parts:
            assert part in str(caught.value)


def test_too_few_outputs_are_refused() -> None:
    data = open_data("digits")
    check_classes(10, data)
    check_classes(1_000, data)
    with pytest.raises(UserError, match=r"9 outputs and digits has 10 classes.*10 outputs"):
        check_classes(9, data)
    with pytest.raises(UserError):
        check_classes(9, look_at("digits").source)


def test_the_split_is_repeatable_disjoint_and_complete() -> None:
    data = open_data("digits")
    first, again, other = data.split(7, 0.2), data.split(7, 0.2), data.split(8, 0.2)
    assert torch.equal(first.train, again.train)
    assert not torch.equal(first.validation, other.validation)
    together = torch.cat((first.train, first.validation)).sort().values
    assert torch.equal(together, torch.arange(len(data)))
    for fraction in (0.0, 1.0, -1.0, float("nan")):
        with pytest.raises(UserError, match="between 0 and 1"):
            data.split(0, fraction)


@pytest.mark.parametrize("name", ["pets.zip", "cifar-10-python.tar.gz", "MNIST.TGZ", "x.7z"])
def test_an_archive_is_to_be_unpacked(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"PK")
    with pytest.raises(UserError, match="is an archive; unpack it"):
        check(str(tmp_path / name))
