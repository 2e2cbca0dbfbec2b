"""How tests are written: no private attribute of the product, no assertion that may not be made,
no wait for a length of time.

Every file of the tests is parsed, none is run. A rule is a function from a syntax tree to
violations, and each rule is shown to fail on a planted one.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
BENCH = "bench/"
"""Where times are measured, and what is measured may be left alone for a while."""

FOREIGN = {
    "_DummyThread": "threading has no public name for a thread that it did not start",
    "_replace": "of named tuples",
    "_asdict": "of named tuples",
    "_fields": "of named tuples and of syntax trees",
}
"""Private names of others that tests may use, with the reason."""

WAITS = ("sleep", "msleep", "usleep", "qSleep", "qWait")
CLOCKS = ("perf_counter", "perf_counter_ns", "monotonic", "monotonic_ns", "time", "time_ns")

Rule = Callable[[ast.Module], Iterator[str]]


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__") and name.strip("_") != ""


def at(node: ast.AST, complaint: str) -> str:
    return f"{getattr(node, 'lineno', 0)}: {complaint}"


def own_names(tree: ast.Module) -> set[str]:
    """What a file itself defines: functions, classes, and what it assigns to names or ``self``."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            names |= {node.attr} if ast.unparse(node.value) == "self" else set()
    return names


def private_reads(tree: ast.Module) -> Iterator[str]:
    """What is private is not read, set, patched or imported, unless the file itself defines it."""
    allowed = own_names(tree) | set(FOREIGN)
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Attribute):
            names = [node.attr]
        elif isinstance(node, ast.ImportFrom):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("attr"):
            texts = [a.value for a in node.args if isinstance(a, ast.Constant)]
            names = [part for text in texts for part in str(text).split(".")]
        for name in names:
            if is_private(name) and name not in allowed:
                yield at(node, f"{name} is private: give what a person sees a public reading")


def _checks(node: ast.AST) -> Iterator[ast.AST]:
    """Assertions, and blocks that must raise, anywhere inside."""
    for inner in ast.walk(node):
        raising = isinstance(inner, ast.Call) and ast.unparse(inner.func) == "pytest.raises"
        if isinstance(inner, ast.Assert) or raising:
            yield inner


def conditional_assertions(tree: ast.Module) -> Iterator[str]:
    """No ``if`` decides whether an assertion is made, nor ends a test before its assertions."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.If):
            continue
        for statement in (*node.body, *node.orelse):
            for check in _checks(statement):
                yield at(check, "a condition decides whether this is checked")
    for test in ast.walk(tree):
        if isinstance(test, ast.FunctionDef) and test.name.startswith("test_"):
            for node in _left_early(test.body):
                yield at(node, "a condition ends the test before its assertions")


def _left_early(body: list[ast.stmt]) -> Iterator[ast.AST]:
    for number, statement in enumerate(body):
        rest = any(True for later in body[number + 1 :] for _ in _checks(later))
        if isinstance(statement, ast.If) and rest:
            leaves = (node for node in ast.walk(statement) if isinstance(node, ast.Return))
            yield from leaves


def timed_waits(tree: ast.Module) -> Iterator[str]:
    """Nothing waits for a length of time or reads a clock; tests wait for what they wait for."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        owner, _, name = ast.unparse(node.func).rpartition(".")
        length = bool(node.args) and isinstance(node.args[0], ast.Constant)
        if name in WAITS or (name == "wait" and owner.endswith("bot") and length):
            yield at(node, f"{name} waits for a length of time")
        if name in CLOCKS and owner in ("", "time") and (owner or name != "time"):
            yield at(node, f"{name} reads a clock")


RULES: tuple[Rule, ...] = (private_reads, conditional_assertions, timed_waits)


def violations(rule: Rule, path: Path) -> list[str]:
    name = path.relative_to(TESTS).as_posix()
    if rule is timed_waits and name.startswith(BENCH):
        return []
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    return [f"tests/{name}:{found}" for found in rule(tree)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_tests_keep_their_habits(rule: Rule) -> None:
    found = [line for path in sorted(TESTS.rglob("*.py")) for line in violations(rule, path)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (private_reads, "def test_a(form):\n    assert form._rows"),
        (private_reads, "panel.controller._worker.join()"),
        (private_reads, "from graph.layers.pooling.plain import _MaxPool"),
        (private_reads, "panel._step = 3"),
        (private_reads, "monkeypatch.setattr(panel, '_step', 3)"),
        (private_reads, "monkeypatch.setattr('gui.panel._step', 3)"),
        (private_reads, "class Eager(Looks):\n    def due(self):\n        return self._next"),
        (conditional_assertions, "def test_a(x):\n    if x:\n        assert x.y"),
        (conditional_assertions, "if x:\n    pass\nelse:\n    for y in x:\n        assert y"),
        (conditional_assertions, "if x:\n    with pytest.raises(ValueError):\n        x()"),
        (conditional_assertions, "def test_a(x):\n    if not x:\n        return\n    assert x.y"),
        (timed_waits, "import time\ntime.sleep(0.1)"),
        (timed_waits, "from time import sleep\nsleep(1)"),
        (timed_waits, "QTest.qWait(300)"),
        (timed_waits, "qtbot.wait(300)"),
        (timed_waits, "began = time.perf_counter()"),
        (timed_waits, "from time import monotonic\nassert monotonic() < 3"),
    ],
)
def test_planted_violation_is_found(rule: Rule, text: str) -> None:
    assert list(rule(ast.parse(text)))


@pytest.mark.parametrize(
    "text",
    [
        "class Room:\n    def __init__(self):\n        self._bot = 1\n    def bot(self):\n"
        "        return self._bot",
        "def _joined(parts):\n    return parts\n_joined([])",
        "assert point._replace(x=1).__class__ is Point",
        "getattr(nn, 'Conv2d')",
        "assert not x or x.y\nassert a if x else b",
        "def test_a():\n    for x in found:\n        if x.late:\n            continue\n"
        "        assert x",
        "def test_a():\n    def inner(x):\n        if x:\n            return 1\n        return 2\n"
        "    assert inner(1)",
        "qtbot.waitUntil(lambda: done)\nroom.wait(lambda: done)\nworker.join(60)\nevent.wait()",
        "timer.time()\nfile.time",
    ],
)
def test_lawful_tests_are_left_alone(text: str) -> None:
    assert [complaint for rule in RULES for complaint in rule(ast.parse(text))] == []
