"""Loss and accuracy of training steps, read back from the device in groups.

On a GPU reading a value waits for all work before it, so the values of some steps stay where they
are until they are taken together.
"""

from __future__ import annotations

import math
from itertools import pairwise

import torch
from torch import Tensor

from backend.channel.events import Point
from backend.model.losses import right_share
from backend.training.failure import LossNotFinite


class Meter:
    """Collects the steps of one epoch."""

    def __init__(self) -> None:
        self._steps: list[tuple[int, float]] = []
        self._losses: list[Tensor] = []
        self._outputs: list[Tensor] = []
        self._labels: list[Tensor] = []
        self._counts: list[int] = []
        self._loss = 0.0
        self._right = 0.0
        self.n_images = 0

    def add(self, step: int, rate: float, loss: Tensor, outputs: Tensor, labels: Tensor) -> None:
        """Add a step: its number from 1, learning rate, loss, outputs N×C and labels N, or maps
        N×C×H×W and N×H×W, of which only the share of right pixels is kept."""
        if labels.dim() > 1:
            outputs = right_share(outputs, labels)
        else:
            self._labels.append(labels)
        self._counts.append(len(labels))
        self._steps.append((step, rate))
        self._losses.append(loss.detach())
        self._outputs.append(outputs.detach())

    def __len__(self) -> int:
        """Steps not yet taken."""
        return len(self._steps)

    def take(self) -> tuple[Point, ...]:
        """The steps since the last call. Raises LossNotFinite for the first bad one."""
        if not self._steps:
            return ()
        losses = torch.stack(self._losses).tolist()
        for (step, _), loss in zip(self._steps, losses, strict=True):
            if not math.isfinite(loss):
                raise LossNotFinite(step, loss)
        hits = torch.cat(self._outputs)
        if hits.dim() > 1:
            hits = right_share(hits, torch.cat(self._labels))
        totals = [0, *hits.cumsum(0).tolist()]
        ends = [0]
        for count in self._counts:
            ends.append(ends[-1] + count)
        points = []
        for (step, rate), loss, (start, end) in zip(
            self._steps, losses, pairwise(ends), strict=True
        ):
            right, count = totals[end] - totals[start], end - start
            points.append(Point(step, loss, right / count, rate))
            self._loss += loss * count
            self._right += right
            self.n_images += count
        for values in (self._steps, self._losses, self._outputs, self._labels, self._counts):
            values.clear()
        return tuple(points)

    def epoch(self) -> tuple[float, float]:
        """Mean loss and accuracy of all steps taken since the last call."""
        count = max(self.n_images, 1)
        result = self._loss / count, self._right / count
        self._loss, self._right, self.n_images = 0.0, 0.0, 0
        return result
