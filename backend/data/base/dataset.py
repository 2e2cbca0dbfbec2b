"""A data set in memory: one uint8 tensor of images, one tensor of labels, the class names."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from backend.data.base.source import ImageShape, Skipped
from backend.data.base.void import VOID
from graph.values.message import Message, UserError, say

_PART = 1024


@dataclass(frozen=True, slots=True, eq=False)
class DataSplit:
    """Which images train and which validate: two int64 index tensors without a common index."""

    train: Tensor
    validation: Tensor


@dataclass(frozen=True, slots=True, eq=False)
class DataSet:
    """Labelled images of one size.

    ``images`` is uint8 N×C×H×W, ``labels`` int64 N with values below ``len(classes)``, or masks,
    uint8 N×H×W, which give every pixel a class or VOID.
    ``fixed`` is the split the source itself prescribes; ``skipped`` lists what was left out;
    ``notes`` tell what else became of the data.
    """

    name: str
    images: Tensor
    labels: Tensor
    classes: tuple[str, ...]
    fixed: DataSplit | None = None
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[Message, ...] = ()

    def __post_init__(self) -> None:
        if self.images.dtype != torch.uint8 or self.images.dim() != 4:
            raise ValueError(f"images must be uint8 N×C×H×W, not {self.images.shape}")
        n_images, _, height, width = self.images.shape
        wanted = (n_images, height, width) if self.masks else (n_images,)
        kind = torch.uint8 if self.masks else torch.int64
        if self.labels.dtype != kind or self.labels.shape != wanted:
            raise ValueError(f"labels must be int64 N or uint8 N×H×W, not {self.labels.shape}")
        if len(self) == 0 or not 0 <= int(self.labels.min()) <= self._highest() < len(self.classes):
            raise ValueError("labels must name one of the classes, and there must be some")

    def __len__(self) -> int:
        return int(self.images.shape[0])

    @property
    def masks(self) -> bool:
        """Whether every pixel has a class."""
        return self.labels.dim() > 1

    @property
    def void(self) -> bool:
        """Whether some pixels are of no class."""
        return self.masks and int(self.labels.max()) == VOID

    def _highest(self) -> int:
        """The highest label but VOID."""
        highest = int(self.labels.max())
        if not self.masks or highest < VOID:
            return highest
        parts = torch.split(self.labels, _PART)
        return max(int(part.masked_fill(part == VOID, 0).max()) for part in parts)

    @property
    def shape(self) -> ImageShape:
        """The shape C×H×W of every image."""
        _, channels, height, width = self.images.shape
        return int(channels), int(height), int(width)

    def counts(self) -> tuple[int, ...]:
        """How many images each class has, one number for each of ``classes`` in their order; with
        masks, how many have some of it."""
        if self.masks:
            each = range(len(self.classes))
            return tuple(int((self.labels == n).any(2).any(1).sum()) for n in each)
        return tuple(torch.bincount(self.labels, minlength=len(self.classes)).tolist())

    def split(self, seed: int = 0, fraction: float = 0.1) -> DataSplit:
        """The source's own split if it has one, else ``fraction`` of the images drawn by ``seed``.

        Both parts hold at least one image. Raises UserError for a fraction outside 0..1 or a
        set too small to be split.
        """
        if self.fixed is not None:
            return self.fixed
        if not 0.0 < fraction < 1.0:
            raise UserError(
                say(
                    "The validation fraction is {fraction}; it must lie between 0 and 1, "
                    "for example 0.1.",
                    fraction=fraction,
                )
            )
        if len(self) < 2:
            raise UserError(
                say(
                    "{name} has only one image, which cannot both train and validate; "
                    "add more images.",
                    name=self.name,
                )
            )
        n_validation = min(max(round(len(self) * fraction), 1), len(self) - 1)
        order = torch.randperm(len(self), generator=torch.Generator().manual_seed(seed))
        return DataSplit(
            train=order[n_validation:].sort().values,
            validation=order[:n_validation].sort().values,
        )
