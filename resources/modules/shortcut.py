"""The shortcut of a residual block."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F


class Shortcut(nn.Module):
    """The shortcut of a residual block: the input, shaped like the block's output.

    Where channels and stride agree it is the input itself, unless option is C.
    Otherwise option A takes every stride-th position and adds channels of zeros; B and
    C project with a convolution and batch normalization (unless norm is off).
    He, Zhang, Ren, Sun, "Deep Residual Learning for Image Recognition", CVPR 2016.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        stride: int = 1,
        option: str = "B",
        kernel_size: int = 1,
        norm: bool = True,
    ) -> None:
        super().__init__()
        same = in_channels == out_channels and stride == 1
        self.stride = stride
        self.added = out_channels - in_channels
        self.conv: nn.Module = nn.Identity()
        self.norm: nn.Module = nn.Identity()
        if option == "C" or (option == "B" and not same):
            self.conv = nn.Conv2d(
                in_channels,
                out_channels,
                kernel_size,
                stride,
                kernel_size // 2,
                bias=False,
            )
            self.norm = nn.BatchNorm2d(out_channels) if norm else nn.Identity()
            self.stride, self.added = 1, 0

    def forward(self, x: Tensor) -> Tensor:
        x = self.norm(self.conv(x[:, :, :: self.stride, :: self.stride]))
        return F.pad(x, (0, 0, 0, 0, 0, self.added)) if self.added else x
