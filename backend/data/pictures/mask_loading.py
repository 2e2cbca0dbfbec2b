"""Loading pictures and masks into two tensors, as pictures of one class are loaded.

First the headers: sizes that do not agree are found before anything is decoded. A picture whose
mask cannot be used is left out and listed with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from backend.data.base.dataset import DataSet
from backend.data.base.format import Wish
from backend.data.base.source import Skipped, Watch
from backend.data.pictures.folders import in_order
from backend.data.pictures.labelled_loading import (
    check_memory,
    common_size,
    fixed_split,
)
from backend.data.pictures.mask import (
    PairHeader,
    fitted_mask,
    read_headers,
    read_mask,
    turns_of_masks,
)
from backend.data.pictures.mask_tally import PADDING, CountedMask, Tally
from backend.data.pictures.mask_values import MaskHints, Meaning, judge
from backend.data.pictures.paired import MaskFile, MaskFolder, check_left
from backend.data.pictures.picture import read_picture
from backend.data.pictures.pixel_bytes import UPRIGHT
from backend.data.pictures.threads import in_threads
from graph.values.message import Message, say_count

Pixels = NDArray[np.uint8]


@dataclass(slots=True)
class _Work:
    """One loading: what was asked for, and what was left out so far."""

    folder: MaskFolder
    wish: Wish
    watch: Watch
    skipped: list[Skipped]
    notes: list[Message] = field(default_factory=list)

    @property
    def n_steps(self) -> int:
        return 2 * len(self.folder.files)

    def skip(self, file: MaskFile, reason: Message) -> None:
        self.skipped.append(Skipped(file.path, reason))


def load_masks(folder: MaskFolder, name: str, wish: Wish, watch: Watch) -> DataSet:
    """Decode all pictures and masks to one size (H, W), chosen as for pictures of one class.

    Progress counts each picture twice: headers and pixels. Raises UserError when no picture can
    be used or all pixels are of one class, LoadCancelled on request.
    """
    work = _Work(folder, wish, watch, list(folder.skipped))
    files, headers = _read_headers(work)
    check_left(folder, files, work.skipped)
    channels: Literal[1, 3] = 1 if all(pair.picture.grey for pair in headers) else 3
    height, width = wish.size or common_size([pair.picture for pair in headers], channels + 1)
    check_memory(folder.folder, (height, width), len(files), channels + 1)
    images = np.empty((len(files), channels, height, width), dtype=np.uint8)
    masks = np.empty((len(files), height, width), dtype=np.uint8)
    tally = Tally()
    kept = _read_pixels(work, files, _turns(work, headers), images, masks, tally)
    check_left(folder, [files[position] for position in kept], work.skipped)
    hints = MaskHints(folder.folder, folder.classes, folder.table, wish.threshold)
    meaning = judge(tally, hints)
    rows = _right(work, meaning, [files[position] for position in kept])
    used = [files[kept[row]] for row in rows]
    check_left(folder, used, work.skipped)
    _look_up(meaning, rows, masks)
    if len(rows) < len(images):
        images, masks = images[rows], masks[rows]
    return DataSet(
        name=name,
        images=torch.from_numpy(images),
        labels=torch.from_numpy(masks),
        classes=meaning.classes,
        fixed=fixed_split(used),
        skipped=in_order(work.skipped),
        notes=(*work.notes, *meaning.notes),
    )


def _read_headers(work: _Work) -> tuple[list[MaskFile], list[PairHeader]]:
    """The files whose sizes agree; the others are added to ``skipped``."""
    files: list[MaskFile] = []
    headers: list[PairHeader] = []
    given = work.folder.files
    with closing(in_threads(lambda file: read_headers(file.path, file.mask), given)) as looks:
        for done, (file, look) in enumerate(zip(given, looks, strict=True), 1):
            work.watch.step(done, work.n_steps)
            if isinstance(look, Message):
                work.skip(file, look)
            else:
                files.append(file)
                headers.append(look)
    return files, headers


def _turns(work: _Work, headers: Sequence[PairHeader]) -> list[int]:
    """The orientation of each mask, told where it is its picture's."""
    turns = turns_of_masks(headers)
    turned = sum(turn != UPRIGHT for turn in turns)
    if turned:
        work.notes.append(
            say_count(
                "{n} mask is turned with its photograph.",
                "{n} masks are turned with their photographs.",
                turned,
            )
        )
    return turns


def _read_pixels(
    work: _Work,
    files: Sequence[MaskFile],
    turns: Sequence[int],
    images: Pixels,
    masks: Pixels,
    tally: Tally,
) -> list[int]:
    """Fill ``images`` (N×C×H×W) and ``masks`` (N×H×W, codes) from their start with what can be
    decoded, and count the masks.

    Returns the positions in ``files`` that could.
    """
    channels: Literal[1, 3] = 1 if images.shape[1] == 1 else 3
    frame, fit = (images.shape[2], images.shape[3]), work.wish.fit

    def decode(given: tuple[MaskFile, int]) -> tuple[Pixels, Pixels, CountedMask]:
        file, turn = given
        mask = read_mask(file.mask, turn)
        counted = CountedMask.of(mask)
        pixels = read_picture(file.path, channels, frame, fit)
        if not mask.coloured:
            return pixels, fitted_mask(mask.values, frame, fit), counted
        # Colours by their place among those of the mask; a set has room for fewer than PADDING.
        places = np.searchsorted(counted.values, mask.values).clip(0, PADDING).astype(np.uint8)
        return pixels, fitted_mask(places, frame, fit, PADDING), counted

    kept: list[int] = []
    with closing(in_threads(decode, list(zip(files, turns, strict=True)))) as results:
        for position, result in enumerate(results):
            work.watch.step(work.n_steps - len(files) + position + 1, work.n_steps)
            if isinstance(result, Message):
                work.skip(files[position], result)
                continue
            images[len(kept)], masks[len(kept)], counted = result
            reason = tally.add(counted)
            if reason is not None:
                work.skip(files[position], reason)
                continue
            if counted.coloured:
                codes = np.full(256, PADDING, np.uint8)
                codes[: len(counted.values)] = tally.codes_of(counted)
                masks[len(kept)] = codes[masks[len(kept)]]
            kept.append(position)
    return kept


def _right(work: _Work, meaning: Meaning, files: Sequence[MaskFile]) -> list[int]:
    """The places of the masks whose values all mean something."""
    rows = []
    for row, (file, found) in enumerate(zip(files, meaning.tally.rows, strict=True)):
        reason = meaning.refusal(found)
        if reason is None:
            rows.append(row)
        else:
            work.skip(file, reason)
    return rows


def _look_up(meaning: Meaning, rows: Sequence[int], masks: Pixels) -> None:
    """Put classes in place of codes."""
    same = np.arange(256)
    for row in rows:
        found = meaning.tally.rows[row]
        table = meaning.lookup(found)
        present = list(found.codes)
        if (table[present] != same[present]).any() or found.coloured:
            masks[row] = table[masks[row]]
