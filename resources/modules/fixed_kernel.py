"""One kernel for every channel of an image."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class FixedKernel(nn.Module):
    """Lays one kernel over every channel; it may go on learning in each from there."""

    def __init__(
        self,
        channels: int,
        kernel: tuple[tuple[float, ...], ...],
        trainable: bool = False,
        padding: str = "same",
        padding_mode: str = "zeros",
    ) -> None:
        super().__init__()
        weight = torch.tensor(kernel, dtype=torch.get_default_dtype())
        height, width = weight.shape
        weight = weight.repeat(channels, 1, 1, 1)
        if trainable:
            self.weight = nn.Parameter(weight)
        else:
            self.register_buffer("weight", weight)
        left, top = (width - 1) // 2, (height - 1) // 2
        self.border = (left, width - 1 - left, top, height - 1 - top)
        if padding == "valid":
            self.border = (0, 0, 0, 0)
        self.mode = "constant" if padding_mode == "zeros" else padding_mode

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(
            F.pad(x, self.border, self.mode), self.weight, groups=x.shape[1]
        )
