"""Images and masks as pictures of the screen.

In a mask, classes differ by colour and by hatching, and lie apart by lines.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from backend.data.base.void import VOID
from gui.appearance.colormaps import nearest
from gui.appearance.theme import Theme, blend

PixelArray = NDArray[np.uint8]

COLOURS = (
    "convolution",
    "activation",
    "attention",
    "pooling",
    "linear",
    "normalisation",
    "merge",
    "block",
)
STRENGTH = 0.75
"""How much of its colour the ground of a class has."""


def picture_image(pixels: PixelArray) -> QImage:
    """uint8 H×W×C with 1 or 3 channels; others show their first."""
    height, width, channels = pixels.shape
    colour = channels == 3
    data = np.ascontiguousarray(pixels if colour else pixels[:, :, 0])
    kind = QImage.Format.Format_RGB888 if colour else QImage.Format.Format_Grayscale8
    return QImage(data.data, width, height, data.strides[0], kind).copy()


def mask_image(mask: PixelArray, height: int, width: int, theme: Theme) -> QImage:
    """A mask in colours and hatches, ``height`` × ``width`` pixels of the screen; void is grey."""
    shown = nearest(mask, height, width).astype(np.intp)
    void = shown == VOID
    classes = np.where(void, 0, shown)
    grounds, lines = _colours(int(mask[mask != VOID].max(initial=0)) + 1, theme)
    rows, columns = np.ogrid[:height, :width]
    hatched = _hatched(classes, rows, columns)[..., None]
    pixels = np.where(hatched, lines[classes], grounds[classes])
    pixels[void] = _levels(theme.border.control)
    border = np.zeros(shown.shape, dtype=bool)
    border[1:] |= shown[1:] != shown[:-1]
    border[:, 1:] |= shown[:, 1:] != shown[:, :-1]
    pixels[border] = _levels(theme.text.primary)
    data = np.ascontiguousarray(pixels, dtype=np.uint8)
    format_ = QImage.Format.Format_RGB888
    return QImage(data.data, width, height, data.strides[0], format_).copy()


def _colours(count: int, theme: Theme) -> tuple[PixelArray, PixelArray]:
    """Ground and hatch of each class; class 0, the background, is the canvas."""
    canvas = theme.background.canvas
    grounds, lines = [_levels(canvas)], [_levels(canvas)]
    for number_ in range(1, count):
        colour = theme.category[COLOURS[(number_ - 1) % len(COLOURS)]]
        grounds.append(_levels(blend(colour, canvas, STRENGTH)))
        lines.append(_levels(blend(colour, canvas, STRENGTH / 3)))
    return np.array(grounds, np.uint8), np.array(lines, np.uint8)


def _levels(colour: QColor) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255."""
    return colour.red(), colour.green(), colour.blue()


def _hatched(
    shown: NDArray[np.intp], rows: NDArray[np.intp], columns: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Where the lines of each class's hatch are: none, slanting, level, upright, crossed."""
    kinds = [
        np.zeros(shown.shape, bool),
        (rows + columns) % 6 == 0,
        (rows - columns) % 6 == 0,
        np.broadcast_to(rows % 5 == 0, shown.shape),
        np.broadcast_to(columns % 5 == 0, shown.shape),
        ((rows + columns) % 8 == 0) | ((rows - columns) % 8 == 0),
        (rows % 6 == 0) | (columns % 6 == 0),
    ]
    choice = np.where(shown == 0, 0, 1 + (shown - 1) % (len(kinds) - 1))
    return np.choose(choice, kinds)
