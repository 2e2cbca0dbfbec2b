"""How the program ends: what its exit code means, whatever becomes of its streams."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from safetensors.torch import load_file

from backend.command_line.ending import TRACE, guarded
from graph.document.project import Project, write_project
from graph.export.file_name import refuse_file_name
from graph.network.edits import Rename
from graph.templates.registry import find_template
from main import main

ROOT = Path(__file__).parent.parent
FULL = Path("/dev/full")

needs_full = pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")


def call(
    *arguments: str, environment: Mapping[str, str] | None = None, **streams: object
) -> subprocess.CompletedProcess[str]:
    """The program in a process of its own."""
    given = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
    clean = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}
    return subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *arguments],
        text=True,
        errors="replace",
        env={**clean, **(environment or {})},
        check=False,
        timeout=120,
        **given,  # type: ignore[call-overload]
    )


def project_called(name: str, folder: Path) -> Path:
    """LeNet-5 with a name of the network and of its first node."""
    template = find_template("lenet5")
    assert template is not None
    built = template.build()
    built.network.do(Rename("n2", name))
    write_project(folder / "named.cloom", Project(name, built.network))
    return folder / "named.cloom"


@pytest.mark.parametrize("encoding", ["cp1251", "cp1252", "ascii", "shift_jis", "utf-8"])
@pytest.mark.parametrize("name", ["Свёртка", "卷积 ×2", "conv🙂"])
def test_characters_that_a_stream_lacks_are_escaped(
    encoding: str, name: str, tmp_path: Path
) -> None:
    path = str(project_called(name, tmp_path))
    environment = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    table = call("check", path, environment=environment)
    assert (table.returncode, table.stderr) == (0, "")
    printed = call("check", path, "--json", environment=environment, encoding=encoding)
    assert (printed.returncode, printed.stderr) == (0, "")
    report = json.loads(printed.stdout)
    assert report["name"] == name
    assert name in [node["name"] for node in report["nodes"]]


@needs_full
@pytest.mark.parametrize("command", [["check", "lenet5"], ["templates"], ["--help"]])
def test_a_full_disk_is_one_sentence(command: list[str]) -> None:
    with FULL.open("w") as full:
        ended = call(*command, stdout=full)
    assert ended.returncode == 2
    assert ended.stderr == (
        "convloom: the output could not be read or written: No space left on device\n"
    )


def test_a_closed_pipe_is_one_sentence() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        ended = call("check", "lenet5", stdout=writer)
    finally:
        os.close(writer)
    assert ended.returncode == 2
    assert ended.stderr == (
        "convloom: whoever reads the output has closed it before all was written\n"
    )


@needs_full
def test_the_exit_code_tells_where_no_stream_can() -> None:
    with FULL.open("w") as full:
        assert call("check", "nowhere.cloom", stdout=full, stderr=full).returncode == 2


@pytest.mark.parametrize("command", ["check", "train"])
def test_a_path_that_is_too_long_is_one_sentence(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "a" * 5000 + ".cloom"]) == 2
    error = capsys.readouterr().err
    assert "too long" in error
    assert error.count("\n") == 1


@pytest.mark.parametrize(
    "options",
    [["--out"], ["--data"], ["--weights"]],
)
def test_a_target_that_is_too_long_is_one_sentence(
    options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "lenet5", *options, "b" * 5000]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "Traceback" not in error


def test_an_error_of_the_program_is_no_fault_of_a_network(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def run() -> int:
        raise ZeroDivisionError("nobody\nexpected {this}")

    assert guarded(run) == 2
    assert capsys.readouterr().err == (
        "convloom: an error of the program itself: ZeroDivisionError: nobody expected {this} "
        "(CONVLOOM_TRACE=1 in the environment shows where)\n"
    )
    monkeypatch.setenv(TRACE, "1")
    assert guarded(run) == 2
    assert "Traceback" in capsys.readouterr().err


# Trainings


def test_what_cannot_be_written_is_told_before_anything_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    (tmp_path / "taken" / "best.safetensors").mkdir(parents=True)
    for out in (tmp_path / "file", tmp_path / "file" / "inside", tmp_path / "taken"):
        assert main(["train", "lenet5", "--out", str(out)]) == 2
        printed = capsys.readouterr()
        assert printed.err.startswith("convloom: --out")
        assert printed.err.count("\n") == 1, "no step was made"
        assert printed.out == ""


def test_weights_that_are_lost_on_the_way_are_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The folder is writable, but the record beside the weights is not: a folder has its name."""
    (tmp_path / "model.json").mkdir()
    arguments = ["train", "lenet5", "--data", "digits", "--epochs", "1", "--out", str(tmp_path)]
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert "best validation accuracy" in printed.out, "the table comes all the same"
    assert "cannot be written" in printed.err.splitlines()[-1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_training_keeps_what_it_learned(
    number: signal.Signals, tmp_path: Path
) -> None:
    command = ["train", "lenet5", "--data", "digits", "--epochs", "5000", "--out", str(tmp_path)]
    child = subprocess.Popen(
        [sys.executable, str(ROOT / "main.py"), *command],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # a script may ignore it
    )
    assert child.stderr is not None
    try:
        seen = b""
        while b"val " not in seen and (more := child.stderr.read(64)):  # until an epoch is over
            seen += more
        child.send_signal(number)
        out, _ = child.communicate(timeout=120)
    finally:
        child.kill()
    assert child.returncode == 128 + number
    assert b"stopped: best validation accuracy" in out
    assert load_file(tmp_path / "model.safetensors")["conv1.weight"].shape == (6, 1, 5, 5)


@needs_full
def test_a_training_outlives_whoever_watched_it(tmp_path: Path) -> None:
    arguments = ["train", "lenet5", "--data", "digits", "--epochs", "1", "--out", str(tmp_path)]
    with FULL.open("w") as full:
        ended = call(*arguments, stderr=full)
    assert ended.returncode == 0
    assert (tmp_path / "model.safetensors").exists()


# Hints, which refuse nothing


def test_channels_written_last_are_pointed_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "resnet18", "--input", "64x64x3"]) == 0
    assert "3x64x64" in capsys.readouterr().err
    assert main(["check", "resnet18", "--input", "3x64x64"]) == 0
    assert capsys.readouterr().err == ""


def test_outputs_that_no_class_has_are_pointed_out(capsys: pytest.CaptureFixture[str]) -> None:
    fit = ["--input", "1x28x28", "--classes", "40"]
    assert main(["train", "linear", *fit, "--data", "digits", "--epochs", "1"]) == 0
    assert "40 outputs and the data 10 classes" in capsys.readouterr().err


# Names of exported files


@pytest.mark.parametrize("name", ["torch.py", "math.py", "random.py", "numpy.py", "typing.py"])
def test_a_file_that_would_hide_a_module_is_refused(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / name
    assert main(["export", "lenet5", "--out", str(out)]) == 2
    error = capsys.readouterr().err
    assert f"my_{name}" in error
    assert error.count("\n") == 1
    assert not out.exists()
    assert refuse_file_name(f"my_{name}") is None
    assert main(["export", "lenet5", "--out", str(out.with_name(f"my_{name}"))]) == 0
