"""The house in rooms: which folder stands on which, and what breaks the order.

A room is a folder of graph/, backend/ or gui/. ``ORDER`` lists them from the ground up; a file may
import from its own room and from rooms below. Imports in functions and under TYPE_CHECKING count as
any other. Run from the root of the repository, this prints the rooms with their files, and counts
circles of files, imports that run up, and public class names that stand twice:

    python -m tools.house
"""

from __future__ import annotations

import ast
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import networkx as nx

ROOT = Path(__file__).resolve().parents[1]

ORDER = (
    "graph.values",
    "graph.calls",
    "graph.export",
    "graph.layers.base",
    "graph.layers.convolution",
    "graph.layers.pooling",
    "graph.layers.activation",
    "graph.layers.attention",
    "graph.layers.reshaping",
    "graph.layers",
    "graph.network",
    "graph.analysis",
    "graph.blocks",
    "graph.planning",
    "graph.document",
    "graph.ready",
    "graph.templates.notes",
    "graph.templates",
    "backend.data.base",
    "backend.data.pictures",
    "backend.data.formats",
    "backend.data",
    "backend.model",
    "backend.weights",
    "backend.channel",
    "backend.inside",
    "backend.training",
    "backend.command_line",
    "gui.appearance",
    "gui.language",
    "gui.actions",
    "gui.widgets",
    "gui.forms",
    "gui.charts",
    "gui.session",
    "gui.face",
    "gui.scene",
    "gui.palette",
    "gui.canvas",
    "gui.inspector",
    "gui.problems",
    "gui.code",
    "gui.templates",
    "gui.data",
    "gui.runs",
    "gui.training",
    "gui.inside",
    "gui.verbs",
    "gui.bars",
    "gui.workspaces",
    "gui.window",
)
"""The rooms from the ground up."""

LONG = 350
"""Lines above which a file is a question."""

Trees = Mapping[str, ast.Module]
"""Syntax trees by dotted module name; packages by the name of their folder."""
Uses = Mapping[str, set[str]]
"""Modules of the house by module that imports them. The faces of packages are not among them."""


def read_house(root: Path = ROOT) -> dict[str, ast.Module]:
    """Every file of graph/, backend/ and gui/, parsed."""
    found = {}
    for top in dict.fromkeys(room.split(".")[0] for room in ORDER):
        for path in sorted((root / top).rglob("*.py")):
            name = ".".join(path.relative_to(root).with_suffix("").parts)
            found[name.removesuffix(".__init__")] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def room_of(module: str) -> str:
    """The room of a file: ``graph.values`` for ``graph.values.names``."""
    return module.rpartition(".")[0]


def imported(tree: ast.Module) -> Iterator[str]:
    """All dotted names that a file may mean by its imports, wherever they stand in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def uses_of(trees: Trees) -> dict[str, set[str]]:
    """Which files of the house each file imports."""
    rooms = {room_of(name) for name in trees}
    files = {name for name in trees if name not in rooms}
    return {name: (files & set(imported(tree))) - {name} for name, tree in trees.items()}


def circles(uses: Uses) -> list[list[str]]:
    """Groups of files that import each other, directly or through others."""
    graph = nx.DiGraph([(name, used) for name, found in uses.items() for used in found])
    return [sorted(ring) for ring in nx.strongly_connected_components(graph) if len(ring) > 1]


def upward(uses: Uses) -> list[str]:
    """Imports of a room that stands above."""
    height = {room: number for number, room in enumerate(ORDER)}
    return [
        f"{name} imports {used}, and {room_of(used)} stands above {room_of(name)}"
        for name, found in sorted(uses.items())
        for used in sorted(found)
        if room_of(name) in height and height.get(room_of(used), 0) > height[room_of(name)]
    ]


def homeless(trees: Trees) -> list[str]:
    """Files that lie in no room of ``ORDER``."""
    faces = {room_of(name) for name in trees} | set(ORDER)
    return sorted(n for n in trees if n not in faces and room_of(n) not in ORDER)


def empty_rooms(trees: Trees) -> list[str]:
    """Rooms of ``ORDER`` without a file."""
    return sorted(set(ORDER) - {room_of(name) for name in trees})


def full_faces(trees: Trees) -> list[str]:
    """Packages whose ``__init__.py`` holds more than a docstring."""
    faces = {room_of(name) for name in trees if "." in name}
    return sorted(
        name
        for name, tree in trees.items()
        if name in faces and any(not isinstance(node, ast.Expr) for node in tree.body)
    )


def named_twice(trees: Trees) -> list[str]:
    """Public classes and names of types that stand in several places."""
    homes: dict[str, list[str]] = defaultdict(list)
    for module, tree in trees.items():
        for name in (*_classes(tree), *_aliases(tree)):
            if not name.startswith("_"):
                homes[name].append(module)
    return [f"{name}: {', '.join(found)}" for name, found in homes.items() if len(found) > 1]


def _classes(tree: ast.Module) -> Iterator[str]:
    return (node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef))


def _aliases(tree: ast.Module) -> Iterator[str]:
    """Names of the file that are written as types are, and given by an assignment."""
    for node in tree.body:
        for target in node.targets if isinstance(node, ast.Assign) else ():
            if isinstance(target, ast.Name) and target.id[:1].isupper() and not target.id.isupper():
                yield target.id


def concepts(trees: Trees) -> dict[str, str]:
    """What each room of ``ORDER`` says of itself: the docstring of its ``__init__.py``."""
    found = {room: ast.get_docstring(trees[room]) or "" for room in ORDER if room in trees}
    return {room: " ".join(text.split()) for room, text in found.items()}


def relative(trees: Trees) -> list[str]:
    """Files with relative imports, which ``uses_of`` does not follow."""
    return sorted(
        name
        for name, tree in trees.items()
        if any(isinstance(node, ast.ImportFrom) and node.level for node in ast.walk(tree))
    )


def long_files(root: Path = ROOT) -> list[str]:
    """Files of more than ``LONG`` lines."""
    tops = dict.fromkeys(room.split(".")[0] for room in ORDER)
    sizes = {
        path.relative_to(root).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for top in tops
        for path in sorted((root / top).rglob("*.py"))
    }
    return [f"{path} ({size} lines)" for path, size in sizes.items() if size > LONG]


def main() -> None:
    trees = read_house()
    uses = uses_of(trees)
    files = Counter(room_of(name) for name in trees if name not in {room_of(n) for n in trees})
    for room in ORDER:
        print(f"{room:28}{files[room]:4}")
    print(f"\n{len(ORDER)} rooms, {sum(files.values())} files, {max(files.values())} at most")
    for title, found in (
        ("circles of files", [" <-> ".join(ring) for ring in circles(uses)]),
        ("imports that run up", upward(uses)),
        ("files in no room", homeless(trees)),
        ("rooms without a file", empty_rooms(trees)),
        ("packages whose face is not empty", full_faces(trees)),
        ("public names of types that stand twice", named_twice(trees)),
        ("files with relative imports", relative(trees)),
        (f"files above {LONG} lines", long_files()),
    ):
        print(f"{title}: {len(found)}")
        for line in found:
            print(f"    {line}")


if __name__ == "__main__":
    main()
