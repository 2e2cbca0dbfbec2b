"""Every text of the command line is translated: in a language of accents no plain word is left.

What may stay plain has a reason in ``KEPT``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import pytest

from backend.command_line.parser import COMMANDS
from backend.data.catalogue import NAMES
from backend.training.device import list_devices
from backend.training.settings import TrainingSettings
from graph.document.project import Project, write_project
from graph.layers.convolution.plain import Conv2d
from graph.layers.registry import LAYERS, REGISTRY
from graph.network.edits import SetLayer
from graph.templates.registry import TEMPLATES, find_template
from graph.values.declaration import fields_of
from main import main
from tests.pseudo import has_plain_words, pseudo_language


def lenet5() -> Project:
    template = find_template("lenet5")
    assert template is not None
    return template.build()


KEPT: Mapping[str, Iterable[str]] = {
    "commands, options and what stands for their values are typed as they are": (
        *COMMANDS,
        *("convloom", "COMMAND", "DIR", "FILE", "FILE.py", "NODES", "CxHxW", "NxN", "on", "off"),
        *("PROJECT_OR_TEMPLATE", "DATA", "X", "N", "name", "order", "ends", "TABLE.json", "none"),
    ),
    "layers and settings are called as in torch": {
        *REGISTRY,
        *(name for kind in (*LAYERS, TrainingSettings) for name in fields_of(kind)),
    },
    "files and the command line hold these words": {
        word
        for kind in (*LAYERS, TrainingSettings)
        for spec in fields_of(kind).values()
        for word in spec.words
    },
    "templates and data sets are called as in the literature": {
        *(name for template in TEMPLATES for name in (template.name, template.title)),
        *NAMES,
    },
    "nodes of the networks here": {node.name for node in lenet5().network.nodes.values()},
    "the parser of options translates its own words": (
        *("usage", "options", "positional arguments", "show this help message and exit"),
        "show program's version number and exit",
        *("error", "the following arguments are required", "invalid choice", "choose from"),
        *("unrecognized arguments", "argument"),
    ),
    "processors are called as their makers call them": {d.name for d in list_devices()},
    "the bar writes its own unit of time": ("it", "s"),
}
_SIGNS = re.compile(r"\S*/\S*|--[a-z-]+|\b\w+\.(py|cloom|safetensors)\b|\.cloom|\b\d+x\d+(x\d+)?\b")


@pytest.fixture(autouse=True)
def accents(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("COLUMNS", "2000")  # no sentence is wrapped
    with pseudo_language():
        yield


def plain_lines(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """Run a command; the lines it writes, on both streams, that have a plain word."""
    with suppress(SystemExit):
        main(list(arguments))
    out = capsys.readouterr()
    names = frozenset(arguments).union(*KEPT.values())
    lines = re.split(r"[\r\n]+", out.out + out.err)
    return [line for line in lines if has_plain_words(_SIGNS.sub("", line), names)]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert plain_lines(capsys, *command.split(), "--help") == []


def test_what_is_listed_and_checked(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert plain_lines(capsys, "templates") == []
    assert plain_lines(capsys, "check", "lenet5") == []
    project = lenet5()
    project.network.do(SetLayer("n5", Conv2d(out_channels=16, kernel_size=(20, 20))))
    write_project(tmp_path / "a.cloom", project)
    assert plain_lines(capsys, "check", str(tmp_path / "a.cloom")) == []


@pytest.mark.parametrize(
    "arguments",
    [
        "check nothing",
        "check lenet",
        "check lenet5 --input 1",
        "check lenet5 --input 28x28x3",
        "check lenet5 --classes 0",
        "train lenet5 --data nothing --epochs 1",
        "train lenet5 --epochs 0",
        "train lenet5 --epochs many",
        "train lenet5 --optimizer best",
        "train lenet5 --match name",
        "train lenet5 --freeze nothing",
        "export lenet5 --out nothing",
        "nothing",
    ],
)
def test_refusals(capsys: pytest.CaptureFixture[str], arguments: str) -> None:
    assert plain_lines(capsys, *arguments.split()) == []


def test_a_training_and_an_export(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    settings = ("--data", "digits", "--input", "1x32x32", "--epochs", "2", "--device", "cpu")
    assert plain_lines(capsys, "train", "lenet5", *settings, "--out", str(tmp_path)) == []
    assert plain_lines(capsys, "export", "lenet5", "--out", str(tmp_path / "a.py")) == []
