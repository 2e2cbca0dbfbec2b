"""Weights of one network start another: by name, by order, from both ends, by a table."""

from __future__ import annotations

import json
import os
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, fx

from backend.model.build import build
from backend.training.settings import TrainingSettings
from backend.training.worker import DataRequest, Worker
from backend.weights.checkpoint import save_weights
from backend.weights.loading import apply, load_weights, match_start, shapes_of, start_from
from backend.weights.matching import Way, match, read_table
from backend.weights.pairing import COUNTER
from backend.weights.reading import WeightsError, read_weights
from backend.weights.start import Start, read_start
from graph.calls.call import Call
from graph.calls.freezing import freeze
from graph.calls.plan import Plan, Step
from graph.values.message import UserError
from main import main
from tests.backend.networks import branching, convolution, step

SHALLOW = (8, "pool", 16, "pool", 32, 32)
DEEP = (8, 8, "pool", 16, 16, "pool", 32, 32, 32)


def vgg(*widths: int | str, norm: bool = False, classes: int = 10, prefix: str = "") -> Plan:
    """Convolutions and poolings, then two fully connected layers, after VGG."""
    steps: list[Step] = []
    last, channels, size = "x", 1, 8

    def then(name: str, call: Call, *shape: int) -> None:
        nonlocal last
        steps.append(step(f"{prefix}{name}", call, last, shape=shape))
        last = f"{prefix}{name}"

    for number, width in enumerate(widths, start=1):
        if isinstance(width, str):
            size //= 2
            then(f"pool{number}", Call("nn.MaxPool2d", {"kernel_size": 2}), channels, size, size)
            continue
        then(f"conv{number}", convolution(channels, width), width, size, size)
        channels = width
        if norm:
            batch = Call("nn.BatchNorm2d", {"num_features": width})
            then(f"norm{number}", batch, width, size, size)
        then(f"relu{number}", Call("nn.ReLU", {}), width, size, size)
    flat = channels * size * size
    then("flat", Call("nn.Flatten", {}), flat)
    then("fc1", Call("nn.Linear", {"in_features": flat, "out_features": 24}), 24)
    then("fc2", Call("nn.Linear", {"in_features": 24, "out_features": classes}), classes)
    return Plan("Vgg", (("x", (1, 8, 8)),), tuple(steps), ((last, 0),))


def saved(plan: Plan, path: Path, seed: int = 5) -> dict[str, Tensor]:
    module = build(plan, seed=seed)
    save_weights(module, path)
    return module.state_dict()


def started(plan: Plan, start: Start) -> fx.GraphModule:
    module = build(plan, seed=1)
    start_from(module, start)
    return module


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "weights.safetensors"


# Matching


def test_a_deeper_network_starts_from_a_shallower_one(file: Path) -> None:
    source = saved(vgg(*SHALLOW), file)
    plan = vgg(*DEEP)
    fresh = build(plan, seed=1).state_dict()
    module = started(plan, Start(file, "ends", strict=False))
    found = module.state_dict()
    pairs = {
        "conv1": "conv1",
        "conv4": "conv3",
        "conv7": "conv5",
        "conv9": "conv6",
        "fc1": "fc1",
        "fc2": "fc2",
    }
    for target, name in pairs.items():
        assert torch.equal(found[f"{target}.weight"], source[f"{name}.weight"]), target
        assert torch.equal(found[f"{target}.bias"], source[f"{name}.bias"])
    for name in ("conv2", "conv5", "conv8"):  # the middle stays random
        assert torch.equal(found[f"{name}.weight"], fresh[f"{name}.weight"])


def test_the_same_network_matches_in_every_way(file: Path) -> None:
    plan = vgg(*DEEP, norm=True)
    source = saved(plan, file)
    ways: tuple[Way, ...] = ("name", "order", "ends")
    for way in ways:
        matching = match_start(shapes_of(plan), Start(file, way, strict=False))
        assert matching.complete, way
        assert str(matching.sentence()) == f"All {len(source)} tensors of {file.name} fit."
        found = started(plan, Start(file, way)).state_dict()
        assert all(torch.equal(found[name], source[name]) for name in source)


def test_by_order_other_names_do_not_matter(file: Path) -> None:
    source = saved(vgg(*SHALLOW, prefix="zz_"), file)
    module = started(vgg(*SHALLOW, prefix="aa_"), Start(file, "order", strict=False))
    found = module.state_dict()
    for name, value in source.items():
        assert torch.equal(found[name.replace("zz_", "aa_")], value)


def test_counters_that_one_side_lacks_are_left_out(file: Path) -> None:
    plan = vgg(*SHALLOW, norm=True)
    source = build(plan, seed=5).state_dict()
    without = {name: value for name, value in source.items() if not name.endswith(COUNTER)}
    metadata = {"order": json.dumps(list(without))}
    save_file(without, file, metadata)
    ways: tuple[Way, ...] = ("name", "order", "ends")
    for way in ways:
        matching = match(shapes_of(plan), read_weights(file), way)
        assert matching.complete, way
        assert matching.taken == {name: name for name in without}


def test_a_file_without_an_order_is_read_as_a_person_lists_it(file: Path) -> None:
    names = [f"features.{n}.{leaf}" for n in (0, 2, 10) for leaf in ("weight", "bias")]
    save_file({name: torch.zeros(2) for name in reversed(names)}, file)
    assert list(read_weights(file).shapes) == names


def test_a_table_renames_beginnings_and_single_names(file: Path) -> None:
    values = {"layers.0.weight": torch.ones(3), "layers.1.bias": torch.ones(2), "b": torch.ones(4)}
    save_file(values, file)
    wanted = {"features.0.weight": (3,), "features.1.bias": (2,), "head.bias": (4,), "new": (1,)}
    table = {"features": "layers", "head.bias": "b"}
    matching = match(wanted, read_weights(file), "table", table)
    assert matching.taken == {
        "features.0.weight": "layers.0.weight",
        "features.1.bias": "layers.1.bias",
        "head.bias": "b",
    }
    assert matching.missing == ("new",)
    bare = match({"0.weight": (3,)}, read_weights(file), "table", {"": "layers"})
    assert bare.taken == {"0.weight": "layers.0.weight"}
    with pytest.raises(WeightsError, match="nonsense"):
        match(wanted, read_weights(file), "table", {"nonsense": "layers"})


def test_the_report_names_what_does_not_fit(file: Path) -> None:
    saved(vgg(*SHALLOW, classes=7), file)
    plan = vgg(*SHALLOW, 32)
    start = Start(file, "name", strict=False)
    matching = match_start(shapes_of(plan), start)
    assert matching.missing == ("conv7.weight", "conv7.bias")
    assert [misfit.target for misfit in matching.wrong] == ["fc2.weight", "fc2.bias"]
    assert matching.left_over == ()
    text = str(matching.sentence())
    assert text.startswith("10 of 14 tensors are taken from weights.safetensors; new: conv7.weight")
    assert "other shape: fc2.weight, fc2.bias" in text
    with pytest.raises(WeightsError, match="missing"):
        match_start(shapes_of(plan), replace(start, strict=True))
    with pytest.raises(WeightsError, match="missing"):
        apply(build(plan), matching)


def test_nothing_at_all_that_fits_is_said(file: Path) -> None:
    save_file({"other": torch.zeros(2)}, file)
    with pytest.raises(WeightsError, match="The 1 tensor in"):
        match_start(shapes_of(branching()), Start(file, strict=False))


def test_integers_never_become_weights(file: Path) -> None:
    plan = vgg(*SHALLOW)
    whole = {name: value.to(torch.int32) for name, value in build(plan).state_dict().items()}
    save_file(whole, file)
    module = build(plan)
    before = {name: value.clone() for name, value in module.state_dict().items()}
    with pytest.raises(WeightsError, match="another type"):
        load_weights(module, file)
    assert all(torch.equal(before[name], v) for name, v in module.state_dict().items())


def test_half_precision_is_taken(file: Path) -> None:
    plan = vgg(*SHALLOW)
    half = {name: value.bfloat16() for name, value in build(plan, seed=8).state_dict().items()}
    save_file(half, file)
    module = started(plan, Start(file))
    assert torch.equal(module.fc2.weight, half["fc2.weight"].float())


# Files that mean no good


def header(text: str, size: int | None = None) -> bytes:
    data = text.encode()
    return struct.pack("<Q", len(data) if size is None else size) + data


HOSTILE: dict[str, bytes] = {
    "empty": b"",
    "short": b"\x01",
    "noise": bytes(range(256)) * 8,
    "header beyond the file": header("{}", 1 << 40),
    "not JSON": header("{not json"),
    "offsets beyond the file": header(
        '{"w":{"dtype":"F32","shape":[1000000],"data_offsets":[0,4000000]}}'
    ),
    "a shape too large for its bytes": header(
        '{"w":{"dtype":"F32","shape":[9223372036854775807,8],"data_offsets":[0,4]}}'
    )
    + b"\0" * 4,
    "negative shape": header('{"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}') + b"\0" * 4,
    "an unknown type": header('{"w":{"dtype":"PYOBJ","shape":[1],"data_offsets":[0,4]}}')
    + b"\0" * 4,
    "overlapping": header(
        '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},'
        '"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
    )
    + b"\0" * 4,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_broken_files_give_one_sentence(kind: str, file: Path) -> None:
    file.write_bytes(HOSTILE[kind])
    with pytest.raises(WeightsError, match="cannot be read as weights") as caught:
        read_weights(file)
    assert str(caught.value).count("\n") == 0


def test_pickles_folders_pipes_and_nothing_are_refused(tmp_path: Path) -> None:
    torch.save({"w": torch.zeros(1)}, tmp_path / "model.pt")
    with pytest.raises(WeightsError, match="pickled"):
        read_weights(tmp_path / "model.pt")
    with pytest.raises(WeightsError, match="not a file"):
        read_weights(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(WeightsError, match="not a file"):
        read_weights(tmp_path / "pipe")
    with pytest.raises(WeightsError, match="no file"):
        read_weights(tmp_path / "absent")


def test_a_huge_file_is_looked_at_without_reading_it(file: Path) -> None:
    count = 1 << 36
    file.write_bytes(
        header(f'{{"w":{{"dtype":"F32","shape":[{count}],"data_offsets":[0,{4 * count}]}}}}')
    )
    os.truncate(file, file.stat().st_size + 4 * count)  # sparse
    assert read_weights(file).shapes == {"w": (count,)}
    with pytest.raises(WeightsError):
        match_start(shapes_of(branching()), Start(file))


@pytest.mark.parametrize(
    "order", ["[", '["a"]', '["a", "a"]', "3", '[["a"], "b"]', "[" * 5000, '{"a": "b"}']
)
def test_a_false_order_in_a_file_is_ignored(order: str, file: Path) -> None:
    save_file({"b": torch.zeros(1), "a": torch.zeros(1)}, file, {"order": order})
    assert list(read_weights(file).shapes) == ["a", "b"]


@pytest.mark.parametrize("text", ["", "[]", '{"a": 1}', '{"a": "b", "a": "c"}', "[" * 5000])
def test_tables_that_are_none(text: str, tmp_path: Path) -> None:
    (tmp_path / "table.json").write_text(text)
    with pytest.raises(WeightsError, match="not a table"):
        read_table(tmp_path / "table.json")


# Starting a training


def test_a_run_starts_from_weights_and_keeps_the_frozen_ones(file: Path) -> None:
    source = saved(vgg(*SHALLOW), file)
    plan = freeze(vgg(*DEEP), ["conv1", "conv4"])
    settings = TrainingSettings(epochs=1, device="cpu", threads=1)
    start = Start(file, "ends", strict=False)
    worker = Worker(plan, settings, DataRequest("digits"), start=start)
    worker.start()
    assert worker.join(60)
    told = [str(event.message) for event in worker.drain() if hasattr(event, "message")]
    assert any("tensors are taken from weights.safetensors" in text for text in told), told
    assert worker.module is not None
    found = worker.module.state_dict()
    assert torch.equal(found["conv1.weight"], source["conv1.weight"])
    assert torch.equal(found["conv4.weight"], source["conv3.weight"])
    assert not torch.equal(found["fc2.weight"], source["fc2.weight"])


def test_the_command_line(file: Path, capsys: Any, tmp_path: Path) -> None:
    from tests.backend.networks import template_plan

    source = saved(template_plan("lenet5"), file)
    out = tmp_path / "out"
    train = ["train", "lenet5", "--data", "digits", "--epochs", "1", "--device", "cpu"]
    train += ["--threads", "1", "--out", str(out), "--weights", str(file)]
    first = next(iter(source)).rpartition(".")[0]
    assert main([*train, "--match", "name", "--freeze", first]) == 0, capsys.readouterr().err
    from safetensors.torch import load_file

    found = load_file(out / "model.safetensors")
    changed = {name for name in source if not torch.equal(found[name], source[name])}
    assert changed == {name for name in source if not name.startswith(f"{first}.")}
    capsys.readouterr()
    for wrong, words in (
        (["--match", "guess"], "must be one of name, order, ends"),
        (["--match", "absent.json"], "not a table"),
        (["--freeze", "conv99"], "conv99 cannot be frozen"),
    ):
        assert main([*train, *wrong]) == 2
        assert words in capsys.readouterr().err
    assert main([*train[:-2], "--match", "name"]) == 2
    assert "needs --weights" in capsys.readouterr().err


def test_ways_to_match_by_name() -> None:
    path = Path("w.safetensors")
    assert read_start(path, None) == Start(path)
    assert read_start(path, "ends") == Start(path, "ends", strict=False)
    assert read_start(path, "t.json") == Start(path, "table", Path("t.json"), strict=False)
    with pytest.raises(UserError):
        read_start(path, "table")
