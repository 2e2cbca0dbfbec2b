"""What can be placed besides torch's layer types: the blocks on offer, and where they come from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from graph.layers.base.layer import Layer
from graph.layers.registry import REGISTRY
from graph.values.language import declared
from gui.language.text import tr


@dataclass(frozen=True, slots=True)
class Offer:
    """One block that can be placed."""

    key: str
    title: str
    summary: str
    search: tuple[str, ...] = ()

    def answers(self, text: str) -> bool:
        """Whether a typed text names it."""
        words = text.lower().split()
        told = " ".join(
            (self.title, *self.search, *map(declared, self.search), tr("Block"))
        ).lower()
        return all(any(part.startswith(word) for part in told.split()) for word in words)


def matching(offers: Iterable[Offer], text: str) -> list[str]:
    """The keys of the offers that a text names, those first whose title begins with it."""
    words = text.strip().lower()
    found = [offer for offer in offers if offer.answers(words)]
    found.sort(key=lambda offer: not offer.title.lower().startswith(words))
    return [offer.key for offer in found]


class Stock(Protocol):
    """Makes a layer of what a person has chosen by name."""

    def layer(self, key: str) -> Layer | None:
        """A layer for a type name or a key; None for what is not known (any more)."""

    def usable(self) -> Sequence[type[Layer]]:
        """Types besides torch's: the uses of the project's blocks."""

    def elsewhere(self) -> Iterable[Offer]:
        """Blocks that the project does not have yet."""


class NoBlocks:
    """The stock of a canvas that stands alone: torch's layer types."""

    def layer(self, key: str) -> Layer | None:
        return REGISTRY[key]() if key in REGISTRY else None

    def usable(self) -> Sequence[type[Layer]]:
        return ()

    def elsewhere(self) -> Iterable[Offer]:
        return ()
