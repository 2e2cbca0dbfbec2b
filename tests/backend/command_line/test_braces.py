"""Braces that a person types are shown by the command line as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.document.project import write_project
from graph.layers.convolution.plain import Conv2d
from graph.network.edits import Rename, SetLayer
from graph.templates.registry import find_template
from main import main

NAMES = ("{x}", "a}b{", "{0!r:>{9}}", "100 % {} %s")

named = pytest.mark.parametrize("name", NAMES)


@named
def test_of_a_node(capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str) -> None:
    template = find_template("lenet5")
    assert template is not None
    project = template.build()
    project.network.do(SetLayer("n5", Conv2d(out_channels=16, kernel_size=(20, 20))))
    project.network.do(Rename("n5", name))
    path = tmp_path / f"{name}.cloom"
    write_project(path, project)
    assert main(["check", str(path)]) == 1
    assert f"fault: {name} · kernel_size 20×20: " in capsys.readouterr().out
    assert main(["export", str(path), "--out", str(tmp_path / "a.py")]) == 2
    assert f"convloom: {name} · kernel_size 20×20: " in capsys.readouterr().err


@named
def test_of_files_and_options(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str
) -> None:
    broken = tmp_path / f"{name}.cloom"
    broken.write_text("{broken}")
    for arguments, word in (
        (["check", name], name),
        (["check", str(broken)], broken.name),
        (["check", "lenet5", "--input", name], name),
        (["export", "lenet5", "--out", str(tmp_path / name)], name),
        (["export", "lenet5", "--out", str(tmp_path / name / "a.py")], name),
        (["train", "lenet5", "--data", str(tmp_path / name)], name),
        (["train", "lenet5", "--freeze", name], name),
        (["train", "lenet5", "--match", name], name),
        (["train", "lenet5", "--epochs", name], name),
        (["train", "lenet5", "--weights", str(tmp_path / name)], name),
        ([name], name),
    ):
        assert main(arguments) == 2
        said = capsys.readouterr().err
        assert said.startswith("convloom: ")
        assert word in said
