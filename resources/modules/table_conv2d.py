"""A convolution whose output maps see chosen input maps only."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class TableConv2d(nn.Module):
    """A convolution in which each output map sees some of the input maps.

    The table has a row for each output map: the input maps that it sees, from 0 on.
    LeCun, Bottou, Bengio, Haffner, "Gradient-Based Learning Applied to Document
    Recognition", Proceedings of the IEEE 1998.
    """

    def __init__(
        self,
        table: tuple[tuple[int, ...], ...],
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        bias: bool = True,
    ) -> None:
        super().__init__()
        if any(min(row) < 0 or len(set(row)) < len(row) for row in table):
            raise ValueError("a row must name each input map at most once")
        square = not isinstance(kernel_size, tuple)
        height, width = (kernel_size, kernel_size) if square else kernel_size
        self.stride, self.padding = stride, padding
        self.sizes = [len(row) for row in table]
        self.seen: Tensor
        seen = torch.tensor([channel for row in table for channel in row])
        self.register_buffer("seen", seen, persistent=False)
        bounds = [1 / math.sqrt(size * height * width) for size in self.sizes]
        self.weight = nn.Parameter(torch.empty(len(seen), 1, height, width))
        self.bias = nn.Parameter(torch.empty(len(table))) if bias else None
        for part, bound in zip(self.weight.split(self.sizes), bounds, strict=True):
            nn.init.uniform_(part, -bound, bound)
        if self.bias is not None:
            nn.init.uniform_(self.bias, -min(bounds), min(bounds))

    def forward(self, x: Tensor) -> Tensor:
        x = x.index_select(1, self.seen)
        x = F.conv2d(
            x, self.weight, None, self.stride, self.padding, groups=len(self.weight)
        )
        parts = [part.sum(dim=1) for part in x.split(self.sizes, dim=1)]
        x = torch.stack(parts, dim=1)
        return x if self.bias is None else x + self.bias.view(-1, 1, 1)
