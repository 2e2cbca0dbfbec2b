"""What the headers of pictures and masks tell together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

from backend.data.base.source import DataLook, DataSource, Skipped, Watch
from backend.data.pictures.headers import Shapes, seen
from backend.data.pictures.mask import PairHeader, read_headers, read_mask
from backend.data.pictures.mask_tally import CountedMask, Tally
from backend.data.pictures.mask_values import MaskHints, judge
from backend.data.pictures.paired import MaskFile, MaskFolder, check_left
from backend.data.pictures.threads import in_threads
from graph.values.message import Message

_SAMPLE = 100
"""Masks to read where the classes are known already."""


def look_at_masks(
    folder: MaskFolder, source: DataSource, threshold: int | None, watch: Watch
) -> DataLook:
    """Read the headers, and as many masks as it takes to tell the classes: all where nothing else
    does. Raises ThresholdWanted if the masks need a threshold, UserError if none can be used."""
    skipped, shapes, tally = list(folder.skipped), Shapes(), Tally()
    good: list[MaskFile] = []
    counted: list[MaskFile] = []
    for file, result in _read(folder, watch):
        if isinstance(result, Message):
            skipped.append(Skipped(file.path, result))
            continue
        headers, mask = result
        shapes.add(headers.picture)
        reason = tally.add(mask) if mask is not None else None
        if reason is not None:
            skipped.append(Skipped(file.path, reason))
            continue
        good.append(file)
        if mask is not None:
            counted.append(file)
    check_left(folder, good, skipped)
    if not counted:
        return seen(source, shapes, skipped)
    meaning = judge(tally, MaskHints(folder.folder, folder.classes, folder.table, threshold))
    refused = {
        file: reason
        for file, row in zip(counted, tally.rows, strict=True)
        if (reason := meaning.refusal(row)) is not None
    }
    skipped += [Skipped(file.path, reason) for file, reason in refused.items()]
    check_left(folder, [file for file in good if file not in refused], skipped)
    return seen(replace(source, classes=meaning.classes), shapes, skipped, meaning.notes)


def _read(
    folder: MaskFolder, watch: Watch
) -> Iterator[tuple[MaskFile, tuple[PairHeader, CountedMask | None] | Message]]:
    """What each pair says, with its mask counted where that is needed, or why it cannot be used."""
    told = folder.classes is not None or folder.table is not None
    every = max(len(folder.files) // _SAMPLE, 1) if told else 1

    def read(given: tuple[int, MaskFile]) -> tuple[PairHeader, CountedMask | None]:
        position, file = given
        headers = read_headers(file.path, file.mask)
        return headers, CountedMask.of(read_mask(file.mask)) if position % every == 0 else None

    with closing(in_threads(read, list(enumerate(folder.files)))) as results:
        for file, result in zip(folder.files, results, strict=True):
            watch.check()
            yield file, result
