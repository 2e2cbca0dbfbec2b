"""Every text that the program shows, collected for translators, with the places where it stands.

Visible text is written in two ways. A sentence is the literal of a call: ``say`` and ``say_count``
build a message, ``tr`` and ``tr_count`` the same at once as text. A declaration (a layer type, a
setting, a ready block) tells its summary and the help of its fields, which the window shows through
``declared``. Run from the root of the repository, this prints all of them as a template of
gettext, or as JSON:

    python -m tools.visible_texts [--json]
"""

from __future__ import annotations

import ast
import inspect
import json
import re
import string
import sys
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from backend.training.settings import TrainingSettings
from graph.blocks.block import Block
from graph.blocks.block_use import BlockUse
from graph.blocks.library import Library
from graph.layers.base.layer import Layer
from graph.layers.registry import LAYERS
from graph.network.network import Network
from graph.ready.registry import READY
from graph.values.declaration import Declaration, fields_of
from gui.templates.fit import images_of
from tools.house import ROOT, Trees, read_house

MARKS = {"say": 1, "tr": 1, "say_count": 2, "tr_count": 2}
"""The functions whose first arguments are templates, and how many are."""
HOMES = frozenset({"graph.values.message", "gui.language.text"})
"""Where these functions are made of each other."""
NOTHING_TO_TRANSLATE = re.compile(r"(\{\w*\}|\d|[^\w{}])*")

Rule = Callable[[Trees], list[str]]
"""Gives the places that break it."""
Texts = dict[tuple[str, str], list[str]]
"""Places by text and, where it has one, the text for many."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One call that holds visible text: which function, and where."""

    name: str
    call: ast.Call
    place: str

    def templates(self) -> list[str] | None:
        """The literals, one or two; None where a template is something else."""
        found = self.call.args[: MARKS[self.name]]
        texts = [arg.value for arg in found if isinstance(arg, ast.Constant)]
        whole = [text for text in texts if isinstance(text, str) and text]
        return whole if len(whole) == MARKS[self.name] else None


def read_program() -> dict[str, ast.Module]:
    """Every file of the rooms, and the door, parsed."""
    door = (ROOT / "main.py").read_text(encoding="utf-8")
    return {**read_house(), "main": ast.parse(door)}


def marks(trees: Trees) -> Iterator[Mark]:
    """The calls of all functions that take visible text."""
    for place, call, name in _calls(trees, MARKS):
        yield Mark(name, call, place)


def _calls(trees: Trees, names: Container[str]) -> Iterator[tuple[str, ast.Call, str]]:
    """Place, call and name of every call of a function by one of these names."""
    for place, node in _nodes(trees):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield place, node, node.func.id


def _nodes(trees: Trees) -> Iterator[tuple[str, ast.AST]]:
    for module, tree in trees.items():
        for node in () if module in HOMES else ast.walk(tree):
            yield _at(module, node), node


def _at(module: str, node: ast.AST) -> str:
    return f"{module.replace('.', '/')}.py:{getattr(node, 'lineno', 0)}"


def collect(trees: Trees) -> Texts:
    """All visible texts: those of the calls, and those of the declarations."""
    texts = sentences(trees)
    for text, place in declared_texts():
        if text:
            texts.setdefault((text, ""), []).append(place)
    return texts


def sentences(trees: Trees) -> Texts:
    """The texts of the calls, but for those that hold names and signs only."""
    texts: Texts = {}
    for mark in marks(trees):
        one, *more = mark.templates() or [""]
        if not NOTHING_TO_TRANSLATE.fullmatch(one):
            texts.setdefault((one, "".join(more)), []).append(mark.place)
    return texts


def declared_texts() -> Iterator[tuple[str, str]]:
    """Summaries, helps and the words to search for, of all that is declared; with their places."""
    for kind in LAYERS:
        yield kind.summary, _place(kind)
        yield from ((word, _place(kind)) for word in kind.search)
    others: tuple[type[Declaration], ...] = (
        BlockUse,
        TrainingSettings,
        images_of((1, 1, 1), 1, True),
    )
    for declaration in (*LAYERS, *others):
        yield from _of_fields(declaration)
    for block, place in _blocks():
        yield block.summary, place
        yield from ((parameter.help, place) for parameter in block.parameters)


def _of_fields(declaration: type[Declaration]) -> Iterator[tuple[str, str]]:
    place = _place(declaration)
    for spec in fields_of(declaration).values():
        yield from ((text, place) for text in (spec.help, spec.none_means, spec.unit))
        if not issubclass(declaration, Layer):
            yield spec.title, place


def _blocks() -> Iterator[tuple[Block, str]]:
    """The ready blocks with all that they use, and where they are written."""
    for maker in READY.values():
        library = Library(Network())
        maker.make(library)
        yield from ((block, _place(maker.make)) for block in library.blocks.values())


@cache
def _place(thing: type | Callable[..., object]) -> str:
    made = thing.func if isinstance(thing, partial) else thing
    path = Path(inspect.getsourcefile(made) or "").relative_to(ROOT)
    return f"{path.as_posix()}:{inspect.getsourcelines(made)[1]}"


# What would keep a text from being collected or filled in


def not_literal(trees: Trees) -> list[str]:
    """Calls whose template is no literal, and such functions handed on under another name."""
    found = [mark for mark in marks(trees) if mark.templates() is None]
    called = {id(mark.call.func) for mark in marks(trees)}
    handed = [
        f"{place}: {node.id} is handed on"
        for place, node in _nodes(trees)
        if isinstance(node, ast.Name) and node.id in MARKS and id(node) not in called
    ]
    return [f"{mark.place}: {mark.name} takes literals only" for mark in found] + handed


def made_otherwise(trees: Trees) -> list[str]:
    """Messages that are built past ``say``."""
    calls = _calls(trees, {"Message"})
    return [f"{place}: a Message is built by say" for place, _, _ in calls]


def unfilled(trees: Trees) -> list[str]:
    """Templates whose names are not those of their arguments."""
    found = []
    for mark in marks(trees):
        given = {keyword.arg for keyword in mark.call.keywords}
        free = {"n"} if MARKS[mark.name] == 2 else set()
        named = [_names(text) for text in mark.templates() or ()]
        asked = set[str]().union(*filter(None, named))
        if None in named:
            found.append(f"{mark.place}: not filled in by names")
        elif None not in given and asked | free != given | free:  # ** could hand on any name
            found.append(f"{mark.place}: names and arguments differ")
    return found


def _names(template: str) -> set[str] | None:
    """The names in the braces of a template; None if it cannot be filled in by names."""
    try:
        names = [name for _, name, _, _ in string.Formatter().parse(template) if name is not None]
    except ValueError:
        return None
    return set(names) if all(name.isidentifier() for name in names) else None


def formatted_twice(trees: Trees) -> list[str]:
    """What a function returned, formatted again, so that braces in a name would count."""
    return [
        f"{place}: what is written is formatted again"
        for place, node in _nodes(trees)
        if isinstance(node, ast.Attribute) and node.attr in ("format", "format_map")
        if isinstance(node.value, ast.Call)
    ]


def too_early(trees: Trees) -> list[str]:
    """Text that is translated as a file is imported, when the language is not chosen yet."""
    return [
        f"{_at(module, node)}: {node.func.id} runs at import"
        for module, tree in trees.items()
        for node in _at_import(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if node.func.id in ("tr", "tr_count", "declared")
    ]


def _at_import(node: ast.AST) -> Iterator[ast.AST]:
    """What runs when a file is imported: the bodies of functions do not."""
    parts: list[ast.AST] = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        parts = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
        parts += getattr(node, "decorator_list", [])
    for part in parts:
        yield part
        yield from _at_import(part)


FAULTS: tuple[Rule, ...] = (not_literal, made_otherwise, unfilled, formatted_twice, too_early)
"""The ways in which visible text can be written and not work."""


def as_template(texts: Texts) -> str:
    """The texts as a .pot file, which every tool for gettext reads."""
    parts = ['msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n']
    for (one, many), places in texts.items():
        lines = [f"#: {place}" for place in dict.fromkeys(places)]
        lines += ["#, python-brace-format"] if "{" in one else []
        lines += [f"msgid {_quoted(one)}"]
        lines += [f"msgid_plural {_quoted(many)}"] if many else []
        lines += ['msgstr[0] ""', 'msgstr[1] ""'] if many else ['msgstr ""']
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def as_json(texts: Texts) -> str:
    """The texts as a list of objects."""
    rows = [
        {"text": one, **({"many": many} if many else {}), "places": list(dict.fromkeys(places))}
        for (one, many), places in texts.items()
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def main() -> None:
    """Print the texts, in the order of the rooms' files."""
    texts = collect(read_program())
    print(as_json(texts) if "--json" in sys.argv else as_template(texts))


if __name__ == "__main__":
    main()
