"""The reach of resampling: which input cells an interpolated output cell is computed from."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from graph.layers.base.reach import Strand

TAPS = {"nearest": 1, "nearest-exact": 1, "linear": 2, "cubic": 4}
"""How many inputs along one axis an output sees at most."""

_ZERO = 1e-6
"""Weights below this are rounding errors of zero."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """``length`` inputs become ``count`` outputs. ``step`` is what one output is in inputs;
    with ``aligned`` the outer cells of both lie on each other, else their outer edges do."""

    count: int
    step: float
    mode: str
    aligned: bool = False

    def sources(self, outputs: int, length: int) -> int:
        found = 0
        while outputs:
            low = outputs & -outputs
            found |= self._seen(low.bit_length() - 1, length)
            outputs ^= low
        return found

    def _seen(self, output: int, length: int) -> int:
        """The inputs of one output, as a bit mask. Formulas as in ATen's UpSample.h."""
        last = length - 1
        if self.mode == "nearest":
            return 1 << min(floor(_single(output * _single(self.step))), last)
        if self.mode == "nearest-exact":
            middle = _single(_single(output + 0.5) * _single(self.step))
            return 1 << min(floor(middle), last)
        place = self._place(output, length)
        if self.mode == "linear":
            place = max(place, 0.0)
        first = floor(place + _ZERO)
        part = max(0.0, place - first)
        weights = _cubic(part) if self.mode == "cubic" else ((0, 1 - part), (1, part))
        cells: dict[int, float] = {}
        for offset, weight in weights:
            cell = min(max(first + offset, 0), last)
            cells[cell] = cells.get(cell, 0.0) + weight
        return sum(1 << cell for cell, weight in cells.items() if abs(weight) > _ZERO)

    def _place(self, output: int, length: int) -> float:
        """The input position of an output."""
        if self.aligned:
            return output * (length - 1) / (self.count - 1) if self.count > 1 else 0.0
        return (output + 0.5) * self.step - 0.5

    def forward(self, strand: Strand, length: int) -> Strand:
        """The field of most outputs; that of single ones may be a cell smaller."""
        step = Fraction(self.step).limit_denominator(4096)
        if self.aligned:
            step = Fraction(length - 1, self.count - 1) if self.count > 1 else Fraction(0)
        if self.mode == "linear" and step == 1:
            return strand
        taps = min(TAPS[self.mode], length)
        first = Fraction(0) if self.aligned else (step - 1) / 2
        if self.mode != "nearest":
            first -= Fraction(taps - 1, 2)
        else:
            first = Fraction(0)
        return Strand(
            strand.start + first * strand.jump,
            strand.size + (taps - 1) * strand.jump,
            strand.jump * step,
        )


def _single(value: float) -> float:
    """Rounded to float32, in which torch finds the nearest cell."""
    rounded: float = struct.unpack("f", struct.pack("f", value))[0]
    return rounded


def _cubic(part: float) -> tuple[tuple[int, float], ...]:
    """Keys' cubic convolution with A = −0.75: the weights of four neighbours."""
    a = -0.75

    def near(x: float) -> float:
        return ((a + 2) * x - (a + 3)) * x * x + 1

    def far(x: float) -> float:
        return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a

    return ((-1, far(part + 1)), (0, near(part)), (1, near(1 - part)), (2, far(2 - part)))
