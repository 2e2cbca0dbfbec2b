"""Weights as other programs save them: sorted names, wrappers, pickles, spoilt values."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from backend.model.build import build
from backend.weights.loading import NotFiniteWeights, load_weights, match_start, start_from
from backend.weights.matching import Way, match
from backend.weights.pairing import by_ends, by_order
from backend.weights.reading import CONVERT, WeightsError, read_weights
from backend.weights.start import Start
from graph.templates.registry import find_template
from main import main
from tests.backend.equality import TOLERANCE, built, outputs, randomise_statistics
from tests.backend.networks import template_plan

Shapes = dict[str, tuple[int, ...]]
Lenet = tuple[nn.Module, dict[str, Tensor], Path]


def module_shapes(path: str, *size: int, norm: bool = False) -> Shapes:
    leaves = ["weight", "bias", *(["running_mean", "running_var"] if norm else [])]
    return {f"{path}.{leaf}": size if leaf == "weight" else size[:1] for leaf in leaves}


@pytest.fixture
def lenet(tmp_path: Path) -> Lenet:
    """LeNet-5, weights that fit it, and a file for them."""
    module = build(template_plan("lenet5"), seed=1)
    other = build(template_plan("lenet5"), seed=2).state_dict()
    return module, dict(other), tmp_path / "weights.safetensors"


def same(module: nn.Module, values: dict[str, Tensor]) -> bool:
    found = module.state_dict()
    return all(torch.equal(found[name], value) for name, value in values.items())


# Names of another program, sorted by the file


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("resnet18", "resnet18"),
        ("mobilenet-v2", "mobilenet_v2"),
        pytest.param("resnet50", "resnet50", marks=pytest.mark.campaign),
        pytest.param("densenet121", "densenet121", marks=pytest.mark.campaign),
        pytest.param("googlenet", "googlenet", marks=pytest.mark.campaign),
        pytest.param("resnext50-32x4d", "resnext50_32x4d", marks=pytest.mark.campaign),
        pytest.param("inception-v3", "inception_v3", marks=pytest.mark.campaign),
        pytest.param("squeezenet1-0", "squeezenet1_0", marks=pytest.mark.campaign),
        pytest.param("resnet152", "resnet152", marks=pytest.mark.campaign),
    ],
)
def test_weights_of_torchvision_give_their_outputs(ours: str, theirs: str, tmp_path: Path) -> None:
    models = pytest.importorskip("torchvision.models")
    plain = {"init_weights": False} if "ception" in theirs or "google" in theirs else {}
    reference = getattr(models, theirs)(weights=None, **plain).eval()
    with torch.no_grad():
        randomise_statistics(reference)
    path = tmp_path / "weights.safetensors"
    save_file(reference.state_dict(), path)
    module = built(ours).eval()
    assert start_from(module, Start(path, "order", strict=False)).complete
    template = find_template(ours)
    assert template is not None
    images = torch.randn(1, *template.shape, generator=torch.Generator().manual_seed(1))
    (expected,), (found,) = outputs(reference, images)[:1], outputs(module, images)[:1]
    assert float((expected - found).abs().max()) <= TOLERANCE


@pytest.mark.parametrize("theirs", ["densenet121", "googlenet", "resnet50"])
def test_every_tensor_of_torchvision_finds_its_place(theirs: str) -> None:
    """The template registers its modules as torchvision's, so the orders of both are the truth."""
    models = pytest.importorskip("torchvision.models")
    plain = {"init_weights": False, "aux_logits": False} if theirs == "googlenet" else {}
    with torch.device("meta"):
        reference = getattr(models, theirs)(weights=None, **plain).state_dict()
    shapes = {name: tuple(value.shape) for name, value in reference.items()}
    ours = {f"net.{name}": shape for name, shape in shapes.items()}
    pairs = by_order(ours, dict(sorted(shapes.items())))
    assert pairs == {name: name.removeprefix("net.") for name in ours}


def test_a_role_is_never_taken_for_another() -> None:
    """In the file's alphabet a mean comes before the weights, and all have one size."""
    ours = {**module_shapes("stem", 8, 1, 3, 3), **module_shapes("norm", 8, norm=True)}
    theirs = {**module_shapes("conv1", 8, 1, 3, 3), **module_shapes("bn1", 8, norm=True)}
    expected = {
        **{f"stem.{leaf}": f"conv1.{leaf}" for leaf in ("weight", "bias")},
        **{f"norm.{leaf}": f"bn1.{leaf}" for leaf in ("weight", "bias")},
        **{f"norm.{leaf}": f"bn1.{leaf}" for leaf in ("running_mean", "running_var")},
    }
    shuffled = dict(sorted(theirs.items()))
    assert by_order(ours, shuffled) == expected
    assert by_ends(ours, theirs) == expected


def test_modules_that_are_alike_are_told_by_what_stands_around_them() -> None:
    """A shortcut's normalisation is like the block's own, and stands first in one of the two."""
    block = {**module_shapes("b.conv", 8, 8, 3, 3), **module_shapes("b.bn", 8, norm=True)}
    shortcut = {**module_shapes("b.down.0", 8, 8, 1, 1), **module_shapes("b.down.1", 8, norm=True)}
    pairs = by_order({**block, **shortcut}, {**shortcut, **block})
    assert pairs == {name: name for name in (*block, *shortcut)}


def test_what_is_not_certain_is_left_and_named(tmp_path: Path) -> None:
    """One side has a layer more of a kind, so none of that kind is surely the right one."""
    file = tmp_path / "weights.safetensors"
    shapes = {**module_shapes("a", 4, 4), **module_shapes("b", 4, 4), **module_shapes("c", 2, 4)}
    save_file({name: torch.zeros(shape) for name, shape in shapes.items()}, file)
    ours = {**module_shapes("one", 4, 4), **module_shapes("two", 2, 4)}
    matching = match(ours, read_weights(file), "order")
    assert matching.taken == {"two.weight": "c.weight", "two.bias": "c.bias"}
    assert matching.missing == ("one.weight", "one.bias")
    assert set(matching.left_over) == {"a.weight", "a.bias", "b.weight", "b.bias"}


# Wrappers


@pytest.mark.parametrize(
    ("wrap", "told"),
    [
        (lambda name: f"module.{name}", "module."),
        (lambda name: f"_orig_mod.{name}", "_orig_mod."),
        (lambda name: f"_orig_mod.module.{name}", "_orig_mod.module."),
        (lambda name: f"model.{name}", "model."),
        (lambda name: f"state_dict.model.module.{name}", "state_dict.model.module."),
        (lambda name: name.replace("conv1", "conv1._orig_mod"), "_orig_mod."),
    ],
)
@pytest.mark.parametrize("way", ["name", "order", "ends"])
def test_a_wrapper_is_left_out_and_told(
    lenet: Lenet, wrap: Callable[[str], str], told: str, way: Way
) -> None:
    module, values, path = lenet
    save_file({wrap(name): value for name, value in values.items()}, path)
    matching = start_from(module, Start(path, way, strict=way == "name"))
    assert matching.complete
    assert same(module, values)
    assert f'beginning "{told}"' in str(matching.sentence())


def test_the_average_of_networks_is_taken_without_its_counter(lenet: Lenet) -> None:
    module, values, path = lenet
    averaged = {f"module.{name}": value for name, value in values.items()}
    save_file({**averaged, "n_averaged": torch.tensor(3)}, path)
    load_weights(module, path)
    assert same(module, values)


def test_names_that_fit_are_left_alone(lenet: Lenet) -> None:
    _, values, path = lenet
    save_file(values, path)
    matching = match({n: tuple(v.shape) for n, v in values.items()}, read_weights(path))
    assert matching.complete
    assert matching.wrapper == ""


# Values that spoil all that is made of them


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_values_that_are_no_numbers_are_named(lenet: Lenet, value: float) -> None:
    module, values, path = lenet
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    values["fc2.weight"][3, 5] = value
    save_file(values, path)
    with pytest.raises(NotFiniteWeights, match=r"fc2\.weight"):
        load_weights(module, path)
    assert same(module, before), "nothing is changed"
    start_from(module, Start(path, any_number=True))
    assert module.state_dict()["fc2.weight"][3, 5].isfinite().item() is False


def test_a_number_too_large_for_the_network_is_named(lenet: Lenet) -> None:
    module, values, path = lenet
    values["fc2.bias"] = values["fc2.bias"].double() + 1e300
    save_file(values, path)
    with pytest.raises(NotFiniteWeights, match=r"fc2\.bias"):
        load_weights(module, path)


def test_a_variance_below_zero_is_named(tmp_path: Path) -> None:
    module = build(template_plan("resnet-small"), seed=1)
    values = dict(module.state_dict())
    name = next(name for name in values if name.endswith("running_var"))
    values[name] = -values[name]
    save_file(values, tmp_path / "w.safetensors")
    with pytest.raises(NotFiniteWeights, match="variance"):
        load_weights(module, tmp_path / "w.safetensors")


def test_the_command_line_refuses_them_before_it_trains(
    lenet: Lenet,
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, values, path = lenet
    values["conv1.bias"][0] = float("nan")
    save_file(values, path)
    for command in (["train", "lenet5"], ["export", "lenet5", "--out", str(path) + ".py"]):
        assert main([*command, "--weights", str(path)]) == 2
        printed = capsys.readouterr()
        assert "conv1.bias" in printed.err
        assert printed.err.count("\n") == 1
        assert printed.out == ""


# Pickles


def test_a_pickle_is_refused_with_the_line_that_converts_it(lenet: Lenet) -> None:
    module, values, path = lenet
    pickled = path.with_suffix(".pth")
    torch.save({"epoch": 3, "state_dict": values}, pickled)
    with pytest.raises(WeightsError, match="could run any program") as refused:
        match_start({}, Start(pickled))
    line = CONVERT.format(old=str(pickled), new=str(path))
    assert line in str(refused.value)
    subprocess.run([sys.executable, "-c", line], check=True, capture_output=True)
    assert load_file(path).keys() == values.keys()
    load_weights(module, path)
    assert same(module, values)


def test_the_record_of_a_file_is_its_order(lenet: Lenet) -> None:
    """Names that say nothing, in an order that the file records."""
    module, values, path = lenet
    renamed = {
        f"{chr(122 - i // 2)}.{name.split('.')[1]}": v for i, (name, v) in enumerate(values.items())
    }
    save_file(renamed, path, {"order": json.dumps(list(renamed))})
    assert start_from(module, Start(path, "order", strict=False)).complete
    assert same(module, values)
