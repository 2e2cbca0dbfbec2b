"""The exported file of every architecture is the one that was read and found good."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from graph.templates.registry import TEMPLATES
from graph.templates.template import Template
from graph.values.names import class_name
from tests.golden.make import FOLDER, exported, path_of

LINES = {"resnet50": 120, "vgg16": 80, "yolo11n": 300}
"""How long these may be at most."""

templates = pytest.mark.parametrize("template", TEMPLATES, ids=lambda t: t.name)


@templates
def test_an_exported_file_equals_its_golden_copy(template: Template) -> None:
    path = path_of(template)
    assert path.is_file(), "no golden copy: run python -m tests.golden.make and read it"
    assert exported(template) == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "most"), LINES.items())
def test_an_exported_file_is_short(name: str, most: int) -> None:
    template = next(t for t in TEMPLATES if t.name == name)
    assert len(exported(template).splitlines()) <= most


@templates
def test_a_block_is_one_class_whatever_the_number_of_its_uses(template: Template) -> None:
    classes = [n.name for n in ast.parse(exported(template)).body if isinstance(n, ast.ClassDef)]
    blocks = template.build().library.blocks
    own = {class_name(name) for name in blocks}  # C3k2 is a block beside C3k
    copies = [n for n in classes if n[-1].isdigit() and n[:-1] in classes and n not in own]
    assert not copies
    assert len(classes) >= len(blocks)


def test_no_golden_copy_is_left_over() -> None:
    assert sorted(FOLDER.glob("*.txt")) == sorted(path_of(t) for t in TEMPLATES)


def test_golden_copies_are_tidy(tmp_path: Path) -> None:
    for template in TEMPLATES:
        name = f"{path_of(template).stem}.py"
        (tmp_path / name).write_text(path_of(template).read_text(encoding="utf-8"))
    for command in (
        ["format", "--isolated", "--check", "--diff"],
        ["check", "--isolated", "--quiet", "--select", "E,F,W,I,UP,B,SIM,C4,PIE,RET"],
    ):
        run = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache", str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, (run.stdout + run.stderr)[:3000]
