"""All data there is to train on: known names, and folders the user names.

A spec is a known name or the path of a folder with IDX files, class folders, or pictures and
masks. Listing and describing load no images and never import torch; opening does.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from backend.data.base.source import DataSource, Watch
from backend.data.formats import digits, silhouettes
from backend.data.formats.class_folders import describe_images, scan
from backend.data.formats.idx_folder import IdxFolder, describe_idx, find_idx, load_idx
from backend.data.formats.mask_folder import describe_masks, has_masks, scan_masks
from graph.values.message import Message, UserError, say

if TYPE_CHECKING:
    from backend.data.base.dataset import DataSet

DEFAULT = "fashion-sample"
FASHION = "fashion-mnist"
NAMES = (DEFAULT, FASHION, digits.NAME, silhouettes.NAME)

_IDX_FOLDERS = {
    DEFAULT: Path(__file__).resolve().parents[2] / "resources" / "data" / "fashion-sample",
    FASHION: Path("/usr/share/datasets/fashion-mnist"),
}


def list_sources() -> tuple[DataSource, ...]:
    """The sources known by name, the default one first; some may be missing on this machine."""
    return tuple(_described(name) for name in NAMES)


def describe(spec: str) -> DataSource:
    """A cheap look at a known name or a folder, from names and headers alone.

    Raises UserError for an unknown name and for a folder without usable data. Takes long on a
    folder of very many files: call it in a thread.
    """
    if spec in NAMES:
        return _described(spec)
    folder = _folder(spec)
    files = find_idx(folder)
    if files is not None:
        return describe_idx(files, spec, say("IDX files in {folder}", folder=folder.name))
    if has_masks(folder):
        title = say("Images and masks in {folder}", folder=folder.name)
        return describe_masks(scan_masks(folder), spec, title)
    return describe_images(scan(folder), spec, say("Images in {folder}", folder=folder.name))


def open_data(
    spec: str,
    *,
    size: tuple[int, int] | None = None,
    fit: Literal["resize", "pad"] = "resize",
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> DataSet:
    """Load a known name or a folder.

    ``size`` (H, W) and ``fit`` say what images of an image folder are brought to; the other
    sources have one size already. ``progress`` receives steps done and in total; the count starts
    anew for each large file. Raises UserError for anything the user can mend, and LoadCancelled
    soon after ``cancelled`` says True.
    """
    watch = Watch(progress, cancelled)
    watch.check()
    if spec == digits.NAME:
        return digits.load_digits()
    if spec == silhouettes.NAME:
        return silhouettes.load_silhouettes(load_idx(_known_files(DEFAULT), spec, watch))
    if spec in NAMES:
        return load_idx(_known_files(spec), spec, watch)
    folder = _folder(spec)
    files = find_idx(folder)
    if files is not None:
        return load_idx(files, folder.name, watch)
    if has_masks(folder):
        from backend.data.formats.mask_loading import load_masks

        return load_masks(scan_masks(folder, watch), folder.name, size=size, fit=fit, watch=watch)
    from backend.data.formats.class_folder_loading import load_images

    return load_images(scan(folder, watch), folder.name, size=size, fit=fit, watch=watch)


def _described(name: str) -> DataSource:
    if name == digits.NAME:
        return digits.describe_digits()
    if name == silhouettes.NAME:
        return silhouettes.describe_silhouettes(_described(DEFAULT))
    title = say("Fashion-MNIST, a sample") if name == DEFAULT else say("Fashion-MNIST")
    try:
        return describe_idx(_known_files(name), name, title)
    except UserError as error:
        return DataSource(spec=name, title=title, kind="idx", missing=error.message)


def _known_files(name: str) -> IdxFolder:
    folder = _IDX_FOLDERS[name]
    files = find_idx(folder)
    if files is None:
        raise UserError(_missing(name, folder))
    return files


def _missing(name: str, folder: Path) -> Message:
    if name == FASHION:
        return say(
            "Fashion-MNIST is not in {folder}; install Debian's package dataset-fashion-mnist or "
            "choose a folder that holds its IDX files.",
            folder=str(folder),
        )
    return say("{folder} is missing; install the program again.", folder=str(folder))


def _folder(spec: str) -> Path:
    """The folder that a spec names. Raises UserError when it is neither a name nor a folder."""
    try:
        path = Path(spec).expanduser()
        exists, is_folder = path.exists(), path.is_dir()
    except (OSError, ValueError, RuntimeError):  # too long, a NUL byte, no such home
        path, exists, is_folder = Path(), False, False
    if is_folder and spec:
        return path.resolve()
    if exists and spec:
        raise UserError(
            say(
                "{path} is a file; choose the folder that holds the IDX files, the class folders, "
                "or images and masks.",
                path=spec,
            )
        )
    if spec.startswith("~") or os.sep in spec or (os.altsep or os.sep) in spec:
        raise UserError(
            say("There is no folder {path}; check the path or choose another folder.", path=spec)
        )
    raise UserError(
        say(
            "There is no data set {name}; known are {known}, or give the path of a folder with "
            "IDX files, class folders of images, or images and masks.",
            name=spec or "“”",
            known=", ".join(NAMES),
        )
    )
