"""Sets of IDX files: MNIST, Fashion-MNIST, KMNIST, EMNIST, QMNIST, and one's own.

The test files validate. EMNIST's images, which are stored on their side, are set upright, and
labels that begin with 1 are counted from 0.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from backend.data.base.format import KnownSet, Opening, Place, Wish
from backend.data.base.source import DataLook, DataSource, Watch
from backend.data.formats.idx import (
    IdxHeader,
    read_header,
    read_idx,
    read_label_header,
    read_labels,
)
from backend.data.formats.idx_classes import ClassNames, class_names, is_emnist
from backend.data.formats.idx_files import IdxFiles, IdxPart, find_idx
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
_COUNT_CEILING = 20_000_000


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
            words=say(
                "MNIST, Fashion-MNIST, KMNIST, QMNIST or EMNIST; where a folder holds several, "
                "one of the files"
            ),
            action=say("Open IDX folder…"),
            title=say("Folder with IDX files"),
        ),
    )

    def recognises(self, path: Path, watch: Watch) -> bool:
        return find_idx(path) is not None

    def look(self, place: Place, wish: Wish, watch: Watch) -> DataLook:
        source, notes = self._describe(place)
        return DataLook(source, source.shape, notes=notes)

    def load(self, place: Place, wish: Wish, watch: Watch) -> DataSet:
        name = place.spec if place.path is None else place.path.name
        return load_idx(self._files(place), name, watch)

    def _describe(self, place: Place) -> tuple[DataSource, tuple[Message, ...]]:
        if place.path is not None:
            files = self._files(place)
            title = say("IDX files in {folder}", folder=files.name or place.path.name)
            return describe_idx(files, place.spec, title)
        name = place.spec
        title = say("Fashion-MNIST, a sample") if name == SAMPLE else say("Fashion-MNIST")
        try:
            return describe_idx(self._files(place), name, title)
        except UserError as error:
            return DataSource(spec=name, title=title, missing=error.message), ()

    def _files(self, place: Place) -> IdxFiles:
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


def describe_idx(
    files: IdxFiles, spec: str, title: Message
) -> tuple[DataSource, tuple[Message, ...]]:
    """Sizes, counts and class names from the headers and the training labels alone, and what is
    done to the data."""
    header = _headers(files.train)
    classes = class_names(files, read_labels(files.train.labels))
    validation = _validation_header(files, header)
    _, height, width = header.sizes
    source = DataSource(
        spec=spec,
        title=title,
        shape=(1, width, height) if is_emnist(files) else (1, height, width),
        n_train=header.sizes[0],
        n_validation=validation.sizes[0] if validation else None,
        classes=classes.names,
    )
    return source, _notes(files, classes)


def load_idx(files: IdxFiles, name: str, watch: Watch) -> DataSet:
    """Read all files: images N×1×H×W and their labels. The test files, when there, become the
    fixed validation part. Raises UserError for files that do not fit each other, LoadCancelled on
    request."""
    import numpy as np
    import torch

    from backend.data.base.dataset import DataSet, DataSplit

    header = _headers(files.train)
    _validation_header(files, header)
    labels = read_labels(files.train.labels)
    classes = class_names(files, labels)
    _check_labels(files.train.labels, labels, classes)
    images = torch.from_numpy(read_idx(files.train.images, 3, watch))
    fixed = None
    if files.validation is not None:
        more_labels = read_labels(files.validation.labels)
        _check_labels(files.validation.labels, more_labels, classes)
        more_images = torch.from_numpy(read_idx(files.validation.images, 3, watch))
        n_train, n_all = len(labels), len(labels) + len(more_labels)
        fixed = DataSplit(train=torch.arange(n_train), validation=torch.arange(n_train, n_all))
        images = torch.cat((images, more_images))
        labels = np.concatenate((labels, more_labels))
    if is_emnist(files):
        images = images.transpose(1, 2).contiguous()
    return DataSet(
        name=name,
        images=images.unsqueeze(1),
        labels=torch.from_numpy(labels - classes.first),
        classes=classes.names,
        fixed=fixed,
        notes=_notes(files, classes),
    )


def _notes(files: IdxFiles, classes: ClassNames) -> tuple[Message, ...]:
    """What is done to the data."""
    notes = []
    if is_emnist(files):
        notes.append(say("EMNIST's images lie on their side; they are set upright."))
    if classes.first:
        notes.append(say("The labels begin with {n}; they are counted from 0.", n=classes.first))
    return tuple(notes)


def _headers(part: IdxPart) -> IdxHeader:
    """The header of the images, checked against the labels."""
    images, labels = read_header(part.images, 3), read_label_header(part.labels)
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


def _validation_header(files: IdxFiles, train: IdxHeader) -> IdxHeader | None:
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


def _check_labels(path: Path, labels: NDArray[np.int64], classes: ClassNames) -> None:
    first, last = classes.first, classes.first + len(classes.names) - 1
    for found, position in (
        (int(labels.max()), int(labels.argmax())),
        (int(labels.min()), int(labels.argmin())),
    ):
        if not first <= found <= last:
            raise UserError(
                say(
                    "{file} has the label {found} at image {position}, but there are only "
                    "{classes}, so labels go from {first} to {last}. Correct the labels or the "
                    "class names.",
                    classes=say_count("{n} class", "{n} classes", len(classes.names)),
                    file=str(path),
                    found=found,
                    position=position,
                    first=first,
                    last=last,
                )
            )
