"""Loading pictures of one class each: every file decoded once, in threads, into one tensor.

First all headers are read, which fixes the common size and whether all pictures are grey; then
all pixels. What cannot be used is listed, and the rest is used. Order and result do not depend on
the threads.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from backend.data.base.dataset import DataSet, DataSplit
from backend.data.base.format import SizeFit, Wish
from backend.data.base.source import MEMORY_CEILING, Skipped, Watch
from backend.data.pictures.folders import in_order
from backend.data.pictures.labelled import ImageFile, ImageFolder, check_classes_left
from backend.data.pictures.picture import PictureHeader, read_picture, read_picture_header
from backend.data.pictures.threads import in_threads
from graph.values.message import Message, UserError, say_count

LONGEST_SIDE = 256
_SHORTEST_LIMIT = 32

Size = tuple[int, int]


class HasPart(Protocol):
    """A file of the training part or of the validation part."""

    @property
    def validation(self) -> bool: ...


def load_images(folder: ImageFolder, name: str, wish: Wish, watch: Watch) -> DataSet:
    """Decode all images to one size (H, W).

    Without a wish the most common one is taken, scaled down so that no side exceeds 256 pixels
    and the set fits in memory. Progress counts each file twice: header and pixels. Raises
    UserError when fewer than two classes have readable images, LoadCancelled on request.
    """
    skipped = list(folder.skipped)
    files, headers = _read_headers(folder, skipped, watch)
    check_classes_left(folder, files, skipped)
    channels: Literal[1, 3] = 1 if all(header.grey for header in headers) else 3
    if wish.size is not None:
        check_memory(folder.folder, wish.size, len(files), channels)
    frame = wish.size or common_size(headers, channels)
    if wish.size is None:
        check_memory(folder.folder, frame, len(files), channels)
    images = np.empty((len(files), channels, *frame), dtype=np.uint8)
    kept = _read_pixels(folder, files, images, wish.fit, skipped, watch)
    used = [files[position] for position in kept]
    check_classes_left(folder, used, skipped)
    images = images[: len(used)]
    if all(headers[position].grey for position in kept):
        images = images[:, :1]
    return DataSet(
        name=name,
        images=torch.from_numpy(np.ascontiguousarray(images)),
        labels=torch.tensor([file.label for file in used], dtype=torch.int64),
        classes=folder.classes,
        fixed=fixed_split(used),
        skipped=in_order(skipped),
        notes=folder.notes,
    )


def _read_headers(
    folder: ImageFolder, skipped: list[Skipped], watch: Watch
) -> tuple[list[ImageFile], list[PictureHeader]]:
    """The files with a good header; the others are added to ``skipped``."""
    files: list[ImageFile] = []
    headers: list[PictureHeader] = []
    with closing(in_threads(lambda file: read_picture_header(file.path), folder.files)) as looks:
        for done, (file, header) in enumerate(zip(folder.files, looks, strict=True), 1):
            watch.step(done, 2 * len(folder.files))
            if isinstance(header, Message):
                skipped.append(Skipped(file.path, header))
            else:
                files.append(file)
                headers.append(header)
    return files, headers


def _read_pixels(
    folder: ImageFolder,
    files: Sequence[ImageFile],
    images: NDArray[np.uint8],
    fit: SizeFit,
    skipped: list[Skipped],
    watch: Watch,
) -> list[int]:
    """Fill ``images`` (N×C×H×W) from its start with what can be decoded.

    Returns the positions in ``files`` that could; the others are added to ``skipped``.
    """
    channels: Literal[1, 3] = 1 if images.shape[1] == 1 else 3
    frame = images.shape[2], images.shape[3]

    def decode(file: ImageFile) -> NDArray[np.uint8]:
        return read_picture(file.path, channels, frame, fit)

    kept: list[int] = []
    total = 2 * len(folder.files)
    with closing(in_threads(decode, files)) as pictures:
        for position, pixels in enumerate(pictures):
            watch.step(total - len(files) + position + 1, total)
            if isinstance(pixels, Message):
                skipped.append(Skipped(files[position].path, pixels))
            else:
                images[len(kept)] = pixels
                kept.append(position)
    return kept


def common_size(headers: Sequence[PictureHeader], channels: int) -> Size:
    """The most common (H, W) in pixels (the larger of equals), scaled down as far as memory demands
    for pictures of so many ``channels``."""
    counts = Counter(header.upright for header in headers)
    height, width = max(counts, key=lambda size: (counts[size], size))
    longest = LONGEST_SIDE
    while True:
        scale = min(1.0, longest / max(height, width))
        size = max(1, round(height * scale)), max(1, round(width * scale))
        fits = len(headers) * channels * size[0] * size[1] <= MEMORY_CEILING
        if fits or longest <= _SHORTEST_LIMIT:
            return size
        longest //= 2


def check_memory(folder: Path, size: Size, n_images: int, channels: int) -> None:
    """Raise UserError unless the images fit in memory at the size that was asked for."""
    if n_images * channels * size[0] * size[1] > MEMORY_CEILING:
        raise UserError(
            say_count(
                "The {n} image of {folder} needs {found} at {height}×{width}; at most {expected} "
                "can be held. Choose a smaller size.",
                "The {n} images of {folder} need {found} at {height}×{width}; at most {expected} "
                "can be held. Choose a smaller size.",
                n_images,
                folder=str(folder),
                found=say_count("{n} byte", "{n} bytes", n_images * channels * size[0] * size[1]),
                height=size[0],
                width=size[1],
                expected=MEMORY_CEILING,
            )
        )


def fixed_split(files: Sequence[HasPart]) -> DataSplit | None:
    """The split that the files themselves prescribe, if any is for validation."""
    validation = torch.tensor([file.validation for file in files])
    if not validation.any():
        return None
    return DataSplit(
        train=torch.nonzero(~validation).flatten(),
        validation=torch.nonzero(validation).flatten(),
    )
