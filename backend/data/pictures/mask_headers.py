"""What the headers of pictures and masks tell together."""

from __future__ import annotations

from dataclasses import replace

from backend.data.base.source import DataLook, DataSource, Skipped, Watch
from backend.data.pictures.headers import seen
from backend.data.pictures.mask import judge, read_header, read_mask, values_of
from backend.data.pictures.paired import MaskFolder
from backend.data.pictures.picture import BadPicture


def look_at_masks(folder: MaskFolder, source: DataSource, watch: Watch) -> DataLook:
    """Read the headers; the masks themselves only where nothing else tells the classes."""
    skipped, headers = list(folder.skipped), []
    values: list[frozenset[int]] = []
    for file in folder.files:
        watch.check()
        try:
            headers.append(read_header(file.path, file.mask))
            if folder.classes is None:
                values.append(values_of(read_mask(file.mask)))
        except BadPicture as problem:
            skipped.append(Skipped(file.path, problem.reason))
    if values:
        source = replace(source, classes=judge(values, None, folder.folder).classes)
    return seen(source, headers, skipped)
