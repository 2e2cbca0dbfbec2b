"""The rows of the search on the canvas: layer types, ready-made layers, and ready blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from graph.calls.call import Shape
from graph.layers.base.layer import Category, Layer
from graph.ready.presets import PRESETS, Preset
from graph.values.language import declared
from gui.language.described import with_signs
from gui.language.kinds import kind_name
from gui.language.text import tr
from gui.palette.finding import Found, SearchAnswer, find_presets, fit_of
from gui.palette.presets import suited
from gui.palette.stock import Offer, matching


@dataclass(frozen=True, slots=True)
class SearchRow:
    """One thing to place. A block that the project does not have is made of ``key`` when it is
    taken; all others have their ``layer``."""

    title: str
    category: str
    note: str
    fits: bool
    tip: str
    layer: Layer | None = None
    preset: Preset | None = None
    key: str = ""


def rows_of(
    answer: SearchAnswer,
    text: str,
    shape: Shape | None,
    suits: Callable[[Layer], bool] | None,
    offers: Iterable[Offer],
) -> list[SearchRow]:
    """What there is for a text: first what it names, then what it describes."""
    layers = [_layer_row(found) for found in answer.found]
    presets = [
        row
        for name in find_presets(text)
        if (row := _preset_row(next(p for p in PRESETS if p.name == name), shape, suits))
    ]
    given = list(offers)
    wanted = set(matching(given, text))
    blocks = [_block_row(offer) for offer in given if offer.key in wanted]
    words = answer.words
    more = [*presets, *blocks]
    if not words:
        return [*layers, *more]
    called = [row for row in more if row.fits and row.title.lower().startswith(words)]
    others = [row for row in more if row not in called]
    known = [row for row in called if row.preset is not None]
    first = layers[:1] if layers and _is_meant(layers[0], words, not known) else []
    rest = layers[len(first) :]
    return [
        *first,
        *called,
        *(row for row in rest if row.fits),
        *(row for row in others if row.fits),
        *(row for row in (*rest, *others) if not row.fits),
    ]


def _is_meant(row: SearchRow, words: str, alone: bool) -> bool:
    """Whether a layer type that fits is called so or, if that is ``alone`` with no ready-made
    layer called so, is what the whole text stands for."""
    layer = row.layer
    if layer is None or not row.fits:
        return False
    names = (row.title.lower(), layer.type_name().lower(), layer.base_name())
    stands = {word.lower() for word in (*layer.search, *map(declared, layer.search))}
    return any(name.startswith(words) for name in names) or (alone and words in stands)


def _layer_row(found: Found) -> SearchRow:
    layer = found.layer
    tip = declared(layer.summary)
    return SearchRow(kind_name(layer), layer.category.value, found.note, found.fits, tip, layer)


def _preset_row(
    preset: Preset, shape: Shape | None, suits: Callable[[Layer], bool] | None
) -> SearchRow | None:
    layer = suited(preset, shape)
    if suits is not None and not suits(layer):
        return None
    fits, note = fit_of(layer, shape)
    category = layer.category.value
    return SearchRow(
        preset.title.text(), category, note, fits, preset.summary.text(), layer, preset
    )


def _block_row(offer: Offer) -> SearchRow:
    return SearchRow(
        offer.title,
        Category.BLOCK.value,
        tr("Ready block"),
        True,
        with_signs(offer.summary),
        key=offer.key,
    )
