"""Filters of their own at every position of a signal."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class LocallyConnected1d(nn.Module):
    """A convolution whose every output position has filters and biases of its own."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        input_size: int,
        stride: int = 1,
        padding: int = 0,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.kernel_size, self.stride, self.padding = kernel_size, stride, padding
        length = (input_size + 2 * padding - kernel_size) // stride + 1
        taps = in_channels * kernel_size
        self.weight = nn.Parameter(torch.empty(length, taps, out_channels))
        self.bias: nn.Parameter | None = None
        bound = 1 / math.sqrt(taps)
        nn.init.uniform_(self.weight, -bound, bound)
        if bias:
            self.bias = nn.Parameter(torch.empty(out_channels, length))
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x: Tensor) -> Tensor:
        x = F.pad(x, (self.padding, self.padding))
        windows = x.unfold(
            2, self.kernel_size, self.stride
        )  # image, channel, position, tap
        windows = windows.permute(2, 0, 1, 3).flatten(2)
        x = torch.bmm(windows, self.weight).permute(1, 2, 0)
        return x if self.bias is None else x + self.bias
