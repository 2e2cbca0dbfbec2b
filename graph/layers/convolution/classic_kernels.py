"""The classic kernels of image processing, as rows of numbers.

Each function gives a kernel row by row, in torch's convention: a kernel is laid over the image
as it stands, not turned. Sizes are odd or even numbers of at least 3.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

Kernel = tuple[tuple[float, ...], ...]

SIDES = range(3, 12, 2)
"""The sides that a square kernel of one's own may have."""


def _rows(*rows: Sequence[float]) -> Kernel:
    return tuple(tuple(float(cell) for cell in row) for row in rows)


BLUR = tuple(tuple(cell / 16 for cell in row) for row in ((1, 2, 1), (2, 4, 2), (1, 2, 1)))
SHARPEN = _rows((0, -1, 0), (-1, 5, -1), (0, -1, 0))
OUTLINE = _rows((-1, -1, -1), (-1, 8, -1), (-1, -1, -1))
LAPLACE = _rows((0, 1, 0), (1, -4, 1), (0, 1, 0))
SOBEL_TOP = _rows((1, 2, 1), (0, 0, 0), (-1, -2, -1))
SOBEL_BOTTOM = _rows((-1, -2, -1), (0, 0, 0), (1, 2, 1))
SOBEL_LEFT = _rows((1, 0, -1), (2, 0, -2), (1, 0, -1))
SOBEL_RIGHT = _rows((-1, 0, 1), (-2, 0, 2), (-1, 0, 1))
CUSTOM = _rows((1, -1, 1), (-1, 0, -1), (1, -1, 1))

CONSTANT: Mapping[str, Kernel] = MappingProxyType(
    {
        "blur": BLUR,
        "sharpen": SHARPEN,
        "outline": OUTLINE,
        "laplace": LAPLACE,
        "sobel top": SOBEL_TOP,
        "sobel bottom": SOBEL_BOTTOM,
        "sobel left": SOBEL_LEFT,
        "sobel right": SOBEL_RIGHT,
    }
)
"""The kernels without settings, by name."""


def box(size: int) -> Kernel:
    """The mean of ``size`` × ``size`` cells."""
    return ((1 / size**2,) * size,) * size


def gaussian(size: int, sigma: float) -> Kernel:
    """A bell of ``size`` × ``size`` cells with a standard deviation of ``sigma`` cells, which sum
    to 1."""
    bell = _sampled(size, lambda x, y: math.exp(-(x * x + y * y) / (2 * sigma * sigma)))
    total = sum(map(sum, bell))
    if not total:  # so narrow that an even kernel misses it
        return box(size)
    return tuple(tuple(cell / total for cell in row) for row in bell)


def gabor(
    size: int,
    wavelength: float,
    orientation: float,
    sigma: float,
    aspect: float,
    phase: float,
) -> Kernel:
    """A wave under a bell: exp(−(u² + γ²v²) / 2σ²) · cos(2πu/λ + ψ), with u along the wave, in
    ``size`` × ``size`` cells.

    ``orientation`` θ and ``phase`` ψ are in degrees, ``wavelength`` λ and ``sigma`` in cells.
    """
    turn, shift = math.radians(orientation), math.radians(phase)
    cosine, sine = math.cos(turn), math.sin(turn)

    def value(x: float, y: float) -> float:
        along, across = x * cosine + y * sine, y * cosine - x * sine
        bell = math.exp(-(along**2 + (aspect * across) ** 2) / (2 * sigma * sigma))
        return bell * math.cos(2 * math.pi * along / wavelength + shift)

    return _sampled(size, value)


def unsharp(size: int, sigma: float, amount: float) -> Kernel:
    """Image + amount · (image − smoothed image), smoothed with a Gaussian: ``size`` × ``size``
    cells. ``size`` is odd."""
    smooth = gaussian(size, sigma)
    middle = size // 2
    return tuple(
        tuple(
            (1 + amount if row == column == middle else 0.0) - amount * cell
            for column, cell in enumerate(cells)
        )
        for row, cells in enumerate(smooth)
    )


def square(cells: Sequence[float]) -> Kernel:
    """n·n numbers, row by row, as a square of n×n. Raises ValueError unless the side n is 3, 5, 7,
    9 or 11."""
    side = math.isqrt(len(cells))
    if side * side != len(cells) or side not in SIDES:
        raise ValueError(f"{len(cells)} numbers are no square kernel")
    return tuple(tuple(cells[i : i + side]) for i in range(0, len(cells), side))


def _sampled(size: int, value: Callable[[float, float], float]) -> Kernel:
    """A function of the distances from the centre, to the right and down."""
    places = [i - (size - 1) / 2 for i in range(size)]
    return tuple(tuple(value(x, y) for x in places) for y in places)
