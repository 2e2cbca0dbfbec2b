"""Finding a layer by a few typed characters: ``conv 64 3 s2``, ``relu``, ``BatchNorm2d``.

``find`` ranks the layer types: those that fit the shape at hand come first. Numbers are settings in
the order of the type's fields; a letter names a setting (s stride, p padding, d dilation,
g groups, k kernel_size).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from graph.calls.call import Shape
from graph.layers.base.layer import Layer, dims
from graph.layers.registry import LAYERS, REGISTRY
from graph.ready.presets import PRESETS
from graph.values.declaration import FieldError, FieldKind, FieldSpec, fields_of
from graph.values.language import declared
from gui.language.kinds import category_title, kind_name
from gui.language.text import tr

LETTERS = {
    "k": "kernel_size",
    "s": "stride",
    "p": "padding",
    "d": "dilation",
    "g": "groups",
}
_LETTERED = re.compile(r"([kspdg])(\d+(?:[x×*]\d+)*)$")
_NUMBER = re.compile(r"\d+(?:\.\d+)?$|\.\d+$")
_SIZES = re.compile(r"\d+(?:[x×*]\d+)+$")
PADDINGS = ("same", "valid")
CLOSE_ENOUGH = 0.5


@dataclass(frozen=True, slots=True)
class Found:
    """A layer that matches, ready to be placed. ``note`` is its result, or why it does not fit."""

    layer: Layer
    fits: bool
    note: str


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """What a search gives; ``closest`` are types whose names resemble a text that nothing has."""

    found: tuple[Found, ...]
    closest: tuple[Found, ...] = ()
    words: str = ""
    trouble: str = ""
    """What is wrong with a number that was typed."""


def find(
    text: str,
    shape: Shape | None = None,
    suits: Callable[[Layer], bool] | None = None,
    more: Sequence[type[Layer]] = (),
) -> SearchAnswer:
    """The layer types for a text, best first. ``shape`` is what would arrive; ``more`` are types
    besides torch's: the uses of blocks."""
    words, settings = _split(text)
    rated: list[tuple[bool, float, bool, int, Found]] = []
    trouble = ""
    for place, (kind, score) in _matching(words, (*LAYERS, *more)).items():
        try:
            layer = kind.make(_settings(kind, settings))
        except FieldError as error:
            trouble = trouble or f"{kind.type_name()}: {error.message.text()}"
            continue
        if suits is not None and not suits(layer):
            continue
        fits, note = fit_of(layer, shape)
        rated.append((not fits, score, is_form(kind), place, Found(layer, fits, note)))
    rated.sort(key=lambda entry: entry[:4])
    found = tuple(entry[4] for entry in rated)
    closest = () if found or trouble else _closest(words, shape, suits)
    return SearchAnswer(found, closest, words, "" if found else trouble)


def find_presets(text: str) -> list[str]:
    """The names of the presets for a text, those first whose title begins with it."""
    words, _ = _split(text)
    named, told = [], []
    for preset in PRESETS:
        titles = (preset.name, str(preset.title).lower(), preset.title.text().lower())
        others = (*titles, *preset.search, *(declared(word).lower() for word in preset.search))
        if any(title.startswith(words) for title in titles):
            named.append(preset.name)
        elif any(f" {words}" in f" {name}" for name in others):
            told.append(preset.name)
    return [*named, *told]


def is_form(kind: type[Layer]) -> bool:
    """Whether a type is the 1-D or 3-D form of one for images, and comes after that."""
    name = kind.type_name()
    return name.endswith(("1d", "3d")) and f"{name[:-2]}2d" in REGISTRY


def _matching(words: str, kinds: Sequence[type[Layer]]) -> dict[int, tuple[type[Layer], float]]:
    """The types that a text names, by their place; if there are none, those it describes."""
    named = {}
    for place, kind in enumerate(kinds):
        score = _score(kind, words)
        if score is not None:
            named[place] = (kind, score)
    if named or len(words) < 4:
        return named
    return {
        place: (kind, 0.0)
        for place, kind in enumerate(kinds)
        if all(word in _summary(kind) for word in words.split())
    }


def _summary(kind: type[Layer]) -> str:
    return f"{kind.summary} {declared(kind.summary)}".lower()


def _split(text: str) -> tuple[str, list[str]]:
    """The words and the settings of a text."""
    words: list[str] = []
    settings: list[str] = []
    for part in text.lower().replace(",", " ").split():
        setting = _LETTERED.match(part) or _NUMBER.match(part) or _SIZES.match(part)
        if words and (setting or part in PADDINGS):
            settings.append(part)
        else:
            words.append(part)
    return " ".join(words), settings


def _settings(kind: type[Layer], parts: Sequence[str]) -> dict[str, Any]:
    """Field values from typed settings. Raises FieldError for one that the type cannot take."""
    specs = fields_of(kind)
    free = [spec for spec in specs.values() if spec.kind not in (FieldKind.FLAG, FieldKind.CHOICE)]
    values: dict[str, Any] = {}
    for part in parts:
        lettered = _LETTERED.match(part)
        if part in PADDINGS:
            if "padding" in specs:
                values["padding"] = part
            continue
        if lettered and LETTERS[lettered[1]] in specs:
            spec = specs[LETTERS[lettered[1]]]
            part = part[1:]
        else:
            spec = next((s for s in free if s.name not in values), None)  # type: ignore[assignment]
            if spec is None or lettered:
                continue
        values[spec.name] = _value(spec, part)
    return values


def _value(spec: FieldSpec, part: str) -> Any:
    if spec.kind is FieldKind.REAL:
        return float(part) if _NUMBER.match(part) else part
    pieces = re.split(r"[x×*]", part)
    if spec.kind is FieldKind.REALS:
        return tuple(float(piece) for piece in pieces if _NUMBER.match(piece))
    sizes = tuple(int(piece) if piece.isdigit() else 0 for piece in pieces)
    if spec.kind in (FieldKind.PAIR, FieldKind.TRIPLE) and len(sizes) == 1:
        return sizes * spec.lengths[0]
    if spec.kind is FieldKind.INTEGER:
        return sizes[0] if len(set(sizes)) == 1 else sizes
    return sizes


def _names(kind: type[Layer]) -> tuple[str, ...]:
    """What a type is called, most telling first."""
    words = (*kind.search, *(declared(word) for word in kind.search))
    return (kind_name(kind).lower(), kind.base_name(), *(word.lower() for word in words))


def _score(kind: type[Layer], words: str) -> float | None:
    """How well a text names a type, 0 best; None if not at all."""
    if not words:
        return 0.0
    names = _names(kind)
    for index, name in enumerate(names):
        if name == words:
            return 0.0 if index < 2 else 1.0
    for index, name in enumerate(names):
        if name.startswith(words):
            return 2.0 if index < 2 else 3.0
    if any(f" {words}" in f" {name}" for name in names):
        return 4.0
    if len(words) > 1 and any(words in name for name in names[:2]):
        return 5.0
    label = f"{_category_word(kind)} {category_title(kind.category)}".lower()
    if len(words) > 2 and words in label:
        return 6.0
    pieces = words.split()
    if len(pieces) > 1 and all(any(piece in name for name in names) for piece in pieces):
        return 7.0
    return None


def _category_word(kind: type[Layer]) -> str:
    return kind.category.value.replace("_", " ")


def fit_of(layer: Layer, shape: Shape | None) -> tuple[bool, str]:
    """Whether a layer takes a shape, and what comes out or what is in the way."""
    ports = layer.input_ports()
    if shape is None or not ports:
        return shape is None, ""
    if ports[0].many or len(ports) > 1:
        return True, ""
    for problem in layer.problems((shape,)):
        if not problem.warning:
            return False, problem.why.text()
    outputs = layer.shapes((shape,))
    more = " …" if len(outputs) > 1 else ""
    return True, f"{dims(outputs[0])}{more}" if outputs else ""


def _closest(
    words: str, shape: Shape | None, suits: Callable[[Layer], bool] | None
) -> tuple[Found, ...]:
    """Up to three types whose names resemble a text."""
    rated = []
    matcher = SequenceMatcher(b=words)
    for place, kind in enumerate(LAYERS):
        likeness = max(_likeness(matcher, name[: len(words) + 1]) for name in _names(kind))
        if likeness < CLOSE_ENOUGH:
            continue
        layer = kind()
        if suits is None or suits(layer):
            fits, note = fit_of(layer, shape)
            rated.append((-likeness, is_form(kind), place, Found(layer, fits, note)))
    rated.sort(key=lambda entry: entry[:3])
    return tuple(entry[3] for entry in rated[:3])


def _likeness(matcher: SequenceMatcher[str], name: str) -> float:
    """How much a name resembles the matcher's text; cheap where it is not close."""
    matcher.set_seq1(name)
    return matcher.ratio() if matcher.quick_ratio() >= CLOSE_ENOUGH else 0.0


def nothing_found(answer: SearchAnswer) -> str:
    """The line shown where the list would be."""
    if answer.trouble:
        return answer.trouble
    if not answer.closest:
        return tr('Nothing called "{text}"', text=answer.words)
    names = ", ".join(found.layer.type_name() for found in answer.closest)
    return tr(
        'Nothing called "{text}". Closest: {names}. Enter adds the closest',
        text=answer.words,
        names=names,
    )
