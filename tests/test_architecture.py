"""The house rules that can be read off the source: who imports whom, and what nobody calls.

Every product file is parsed, none is run. A rule is a function from a source to violations, and
each rule is shown to fail on a planted one.
"""

from __future__ import annotations

import ast
import builtins
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools import house

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("graph", "backend", "gui")

QT = frozenset({"PySide6", "shiboken6", "qtpy", "pyqtgraph", "superqt", "qtawesome"})
TORCH = frozenset({"torch", "torchvision", "torchmetrics", "functorch", "triton"})

PYDANTIC = frozenset({"pydantic", "pydantic_core"})  # one release in two packages
GRAPH_MAY_IMPORT = frozenset(sys.stdlib_module_names) | PYDANTIC | {"graph", "networkx"}
OWN_MODULES = "resources/modules/"
OWN_MODULES_MAY_IMPORT = frozenset({"__future__", "math", "torch"})
"""Their text is copied into exported files, which must run with torch alone."""
MUST_NOT_IMPORT = {
    "backend": QT | {"gui", "main", "tests"},
    "gui": TORCH | {"main", "tests"},
    "main": TORCH | {"tests"},
    "resources": frozenset({"tests"}),
}

# Serializers that run code, template engines, and single functions of otherwise welcome modules.
UNSAFE_MODULES = frozenset(
    {"pickle", "_pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "jinja2", "mako"}
)
UNSAFE_FUNCTIONS = frozenset(
    {
        "string.Template",
        "torch.load",
        "torch.save",
        "torch.jit.load",
        "torch.hub.load",
        "torch.package.PackageImporter",
        *(f"yaml.{name}" for name in ("load", "load_all", "full_load", "unsafe_load")),
    }
)
UNSAFE_BUILTINS = frozenset({"eval", "exec", "compile", "__import__"})


@dataclass(frozen=True)
class Source:
    """One product file: its room, its path within the repository, and its syntax tree."""

    room: str
    path: str
    tree: ast.Module

    def at(self, node: ast.AST, complaint: str) -> str:
        return f"{self.path}:{getattr(node, 'lineno', 0)}: {complaint}"


def product_paths() -> list[Path]:
    """Every Python file of the product, sorted; tests and hidden folders are not the product."""
    folders = [ROOT / room for room in (*ROOMS, "resources")]
    found = [path for folder in folders for path in folder.rglob("*.py")]
    return sorted(found + list(ROOT.glob("*.py")))


def product() -> list[Source]:
    """The product, parsed."""
    sources = []
    for path in product_paths():
        relative = path.relative_to(ROOT)
        tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
        sources.append(Source(relative.parts[0].removesuffix(".py"), relative.as_posix(), tree))
    return sources


Rule = Callable[[Source], Iterator[str]]


def planted(room: str, text: str) -> Source:
    """A source in a room, or in a folder that ends in ``/``."""
    return Source(room, f"{room.rstrip('/')}/planted.py", ast.parse(text))


# Reading a tree


def dotted(node: ast.expr) -> str | None:
    """``a.b.c`` for a chain of attributes on a name, else None."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        owner = dotted(node.value)
        return None if owner is None else f"{owner}.{node.attr}"
    return None


def last_name(node: ast.expr) -> str:
    """``c`` for ``a.b.c``; empty where there is no name."""
    return (dotted(node) or "").rpartition(".")[2]


def imports(tree: ast.Module) -> Iterator[tuple[ast.AST, str]]:
    """Each absolute import as the module's dotted name, imports by ``import_module`` included.

    ``from a import b`` gives ``a.b``, since b may be a module. An import of a computed name
    gives ``?``; a relative one stays within its room and gives nothing.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and last_name(node.func) == "import_module" and node.args:
            yield node, literal_start(node.args[0])


def literal_start(argument: ast.expr) -> str:
    """What is certain of a module name: a literal, the literal head of an f-string, or ``?``."""
    if isinstance(argument, ast.JoinedStr) and argument.values:
        argument = argument.values[0]
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and argument.value:
        return argument.value
    return "?"


def aliases(tree: ast.Module) -> dict[str, str]:
    """Local names of imported things: ``import torch.nn as nn`` gives ``{"nn": "torch.nn"}``."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.asname: alias.name for alias in node.names if alias.asname}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names |= {
                alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names
            }
    return names


def is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


# The rules


def wrong_imports(source: Source) -> Iterator[str]:
    """Imports run graph <- backend <- gui <- main, and each room keeps to its libraries."""
    for node, name in imports(source.tree):
        top = name.split(".")[0]
        if source.path.startswith(OWN_MODULES):
            allowed = top in OWN_MODULES_MAY_IMPORT
        elif source.room == "graph":
            allowed = top in GRAPH_MAY_IMPORT or not top
        else:
            allowed = top not in MUST_NOT_IMPORT.get(source.room, {"tests"})
        if not allowed or (top == "?" and source.room in ROOMS):
            yield source.at(node, f"{source.room} must not import {name}")


def unsafe_imports(source: Source) -> Iterator[str]:
    """No module that turns data into running code."""
    for node, name in imports(source.tree):
        if name.split(".")[0] in UNSAFE_MODULES or name in UNSAFE_FUNCTIONS:
            yield source.at(node, f"imports {name}")


def unsafe_calls(source: Source) -> Iterator[str]:
    """No eval, exec, compile, __import__, torch.load and the like, under whatever name."""
    known = aliases(source.tree)
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Name) and node.id in UNSAFE_BUILTINS:
            yield source.at(node, f"uses {node.id}")
        elif isinstance(node, ast.Attribute) and (name := dotted(node)):
            head, _, rest = name.partition(".")
            full = f"{known.get(head, head)}.{rest}"
            owner, _, last = full.rpartition(".")
            if full in UNSAFE_FUNCTIONS or (owner == "builtins" and last in UNSAFE_BUILTINS):
                yield source.at(node, f"uses {full}")
        elif (
            isinstance(node, ast.keyword)
            and node.arg == "allow_pickle"
            and not is_false(node.value)
        ):
            yield source.at(node.value, "allows pickle")


RULES = (wrong_imports, unsafe_imports, unsafe_calls)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_product_keeps(rule: Rule) -> None:
    sources = product()
    assert {source.room for source in sources} >= set(ROOMS)
    violations = [complaint for source in sources for complaint in rule(source)]
    assert not violations, "\n".join(violations)


@pytest.mark.parametrize(
    ("rule", "room", "text"),
    [
        (wrong_imports, "graph", "import torch"),
        (wrong_imports, "graph", "import numpy as np"),
        (wrong_imports, "graph", "from PySide6 import QtCore"),
        (wrong_imports, "graph", "def late():\n    from backend.model.build import build"),
        (wrong_imports, "graph", "import importlib\nimportlib.import_module('torch.nn')"),
        (wrong_imports, "graph", "from importlib import import_module\nimport_module(name)"),
        (wrong_imports, "backend", "from PySide6.QtCore import QObject"),
        (wrong_imports, "backend", "import pyqtgraph"),
        (wrong_imports, "backend", "from gui import theme"),
        (wrong_imports, "gui", "import torch"),
        (wrong_imports, "gui", "from torch import nn"),
        (wrong_imports, "gui", "if TYPE_CHECKING:\n    from torchvision import transforms"),
        (wrong_imports, "gui", "def late():\n    import main"),
        (wrong_imports, "gui", "from tests.conftest import qtbot"),
        (wrong_imports, "main", "import tests.graph"),
        (wrong_imports, OWN_MODULES, "from graph.layers.base.layer import Layer"),
        (wrong_imports, OWN_MODULES, "import numpy"),
        (unsafe_imports, "graph", "import pickle"),
        (unsafe_imports, "backend", "from joblib import load"),
        (unsafe_imports, "backend", "from torch import load as read"),
        (unsafe_imports, "backend", "import importlib\nimportlib.import_module('marshal')"),
        (unsafe_imports, "graph", "from string import Template"),
        (unsafe_imports, "gui", "import jinja2.sandbox"),
        (unsafe_calls, "graph", "eval('1 + 1')"),
        (unsafe_calls, "graph", "run = exec"),
        (unsafe_calls, "graph", "compile('1', '', 'eval')"),
        (unsafe_calls, "gui", "__import__('torch')"),
        (unsafe_calls, "gui", "import builtins\nbuiltins.exec('1')"),
        (unsafe_calls, "backend", "import torch\ntorch.load('weights.pt')"),
        (unsafe_calls, "backend", "import torch as t\nt.jit.load('module.pt')"),
        (unsafe_calls, "backend", "import torch.jit as jit\njit.load('module.pt')"),
        (unsafe_calls, "backend", "from torch import jit\njit.load('module.pt')"),
        (unsafe_calls, "backend", "import yaml\nyaml.load(text)"),
        (unsafe_calls, "backend", "import numpy\nnumpy.load(path, allow_pickle=True)"),
        (unsafe_calls, "gui", "import string\nstring.Template('$a')"),
    ],
)
def test_planted_violation_is_found(rule: Rule, room: str, text: str) -> None:
    assert list(rule(planted(room, text)))


@pytest.mark.parametrize(
    ("room", "text"),
    [
        ("graph", "import networkx as nx\nfrom pydantic import BaseModel\nfrom graph import dims"),
        ("graph", "from importlib import import_module\nimport_module(f'graph.layers.{name}')"),
        ("graph", "from . import message\nimport re\nre.compile('a')"),
        ("backend", "import torch\nmodule.eval()\nfrom safetensors.torch import load_file"),
        ("backend", "import numpy\nnumpy.load(path, allow_pickle=False)"),
        (
            "gui",
            "from backend import worker\nfrom graph.network.network import Network\nmenu.exec()",
        ),
        (
            "main",
            "from gui.window.window import Window\nfrom backend.training.trainer import train",
        ),
        (OWN_MODULES, "import math\nimport torch\nfrom torch.nn import functional as F"),
    ],
)
def test_lawful_source_is_left_alone(room: str, text: str) -> None:
    source = planted(room, text)
    assert [complaint for rule in RULES for complaint in rule(source)] == []


# The rooms of the house: tools/house.py counts, here the counts are held at nothing


def plant(**files: str) -> dict[str, ast.Module]:
    """A house of these files only, by module name with ``__`` for dots."""
    return {name.replace("__", "."): ast.parse(text) for name, text in files.items()}


def test_every_file_has_a_room_and_every_room_a_file() -> None:
    trees = house.read_house()
    assert house.homeless(trees) == []
    assert house.empty_rooms(trees) == []


def test_every_room_says_what_it_holds() -> None:
    concepts = house.concepts(house.read_house())
    assert set(concepts) == set(house.ORDER)
    assert all(text.endswith(".") for text in concepts.values())


def test_faces_of_packages_are_empty_and_imports_absolute() -> None:
    trees = house.read_house()
    assert house.full_faces(trees) == []
    assert house.relative(trees) == []


def test_imports_run_one_way_through_the_rooms() -> None:
    assert house.upward(house.uses_of(house.read_house())) == []


def test_no_files_import_each_other_in_a_circle() -> None:
    assert house.circles(house.uses_of(house.read_house())) == []


def test_no_public_class_name_stands_twice() -> None:
    assert house.named_twice(house.read_house()) == []


HIGH, LOW = "graph__templates__vgg", "graph__values__names"


@pytest.mark.parametrize(
    "text",
    [
        "from graph.templates.vgg import VGG16",
        "from graph.templates import vgg",
        "import graph.templates.vgg",
        "def late():\n    from graph.templates.vgg import VGG16",
        "if TYPE_CHECKING:\n    from graph.templates.vgg import VGG16",
    ],
)
def test_planted_import_that_runs_up_is_found(text: str) -> None:
    uses = house.uses_of(plant(**{LOW: text, HIGH: "VGG16 = 1"}))
    assert len(house.upward(uses)) == 1
    assert house.upward(house.uses_of(plant(**{LOW: "", HIGH: "import graph.values.names"}))) == []


def test_planted_import_from_another_folder_above_is_found() -> None:
    uses = house.uses_of(
        plant(gui__forms__form="from gui.window.window import W", gui__window__window="W = 1")
    )
    assert len(house.upward(uses)) == 1


def test_planted_circles_are_found() -> None:
    pair = plant(
        graph__values__names="if TYPE_CHECKING:\n    from graph.values.formula import F",
        graph__values__formula="def f():\n    from graph.values import names",
    )
    assert house.circles(house.uses_of(pair)) == [["graph.values.formula", "graph.values.names"]]
    ring = plant(
        gui__scene__a="from gui.scene.b import x",
        gui__scene__b="from gui.scene.c import x",
        gui__scene__c="from gui.scene.a import x",
    )
    assert house.circles(house.uses_of(ring)) == [["gui.scene.a", "gui.scene.b", "gui.scene.c"]]


def test_planted_faults_of_the_house_are_found() -> None:
    trees = plant(
        gui="",
        gui__stray="class Form: ...",
        gui__cellar__form="def make():\n    class Form: ...",
        gui__forms="from gui.forms.form import Form",
        gui__forms__form="class Form: ...\nclass _Row: ...\nfrom . import entry",
        gui__forms__entry="class _Row: ...\nSizes = tuple[int, ...]\nMOST = 1",
        gui__forms__sizes="Sizes = str\nMOST = 2\nsizes = 3",
    )
    assert house.homeless(trees) == ["gui.cellar.form", "gui.stray"]
    assert "gui.window" in house.empty_rooms(trees)
    assert house.full_faces(trees) == ["gui.forms"]
    assert house.named_twice(trees) == [
        "Form: gui.stray, gui.cellar.form, gui.forms.form",
        "Sizes: gui.forms.entry, gui.forms.sizes",
    ]
    assert house.relative(trees) == ["gui.forms.form"]


# What importing brings with it

IMPORT_WITHOUT = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in BLOCKED:
            raise ImportError(f"{name} must not be imported here")

BLOCKED = set(sys.argv[1].split(","))
sys.path.insert(0, sys.argv[2])
sys.meta_path.insert(0, Refuse())
import importlib
for name in sys.argv[3:]:
    importlib.import_module(name)
loaded = BLOCKED & {name.split(".")[0] for name in sys.modules}
sys.exit(f"loaded: {sorted(loaded)}" if loaded else 0)
"""


def import_without(
    blocked: frozenset[str] | set[str], modules: list[str], root: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Import ``modules`` in a fresh interpreter that refuses to import ``blocked`` packages."""
    return subprocess.run(
        [sys.executable, "-c", IMPORT_WITHOUT, ",".join(sorted(blocked)), str(root), *modules],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def modules_of(room: str) -> list[str]:
    """Dotted names of all modules of a room."""
    relatives = [path.relative_to(ROOT).with_suffix("") for path in (ROOT / room).rglob("*.py")]
    return sorted(".".join(path.parts).removesuffix(".__init__") for path in relatives)


@pytest.mark.parametrize(
    ("room", "blocked"),
    [
        ("graph", TORCH | QT | {"numpy"}),
        ("backend", QT),
        ("gui", TORCH),  # the window opens before torch is loaded
    ],
)
def test_room_imports_without(room: str, blocked: frozenset[str]) -> None:
    result = import_without(blocked, modules_of(room))
    assert result.returncode == 0, result.stderr


def test_window_and_door_import_without_torch() -> None:
    result = import_without(TORCH, ["gui.window.window", "main"])
    assert result.returncode == 0, result.stderr


def test_planted_indirect_import_is_found(tmp_path: Path) -> None:
    (tmp_path / "innocent.py").write_text("import guilty\n", encoding="utf-8")
    (tmp_path / "guilty.py").write_text("import torch\n", encoding="utf-8")
    result = import_without(TORCH, ["innocent"], tmp_path)
    assert result.returncode != 0
    assert "torch must not be imported" in result.stderr


# What is installed is what is used

MODULE_OF_PACKAGE = {"pillow": "PIL", "pyside6-essentials": "PySide6", "scikit-learn": "sklearn"}
RUN_AS_PROGRAM = frozenset({"ruff"})
READ_AS_FILES = frozenset({"qtawesome"})  # its icon font alone: importing it costs 0.3 s


def declared() -> set[str]:
    """Top-level modules of the dependencies in pyproject.toml."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    lines = project["dependencies"] + project["optional-dependencies"]["onnx"]
    names = [re.match(r"[\w.-]+", line).group().lower() for line in lines]
    return {MODULE_OF_PACKAGE.get(name, name) for name in names}


def used() -> set[str]:
    """Top-level third-party modules that the product imports, runs or reads."""
    own = {*ROOMS, "main", "resources", "?", "", "pydantic_core"}
    tops = {name.split(".")[0] for source in product() for _, name in imports(source.tree)}
    return (tops - own - set(sys.stdlib_module_names)) | RUN_AS_PROGRAM | READ_AS_FILES


def test_every_import_is_declared() -> None:
    assert used() - declared() == set()


def test_every_dependency_is_used() -> None:
    assert declared() - used() - {"onnx", "onnxscript", "onnxruntime"} == set()


def test_unsafe_builtins_exist() -> None:
    """A name that Python no longer has would be a rule about nothing."""
    assert all(hasattr(builtins, name) for name in UNSAFE_BUILTINS)
