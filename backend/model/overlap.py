"""How well predicted masks cover the true ones: intersection over union.

All comes from one table of counts, pixels by true class and predicted class, which adds up over
images. Nothing here imports torch: the window counts the image it shows.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from backend.data.base.void import VOID

Counts = NDArray[np.int64]
"""C×C: pixels of each true class (row) taken for each class (column)."""

ClassMap = NDArray[np.uint8]
"""H×W: the class of each pixel, below C; in a true map also VOID."""


def count_pixels(mask: ClassMap, predicted: ClassMap, n_classes: int) -> Counts:
    """The table of counts, n_classes × n_classes, for two H×W maps of equal shape. Void pixels are
    in no row."""
    known = mask != VOID
    pairs = mask[known].astype(np.int64) * n_classes + predicted[known]
    return np.bincount(pairs, minlength=n_classes**2).reshape(n_classes, n_classes)


def overlaps(counts: Counts) -> NDArray[np.float64]:
    """Intersection over union of each class, 0..1, from counts C×C to float64 C; NaN for a class
    that is in neither map. Jaccard's index, n_cc / (row sum + column sum − n_cc)."""
    both = counts.diagonal()
    either = counts.sum(0) + counts.sum(1) - both
    return np.where(either > 0, both / np.maximum(either, 1), np.nan)


def mean_overlap(counts: Counts) -> float:
    """The mean, 0..1, of ``overlaps`` over the classes that are somewhere, from counts C×C; 0 if
    none is. The mean IU of Long et al., "Fully Convolutional Networks", 2015."""
    found = overlaps(counts)
    found = found[~np.isnan(found)]
    return float(found.mean()) if found.size else 0.0
