"""What the headers of many pictures tell together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field

from backend.data.base.source import DataLook, DataSource, ImageShape, Skipped, Watch
from backend.data.pictures.folders import in_order
from backend.data.pictures.labelled import ImageFile, ImageFolder, check_classes_left
from backend.data.pictures.picture import PictureHeader, read_picture_header
from backend.data.pictures.threads import in_threads
from graph.values.message import Message, say_count

HEADER_CEILING = 20_000
"""Headers that a look reads; of more files it takes some from every part of the list."""


@dataclass(slots=True)
class Shapes:
    """The sizes of pictures so far, and whether all are grey."""

    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)
    grey: bool = True

    def add(self, header: PictureHeader) -> None:
        self.sizes[header.upright] += 1
        self.grey = self.grey and header.grey

    @property
    def commonest(self) -> ImageShape | None:
        """The most common shape, the larger of equally common ones, so that the order of the files
        says nothing."""
        if not self.sizes:
            return None
        height, width = max(self.sizes, key=lambda size: (self.sizes[size], size))
        return (1 if self.grey else 3, height, width)


def look_at_images(folder: ImageFolder, source: DataSource, watch: Watch) -> DataLook:
    """Read the headers of the files, of very many some. Raises UserError when fewer than two
    classes have readable images."""
    skipped, shapes = list(folder.skipped), Shapes()
    good: list[ImageFile] = []
    step = -(-len(folder.files) // HEADER_CEILING)
    files = folder.files[:: max(step, 1)]
    with closing(in_threads(lambda file: read_picture_header(file.path), files)) as headers:
        for file, header in zip(files, headers, strict=True):
            watch.check()
            if isinstance(header, Message):
                skipped.append(Skipped(file.path, header))
            else:
                shapes.add(header)
                good.append(file)
    if step <= 1:
        check_classes_left(folder, good, skipped)
        return seen(source, shapes, skipped, folder.notes)
    note = say_count("One of {n} file was looked at.", "Only one of {n} files was looked at.", step)
    return seen(source, shapes, skipped, (*folder.notes, note))


def seen(
    source: DataSource, shapes: Shapes, skipped: Sequence[Skipped], notes: tuple[Message, ...] = ()
) -> DataLook:
    """The look at a source whose pictures have these shapes."""
    return DataLook(source, shapes.commonest, len(shapes.sizes), in_order(skipped), notes)
