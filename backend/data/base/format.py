"""What a format of data is: one way in which images and their answers lie on disk.

A format knows its own folders and files, looks at their headers, and loads them. It also says how
it is offered: the menu of the window, the help of the command line and README only read it. Adding
one is a file in ``formats`` and a line in its registry.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, TypeGuard

from backend.data.base.source import DataLook, Watch
from graph.values.message import Message

if TYPE_CHECKING:
    from backend.data.base.dataset import DataSet

SizeFit = Literal["resize", "pad"]

SOURCE, THRESHOLD = "source", "threshold"
"""The keys of a project's data: what it is, and what parts its masks in shades of grey."""


def is_threshold(value: object) -> TypeGuard[int]:
    """Whether a value from a file can part greys."""
    return type(value) is int and 1 <= value <= 255


@dataclass(frozen=True, slots=True)
class KnownSet:
    """A data set with a name of its own, which ``words`` explain. ``masks``: each of its images
    has a class for every pixel."""

    name: str
    words: Message
    masks: bool = False


@dataclass(frozen=True, slots=True)
class Opening:
    """What a person may point at: ``what`` it is, which ``words`` explain; the line in the menu
    and the title of the dialog that asks for it. It is a folder, or with ``endings`` a file whose
    name ends in one of them."""

    what: Message
    words: Message
    action: Message
    title: Message
    symbol: str = "folder"
    endings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where data is: ``spec`` as the person gave it, and the folder or file that it names; None
    for a known name."""

    spec: str
    path: Path | None = None

    @property
    def folder(self) -> Path:
        """The folder or file itself. Known names have none."""
        assert self.path is not None, f"{self.spec} is no path"
        return self.path


@dataclass(frozen=True, slots=True)
class Wish:
    """How the person wants the data. ``size`` (H, W) is what pictures of different sizes are
    brought to, the most common one if it is None; ``threshold`` the grey from which on a pixel of
    a mask is object. A format that has nothing of the kind need not follow."""

    size: tuple[int, int] | None = None
    fit: SizeFit = "resize"
    threshold: int | None = None


class DataFormat(Protocol):
    """One way in which data lies on disk."""

    @property
    def known(self) -> tuple[KnownSet, ...]:
        """The data sets of this format that have names."""

    @property
    def openings(self) -> tuple[Opening, ...]:
        """What of this format a person may open."""

    def recognises(self, path: Path, watch: Watch) -> bool:
        """Whether a folder or file is of this format, from few names and first bytes.

        Raises UserError for one that is, and that lacks what makes it whole.
        """

    def look(self, place: Place, wish: Wish, watch: Watch) -> DataLook:
        """What names and headers tell, without decoding more than they need.

        A known set that is missing here is described with the reason. Raises UserError for a
        folder or file that cannot be used, LoadCancelled on request.
        """

    def load(self, place: Place, wish: Wish, watch: Watch) -> DataSet:
        """All of it in memory. Raises UserError for anything the person can mend, LoadCancelled
        soon after it is asked for."""
