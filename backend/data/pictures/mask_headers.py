"""What the headers of pictures and masks tell together."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

from backend.data.base.source import DataLook, DataSource, Skipped, Watch
from backend.data.pictures.headers import Shapes, seen
from backend.data.pictures.mask import PairHeader, read_headers, read_mask
from backend.data.pictures.mask_tally import CountedMask, Tally
from backend.data.pictures.mask_values import MaskHints, judge
from backend.data.pictures.paired import MaskFile, MaskFolder
from backend.data.pictures.threads import in_threads
from graph.values.message import Message

_SAMPLE = 100
"""Masks to read where the classes are known already."""


def look_at_masks(
    folder: MaskFolder, source: DataSource, threshold: int | None, watch: Watch
) -> DataLook:
    """Read the headers, and as many masks as it takes to tell the classes: all where nothing else
    does. Raises ThresholdWanted if the masks need a threshold."""
    skipped, shapes, tally = list(folder.skipped), Shapes(), Tally()
    told = folder.classes is not None or folder.table is not None
    every = max(len(folder.files) // _SAMPLE, 1) if told else 1

    def read(given: tuple[int, MaskFile]) -> tuple[PairHeader, CountedMask | None]:
        position, file = given
        headers = read_headers(file.path, file.mask)
        return headers, CountedMask.of(read_mask(file.mask)) if position % every == 0 else None

    with closing(in_threads(read, list(enumerate(folder.files)))) as found:
        for file, result in zip(folder.files, found, strict=True):
            watch.check()
            reason = result if isinstance(result, Message) else None
            if not isinstance(result, Message):
                headers, counted = result
                shapes.add(headers.picture)
                reason = tally.add(counted) if counted is not None else None
            if reason is not None:
                skipped.append(Skipped(file.path, reason))
    if not tally.rows:
        return seen(source, shapes, skipped)
    meaning = judge(tally, MaskHints(folder.folder, folder.classes, folder.table, threshold))
    return seen(replace(source, classes=meaning.classes), shapes, skipped, meaning.notes)
