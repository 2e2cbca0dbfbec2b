"""One spelling: prose, visible text and own names are British; torch's and Qt's stay theirs."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tools.visible_texts import Trees, marks, read_program

AMERICAN = re.compile(
    r"(?i)(colou?rize|[a-z]*(normal|initial|optim|regular|organ|recogn|minim|maxim|visual|summar|"
    r"factor|quant|serial|general|special|local|random|custom|categor|equal|penal)iz(e|ation|ing)|"
    r"(?<![a-z])color|(?<![a-z])center|analyz|behavior|neighbor|gray|labeled|modeled|canceled|favor)"
)
KEPT = re.compile(
    r"(?i)colormap"  # the field's word, as matplotlib has it
    r"|normalized_(axes|shape)|optimizer"  # torch's settings, and ours that are called like them
    r'|"[^"]+"'  # titles of papers
    r"|batch normalization|self-normalizing"  # in files that were written, and what people search
)


def own_words(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """The names that a file gives, and its docstrings; not what it takes from others."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module):
            yield getattr(node, "lineno", 1), ast.get_docstring(node) or ""
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id if isinstance(node, ast.Name) else node.attr


def american(trees: Trees) -> list[str]:
    """The places where another spelling stands."""
    words = [(f"{name}:{line}", word) for name in trees for line, word in own_words(trees[name])]
    words += [(mark.place, text) for mark in marks(trees) for text in mark.templates() or ()]
    found = [(place, AMERICAN.search(KEPT.sub("", word))) for place, word in words]
    return [f"{place}: {match[0]}" for place, match in found if match is not None]


def test_the_program_is_spelled_in_one_way() -> None:
    assert american(read_program()) == []


@pytest.mark.parametrize(
    "text",
    [
        "def normalize(x): ...",
        "def fit(color): ...",
        "center = 1",
        "self.optimized = serializer_of.initialization = 1",
        '"""Colors of a theme."""',
        "say('The neighbors of {node}', node=node)",
        "class Behavior: ...",
    ],
)
def test_planted_words_are_found(text: str) -> None:
    assert american({"gui.forms.form": ast.parse(text)})


def test_names_of_others_are_left_alone() -> None:
    text = "x = QColor(y.center(), optimizer=z.normalize())\ncolormap = normalized_axes = 1"
    assert american({"gui.forms.form": ast.parse(text)}) == []
