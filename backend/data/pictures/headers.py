"""What the headers of many pictures tell together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from backend.data.base.source import DataLook, DataSource, Skipped, Watch
from backend.data.pictures.folders import in_order
from backend.data.pictures.labelled import ImageFolder
from backend.data.pictures.picture import BadPicture, PictureHeader, read_picture_header


def look_at_images(folder: ImageFolder, source: DataSource, watch: Watch) -> DataLook:
    """Read the headers of all files."""
    skipped, headers = list(folder.skipped), []
    for file in folder.files:
        watch.check()
        try:
            headers.append(read_picture_header(file.path))
        except BadPicture as problem:
            skipped.append(Skipped(file.path, problem.reason))
    return seen(source, headers, skipped)


def seen(source: DataSource, headers: Sequence[PictureHeader], skipped: list[Skipped]) -> DataLook:
    """The look at a source whose pictures have these headers."""
    sizes = Counter((header.height, header.width) for header in headers)
    shape = None
    if sizes:
        # The larger of equally common ones, so that the order of the files says nothing.
        height, width = max(sizes, key=lambda size: (sizes[size], size))
        shape = (1 if all(header.grey for header in headers) else 3, height, width)
    return DataLook(source, shape, len(sizes), in_order(skipped))
