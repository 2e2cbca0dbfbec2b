"""What docstrings must say: whoever takes or gives tensors, arrays or shapes tells their shapes.

The annotations tell who does. The rule is shown to fail on a planted function.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("graph", "backend")

SHAPED = re.compile(
    r"\b(Tensor|NDArray|Array|ClassMap|Counts|Kernel|Minibatch|Outputs|Pixels"
    r"|Shape|ImageShape|TensorShape)\b"
)
"""Types whose values have a shape, or are one."""

SHAPES = re.compile(r"×|\bshapes?\b|\bscalars?\b|\((C, )?H, W\)|\bchannels\b.*\bheight\b")
"""How a docstring tells of shapes: ``N×C×H×W`` and the like, or in words."""


@dataclass(frozen=True)
class Function:
    """A public function, or a method with its class."""

    definition: ast.FunctionDef
    owner: ast.ClassDef | None = None

    def name(self) -> str:
        return f"{self.owner.name}.{self.definition.name}" if self.owner else self.definition.name

    def inherits(self) -> bool:
        """Whether its docstring is that of the method it stands in for."""
        inherited = self.owner is not None and bool(self.owner.bases)
        return inherited and ast.get_docstring(self.definition) is None

    def shaped(self) -> set[str]:
        """The arguments that have a shape, or are one, and ``return``."""
        arguments = self.definition.args
        given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        types = {argument.arg: argument.annotation for argument in given}
        types["return"] = self.definition.returns
        return {name for name, kind in types.items() if kind and SHAPED.search(ast.unparse(kind))}

    def told(self) -> bool:
        """Whether its docstring tells of shapes, or that of its class does for its arguments."""
        if SHAPES.search(ast.get_docstring(self.definition) or ""):
            return True
        text = ast.get_docstring(self.owner) or "" if self.owner else ""
        return all(f"``{name}``" in text for name in self.shaped()) and bool(SHAPES.search(text))


def public_functions(body: list[ast.stmt], owner: ast.ClassDef | None = None) -> Iterator[Function]:
    """Functions and methods that others may call."""
    for node in body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public_functions(node.body, node)
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield Function(node, owner)


def silent(tree: ast.Module) -> Iterator[str]:
    """Public functions with shaped values whose docstring says nothing of shapes."""
    for function in public_functions(tree.body):
        if function.shaped() and not function.inherits() and not function.told():
            line = function.definition.lineno
            yield f"{line}: {function.name()} does not say what shapes it takes and gives"


def test_shapes_are_told() -> None:
    found = [
        f"{path.relative_to(ROOT).as_posix()}:{line}"
        for room in ROOMS
        for path in sorted((ROOT / room).rglob("*.py"))
        for line in silent(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "text",
    [
        "def blur(x: Tensor) -> float:\n    'The mean.'",
        "def blur(x: float) -> NDArray[np.float32]:\n    pass",
        "class Probe:\n    def maps(self, *, of: Shape | None = None) -> None:\n        'All.'",
        "class Probe:\n    'Takes ``x``.'\n    def maps(self, x: Tensor) -> None:\n        'All.'",
    ],
)
def test_planted_silence_is_found(text: str) -> None:
    assert list(silent(ast.parse(text)))


@pytest.mark.parametrize(
    "text",
    [
        "def blur(x: Tensor) -> Tensor:\n    'N×C×H×W to the same.'",
        "def _blur(x: Tensor) -> Tensor:\n    'The mean.'",
        "def blur(x: float) -> float:\n    'The mean.'",
        "class Conv(Layer):\n    def shapes(self, inputs: Sequence[Shape]) -> Shape:\n        pass",
        "def size(shape: Shape) -> int:\n    'How many values such a shape has.'",
        "class Probe:\n    '``x`` is N×C.'\n    def maps(self, x: Tensor) -> int:\n        'All.'",
    ],
)
def test_told_shapes_are_left_alone(text: str) -> None:
    assert not list(silent(ast.parse(text)))
