"""From likelihoods of bins to the number that they stand for."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Expectation(nn.Module):
    """The mean bin of each distribution; the weights are the numbers of the bins."""

    def __init__(self, bins: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.arange(float(bins)).view(1, bins, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        x = x.unflatten(1, (-1, self.weight.shape[1])).transpose(1, 2)
        return F.conv2d(x.softmax(dim=1), self.weight).squeeze(1)
