"""A folder of IDX files in MNIST's naming: train-* for training, t10k-* for validation.

The class names come from ``classes.txt`` beside the files, one name a line, label 0 first. Without
that file the labels of Fashion-MNIST are recognised by their checksum, and any others are called
by their number.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from backend.data.base.format import KnownSet, Opening, Place, Wish
from backend.data.base.source import DataLook, DataSource, Watch
from backend.data.formats.idx import IdxHeader, read_header, read_idx
from graph.values.message import Message, UserError, say, say_count

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from backend.data.base.dataset import DataSet

SAMPLE, FULL = "fashion-sample", "fashion-mnist"
FOLDERS = {
    SAMPLE: Path(__file__).resolve().parents[3] / "resources" / "data" / "fashion-sample",
    FULL: Path("/usr/share/datasets/fashion-mnist"),
}
"""Where the known data sets are."""
CLASS_FILE = "classes.txt"
FASHION_CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
_FASHION_CHECKSUM = 0x2ED6E46A  # CRC-32 of the 60,000 training labels
_CLASS_FILE_CEILING = 100_000
_COUNT_CEILING = 20_000_000


@dataclass(frozen=True, slots=True)
class IdxPart:
    """The two files of one part."""

    images: Path
    labels: Path


@dataclass(frozen=True, slots=True)
class IdxFolder:
    """The IDX files found in a folder."""

    train: IdxPart
    validation: IdxPart | None
    class_file: Path | None


class IdxFolders:
    """The format of MNIST."""

    known = (
        KnownSet(
            SAMPLE,
            say(
                "12,000 images of Fashion-MNIST (10,000 to train, 2,000 to validate) that come "
                "with the program; the default"
            ),
        ),
        KnownSet(
            FULL,
            say(
                "Fashion-MNIST in full, where the Debian package dataset-fashion-mnist is installed"
            ),
        ),
    )
    openings = (
        Opening(
            what=say("a folder of IDX files"),
            words=say("MNIST, Fashion-MNIST and others in their format"),
            action=say("Open IDX folder…"),
            title=say("Folder with IDX files"),
        ),
    )

    def recognises(self, path: Path, watch: Watch) -> bool:
        return find_idx(path) is not None

    def look(self, place: Place, watch: Watch) -> DataLook:
        source = self._describe(place)
        return DataLook(source, source.shape)

    def load(self, place: Place, wish: Wish, watch: Watch) -> DataSet:
        name = place.spec if place.path is None else place.path.name
        return load_idx(self._files(place), name, watch)

    def _describe(self, place: Place) -> DataSource:
        if place.path is not None:
            title = say("IDX files in {folder}", folder=place.path.name)
            return describe_idx(self._files(place), place.spec, title)
        name = place.spec
        title = say("Fashion-MNIST, a sample") if name == SAMPLE else say("Fashion-MNIST")
        try:
            return describe_idx(self._files(place), name, title)
        except UserError as error:
            return DataSource(spec=name, title=title, missing=error.message)

    def _files(self, place: Place) -> IdxFolder:
        folder = FOLDERS[place.spec] if place.path is None else place.path
        files = find_idx(folder)
        if files is None:
            raise UserError(_missing(place.spec, folder))
        return files


def _missing(name: str, folder: Path) -> Message:
    if name == FULL:
        return say(
            "Fashion-MNIST is not in {folder}; install Debian's package dataset-fashion-mnist or "
            "choose a folder that holds its IDX files.",
            folder=str(folder),
        )
    return say("{folder} is missing; install the program again.", folder=str(folder))


def find_idx(folder: Path) -> IdxFolder | None:
    """The IDX files in ``folder`` or in its sub-folder ``raw``; None when there are none.

    Raises UserError when some are there and others are missing.
    """
    for place in (folder, folder / "raw"):
        train, validation = _part(place, "train"), _part(place, "t10k")
        if train is not None:
            class_file = place / CLASS_FILE
            return IdxFolder(train, validation, class_file if class_file.is_file() else None)
        if validation is not None:
            raise UserError(
                say(
                    "{folder} has the test files only; put {expected} beside {file}.",
                    folder=str(place),
                    expected="train-images-idx3-ubyte",
                    file=validation.images.name,
                )
            )
    return None


def describe_idx(files: IdxFolder, spec: str, title: Message) -> DataSource:
    """Sizes, counts and class names from the headers and the training labels alone."""
    header = _headers(files.train)
    labels = read_idx(files.train.labels, 1)
    validation = _validation_header(files, header)
    _, height, width = header.sizes
    return DataSource(
        spec=spec,
        title=title,
        shape=(1, height, width),
        n_train=header.sizes[0],
        n_validation=validation.sizes[0] if validation else None,
        classes=_class_names(files, labels),
    )


def load_idx(files: IdxFolder, name: str, watch: Watch) -> DataSet:
    """Read all files. The test files, when there, become the fixed validation part."""
    import numpy as np
    import torch

    from backend.data.base.dataset import DataSet, DataSplit

    header = _headers(files.train)
    _validation_header(files, header)
    labels = read_idx(files.train.labels, 1)
    classes = _class_names(files, labels)
    _check_labels(files.train.labels, labels, classes)
    images = torch.from_numpy(read_idx(files.train.images, 3, watch))
    fixed = None
    if files.validation is not None:
        more_labels = read_idx(files.validation.labels, 1)
        _check_labels(files.validation.labels, more_labels, classes)
        more_images = torch.from_numpy(read_idx(files.validation.images, 3, watch))
        n_train, n_all = len(labels), len(labels) + len(more_labels)
        fixed = DataSplit(train=torch.arange(n_train), validation=torch.arange(n_train, n_all))
        images = torch.cat((images, more_images))
        labels = np.concatenate((labels, more_labels))
    return DataSet(
        name=name,
        images=images.unsqueeze(1),
        labels=torch.from_numpy(labels).long(),
        classes=classes,
        fixed=fixed,
    )


def _part(folder: Path, prefix: str) -> IdxPart | None:
    images = _existing(folder, f"{prefix}-images", "idx3-ubyte")
    labels = _existing(folder, f"{prefix}-labels", "idx1-ubyte")
    if images is not None and labels is not None:
        return IdxPart(images, labels)
    if images is None and labels is None:
        return None
    expected = f"{prefix}-labels-idx1-ubyte" if labels is None else f"{prefix}-images-idx3-ubyte"
    raise UserError(
        say(
            "{file} is there but {expected} is missing; put both into {folder}.",
            file=(images or labels or folder).name,
            expected=expected,
            folder=str(folder),
        )
    )


def _existing(folder: Path, stem: str, ending: str) -> Path | None:
    for name in (f"{stem}-{ending}", f"{stem}.{ending}"):
        for path in (folder / name, folder / f"{name}.gz"):
            if path.exists():
                return path
    return None


def _headers(part: IdxPart) -> IdxHeader:
    """The header of the images, checked against the labels."""
    images, labels = read_header(part.images, 3), read_header(part.labels, 1)
    if images.sizes[0] != labels.sizes[0]:
        raise UserError(
            say(
                "{images} has {n_images} and {labels} has {n_labels}; there must be one label for "
                "each image. Get both files again.",
                images=str(part.images),
                labels=str(part.labels),
                n_images=say_count("{n} image", "{n} images", images.sizes[0]),
                n_labels=say_count("{n} label", "{n} labels", labels.sizes[0]),
            )
        )
    if images.sizes[0] > _COUNT_CEILING:
        raise UserError(
            say(
                "{file} promises {found}; at most {expected} can be used. Its header may be "
                "damaged: get the file again or use a smaller one.",
                found=say_count("{n} image", "{n} images", images.sizes[0]),
                file=str(part.images),
                expected=_COUNT_CEILING,
            )
        )
    return images


def _validation_header(files: IdxFolder, train: IdxHeader) -> IdxHeader | None:
    if files.validation is None:
        return None
    header = _headers(files.validation)
    if header.sizes[1:] != train.sizes[1:]:
        raise UserError(
            say(
                "{file} has images of {found} pixels and {other} of {expected}; "
                "both must have one size.",
                file=str(files.validation.images),
                found="×".join(map(str, header.sizes[1:])),
                other=str(files.train.images),
                expected="×".join(map(str, train.sizes[1:])),
            )
        )
    return header


def _class_names(files: IdxFolder, labels: NDArray[np.uint8]) -> tuple[str, ...]:
    if files.class_file is not None:
        classes = _read_class_file(files.class_file)
    elif zlib.crc32(labels.tobytes()) == _FASHION_CHECKSUM:
        classes = FASHION_CLASSES
    else:
        classes = tuple(map(str, range(int(labels.max()) + 1)))
    if len(classes) < 2:
        raise UserError(
            say(
                "{file} has only one class; at least two are needed to learn to tell them apart.",
                file=str(files.class_file or files.train.labels),
            )
        )
    return classes


def _read_class_file(path: Path) -> tuple[str, ...]:
    try:
        if path.stat().st_size > _CLASS_FILE_CEILING:
            raise ValueError
        names = tuple(line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    except (OSError, ValueError) as error:
        raise UserError(
            say(
                "{file} cannot be read as a list of class names; "
                "it must be UTF-8 text with one name a line.",
                file=str(path),
            )
        ) from error
    if "" in names or len(set(names)) < len(names):
        raise UserError(
            say(
                "{file} has an empty line or a name twice; "
                "write one name of its own for each class on a line.",
                file=str(path),
            )
        )
    return names


def _check_labels(path: Path, labels: NDArray[np.uint8], classes: tuple[str, ...]) -> None:
    highest = int(labels.max())
    if highest >= len(classes):
        position = int(labels.argmax())
        raise UserError(
            say(
                "{file} has the label {found} at image {position}, but there are only {classes}, "
                "so labels go from 0 to {last}. Correct the labels or the class names.",
                classes=say_count("{n} class", "{n} classes", len(classes)),
                file=str(path),
                found=highest,
                position=position,
                last=len(classes) - 1,
            )
        )
