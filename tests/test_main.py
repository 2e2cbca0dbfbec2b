"""The command line, as a person types it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from graph.document.project import write_project
from graph.layers.convolution.plain import Conv2d
from graph.network.edits import Connect, SetLayer
from graph.network.network import Wire
from graph.templates.registry import TEMPLATES, find_template
from main import main

ROOT = Path(__file__).parent.parent


def faulty_project(folder: Path) -> Path:
    """LeNet-5 whose second convolution is larger than its input."""
    template = find_template("lenet5")
    assert template is not None
    project = template.build()
    project.network.do(SetLayer("n5", Conv2d(out_channels=16, kernel_size=(20, 20))))
    path = folder / "faulty.cloom"
    write_project(path, project)
    return path


def test_templates_are_listed_with_their_size(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["templates"]) == 0
    printed = capsys.readouterr().out
    for template in TEMPLATES:
        assert template.name in printed
    assert "61,706" in printed
    assert "416,520" in printed


def test_check_prints_every_node(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "lenet5"]) == 0
    printed = capsys.readouterr().out
    assert "conv1" in printed
    assert "6×28×28" in printed
    assert "14×14" in printed, "the receptive field of conv2"
    assert "61,706" in printed
    assert "No problems" in printed


def test_check_as_json_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "lenet5", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["parameters"] == 61706
    assert report["macs"] == 416520
    assert report["faults"] == []
    conv = next(node for node in report["nodes"] if node["name"] == "conv2")
    assert conv["type"] == "Conv2d"
    assert conv["shape"] == [16, 10, 10]
    assert conv["parameters"] == 2416
    assert conv["macs"] == 240000
    assert conv["receptive_field"]["size"] == [14, 14]
    assert conv["receptive_field"]["jump"] == [2, 2]
    assert conv["receptive_field"]["whole"] is False
    last = next(node for node in report["nodes"] if node["name"] == "fc2")
    assert last["receptive_field"]["size"] == [32, 32]
    assert last["receptive_field"]["whole"] is True


def test_check_says_where_the_whole_image_is_seen(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "resnet50"]) == 0
    *_, last, _total, _empty, _fine = capsys.readouterr().out.splitlines()
    assert last.endswith("whole image")


def test_check_of_a_faulty_project_names_the_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = faulty_project(tmp_path)
    assert main(["check", str(path)]) == 1
    assert "conv2 · kernel_size 20×20: larger than the padded input 14×14" in (
        capsys.readouterr().out
    )
    assert main(["check", str(path), "--json"]) == 1
    (fault,) = json.loads(capsys.readouterr().out)["faults"]
    assert (fault["node"], fault["field"], fault["value"]) == ("conv2", "kernel_size", "20×20")
    assert fault["mend"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check", "nowhere.cloom"], ["nowhere.cloom", "lenet5"]),
        (["train", "lenet5", "--data", "cifar99"], ["cifar99", "fashion-sample"]),
        (["train", "lenet5", "--data", "/no/such/folder"], ["/no/such/folder"]),
        (["train", "lenet5", "--epochs", "many"], ["--epochs", "many", "whole number"]),
        (["train", "lenet5", "--epochs", "0"], ["epochs", "0", "1 to 10000"]),
        (["train", "lenet5", "--optimizer", "LBFGS"], ["optimizer", "LBFGS", "AdamW"]),
        (["train", "lenet5", "--learning-rate", "nan"], ["learning_rate", "nan"]),
        (["train", "lenet5", "--nesterov", "maybe"], ["--nesterov", "maybe"]),
        (["export", "lenet5", "--out", "lenet.txt"], ["lenet.txt", ".py"]),
        (["export", "lenet5", "--out", "/no/such/folder/lenet.py"], ["/no/such/folder/lenet.py"]),
        (
            ["export", "lenet5", "--out", "lenet.py", "--weights", "none.safetensors"],
            ["none.safetensors"],
        ),
        (["train", "yolo11n"], ["boxes", "opened, counted and exported"]),
        (["nonsense"], ["nonsense", "--help"]),
    ],
)
def test_a_wrong_word_gives_one_sentence(
    arguments: list[str],
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "Traceback" not in error
    for word in words:
        assert word in error
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[" * 5000, b'{"format": "convloom", "version": 99}', b"\xff\xfe\x00", b"\x00"],
)
def test_a_broken_project_gives_one_sentence(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "broken.cloom"
    path.write_bytes(content)
    for command in (["check", str(path)], ["export", str(path), "--out", str(tmp_path / "x.py")]):
        assert main(command) == 2
        error = capsys.readouterr().err
        assert "broken.cloom" in error
        assert error.count("\n") == 1
    assert path.read_bytes() == content
    assert not (tmp_path / "x.py").exists()


def test_a_faulty_project_is_not_trained_or_exported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = faulty_project(tmp_path)
    assert main(["export", str(path), "--out", str(tmp_path / "net.py")]) == 2
    assert "conv2 · kernel_size" in capsys.readouterr().err
    assert main(["train", str(path)]) == 2
    assert "conv2 · kernel_size" in capsys.readouterr().err


def test_a_wire_between_unequal_shapes_is_a_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    template = find_template("resnet-small")
    assert template is not None
    project = template.build()
    add = next(n for n in project.network.nodes.values() if n.layer.type_name() == "Add")
    project.network.do(Connect(Wire("w999", "n1", "output", add.id, "inputs")))
    write_project(tmp_path / "net.cloom", project)
    assert main(["check", str(tmp_path / "net.cloom")]) == 1
    assert f"{add.name} · input 3 from input 1×32×32" in capsys.readouterr().out


def test_train_export_and_run_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = tmp_path / "run"
    arguments = ["train", "lenet5", "--data", "digits", "--epochs", "2", "--out", str(run)]
    assert main(arguments) == 0
    printed = capsys.readouterr()
    assert "val acc" in printed.out
    assert "best weights" in printed.out
    assert "epoch 2/2" in printed.err, "the progress bar"
    best = run / "best.safetensors"
    assert load_file(best)["conv1.weight"].shape == (6, 1, 5, 5)

    out = tmp_path / "taken" / "lenet.py"
    out.parent.mkdir()
    assert main(["export", "lenet5", "--out", str(out), "--weights", str(best)]) == 0
    assert (out.parent / "lenet.safetensors").read_bytes() == best.read_bytes()
    child = subprocess.run(
        [sys.executable, "-I", str(out)], cwd="/", capture_output=True, text=True, check=True
    )
    assert child.stdout.startswith("tensor([[")

    assert main(["export", "resnet-small", "--out", str(out), "--weights", str(best)]) == 2
    assert "best.safetensors" in capsys.readouterr().err


def test_the_same_seed_trains_the_same_weights(tmp_path: Path) -> None:
    for name in ("a", "b"):
        arguments = ["train", "lenet5", "--data", "digits", "--epochs", "1", "--seed", "7"]
        assert main([*arguments, "--out", str(tmp_path / name)]) == 0
    first = load_file(tmp_path / "a" / "model.safetensors")
    second = load_file(tmp_path / "b" / "model.safetensors")
    assert all(torch.equal(first[key], second[key]) for key in first)


def test_without_a_display_it_says_so_and_names_the_command_line() -> None:
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {key: value for key, value in os.environ.items() if key not in hidden}
    child = subprocess.run(
        [sys.executable, str(ROOT / "main.py")], capture_output=True, text=True, env=environment
    )
    assert child.returncode == 2
    assert "no display" in child.stderr
    assert "main.py train" in child.stderr


@pytest.mark.parametrize("options", [[], ["--input", "1x28x28"]])
def test_a_slip_in_a_name_is_answered_with_the_name_meant(
    options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "vgg-smal", *options]) == 2
    told = capsys.readouterr().err
    assert "did you mean vgg-small?" in told
    assert "lenet5" not in told


def test_help_names_every_setting(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["train", "--help"])
    assert stop.value.code == 0
    printed = capsys.readouterr().out
    for option in ("--data", "--out", "--epochs", "--learning-rate", "--device", "--seed"):
        assert option in printed


def test_a_template_is_fitted_from_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    fitted = ["check", "resnet18", "--input", "1x28x28", "--classes", "10", "--small", "--json"]
    assert main(fitted) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["nodes"][0]["shape"] == [1, 28, 28]
    assert report["nodes"][-1]["shape"] == [10]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["lenet5", "--input", "1x28"], ["LeNet-5", "channels"]),
        (["lenet5", "--input", "1xax3"], ["--input", "1x28x28"]),
        (["lenet5", "--small"], ["LeNet-5", "small"]),
        (["nothing.cloom", "--small"], ["nothing.cloom", "template"]),
    ],
)
def test_a_template_that_cannot_be_fitted_is_one_sentence(
    arguments: list[str], words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", *arguments]) != 0
    said = capsys.readouterr().err
    assert all(word in said for word in words)
    assert "Traceback" not in said
