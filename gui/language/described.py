"""What a layer is, in words for the window: in a block, Input and Output are its ports."""

from __future__ import annotations

import re
from collections.abc import Sequence

from graph.layers.base.layer import Layer
from graph.layers.base.reach import AxisField, field_words
from graph.layers.io import Input, Output
from graph.values.language import declared
from gui.language.text import full, number, tr

_SIZE = re.compile(r"(?<=\d)x(?=\d)")


def with_signs(text: str) -> str:
    """``3x3``, as summaries of blocks write it in the exported file, as ``3×3``."""
    return _SIZE.sub("×", text)


def summary_of(layer: Layer, *, inside: bool) -> str:
    """The summary of a layer; ``inside`` says that it stands in a block."""
    if inside and isinstance(layer, Output):
        return tr("A port of the block: what arrives here leaves it wherever the block is used.")
    if inside and isinstance(layer, Input):
        return tr(
            "A port of the block: here comes in what is connected to it where the block is used. "
            "The shape is only the sample used when no use is open."
        )
    return with_signs(declared(layer.summary))


def has_settings(layer: Layer, *, inside: bool) -> bool:
    """Whether the settings of a layer mean something; those of a block's Output do not."""
    return not (inside and isinstance(layer, Output))


def sizes_of(fields: Sequence[AxisField], image: Sequence[int]) -> str:
    """Height and width of a receptive field, as one number where they are equal, or that it is the
    whole ``image``, whose height and width are given."""
    sizes = [_figure(field.size) for field in fields]
    size = sizes[0] if len(set(sizes)) == 1 else "×".join(sizes)
    return field_words(fields, image, size).text()


def both_sizes_of(fields: Sequence[AxisField], image: Sequence[int], unit: str = "") -> str:
    """Height and width of a receptive field, both in any case, with a ``unit`` behind them."""
    size = "×".join(_figure(field.size) for field in fields)
    return field_words(fields, image, f"{size} {unit}".strip()).text()


def reach_words(fields: Sequence[AxisField], cells: Sequence[int], image: Sequence[int]) -> str:
    """Size of a receptive field and, where ``cells`` has several, the step between them."""
    size = both_sizes_of(fields, image, tr("px"))
    if max(cells) == 1:
        return size
    if any(field.jump for field in fields):
        steps = [_figure(field.jump) for field in fields]
        step = steps[0] if len(set(steps)) == 1 else "×".join(steps)
        return tr("{size}, step {step}", size=size, step=step)
    return tr("{size}, all positions see the same", size=size)


def _figure(value: float) -> str:
    return full(value) if isinstance(value, int) else number(value)
