"""A table of paths and labels: a CSV file beside the pictures it names.

A path counts from the table's folder, may lack its first folders or its ending, and may be one of
another machine. A column may tell the part of each picture; tables called train and val (or valid,
test) are the parts of a fixed split.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from backend.data.base.format import KnownSet, Opening, Place, Wish
from backend.data.base.nested import nested
from backend.data.base.source import DataLook, Skipped, Watch
from backend.data.formats.table_file import Nearby, PathTable, read_table
from backend.data.pictures.folders import (
    LISTED,
    Scan,
    in_order,
    is_picture_name,
    natural_key,
    shown,
)
from backend.data.pictures.labelled import ImageFile, ImageFolder, source_of
from backend.data.pictures.splits import Role, has_class_folders, role
from graph.values.message import Message, UserError, say, say_count

if TYPE_CHECKING:
    from backend.data.base.dataset import DataSet

ENDINGS = (".csv", ".tsv")
_TRIED = 20
"""Lines in which a path must be found, if a table in a folder is to be one of pictures."""
_TABLES_CEILING = 50
_DIFFERENT = 0.9
"""Share of different labels from which on they tell no classes."""


class PathTables:
    """The format of tables of paths and labels."""

    known: tuple[KnownSet, ...] = ()
    openings = (
        Opening(
            what=say("a table of paths and labels"),
            words=say(
                "a CSV file with a column of files and one of labels, perhaps one of parts (train, "
                "val, test); paths count from its folder"
            ),
            action=say("Open table of labels…"),
            title=say("Table of paths and labels"),
            symbol="image",
            endings=ENDINGS,
        ),
    )

    def recognises(self, path: Path, watch: Watch) -> bool:
        if path.is_file():
            return path.suffix.lower() in ENDINGS
        return _home(path, watch) is not None

    def look(self, place: Place, wish: Wish, watch: Watch) -> DataLook:
        from backend.data.pictures.headers import look_at_images

        listed = list_pictures(place.folder, watch)
        title = say("Pictures listed in {table}", table=place.folder.name)
        return look_at_images(listed, source_of(listed, place.spec, title), watch)

    def load(self, place: Place, wish: Wish, watch: Watch) -> DataSet:
        from backend.data.pictures.labelled_loading import load_images

        return load_images(list_pictures(place.folder, watch), place.folder.stem, wish, watch)


def list_pictures(path: Path, watch: Watch) -> ImageFolder:
    """The pictures that a table lists, or the tables in a folder.

    Raises UserError where a table cannot be used or fewer than two classes are left, LoadCancelled
    on request.
    """
    if path.is_file():
        folder, tables = path.parent, {Role.TRAIN: read_table(path, Nearby(path.parent))}
    else:
        folder = _home(path, watch) or path
        tables = _tables(folder, watch)
    work = Scan(folder.resolve(), watch)
    listing = _Listing(_Index.of(work))
    for part, table in sorted(tables.items()):
        listing.add(table, part)
    return listing.result(folder)


# Which tables


def _home(path: Path, watch: Watch) -> Path | None:
    """The folder with tables of pictures: this one, or one that it only wraps. Where class folders
    tell the classes, tables may tell anything."""
    for folder in nested(path):
        if _named(folder) and not has_class_folders(Scan(folder, watch)) and _tables(folder, watch):
            return folder
    return None


def _named(folder: Path) -> list[Path]:
    """The files in a folder that are called as tables."""
    try:
        with os.scandir(folder) as entries:
            names = [e.name for e in entries if e.name.lower().endswith(ENDINGS) and e.is_file()]
    except OSError:
        return []
    visible = sorted((name for name in names if name[0] != "."), key=natural_key)
    return [folder / name for name in visible[:_TABLES_CEILING]]


def _tables(folder: Path, watch: Watch) -> dict[Role, PathTable]:
    """The tables of pictures in a folder by their part. Raises UserError where several may be
    meant."""
    nearby = Nearby(folder)
    found: list[PathTable] = []
    for path in _named(folder):
        watch.check()
        try:
            table = read_table(path, nearby)
        except UserError:
            continue  # a table of something else
        tried = (cells for _, cells in table.lines[:_TRIED] if len(cells) > table.file)
        if any(nearby.has(cells[table.file]) for cells in tried):
            found.append(table)
    by_role: dict[Role | None, PathTable] = {}
    for table in found:
        by_role.setdefault(role(table.path.stem), table)
    if Role.TRAIN in by_role:
        parts = sorted(part for part in by_role if part is not None)[:2]
        return {part: by_role[part] for part in parts}
    meant = [t for t in found if not re.search("sample|submission", t.path.stem.lower())]
    meant = [table for table in meant if table.named] or meant
    if len(meant) > 1:
        raise UserError(
            say(
                "{folder} holds several tables of pictures: {names}. Choose one of them.",
                folder=str(folder),
                names=", ".join(table.path.name for table in meant),
            )
        )
    return {Role.TRAIN: meant[0]} if meant else {}


# Which pictures


@dataclass(slots=True)
class _Index:
    """The pictures below a folder by their paths and by their names, with and without an ending;
    None where a name is that of several."""

    folder: str
    places: dict[str, str | None] = field(default_factory=dict)
    n_pictures: int = 0

    @classmethod
    def of(cls, work: Scan) -> _Index:
        found = cls(str(work.root))
        for path in work.pictures_below(work.root):
            found.add(path)
        return found

    def add(self, path: str) -> None:
        """Take up a picture."""
        self.n_pictures += 1
        parts = shown(os.path.relpath(path, self.folder)).split(os.sep)
        stem = os.path.splitext(parts[-1])[0]
        for end in (parts, [*parts[:-1], stem]):
            self.places["/".join(end)] = path
        if len(parts) > 1:
            for last in (parts[-1], stem):
                self.places[last] = None if last in self.places else path

    def find(self, text: str) -> str | None:
        """The picture that a path in a table means."""
        plain = re.sub(r"[\\/]+", "/", shown(text.strip())).removeprefix("./")
        parts = plain.split("/")
        for start in range(len(parts)):
            place = self.places.get("/".join(parts[start:]))
            if place is not None:
                return place
        outside = os.path.join(self.folder, text.strip())
        usable = is_picture_name(outside) and "\0" not in outside
        return outside if usable and os.path.isfile(outside) else None


@dataclass(slots=True)
class _Listing:
    """Pictures with their labels, line by line."""

    index: _Index
    labels: dict[str, tuple[str, Role]] = field(default_factory=dict)
    """By path."""
    skipped: list[Skipped] = field(default_factory=list)
    n_skipped: int = 0

    def add(self, table: PathTable, part: Role) -> None:
        """Take the lines of a table whose pictures are of one part, if they do not say another."""
        width = 1 + max(table.file, table.label, table.part, table.flag)
        for number, cells in table.lines:
            if len(cells) < width:
                self._skip(str(table.path), say("line {n} is too short", n=number))
                continue
            text, label = cells[table.file].strip(), shown(cells[table.label].strip())
            place = self.index.find(text) if text else None
            own = (label, table.part_of(cells) or part)
            if place is None:
                self._skip(text, say("there is no such picture (line {n})", n=number))
            elif not label:
                self._skip(place, say("it has no label (line {n})", n=number))
            elif self.labels.setdefault(place, own) != own:
                self._skip(place, say("it stands there otherwise further up (line {n})", n=number))

    def _skip(self, path: str, reason: Message) -> None:
        self.n_skipped += 1
        if self.n_skipped <= LISTED:
            self.skipped.append(Skipped(Path(path), reason))

    def result(self, folder: Path) -> ImageFolder:
        """All that the tables list. Raises UserError where classes are missing."""
        trained = {label for label, part in self.labels.values() if part is Role.TRAIN}
        classes = sorted(trained, key=natural_key)
        self._check(folder, classes)
        files = self._files({label: number for number, label in enumerate(classes)})
        further = self.n_skipped - LISTED
        if further > 0:
            reason = say_count(
                "{n} further line is left out", "{n} further lines are left out", further
            )
            self.skipped.append(Skipped(folder, reason))
        return ImageFolder(
            folder=folder,
            classes=tuple(classes),
            files=tuple(files),
            skipped=in_order(self.skipped),
            fixed=any(file.validation for file in files),
            notes=self._notes(),
        )

    def _files(self, numbers: dict[str, int]) -> list[ImageFile]:
        """The pictures to train on, then those of the part that validates."""
        others = (part for _, part in self.labels.values() if part is not Role.TRAIN)
        validating = min(others, default=None)
        files: list[ImageFile] = []
        for place, (label, part) in self.labels.items():
            if part not in (Role.TRAIN, validating):
                self._skip(place, say("it belongs to a part that does not validate"))
            elif label not in numbers:
                self._skip(place, say("the training part has no class {label}", label=label))
            else:
                files.append(ImageFile(place, numbers[label], part is not Role.TRAIN))
        return sorted(files, key=lambda file: file.validation)

    def _notes(self) -> tuple[Message, ...]:
        left = self.index.n_pictures - len(self.labels)
        if left <= 0:
            return ()
        return (
            say_count(
                "{n} picture beside the table is in none of its lines.",
                "{n} pictures beside the table are in none of its lines.",
                left,
            ),
        )

    def _check(self, folder: Path, classes: Sequence[str]) -> None:
        """Raise UserError unless the labels tell classes apart."""
        if not self.labels:
            first = next((str(item.path) for item in self.skipped), "")
            raise UserError(
                say(
                    "None of the pictures that the table lists is there; paths count from "
                    "{folder}. The first is {file}.",
                    folder=str(folder),
                    file=first,
                )
            )
        if len(classes) < 2:
            raise UserError(
                say("The table in {folder} has only one label; two are needed.", folder=str(folder))
            )
        if len(self.labels) >= _TRIED and len(classes) > _DIFFERENT * len(self.labels):
            raise UserError(
                say(
                    "The labels of the table in {folder} are nearly all different, so they tell no "
                    "classes; call the column of classes label.",
                    folder=str(folder),
                )
            )
