"""Counting the values of a set of masks, one mask after another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from backend.data.pictures.mask import MaskPixels
from graph.values.message import Message, say_count

PADDING = 255
"""The code of pixels around a coloured mask."""
GREY = 0x010101
"""What turns a grey 0…255 into its colour."""


@dataclass(frozen=True, slots=True)
class CountedMask:
    """How many pixels a mask has of each value: numbers, or colours 0xRRGGBB that rise."""

    values: tuple[int, ...]
    counts: tuple[int, ...]
    coloured: bool
    palette: tuple[int, ...] | None
    lossy: bool

    @classmethod
    def of(cls, mask: MaskPixels) -> CountedMask:
        """Count a mask."""
        if mask.coloured:
            values, counts = np.unique(mask.values, return_counts=True)
        else:
            every = np.bincount(mask.values.ravel(), minlength=256)
            values = np.flatnonzero(every)
            counts = every[values]
        numbers = tuple(values.tolist()), tuple(counts.tolist())
        return cls(*numbers, mask.coloured, mask.palette, mask.lossy)


@dataclass(frozen=True, slots=True)
class MaskRow:
    """One mask of a set: bit n of ``bits`` says whether code n is in it. Without ``coloured`` codes
    are numbers, to which a palette may give colours. ``lossy``: compression may have changed them.
    """

    bits: int
    coloured: bool
    palette: tuple[int, ...] | None
    lossy: bool

    @property
    def codes(self) -> Iterator[int]:
        """The codes in it, rising."""
        return (code for code in range(256) if self.bits >> code & 1)


@dataclass(slots=True)
class Tally:
    """The masks of a set so far. The codes of colours are the order in which they came."""

    rows: list[MaskRow] = field(default_factory=list)
    colours: list[int] = field(default_factory=list)
    """By code."""
    number_pixels: NDArray[np.int64] = field(default_factory=lambda: np.zeros(256, np.int64))
    colour_pixels: NDArray[np.int64] = field(default_factory=lambda: np.zeros(256, np.int64))
    _codes: dict[int, int] = field(default_factory=dict)
    _palettes: dict[tuple[int, ...], tuple[int, ...]] = field(default_factory=dict)

    def add(self, mask: CountedMask) -> Message | None:
        """Count a mask, or say why there is no place for its colours."""
        if mask.coloured:
            new = [value for value in mask.values if value not in self._codes]
            if len(self.colours) + len(new) > PADDING:
                return say_count(
                    "its mask brings {n} colour, and all masks may have {most}",
                    "its mask brings {n} colours, and all masks may have {most}",
                    len(new),
                    most=PADDING,
                )
            for value in new:
                self._codes[value] = len(self.colours)
                self.colours.append(value)
        codes = self.codes_of(mask)
        (self.colour_pixels if mask.coloured else self.number_pixels)[codes] += mask.counts
        palette = mask.palette
        if palette is not None:
            palette = self._palettes.setdefault(palette, palette)
        self.rows.append(MaskRow(bits_of(codes.tolist()), mask.coloured, palette, mask.lossy))
        return None

    def codes_of(self, mask: CountedMask) -> NDArray[np.int64]:
        """The codes of a mask's V values, in their order, of shape V. The mask was added."""
        if not mask.coloured:
            return np.array(mask.values, np.int64)
        return np.array([self._codes[value] for value in mask.values], np.int64)

    def colour_of(self, row: MaskRow, code: int) -> int:
        """The colour 0xRRGGBB of a code in a mask."""
        if row.coloured:
            return self.colours[code]
        if row.palette is not None:
            return row.palette[code] if code < len(row.palette) else 0
        return code * GREY

    def all_colours(self) -> set[int]:
        """The colours of all masks."""
        return {self.colour_of(row, code) for row in set(self.rows) for code in row.codes}


def bits_of(codes: Iterable[int]) -> int:
    """The number whose bits are these."""
    result = 0
    for code in codes:
        result |= 1 << code
    return result
