"""Filters of their own at every position of an image."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class LocallyConnected2d(nn.Module):
    """A convolution whose every output position has filters and biases of its own."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        input_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        bias: bool = True,
    ) -> None:
        super().__init__()

        def pair(value: int | tuple[int, int]) -> tuple[int, int]:
            return value if isinstance(value, tuple) else (value, value)

        self.kernel_size, self.stride = pair(kernel_size), pair(stride)
        self.padding = pair(padding)
        (kh, kw), (sh, sw), (ph, pw) = self.kernel_size, self.stride, self.padding
        height = (pair(input_size)[0] + 2 * ph - kh) // sh + 1
        width = (pair(input_size)[1] + 2 * pw - kw) // sw + 1
        self.height, self.width = height, width
        taps = in_channels * kh * kw
        self.weight = nn.Parameter(torch.empty(height * width, taps, out_channels))
        self.bias: nn.Parameter | None = None
        bound = 1 / math.sqrt(taps)
        nn.init.uniform_(self.weight, -bound, bound)
        if bias:
            self.bias = nn.Parameter(torch.empty(out_channels, height, width))
            nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x: Tensor) -> Tensor:
        windows = F.unfold(
            x, self.kernel_size, padding=self.padding, stride=self.stride
        )
        x = torch.bmm(windows.permute(2, 0, 1), self.weight)  # position, image, channel
        x = x.permute(1, 2, 0).unflatten(2, (self.height, self.width))
        return x if self.bias is None else x + self.bias
