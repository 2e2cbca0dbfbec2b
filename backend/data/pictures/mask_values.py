"""What the values of a set of masks mean: class numbers, black and white, or colours.

The set is judged as a whole, and each mask by it. 255 among class numbers is void, as in PASCAL VOC
and Cityscapes. Where values are neither numbers nor black and white, only the person can say from
which grey on a pixel is object.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray

from backend.data.base.offers import ThresholdWanted
from backend.data.base.void import VOID
from backend.data.pictures.class_table import ClassTable
from backend.data.pictures.mask_tally import PADDING, MaskRow, Tally, bits_of
from graph.values.message import Message, UserError, say, say_count, verbatim

BLACK_AND_WHITE = ("background", "object")
WHITE = 255
_MIDDLE = 128
CLASS_CEILING = 200
"""Larger values than this are hardly numbers of classes where no names are given."""
_MANY = 48
"""Different values in most masks above which they are shades, not classes."""
_SPARSE = 32
"""Largest value for each different one from which on they are greys, not numbers."""
_STEP = 10
"""Common divisor from which on values are greys, not numbers."""
_NEAR, _NEAR_SHARE = 48, 0.8
"""Compressed masks are black and white if so many pixels lie so near to one of them."""
_PURE, _PURE_SHARE = 0.9, 0.6
"""Two greys that hold so many pixels, one of them so near to the largest, have soft edges between
them."""
_COMMON = 16
"""Colours between which those of smoothed edges are looked for."""
_BESIDE = 4.0
"""How far beside the line between two colours their mixtures lie, by rounding and by resampling."""
_GRID = 32
"""Colours of class tables are often made of multiples of this; mixtures hardly are."""
_FEW = 8
_VOID_NAMES = ("void", "ignore", "unlabeled", "unlabelled")
_VOID_COLOUR = 0xE0E0C0  # the borders in the masks of PASCAL VOC
_LUMA = (0.299, 0.587, 0.114)  # ITU-R BT.601


@dataclass(frozen=True, slots=True)
class MaskHints:
    """What was said about masks beside them: names of classes, a table of colours, or a threshold
    from which on grey is object."""

    folder: Path
    names: tuple[str, ...] | None = None
    table: ClassTable | None = None
    threshold: int | None = None

    @property
    def two(self) -> tuple[str, str] | None:
        """The names of background and object; None if other classes are named."""
        if self.names is None:
            return BLACK_AND_WHITE
        return (self.names[0], self.names[1]) if len(self.names) == 2 else None


@dataclass(frozen=True, slots=True)
class Meaning:
    """Classes by number, or with ``by_colour`` by colour; what is not among ``labels`` cannot be
    used. Numbers that compression may have changed cannot either, with ``exact``, or are taken for
    the nearer of black and white, with ``rounded``."""

    tally: Tally
    classes: tuple[str, ...]
    labels: Mapping[int, int]
    by_colour: bool = False
    exact: bool = False
    rounded: bool = False
    notes: tuple[Message, ...] = ()

    def label(self, row: MaskRow, code: int) -> int | None:
        """The class of a code in a mask, VOID for none, None if it means nothing."""
        if self.by_colour:
            return self.labels.get(self.tally.colour_of(row, code))
        if self.rounded and row.lossy:
            code = WHITE if code >= _MIDDLE else 0
        return None if row.coloured else self.labels.get(code)

    def refusal(self, row: MaskRow) -> Message | None:
        """Why a mask cannot be used."""
        if self.exact and row.lossy:
            return say("its mask is compressed, which changes numbers: save it as PNG")
        found = {code: self.label(row, code) for code in row.codes}
        wrong = [code for code, label in found.items() if label is None]
        if row.coloured and not self.by_colour:
            return say("its mask is in colour, and those of the set have numbers")
        if wrong and self.by_colour:
            colour = f"#{self.tally.colour_of(row, wrong[-1]):06x}"
            return say("its mask has the colour {colour}, which is of no class", colour=colour)
        if wrong:
            return say(
                "its mask has the value {value}, which is the number of no class", value=wrong[-1]
            )
        if set(found.values()) == {VOID}:
            return say("all of its mask is void")
        return None

    def lookup(self, row: MaskRow) -> NDArray[np.uint8]:
        """The class of each of the C = 256 codes of a mask, of shape C; what it does not have is of
        the first."""
        table = np.zeros(256, np.uint8)
        for code in row.codes:
            table[code] = self.label(row, code) or 0
        return table


def judge(tally: Tally, hints: MaskHints) -> Meaning:
    """What the values of a set mean. Raises UserError if they tell no classes apart,
    ThresholdWanted if a threshold would."""
    if hints.threshold is not None:
        return _divided(tally, hints, hints.threshold)
    if hints.table is not None or 2 * sum(row.coloured for row in tally.rows) > len(tally.rows):
        return _coloured(tally, hints)
    return _numbered(tally, hints)


def _numbered(tally: Tally, hints: MaskHints) -> Meaning:
    filled = [row.bits for row in tally.rows if row.bits != bits_of((0,))]
    others = ~bits_of((0, WHITE))
    two = hints.two
    if two is not None and 2 * sum(not bits & others for bits in filled) > len(filled):
        return Meaning(tally, two, {0: 0, WHITE: 1}, rounded=True)
    if two is not None and _nearly_black_and_white(tally):
        note = say("The masks are compressed: grey from {n} on is taken as white.", n=_MIDDLE)
        labels = {value: int(value >= _MIDDLE) for value in range(256)}
        return Meaning(tally, two, labels, notes=(note,))
    if two is not None and 2 * sum(row.lossy for row in tally.rows) > len(tally.rows):
        raise _threshold_wanted(tally, hints.folder)
    if hints.names is not None:
        meaning = _by_names(tally, hints.names)
        refused = sum(meaning.refusal(row) is not None for row in tally.rows)
        if two is not None and 2 * refused > len(tally.rows):
            raise _threshold_wanted(tally, hints.folder)
        return meaning
    high = bits_of(range(CLASS_CEILING, WHITE))
    plain = [bits for bits in filled if not bits & high]
    values = [n for n in range(CLASS_CEILING) if any(bits >> n & 1 for bits in set(plain))]
    if filled and (2 * len(plain) <= len(filled) or _are_shades(tally, values, plain)):
        raise _threshold_wanted(tally, hints.folder)
    if not values or max(values) == 0:
        raise _one_class(hints.folder)
    return _by_names(tally, tuple(f"class {number}" for number in range(max(values) + 1)))


def _by_names(tally: Tally, names: Sequence[str]) -> Meaning:
    """Numbers of these classes, and 255, which is void like a class that is called so."""
    kept = [number for number, name in enumerate(names) if not _is_void(name)]
    labels = {WHITE: VOID} | dict.fromkeys(range(len(names)), VOID)
    labels |= {number: place for place, number in enumerate(kept)}
    pixels = tally.number_pixels
    left = sum(int(pixels[number]) for number, label in labels.items() if label == VOID)
    share = f"{100 * left / max(int(pixels.sum()), 1):.1f}"
    note = say("{share} % of the pixels of the masks are void and count for nothing.", share=share)
    classes = tuple(names[number] for number in kept)
    return Meaning(tally, classes, labels, exact=True, notes=(note,) if left else ())


def _nearly_black_and_white(tally: Tally) -> bool:
    """Whether compression alone keeps the masks from being black and white."""
    pixels = tally.number_pixels
    dark, light = int(pixels[:_NEAR].sum()), int(pixels[-_NEAR:].sum())
    near = dark + light >= _NEAR_SHARE * int(pixels.sum())
    lossy = 2 * sum(row.lossy for row in tally.rows) > len(tally.rows)
    return lossy and near and dark > 0 and light > 0


def _are_shades(tally: Tally, values: Collection[int], masks: Collection[int]) -> bool:
    """Whether values are greys and not class numbers: far apart, in large steps, very many in most
    of the masks, or nearly all two greys with soft edges."""
    if not values or max(values) < _SPARSE:
        return False
    sparse = max(values) >= _SPARSE * len(values)
    many = median(bits.bit_count() for bits in masks) > _MANY
    pixels = tally.number_pixels
    two = pixels.argsort()[-2:]
    pure = pixels[two].sum() >= _PURE_SHARE * pixels.sum() and max(two) >= _PURE * max(values)
    return bool(sparse or many or pure or math.gcd(*values) >= _STEP)


def _threshold_wanted(tally: Tally, folder: Path) -> ThresholdWanted:
    values = np.flatnonzero(tally.number_pixels).tolist()
    middle = (min(values) + max(values) + 1) // 2
    greys = verbatim(", ".join(map(str, values[:_FEW])))
    if len(values) > _FEW:
        greys = say(
            "{greys} and {n} more up to {last}", greys=greys, n=len(values) - _FEW, last=values[-1]
        )
    return ThresholdWanted(
        say(
            "The masks in {folder} have the greys {greys}, which are neither class numbers nor "
            "black and white. Choose a threshold, from which on grey is object, such as "
            "{threshold} (--mask-threshold {threshold}), or name the classes in classes.txt if "
            "they are numbers.",
            folder=str(folder),
            greys=greys,
            threshold=middle,
        ),
        middle,
    )


def _divided(tally: Tally, hints: MaskHints, threshold: int) -> Meaning:
    labels = {colour: int(_grey(colour) >= threshold) for colour in tally.all_colours()}
    if len(set(labels.values())) < 2:
        raise UserError(
            say(
                "With the threshold {threshold} the masks in {folder} have only one class; choose "
                "another.",
                threshold=threshold,
                folder=str(hints.folder),
            )
        )
    note = say("In the masks, grey from {n} on is taken as object.", n=threshold)
    return Meaning(tally, hints.two or BLACK_AND_WHITE, labels, by_colour=True, notes=(note,))


def _grey(colour: int) -> int:
    parts = colour >> 16, colour >> 8 & 0xFF, colour & 0xFF
    return round(sum(weight * part for weight, part in zip(_LUMA, parts, strict=True)))


def _coloured(tally: Tally, hints: MaskHints) -> Meaning:
    table = hints.table
    if table is not None:
        entries = dict(table.colours)
        note = say("The colours of the masks are those in {file}.", file=table.path.name)
    else:
        _check_colours(tally, hints.folder)
        entries = {colour: f"#{colour:06x}" for colour in sorted(tally.all_colours())}
        entries.pop(_VOID_COLOUR, None)
        note = say_count(
            "The {n} colour of the masks is a class.",
            "Each of the {n} colours of the masks is a class.",
            len(entries),
        )
    kept = [colour for colour, name in entries.items() if not _is_void(name)]
    if len(kept) < 2:
        raise _one_class(hints.folder)
    labels = {_VOID_COLOUR: VOID} | dict.fromkeys(entries, VOID)
    labels |= {colour: place for place, colour in enumerate(kept)}
    classes = tuple(entries[colour] for colour in kept)
    return Meaning(tally, classes, labels, by_colour=True, notes=(note,))


def _check_colours(tally: Tally, folder: Path) -> None:
    """Raise UserError where colours are traces of compression or smoothing."""
    colours = tally.all_colours()
    lossy = any(row.lossy and row.coloured for row in tally.rows)
    if lossy or len(colours) > PADDING or _n_mixed(tally) > max(_FEW, len(colours) // 2):
        raise UserError(
            say(
                "The masks in {folder} have {colours}, as compression or smoothing makes them; "
                "save them as PNG without smoothing, or put a table of the colours that stand "
                "for classes beside them (class_dict.csv).",
                folder=str(folder),
                colours=say_count("{n} colour", "{n} colours", len(colours)),
            )
        )


def _n_mixed(tally: Tally) -> int:
    """How many colours are mixtures of two of the commonest."""
    channels = np.array([(c >> 16, c >> 8 & 0xFF, c & 0xFF) for c in tally.colours], np.float64)
    channels = channels.reshape(-1, 3)
    common = channels[tally.colour_pixels[: len(channels)].argsort()[::-1][:_COMMON]]
    odd = channels[(channels % _GRID != 0).any(axis=1) & (channels != 0xFF).any(axis=1)]
    mixed = np.zeros(len(odd), bool)
    for number, start in enumerate(common):
        for end in common[number + 1 :]:
            way = end - start
            along = (odd - start) @ way / (way @ way)
            beside = np.linalg.norm(odd - start - along[:, None] * way, axis=1)
            mixed |= (along > 0.02) & (along < 0.98) & (beside < _BESIDE)
    return int(mixed.sum())


def _is_void(name: str) -> bool:
    return name.casefold() in _VOID_NAMES


def _one_class(folder: Path) -> UserError:
    return UserError(
        say(
            "The masks in {folder} have only one class; give the pixels of each class a number "
            "of their own from 0, or make the masks black and white.",
            folder=str(folder),
        )
    )
