"""CIFAR-10 and CIFAR-100 as their author gives them: 32×32 colour images in few files.

The binary version has records of labels and 3,072 bytes, red before green before blue; the Python
version has dictionaries of the same. The test file validates. Of CIFAR-100 the 100 fine classes
count. https://www.cs.toronto.edu/~kriz/cifar.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from backend.data.base.class_names import read_class_names
from backend.data.base.format import KnownSet, Opening, Place, Wish
from backend.data.base.nested import nested
from backend.data.base.source import DataLook, DataSource, Watch
from backend.data.formats.cifar_batch import BadBatch, ByteArray, read_batch, text_of
from graph.document.files import reason_of
from graph.values.message import Message, UserError, say, say_count, verbatim

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from backend.data.base.dataset import DataSet

    Images = NDArray[np.uint8]
    Labels = NDArray[np.int64]

SHAPE = (3, 32, 32)
_PIXELS = 3 * 32 * 32
_FOLDERS = (
    *("", "cifar-10-batches-bin", "cifar-10-batches-py"),
    *("cifar-100-binary", "cifar-100-python"),
)
"""Where the files are, seen from what a person may choose; the names are those of the archives."""
_CLASSES_OF_TEN = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)
_BYTES_CEILING = 2**30
_BATCHES = 5


@dataclass(frozen=True, slots=True)
class CifarFiles:
    """The files of one set. ``classes`` is where their names are, if there is such a file;
    ``hundred`` tells CIFAR-100, ``binary`` the version."""

    folder: Path
    train: tuple[Path, ...]
    test: Path | None
    classes: Path | None
    hundred: bool
    binary: bool


class CifarFolders:
    """The format of CIFAR."""

    known: tuple[KnownSet, ...] = ()
    openings = (
        Opening(
            what=say("a folder of CIFAR batches"),
            words=say("CIFAR-10 or CIFAR-100, the binary or the Python version"),
            action=say("Open CIFAR folder…"),
            title=say("Folder with CIFAR batches"),
        ),
    )

    def recognises(self, path: Path, watch: Watch) -> bool:
        return find_cifar(path) is not None

    def look(self, place: Place, wish: Wish, watch: Watch) -> DataLook:
        files = _files(place)
        counts = {path: len(labels) for path, _, labels in _parts(files, watch)}
        n_test = counts.pop(files.test, None) if files.test is not None else None
        source = DataSource(
            spec=place.spec,
            title=say("CIFAR-100") if files.hundred else say("CIFAR-10"),
            shape=SHAPE,
            n_train=sum(counts.values()),
            n_validation=n_test,
            classes=_class_names(files),
        )
        return DataLook(source, SHAPE, notes=_notes(files))

    def load(self, place: Place, wish: Wish, watch: Watch) -> DataSet:
        import numpy as np
        import torch

        from backend.data.base.dataset import DataSet, DataSplit

        files = _files(place)
        classes = _class_names(files)
        images, labels, n_train = [], [], 0
        for path, pixels, found in _parts(files, watch):
            _check_labels(path, found, len(classes))
            images.append(pixels)
            labels.append(found)
            n_train += len(found) if path != files.test else 0
        n_all = sum(map(len, labels))
        split = DataSplit(train=torch.arange(n_train), validation=torch.arange(n_train, n_all))
        return DataSet(
            name=files.folder.name,
            images=torch.from_numpy(np.concatenate(images).reshape(-1, *SHAPE)),
            labels=torch.from_numpy(np.concatenate(labels)),
            classes=classes,
            fixed=split if files.test is not None else None,
            notes=_notes(files),
        )


def find_cifar(path: Path) -> CifarFiles | None:
    """The files in a folder, in one of the archives' folders within, or beside one of them."""
    if path.is_file():
        found = _in_folder(path.parent)
        return found if found is not None and path in (*found.train, found.test) else None
    places = (folder / inner for folder in nested(path) for inner in _FOLDERS)
    return next(filter(None, map(_in_folder, places)), None)


def _in_folder(folder: Path) -> CifarFiles | None:
    def batches(ending: str) -> tuple[Path, ...]:
        paths = (folder / f"data_batch_{number}{ending}" for number in range(1, _BATCHES + 1))
        return tuple(path for path in paths if path.is_file())

    def existing(name: str) -> Path | None:
        path = folder / name
        return path if path.is_file() else None

    for ending, list_of_ten, list_of_hundred in (
        (".bin", "batches.meta.txt", "fine_label_names.txt"),
        ("", "batches.meta", "meta"),
    ):
        ten, hundred = batches(ending), existing(f"train{ending}")
        binary = bool(ending)
        if ten and (binary or _begins_as_batch(ten[0])):
            test, names = existing(f"test_batch{ending}"), existing(list_of_ten)
            return CifarFiles(folder, ten, test, names, hundred=False, binary=binary)
        names = existing(list_of_hundred)
        if hundred is not None and names is not None and (binary or _begins_as_batch(hundred)):
            test = existing(f"test{ending}")
            return CifarFiles(folder, (hundred,), test, names, hundred=True, binary=binary)
    return None


def _begins_as_batch(path: Path) -> bool:
    """Whether a file without an ending begins as those of the Python version do."""
    try:
        with path.open("rb") as file:
            return re.match(rb"\x80[\x02-\x04]|\(dp", file.read(3)) is not None
    except OSError:
        return False


def _files(place: Place) -> CifarFiles:
    files = find_cifar(place.folder)
    if files is None:
        raise UserError(say("{folder} no longer holds CIFAR batches.", folder=str(place.folder)))
    return files


def _notes(files: CifarFiles) -> tuple[Message, ...]:
    """What is missing without being needed."""
    missing = 0 if files.hundred else _BATCHES - len(files.train)
    if not missing:
        return ()
    return (
        say_count(
            "{n} of the 5 batches to train on is missing.",
            "{n} of the 5 batches to train on are missing.",
            missing,
        ),
    )


# Images and labels


def _parts(files: CifarFiles, watch: Watch) -> Iterator[tuple[Path, Images, Labels]]:
    """Each file with its images N×3072 and labels N, the test file last."""
    paths = (*files.train, files.test) if files.test is not None else files.train
    for number, path in enumerate(paths):
        watch.step(number, len(paths))
        read = _read_records if files.binary else _read_dictionary
        yield path, *read(path, files.hundred)
    watch.step(len(paths), len(paths))


def _read_records(path: Path, hundred: bool) -> tuple[Images, Labels]:
    import numpy as np

    head = 2 if hundred else 1
    size, length = path.stat().st_size, head + _PIXELS
    if size == 0 or size % length:
        raise _bad(
            path,
            say(
                "it has {size}, which is no multiple of the {length} of an image",
                size=say_count("{n} byte", "{n} bytes", size),
                length=length,
            ),
        )
    records = np.frombuffer(_content(path), np.uint8).reshape(-1, length)
    return records[:, head:], records[:, head - 1].astype(np.int64)


def _read_dictionary(path: Path, hundred: bool) -> tuple[Images, Labels]:
    import numpy as np

    values = _dictionary(path)
    labels = values.get("fine_labels" if hundred else "labels")
    data = values.get("data")
    if not isinstance(labels, list) or not all(type(label) is int for label in labels):
        raise _bad(path, say("it has no list of labels"))
    if not isinstance(data, ByteArray) or data.shape != (len(labels), _PIXELS) or not labels:
        raise _bad(path, say("it does not have 3072 bytes for each label"))
    images = np.frombuffer(data.content, np.uint8).reshape(data.shape)
    # A label beyond 64 bits is no class either.
    return images, np.array([min(max(label, -1), 2**31) for label in labels], np.int64)


def _dictionary(path: Path) -> dict[str, object]:
    try:
        return read_batch(_content(path))
    except BadBatch as bad:
        raise _bad(path, bad.reason) from bad


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > _BYTES_CEILING:
            raise _bad(path, say("it is too large"))
        return path.read_bytes()
    except OSError as error:
        raise _bad(path, verbatim(reason_of(error))) from error


def _class_names(files: CifarFiles) -> tuple[str, ...]:
    if files.classes is None:
        return _CLASSES_OF_TEN
    if files.binary:
        return read_class_names(files.classes)
    found = _dictionary(files.classes).get("fine_label_names" if files.hundred else "label_names")
    try:
        names = tuple(text_of(name) for name in found) if isinstance(found, list) else ()
    except BadBatch as bad:
        raise _bad(files.classes, bad.reason) from bad
    if len(names) < 2:
        raise _bad(files.classes, say("it has no names of classes"))
    return names


def _check_labels(path: Path, labels: Labels, n_classes: int) -> None:
    for found in (int(labels.max()), int(labels.min())):
        if not 0 <= found < n_classes:
            raise _bad(
                path,
                say(
                    "it has the label {found} and there are {classes}",
                    found=found,
                    classes=say_count("{n} class", "{n} classes", n_classes),
                ),
            )


def _bad(path: Path, why: Message) -> UserError:
    return UserError(
        say("{file} cannot be read as CIFAR: {why}. Get it again.", file=str(path), why=why)
    )
