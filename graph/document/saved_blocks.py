"""A person's own blocks: one project file each, in a folder, with what the block uses inside.

A file is an ordinary project whose main network is empty and whose name is that of the block.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from graph.blocks.adopting import adopt
from graph.blocks.block import Block
from graph.document.files import readable, reason_of
from graph.document.project import SUFFIX, Project, read_project, write_project
from graph.document.strict_json import ProjectError
from graph.network.edits import Batch
from graph.values.declaration import show
from graph.values.message import Message, say

_OTHER = re.compile(r"[^a-z0-9]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class SavedBlock:
    """A block in the folder."""

    path: Path
    name: str
    summary: str


def saved_blocks(folder: Path) -> tuple[list[SavedBlock], list[Message]]:
    """The blocks in a folder by name, and a sentence for each file that is none."""
    found: list[SavedBlock] = []
    wrong: list[Message] = []
    try:
        paths = sorted(folder.glob(f"*{SUFFIX}")) if folder.is_dir() else []
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        reason = reason_of(error)
        return [], [say("{path} could not be read: {reason}", path=readable(folder), reason=reason)]
    for path in paths:
        try:
            block = load_block(path)
        except ProjectError as error:
            wrong.append(error.message)
        else:
            found.append(SavedBlock(path, block.name, block.summary))
    return sorted(found, key=lambda saved: saved.name.casefold()), wrong


def save_block(folder: Path, block: Block) -> Path:
    """Write a block and all that it uses; an older one of the same name is replaced.

    Raises ProjectError.
    """
    project = Project(name=block.name)
    edits, _ = adopt(project.library, block)
    project.network.do(Batch(tuple(edits)))
    path = folder / _file_name(block.name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise ProjectError(
            say("{path} could not be saved: {reason}", path=readable(path), reason=reason_of(error))
        ) from error
    write_project(path, project)
    return path


def load_block(path: Path) -> Block:
    """Read a saved block; ``adopt`` takes it into a project. Raises ProjectError."""
    project = read_project(path)
    if project.name not in project.library.blocks:
        raise ProjectError(
            say(
                "{path} holds no block that is called {name}",
                path=readable(path),
                name=show(project.name),
            )
        )
    return project.library.blocks[project.name]


def _file_name(name: str) -> str:
    """Names that differ give files that differ, also where capitals do not count."""
    words = _OTHER.sub("-", name.lower()).strip("-") or "block"
    return f"{words}-{sha256(name.encode()).hexdigest()[:8]}{SUFFIX}"
