"""Whatever is compared bit for bit lives in memory that torch allocated, wherever it came from."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor, fx, nn

from backend.channel.events import Finished
from backend.data.base.dataset import DataSet, DataSplit
from backend.data.base.prepare import Prepared, prepare
from backend.data.catalogue import open_data
from backend.model.build import build
from backend.training.settings import TrainingSettings
from backend.training.trainer import train
from backend.weights.checkpoint import save_weights
from backend.weights.loading import load_weights, start_from
from backend.weights.names import SUFFIX
from backend.weights.start import Start
from tests.backend.networks import branching
from tests.equal_bits import all_in_own_memory, askew, save_askew


def same(ours: nn.Module, theirs: nn.Module) -> bool:
    pairs = zip(ours.state_dict().items(), theirs.state_dict().items(), strict=True)
    return all(one == other and torch.equal(value, twin) for (one, value), (other, twin) in pairs)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The weights of seed 5, askew."""
    path = tmp_path / "askew.safetensors"
    save_askew(build(branching(), seed=5).state_dict(), path)
    return path


def test_the_tests_tensors_are_askew(file: Path) -> None:
    for value in (torch.rand(2, 3, 5), torch.arange(7, dtype=torch.uint8), torch.tensor(4)):
        assert all_in_own_memory([value])
        found = askew(value)
        assert not all_in_own_memory([found])
        assert found.data_ptr() % 2
        assert torch.equal(found, value)
    header = int.from_bytes(file.read_bytes()[:8], "little")
    assert (8 + header) % 64 == 8


def test_weights_that_are_read_are_copied(file: Path) -> None:
    wanted = build(branching(), seed=5)
    loaded = build(branching(), seed=1)
    load_weights(loaded, file)
    begun = build(branching(), initialise=False)
    start_from(begun, Start(file))
    partly = build(branching(), seed=1)
    start_from(partly, Start(file, "name", strict=False))
    for module in (loaded, begun, partly):
        assert all_in_own_memory(module.state_dict().values())
        assert same(module, wanted)


def test_the_way_of_the_exported_file_copies_weights(file: Path) -> None:
    module = build(branching(), seed=1)
    module.load_state_dict(load_file(file))
    assert all_in_own_memory(module.state_dict().values())
    module.load_state_dict({name: askew(value) for name, value in module.state_dict().items()})
    assert all_in_own_memory(module.state_dict().values())
    assert same(module, build(branching(), seed=5))


def digits(images: Tensor, labels: Tensor, classes: tuple[str, ...]) -> Prepared:
    split = DataSplit(torch.arange(200), torch.arange(1500, 1600))
    return prepare(DataSet("digits", images, labels, classes, split), (1, 8, 8))


def trained(data: Prepared, start: Path, out: Path) -> fx.GraphModule:
    """The module after one epoch from the weights of a file."""
    module = build(branching(), initialise=False)
    load_weights(module, start)
    settings = TrainingSettings(epochs=1, device="cpu")
    *_, last = train(branching(), settings, data, module=module, out=out)
    assert isinstance(last, Finished)
    return module


def test_a_training_is_the_same_wherever_its_weights_and_images_were(
    file: Path, tmp_path: Path
) -> None:
    source = open_data("digits")
    straight = digits(source.images, source.labels, source.classes)
    crooked = digits(askew(source.images), askew(source.labels), source.classes)
    for x, _ in (*crooked.train_batches(0, 0, 64), *crooked.validation_batches(64)):
        assert all_in_own_memory([x])
    assert all_in_own_memory([crooked.image(3).x])
    plain = tmp_path / "plain.safetensors"
    save_weights(build(branching(), seed=5), plain)
    wanted = trained(straight, plain, tmp_path / "straight")
    found = trained(crooked, file, tmp_path / "crooked")
    assert all_in_own_memory(found.state_dict().values())
    assert same(found, wanted)
    name = f"model{SUFFIX}"
    written = [(tmp_path / run / name).read_bytes() for run in ("straight", "crooked")]
    assert written[0] == written[1]
    again = build(branching(), initialise=False)
    load_weights(again, tmp_path / "crooked" / name)
    assert all_in_own_memory(again.state_dict().values())
    assert same(again, wanted)
