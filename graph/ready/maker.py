"""What the palette says of a ready block, and how it comes into a project."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from graph.blocks.block import Block
from graph.blocks.library import Library
from graph.values.message import Message


@dataclass(frozen=True, slots=True)
class Maker:
    """A ready block. ``make`` defines it in a library, with all that it uses."""

    name: str
    family: str
    help: Message
    make: Callable[[Library], Block]
    search: tuple[str, ...] = ()
