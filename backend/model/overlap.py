"""How well predicted masks cover the true ones: intersection over union.

All comes from one table of counts, pixels by true class and predicted class, which adds up over
images. Nothing here imports torch: the window counts the image it shows.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from backend.data.base.void import VOID

Counts = NDArray[np.int64]
ClassMap = NDArray[np.uint8]


def count_pixels(mask: ClassMap, predicted: ClassMap, n_classes: int) -> Counts:
    """Pixels of each true class (row) taken for each class (column): n_classes × n_classes. Void
    pixels are in no row."""
    known = mask != VOID
    pairs = mask[known].astype(np.int64) * n_classes + predicted[known]
    return np.bincount(pairs, minlength=n_classes**2).reshape(n_classes, n_classes)


def overlaps(counts: Counts) -> NDArray[np.float64]:
    """Intersection over union of each class, 0..1; NaN for a class that is nowhere."""
    both = counts.diagonal()
    either = counts.sum(0) + counts.sum(1) - both
    return np.where(either > 0, both / np.maximum(either, 1), np.nan)


def mean_overlap(counts: Counts) -> float:
    """The mean over the classes that are somewhere; 0 if none is."""
    found = overlaps(counts)
    found = found[~np.isnan(found)]
    return float(found.mean()) if found.size else 0.0
