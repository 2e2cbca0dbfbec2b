"""What can be known about a data set without loading it, and how loading is watched.

Nothing here imports torch: the window lists and describes data before torch is loaded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from graph.values.message import Message

ImageShape = tuple[int, int, int]
"""Channels, height and width of one image."""

MEMORY_CEILING = 4 * 2**30
"""Bytes of pixels one data set may hold in memory."""


class LoadCancelled(Exception):
    """Loading was stopped because the caller asked for it; nothing of it remains."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Tells the caller how far the work is, and asks whether to go on.

    ``progress`` receives steps done and steps in total, which is 0 while nobody knows. Both are
    called in the thread that loads, never in a helper thread.
    """

    progress: Callable[[int, int], None] | None = None
    cancelled: Callable[[], bool] | None = None

    def check(self) -> None:
        """Raise LoadCancelled when the caller wants to stop."""
        if self.cancelled is not None and self.cancelled():
            raise LoadCancelled

    def step(self, done: int, total: int) -> None:
        """Report ``done`` of ``total`` steps, or raise LoadCancelled."""
        self.check()
        if self.progress is not None:
            self.progress(done, total)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file or folder that was left out, and why."""

    path: Path
    reason: Message


@dataclass(frozen=True, slots=True)
class DataSource:
    """One choice in the data chooser.

    ``spec`` is what ``open_data`` takes. ``shape``, ``classes`` and the counts are None where
    only loading can tell; the counts of an image folder are of files, readable or not.
    ``n_validation`` is None when the source has no validation part of its own.
    ``masks`` says that each image has a class for every pixel.
    ``missing`` says why the source cannot be opened here, and how to mend it.
    """

    spec: str
    title: Message
    shape: ImageShape | None = None
    n_train: int | None = None
    n_validation: int | None = None
    classes: tuple[str, ...] | None = None
    missing: Message | None = None
    masks: bool = False

    @property
    def name(self) -> str:
        """The known name, or the path of the folder."""
        return self.spec

    @property
    def available(self) -> bool:
        """Whether ``open_data`` can be tried."""
        return self.missing is None


@dataclass(frozen=True, slots=True)
class DataLook:
    """A source with what its headers tell. ``shape`` is the most common one of its images, of
    ``n_shapes`` different ones; ``skipped`` lists the files that cannot be used, as far as names
    and headers show it, or as a run has found; ``notes`` tell what else becomes of the data."""

    source: DataSource
    shape: ImageShape | None
    n_shapes: int = 1
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[Message, ...] = ()
