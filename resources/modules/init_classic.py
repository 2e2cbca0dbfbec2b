"""First weights from image processing."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def init_classic_(weight: Tensor) -> Tensor:
    """Write the classic kernels into the first filters of a convolution of images.

    Blur, sharpen, outline, Sobel from four sides, Laplace, Gauss and Gabor in eight
    directions, each in the middle of its filter and divided by the number of channels.
    The filters after these stay as they are, and so do all with a side below 3.
    """
    side = min(weight.shape[2:])
    if side < 3:
        return weight
    sobel = torch.tensor([[1.0, 2, 1], [0, 0, 0], [-1, -2, -1]])
    kernels = [
        torch.tensor([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16,  # blur
        torch.tensor([[0.0, -1, 0], [-1, 5, -1], [0, -1, 0]]),  # sharpen
        torch.tensor([[-1.0, -1, -1], [-1, 8, -1], [-1, -1, -1]]),  # outline
        *(sobel, sobel.flip(0), sobel.T, sobel.T.flip(1)),
        torch.tensor([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]]),  # Laplace
    ]
    places = torch.arange(side) - (side - 1) / 2
    y, x = torch.meshgrid(places, places, indexing="ij")
    sigma, wavelength = side / 4, (side + 1) / 2
    bell = torch.exp(-(x.square() + y.square()) / (2 * sigma**2))
    kernels.append(bell / bell.sum())
    for eighth in range(8):
        cosine, sine = math.cos(eighth * math.pi / 8), math.sin(eighth * math.pi / 8)
        along, across = x * cosine + y * sine, y * cosine - x * sine
        bell = torch.exp(-(along.square() + across.square() / 4) / (2 * sigma**2))
        gabor = bell * torch.cos(2 * math.pi * along / wavelength)
        kernels.append(gabor / gabor.abs().sum())
    with torch.no_grad():
        for number, kernel in enumerate(kernels[: len(weight)]):
            size = len(kernel)
            top, left = ((sides - size) // 2 for sides in weight.shape[2:])
            weight[number] = 0
            middle = weight[number, :, top : top + size, left : left + size]
            middle.copy_(kernel / weight.shape[1])
    return weight
