"""Output units of radial basis functions."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class RadialBasis(nn.Module):
    """Each output is the squared distance of the input from a pattern of weights.

    y_i = sum_j (x_j - w_ij)^2, or -y_i where negative. With bitmaps the patterns are
    the ten digits drawn on 12 rows of 7 cells, +1 for ink and -1 for paper, and they
    are not trained.
    LeCun, Bottou, Bengio, Haffner, "Gradient-Based Learning Applied to Document
    Recognition", Proceedings of the IEEE 1998.
    """

    digits = (  # row by row, two hexadecimal figures for its 7 cells
        "001c3663414141414163361c",  # 0
        "00081838080808080808083e",  # 1
        "001c22410101020c1020407f",  # 2
        "003e410101021c020101413e",  # 3
        "0002060a1222427f02020202",  # 4
        "007f4040407e01010141221c",  # 5
        "000e1020405c62414141221c",  # 6
        "007f01020204040808101010",  # 7
        "001c224141221c224141221c",  # 8
        "001c22414143251901020438",  # 9
    )

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bitmaps: bool,
        negative: bool = False,
    ) -> None:
        super().__init__()
        self.sign = -1.0 if negative else 1.0
        if bitmaps:
            bits = "".join(f"{row:07b}" for row in bytes.fromhex("".join(self.digits)))
            cells = [2.0 * int(bit) - 1.0 for bit in bits]
            weight = torch.tensor(cells).view(10, 84)[:out_features, :in_features]
            self.register_buffer("weight", weight.clone())
        else:
            weight = torch.empty(out_features, in_features).uniform_(-1, 1)
            self.weight = nn.Parameter(weight.sign_())

    def forward(self, x: Tensor) -> Tensor:
        distances = (x.unsqueeze(-2) - self.weight).square().sum(dim=-1)
        return self.sign * distances
