"""Loading a folder of pictures and masks into two tensors, as image folders are loaded.

First the headers: sizes that do not agree are found before anything is decoded. A picture whose
mask cannot be used is left out and listed with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray

from backend.data.base.dataset import DataSet
from backend.data.base.format import SizeFit, Wish
from backend.data.base.source import Skipped, Watch
from backend.data.pictures.folders import in_order
from backend.data.pictures.labelled_loading import (
    check_memory,
    common_size,
    fixed_split,
    in_threads,
)
from backend.data.pictures.mask import (
    MaskValues,
    fitted_mask,
    judge,
    read_header,
    read_mask,
    values_of,
)
from backend.data.pictures.paired import MaskFile, MaskFolder
from backend.data.pictures.picture import PictureHeader, read_picture
from graph.values.message import Message, UserError, say_count

Pixels = NDArray[np.uint8]


@dataclass(slots=True)
class _Work:
    """One loading: what was asked for, and what was left out so far."""

    folder: MaskFolder
    fit: SizeFit
    watch: Watch
    skipped: list[Skipped]

    @property
    def n_steps(self) -> int:
        return 2 * len(self.folder.files)


def load_masks(folder: MaskFolder, name: str, wish: Wish, watch: Watch) -> DataSet:
    """Decode all pictures and masks to one size (H, W), chosen as for an image folder.

    Progress counts each picture twice: headers and pixels. Raises UserError when no picture can
    be used or all pixels are of one class, LoadCancelled on request.
    """
    work = _Work(folder, wish.fit, watch, list(folder.skipped))
    files, headers = _read_headers(work)
    _check_left(work, files)
    channels: Literal[1, 3] = 1 if all(header.grey for header in headers) else 3
    if wish.size is not None:
        check_memory(folder.folder, wish.size, len(files), channels + 1)
    height, width = wish.size or common_size(headers, channels + 1)
    images = np.empty((len(files), channels, height, width), dtype=np.uint8)
    masks = np.empty((len(files), height, width), dtype=np.uint8)
    kept, found = _read_pixels(work, files, images, masks)
    _check_left(work, [files[position] for position in kept])
    values = judge(found, folder.classes, folder.folder)
    rows = _right(work, values, [files[position] for position in kept], found)
    used = [files[kept[row]] for row in rows]
    _check_left(work, used)
    masks = masks[rows]
    if values.white:
        masks = (masks > 0).astype(np.uint8)
    if len(rows) < len(images):
        images = images[rows]
    return DataSet(
        name=name,
        images=torch.from_numpy(images),
        labels=torch.from_numpy(masks),
        classes=values.classes,
        fixed=fixed_split(used),
        skipped=in_order(work.skipped),
    )


def _read_headers(work: _Work) -> tuple[list[MaskFile], list[PictureHeader]]:
    """The files whose sizes agree; the others are added to ``skipped``."""
    files: list[MaskFile] = []
    headers: list[PictureHeader] = []
    given = work.folder.files
    with closing(in_threads(lambda file: read_header(file.path, file.mask), given)) as looks:
        for done, (file, look) in enumerate(zip(given, looks, strict=True), 1):
            work.watch.step(done, work.n_steps)
            if isinstance(look, Message):
                work.skipped.append(Skipped(file.path, look))
            else:
                files.append(file)
                headers.append(look)
    return files, headers


def _read_pixels(
    work: _Work, files: Sequence[MaskFile], images: Pixels, masks: Pixels
) -> tuple[list[int], list[frozenset[int]]]:
    """Fill ``images`` (N×C×H×W) and ``masks`` (N×H×W) from their start with what can be decoded.

    Returns the positions in ``files`` that could, and the values of their masks.
    """
    channels: Literal[1, 3] = 1 if images.shape[1] == 1 else 3
    frame = images.shape[2], images.shape[3]

    def decode(file: MaskFile) -> tuple[Pixels, Pixels, frozenset[int]]:
        mask = read_mask(file.mask)
        pixels = read_picture(file.path, channels, frame, work.fit)
        return pixels, fitted_mask(mask, frame, work.fit), values_of(mask)

    kept: list[int] = []
    found: list[frozenset[int]] = []
    with closing(in_threads(decode, files)) as results:
        for position, result in enumerate(results):
            work.watch.step(work.n_steps - len(files) + position + 1, work.n_steps)
            if isinstance(result, Message):
                work.skipped.append(Skipped(files[position].path, result))
            else:
                images[len(kept)], masks[len(kept)], values = result
                kept.append(position)
                found.append(values)
    return kept, found


def _right(
    work: _Work, values: MaskValues, files: Sequence[MaskFile], found: Sequence[frozenset[int]]
) -> list[int]:
    """The places of the masks whose values are all allowed."""
    rows = []
    for row, (file, present) in enumerate(zip(files, found, strict=True)):
        reason = values.refusal(present)
        if reason is None:
            rows.append(row)
        else:
            work.skipped.append(Skipped(file.path, reason))
    return rows


def _check_left(work: _Work, files: Sequence[MaskFile]) -> None:
    if any(not file.validation for file in files):
        return
    paths = {file.path for file in work.folder.files}
    bad = next(item for item in work.skipped if item.path in paths)
    raise UserError(
        say_count(
            "The {n} picture in {folder} cannot be used with its mask. The first one is {file}: "
            "{reason}.",
            "None of the {n} pictures in {folder} can be used with its mask. The first one is "
            "{file}: {reason}.",
            len(work.folder.files),
            folder=str(work.folder.folder),
            file=str(bad.path),
            reason=bad.reason,
        )
    )
