"""The formats of data, in the order in which they are asked: the particular before the general."""

from __future__ import annotations

from backend.data.base.format import DataFormat
from backend.data.formats.cifar import CifarFolders
from backend.data.formats.class_folders import ClassFolders
from backend.data.formats.digits import Digits
from backend.data.formats.idx_folder import IdxFolders
from backend.data.formats.mask_folder import MaskFolders
from backend.data.formats.silhouettes import Silhouettes
from backend.data.formats.table import PathTables

FORMATS: tuple[DataFormat, ...] = (
    idx := IdxFolders(),
    Digits(),
    Silhouettes(idx),
    CifarFolders(),
    MaskFolders(),
    PathTables(),
    ClassFolders(),
)
