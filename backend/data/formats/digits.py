"""scikit-learn's handwritten digits: 1,797 grey images of 8×8 pixels in 17 levels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from backend.data.base.format import KnownSet, Opening, Place, Wish
from backend.data.base.source import DataLook, DataSource, Watch
from graph.values.message import say

if TYPE_CHECKING:
    from backend.data.base.dataset import DataSet

NAME = "digits"
_CLASSES = tuple("0123456789")
_HIGHEST_LEVEL = 16


class Digits:
    """A data set that comes with a package."""

    known = (KnownSet(NAME, say("the handwritten digits of scikit-learn")),)
    openings: tuple[Opening, ...] = ()

    def recognises(self, path: Path, watch: Watch) -> bool:
        return False

    def look(self, place: Place, wish: Wish, watch: Watch) -> DataLook:
        """Known by heart, because scikit-learn takes long to import; a test compares."""
        source = DataSource(
            spec=NAME,
            title=say("Handwritten digits"),
            shape=(1, 8, 8),
            n_train=1797,
            classes=_CLASSES,
        )
        return DataLook(source, source.shape)

    def load(self, place: Place, wish: Wish, watch: Watch) -> DataSet:
        """All digits as uint8 N×1×8×8, the levels 0..16 spread over 0..255."""
        import numpy as np
        import sklearn.datasets
        import torch

        from backend.data.base.dataset import DataSet

        digits = sklearn.datasets.load_digits()
        images = np.rint(digits.images * (255 / _HIGHEST_LEVEL)).astype(np.uint8)
        return DataSet(
            name=NAME,
            images=torch.from_numpy(images).unsqueeze(1),
            labels=torch.from_numpy(digits.target.astype(np.int64)),
            classes=_CLASSES,
        )
