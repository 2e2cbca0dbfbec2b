"""What a person looks at inside a network while it learns, and how often it may be shown.

A look costs a forward pass, so that it is taken only when the time spent on looking stays below
a small share of the training. Nothing here imports torch.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SHARE = 0.015
"""Of the training time, at most, goes into looking."""

PERIOD = 0.1
"""Seconds between two looks, at least."""


@dataclass(frozen=True, slots=True)
class View:
    """Nodes (ids or dotted paths) whose filters and whose feature maps are shown, and the number
    of the validation image they are computed with."""

    filters: tuple[str, ...] = ()
    maps: tuple[str, ...] = ()
    image: int = 0


class Looks:
    """The present view, set from any thread, and when the next look is due."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._view: View | None = None
        self._fresh = False
        self._next = 0.0

    def show(self, view: View | None) -> None:
        """Look at this from now on, the first time soon; None: at nothing."""
        with self._lock:
            self._view = view
            self._fresh = view is not None

    def take(self, now: float, *, anyway: bool = False) -> View | None:
        """The view if a look at it is due at ``now`` (seconds), or ``anyway`` if there is one.
        A new view is always due."""
        with self._lock:
            if not (anyway or self._fresh or now >= self._next):
                return None
            self._fresh = False
            return self._view

    def spent(self, now: float, seconds: float) -> None:
        """A look that took ``seconds`` ended at ``now``."""
        with self._lock:
            self._next = now + max(PERIOD, seconds / SHARE)


def strongest_slices(filters: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of each filter the input slice with the largest norm: out×in×kh×kw -> out×kh×kw."""
    strength = (filters.astype("float64") ** 2).sum(axis=(2, 3))
    index = strength.argmax(axis=1)
    chosen: NDArray[np.float32] = filters[range(len(filters)), index]
    return chosen
