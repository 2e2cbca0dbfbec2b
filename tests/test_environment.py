"""The installed libraries are fit for use: none loses references, crashes or loads unsafely."""

from __future__ import annotations

import importlib.metadata
import sys

import pytest
import torch
from packaging.version import Version
from PySide6.QtGui import QImage, QPainter, QPen
from torchvision.ops import nms


def test_qt_calls_keep_references() -> None:
    """Each call of a broken PySide6 gives away one reference to None, until the process dies."""
    image = QImage(8, 8, QImage.Format.Format_ARGB32)
    pen = QPen()
    painter = QPainter(image)
    painter.setPen(pen)
    before = sys.getrefcount(None)
    for _ in range(5_000):
        painter.setPen(pen)
    after = sys.getrefcount(None)
    painter.end()
    assert abs(after - before) < 100


@pytest.mark.parametrize(
    ("package", "floor"),
    [
        ("torch", "2.10"),  # older ones corrupt memory when they load weights
        ("pillow", "12.2"),  # older ones can be made to fill the memory by a small file
    ],
)
def test_no_older_than(package: str, floor: str) -> None:
    assert Version(importlib.metadata.version(package)) >= Version(floor)


def test_broken_qt_is_absent() -> None:
    assert Version(importlib.metadata.version("PySide6-Essentials")) != Version("6.12.0")


def test_torchvision_fits_torch() -> None:
    """torchvision's compiled operators load only beside the torch they were built for."""
    boxes = torch.tensor([[0.0, 0.0, 2.0, 2.0], [0.0, 0.0, 2.0, 1.9], [5.0, 5.0, 6.0, 6.0]])
    assert nms(boxes, torch.tensor([0.9, 0.8, 0.7]), 0.5).tolist() == [0, 2]
